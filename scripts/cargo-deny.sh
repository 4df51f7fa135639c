#!/usr/bin/env bash
# Runs cargo-deny, installing it into target/tools when the machine has none. Built without optimisation: it runs once.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/target/tools
export PATH=$tools/bin:$PATH
if ! command -v cargo-deny >/dev/null; then
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_TARGET_DIR=target/tools-build \
        cargo install cargo-deny --locked --quiet --version 0.20.2 --root "$tools"
    rm -rf target/tools-build
fi
exec cargo deny "$@"
