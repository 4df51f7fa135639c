# Two commands: `make run` opens the demo city, `make test` checks everything.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

DATA   ?= demo-data
LISTEN ?= 127.0.0.1:8080

.PHONY: help run test web lint unit e2e bench clean

help:
	@echo "make run    build all and open the demo city (Harbin) on SQLite at http://$(LISTEN)"
	@echo "make test   everything: Rust, web, PostgreSQL, browser"
	@echo "make bench  the figures, as ratios of one run"

run: web
	cargo build --release --locked
	target/release/linli demo --data $(DATA)
	scripts/open-when-ready.sh http://$(LISTEN) &
	target/release/linli serve --data $(DATA) --listen $(LISTEN)

web: web/console/dist/index.html

web/node_modules: web/package-lock.json
	cd web && npm ci
	touch web/node_modules

web/console/dist/index.html: web/node_modules $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/packed/*' 2>/dev/null)
	cd web && npm run build
	touch web/console/dist/index.html

test:
	scripts/install-test-needs.sh
	$(MAKE) --no-print-directory lint unit e2e
	@echo "everything passed"

lint: web
	cargo fmt --all --check
	scripts/cargo-deny.sh check licenses bans sources
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cd web && npm run check && npm run size

unit: web
	cd web && npm test
	scripts/with-postgres.sh cargo test --workspace --locked

# The binary of the tests is the one the browser meets: nothing is built twice.
e2e: web
	cargo test --workspace --locked --no-run
	scripts/with-postgres.sh e2e/run.sh

bench: web
	cargo build --release --locked
	bench/run.sh

clean:
	cargo clean
	rm -rf web/node_modules web/*/dist web/*/packed e2e/node_modules $(DATA)
