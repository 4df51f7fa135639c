#!/usr/bin/env bash
# Prints every figure as a ratio of one run. Peers (pandas, openpyxl) go into a virtual environment under target/.
set -euo pipefail
cd "$(dirname "$0")/.."
peers=target/bench-peers
if [ ! -x "$peers/bin/python" ]; then
    python3 -m venv "$peers"
    "$peers/bin/pip" install --quiet pandas openpyxl
fi
cargo build --release --locked -p linli-bench
LINLI_PEER_PYTHON=$peers/bin/python LINLI_BIN=${LINLI_BIN:-target/release/linli} \
    scripts/with-postgres.sh target/release/linli-bench "$@"
