#!/usr/bin/env bash
# A real browser against the real binary: the demo city on SQLite, and the same smoke on PostgreSQL when
# LINLI_TEST_POSTGRES names a server. LINLI_BIN chooses another binary.
set -euo pipefail
cd "$(dirname "$0")"
[ -d node_modules/playwright-core ] || npm ci --silent
export LINLI_BIN=${LINLI_BIN:-${CARGO_TARGET_DIR:-$PWD/../target}/debug/linli}
exec node --test --test-concurrency=1 --test-timeout=300000 tests/*.test.mjs
