#!/usr/bin/env bash
# Prints every figure as a ratio of one run: `bench/run.sh [footprint|writes|transitions|cases|sheets|forms|answers|entities|lists|insight|survey|wide …]`,
# all without a name. Peers (pandas, openpyxl, pyxform, duckdb) go into a virtual environment under target/, unless LINLI_PEER_PYTHON names a
# Python that has them. LINLI_BENCH_BUILD=0 measures what is built already.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
if [ -z "${LINLI_PEER_PYTHON:-}" ]; then
    peers=$target/bench-peers
    if [ ! -x "$peers/bin/python" ]; then
        python3 -m venv "$peers"
        "$peers/bin/pip" install --quiet pandas openpyxl pyxform==4.5.0 duckdb
    fi
    LINLI_PEER_PYTHON=$peers/bin/python
fi
[ "${LINLI_BENCH_BUILD:-1}" = 0 ] || cargo build --release --locked --workspace
export LINLI_PEER_PYTHON LINLI_BIN=${LINLI_BIN:-$target/release/linli}
scripts/with-postgres.sh "$target/release/linli-bench" "$@"
