#!/usr/bin/env bash
# A real browser against the real binary: the demo city on SQLite, and the same smoke on PostgreSQL when
# LINLI_TEST_POSTGRES names a server. LINLI_BIN chooses another binary.
set -euo pipefail
cd "$(dirname "$0")"
[ -d node_modules/playwright-core ] || npm ci --silent
export LINLI_BIN=${LINLI_BIN:-${CARGO_TARGET_DIR:-$PWD/../target}/debug/linli}
# One demo city for all files of tests; each server works on a copy.
LINLI_E2E_DEMO=$(mktemp -d)
export LINLI_E2E_DEMO
trap 'rm -rf "$LINLI_E2E_DEMO"' EXIT
"$LINLI_BIN" demo --data "$LINLI_E2E_DEMO" >/dev/null
node --test --test-concurrency=1 --test-timeout=300000 tests/*.test.mjs
