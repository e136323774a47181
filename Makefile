# Every target sets up what it needs by itself; a machine with make, git and Python 3.11 or newer is enough.
# All paths are relative, so a clone may live in a folder with spaces in its name.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# Another Python: make setup PYTHON=python3.13
PYTHON ?= python3
# Processes the tests are spread over: a number, or `logical` for every core.
WORKERS ?= logical
# More for the command or for pytest: make run ARGS="--debug", make test ARGS="-k feeds"
ARGS ?=

BIN := .venv/bin
READY := .venv/ready
REPIN := --quiet --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make requirements" $(if $(UPGRADE),--upgrade)

.PHONY: help setup demo run browser synapse test lint audit check bench reference requirements prove-image clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## Build .venv; .venv/bin/konektor is the command

# Done again only when what is to be installed changes.
$(READY): requirements/dev.txt requirements/main.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Konektor needs Python 3.11 or newer as \`$(PYTHON)\`. Install it, or name it: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.13" >&2; \
		exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -qq --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY) ## See a week of the sample brand in two communities; ends by itself
	@$(BIN)/konektor demo $(ARGS)

# The sample brand's blog is served beside its service, and stops with it.
run: $(READY) ## Run the service on config.yaml; on a terminal you can chat with it at once
ifeq ($(strip $(ARGS)),)
	@$(BIN)/python -m bot.demo.site & blog=$$!; trap 'kill $$blog 2>/dev/null' EXIT; trap : INT; $(BIN)/konektor run
else
	@$(BIN)/konektor run $(ARGS)
endif

# The pages are tested in a real browser; Debian's is brought where this user may install it.
browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; then exit 0; fi; \
	echo "No Chromium: the tests of the pages are left out. Debian has it: sudo apt-get install chromium" >&2

# A real Matrix homeserver, in an environment of its own: it pins what the bot does not.
synapse: $(READY)
	@test -x build/synapse/ready || { rm -rf build/synapse; \
	$(BIN)/python -m uv venv --quiet --python $(BIN)/python build/synapse && \
	$(BIN)/python -m uv pip install --quiet --python build/synapse/bin/python matrix-synapse==1.163.2 && \
	ln -s bin/python build/synapse/ready; } || { rm -rf build/synapse; \
	echo "Synapse could not be installed: its test is left out, the others of Matrix are not." >&2; }

test: $(READY) browser synapse ## Run every test, on SQLite and PostgreSQL, without network
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: $(READY) ## Check style, types, layers and dependencies
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .

audit: $(READY) ## Look for known holes in the pinned dependencies; says so when it cannot
	@$(BIN)/python .ci/audit.py requirements/main.txt

# The tests come last, so that their closing line is the last line.
check: ## All of it: lint, audit, test
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory audit
	@$(MAKE) --no-print-directory test

bench: $(READY) ## Measure what benchmarks/ measures, side by side with its peers
	@$(BIN)/python -m benchmarks $(ARGS)

reference: $(READY) ## Write config.schema.json and docs/configuration.md from the models again
	@$(BIN)/konektor schema > config.schema.json
	@$(BIN)/python -c "import sys; from bot.assemble import reference_text; sys.stdout.write(reference_text())" \
		> docs/configuration.md

requirements: $(READY) ## Pin requirements/*.txt again; UPGRADE=1 moves to the newest versions
	$(BIN)/uv pip compile $(REPIN) pyproject.toml -o requirements/main.txt
	$(BIN)/uv pip compile $(REPIN) --group build -c requirements/main.txt -o requirements/build.txt
	$(BIN)/uv pip compile $(REPIN) pyproject.toml --group dev -c requirements/main.txt -o requirements/dev.txt

prove-image: $(READY) ## Replay the Dockerfile's steps in a clean folder, without an engine
	@$(BIN)/python .ci/prove_image.py $(PYTHON)

clean: ## Remove .venv and everything else that was built
	rm -rf .venv dist build .coverage htmlcov .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
