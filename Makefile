# What there is to do here. Needs Rust (rustup takes the version of rust-toolchain.toml), Node 20 and make.

DEMO_ARGS ?=

.PHONY: help demo console test test-console screenshots crash-test lint lint-console fmt deny bench bench-console bench-h5 bench-quick bench-smoke

help: ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 14

demo: console ## build, and show everything with a simulated company (DEMO_ARGS="--groups 500")
	cargo build --locked --bin siyu
	@exec "$${CARGO_TARGET_DIR:-target}/debug/siyu" demo --data ./demo-data $(DEMO_ARGS)

# Built when its sources changed, and only then; the program takes it in when it is built itself.
CONSOLE_SOURCES := $(shell find console/src console/scripts docs/api/samples -type f) $(wildcard console/*.html) \
	console/vite.config.ts console/tsconfig.json console/package.json docs/api/console.json docs/api/guide.md docs/api/guide.zh-CN.md

console: console/dist/.built ## build the console, which the program takes in

console/dist/.built: console/node_modules/.installed $(CONSOLE_SOURCES)
	cd console && npm run --silent build
	@touch $@

console/node_modules/.installed: console/package.json console/package-lock.json
	cd console && npm ci --no-fund --no-audit
	@touch $@

test: lint console ## everything that must be green: format, lints, all tests on SQLite and PostgreSQL and in Chromium
	scripts/with-postgres cargo test --locked --workspace
	$(MAKE) test-console

test-console: console ## the console in a real Chromium, on the real program
	cargo build --locked --bin siyu
	cd console && SIYU="$${CARGO_TARGET_DIR:-$(CURDIR)/target}/debug/siyu" ../scripts/with-chromium npm test --silent

screenshots: console ## pictures of every page of the console, wide and on a phone, in target/screenshots
	cargo build --locked --bin siyu
	cd console && SIYU="$${CARGO_TARGET_DIR:-$(CURDIR)/target}/debug/siyu" ../scripts/with-chromium node scripts/screenshots.mjs ../target/screenshots

# Kills of each of the three set-ups; SIYU_CRASH_SEED=<number> repeats the choices of an earlier run.
CRASH_KILLS ?= 70

crash-test: ## kill the server at random moments while SOPs run, at length; the short form is a part of test
	SIYU_CRASH_KILLS=$(CRASH_KILLS) scripts/with-postgres cargo test --locked -p server --test it -- --nocapture crash::

lint: lint-console ## format and lints
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

lint-console: console/node_modules/.installed
	cd console && npm run --silent lint

fmt: console/node_modules/.installed ## put the code into the house's format
	cargo fmt --all
	cd console && npx prettier --write --log-level warn .

deny: ## licenses, sources and known holes of dependencies (needs: cargo install cargo-deny)
	@cargo deny --version >/dev/null 2>&1 || { echo "install it first: cargo install --locked cargo-deny" >&2; exit 1; }
	cargo deny check

# Numbers of `groups` stand beside their limits, and make fails when one is missed; so it comes last.
bench: ## measure; takes half an hour
	cargo build --locked --release --bin siyu --bin siyu-bench
	"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" list
	"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" sync
	"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" callbacks
	scripts/with-postgres sh -c '"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" sop-create --postgres "$$DATABASE_URL"'
	"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" sop-dispatch
	"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" sop-idle
	"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" sop-edit
	$(MAKE) bench-console
	$(MAKE) bench-h5
	scripts/with-postgres sh -c '"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" groups --postgres "$$DATABASE_URL"'

bench-console: console ## the console in a browser, with a million groups, and an export of 100,000
	cargo build --locked --release --bin siyu --bin siyu-bench
	scripts/with-chromium "$${CARGO_TARGET_DIR:-target}/release/siyu-bench" console

bench-h5: console ## the staff's pages in a browser, on a slow phone
	cargo build --locked --release --bin siyu
	SIYU="$${CARGO_TARGET_DIR:-$(CURDIR)/target}/release/siyu" scripts/with-chromium node console/bench/h5.mjs

bench-quick: ## the list of a million groups, in three minutes once its data is made; fails when a limit is missed
	@cargo build --locked --release --bin siyu --bin siyu-bench
	@"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" groups --quick

bench-smoke: ## the other scenarios on little data, to see that they work
	cargo build --locked --release --bin siyu --bin siyu-bench
	"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" list --rounds 3 --seconds 2
	"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" sync --groups 10000 --rounds 1 --without-limits-only
	"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" callbacks --seconds 12
	scripts/with-postgres sh -c '"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" sop-create --groups 10000 --owners 100 --postgres "$$DATABASE_URL"'
	"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" sop-dispatch --groups 10000 --owners 100 --lead-s 10
	"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" sop-idle --tasks 1000000 --seconds 10
	"$${CARGO_TARGET_DIR:-target}/release/siyu-bench" sop-edit --groups 10000 --owners 100 --quiet-s 3
