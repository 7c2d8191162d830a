# Every command of the project. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.installed
CODE  := $(wildcard cmdb importers tests tools benchmarks examples)
JOBS  ?= 2
STORE ?=
SEEDS ?= 50
# The fault suites wait most of the time. Each job has a Neo4j server of its own, of about 500 MB.
FAULT_JOBS ?= 4
EDITOR_BUILT   := cmdb/api/static/graphiql/.built
NODE_IS_ENOUGH := const [major, minor] = process.versions.node.split(".").map(Number); \
	process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)

# The first Python on the path that is new enough, unless PYTHON names one.
FIND_PYTHON := for p in "$${PYTHON:-}" python3.13 python3.12 python3.11 python3 python; do \
	[ -n "$$p" ] && "$$p" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo "$$p"; break; }; done; true

.PHONY: help setup demo serve test exhaustive faults check bench picture contract fmt lock graphiql editor clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(STAMP) ## Make .venv with everything the project needs (instant when it is there)

$(STAMP): requirements-dev.txt pyproject.toml
	@python="$$($(FIND_PYTHON))"; \
	if [ -z "$$python" ]; then \
		echo "Python 3.11 or later is needed, and none was found on the path ($$(python3 --version 2>&1 | head -1))."; \
		echo "Install one, or name it: make setup PYTHON=/path/to/python3.11"; exit 1; \
	fi; \
	if [ ! -x $(BIN)/python ] || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		echo "Making $(VENV) with $$("$$python" --version)"; \
		"$$python" -m venv --clear $(VENV) || { \
			echo "This Python cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv"; \
			exit 1; }; \
	fi
	@echo "Installing the locked packages"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup editor ## Import a real scan, tell a story on it, answer two questions, serve the API (STORE=neo4j or an address)
	@$(BIN)/cmdb demo $(if $(STORE),--store "$(STORE)") $(ARGS)

serve: setup editor ## Serve the API on the store that CMDB_STORE or STORE=address names
	@$(BIN)/cmdb serve $(if $(STORE),--store "$(STORE)")

test: setup ## Run all tests (JOBS=2 at a time, ARGS="..." goes to pytest)
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup $(ARGS)

exhaustive: setup ## Run the tests that take many minutes (ARGS="..." goes to pytest)
	@$(BIN)/python -m pytest -m exhaustive -n $(JOBS) --dist loadgroup $(ARGS)

faults: setup ## Run the fault suites with SEEDS=50 seeds each (ARGS="--fault-seed 7" for one)
	@CMDB_FAULT_SEEDS=$(SEEDS) $(BIN)/python -m pytest tests/faults -n $(FAULT_JOBS) --dist loadgroup $(ARGS)

check: setup ## Format, lint, types, imports, house rules
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/mypy $(CODE)
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tools.house_lint

picture: setup ## Draw docs/images/demo.svg from what the demo prints
	@$(BIN)/python tools/demo_picture.py

bench: setup ## Measure; STORE=neo4j or an address: what Neo4j takes part in (ARGS="..." goes to the benchmarks)
	@$(BIN)/python -m benchmarks $(if $(STORE),--store "$(STORE)") $(ARGS)

contract: setup ## Write graphql/schema.graphql and graphql/errors.json again; fail if they differ from what is committed
	@$(BIN)/cmdb schema export --directory graphql
	@git diff --exit-code -- graphql
	@test -z "$$(git ls-files --others --exclude-standard -- graphql)" || \
		{ echo "Not committed:"; git ls-files --others --exclude-standard -- graphql; exit 1; }

fmt: setup ## Format the code and mend what can be mended without thinking
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix-only $(CODE)

graphiql: ## Build the in-browser query editor (needs Node.js 20.19 or later; everything else works without)
	@if ! command -v npm >/dev/null 2>&1; then \
		echo "Node.js was not found, so the in-browser query editor is left out. Everything else works."; \
	elif ! node -e '$(NODE_IS_ENOUGH)'; then \
		echo "Node.js $$(node --version) is too old for the in-browser query editor (20.19 or 22.12 and later). Everything else works."; \
	else $(MAKE) -s $(EDITOR_BUILT); fi

# What the commands that serve want: the editor where it can be built.
editor:
	@$(MAKE) graphiql || echo "The in-browser query editor could not be built (the reason is above). Everything else works."

$(EDITOR_BUILT): $(shell find web/graphiql graphql/operations -type f -not -path '*/node_modules/*' 2>/dev/null)
	@echo "Building the in-browser query editor"
	@cd web/graphiql && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build -- --logLevel warn
	@touch $@

# No host names, find-links or index options in a lock: it must work with whatever index a person uses.
PIP_COMPILE = env -u PIP_FIND_LINKS CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes \
	--strip-extras --allow-unsafe --no-annotate --no-emit-index-url --no-emit-trusted-host \
	--no-emit-find-links --no-emit-options

lock: setup ## Resolve the dependencies again and write both locks (ARGS=--upgrade for the newest)
	@$(BIN)/python -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 11))' || { \
		echo "Locks are made with Python 3.11, the oldest supported: its needs include those of later ones."; \
		echo "make clean && make setup PYTHON=python3.11"; exit 1; }
	@$(PIP_COMPILE) $(ARGS) --output-file requirements.txt pyproject.toml
	@$(PIP_COMPILE) $(ARGS) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

clean: ## Remove what was built and cached, and .venv
	@rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache cmdb/api/static web/*/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
