# The commands of this project. `make` alone lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FRONTEND := src/courseway/_frontend
STAMPS := build/stamps

.DEFAULT_GOAL := help
.PHONY: help run setup frontend samples test test-browser conformance mutants check bench fmt docs lock clean browser

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: setup frontend samples ## Set up everything and start the platform with sample courses
	@exec $(BIN)/courseway up --demo $(ARGS)

setup: $(STAMPS)/python ## Make .venv with the locked dependencies

$(STAMPS)/python: requirements/dev.txt pyproject.toml
	@echo "▸ Python environment in $(VENV) (once; about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit("Courseway needs Python 3.11 or newer; set PYTHON=/path/to/python3.11") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -m1 -o '^uv==[^ ;]*' requirements/dev.txt)"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@mkdir -p $(STAMPS) && touch $@

frontend: $(STAMPS)/frontend ## Build player, shell and console

$(STAMPS)/npm: frontend/package-lock.json | $(STAMPS)/python
	@echo "▸ Front-end packages"
	@cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/frontend: $(STAMPS)/npm $(shell find frontend src/courseway/standards/cmi src/courseway/console/templates -type f -not -path '*/node_modules/*' -not -path '*/generated/*' 2>/dev/null)
	@echo "▸ Player, shell and console"
	@$(BIN)/python scripts/generate_cmi_tables.py
	@cd frontend && npm run --silent build
	@touch $@

samples: $(STAMPS)/samples ## Build the sample courses

$(STAMPS)/samples: $(shell find samples -type f -not -path 'samples/build/*' 2>/dev/null) | $(STAMPS)/python
	@echo "▸ Sample courses"
	@$(BIN)/python samples/build.py --out samples/build
	@mkdir -p $(STAMPS) && touch $@

browser: ## Install Chromium from Debian's packages when there is none (needs root)
	@scripts/install-debian-packages.sh

test: setup frontend samples browser ## Run every test
	@cd frontend && npm run --silent test
	@$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

conformance: setup frontend browser ## Play every ADL case against engine and player
	@$(BIN)/python -m tests.conformance $(ARGS)

mutants: setup ## Break each rule of the sequencing engine in turn: a test must notice (minutes)
	@$(BIN)/python scripts/mutate_engine.py $(ARGS)

check: setup frontend ## Types, style, architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@cd frontend && npm run --silent check
	@$(BIN)/python scripts/generate_docs.py --check

bench: setup frontend samples ## Measure the figures of docs/benchmarks.md
	@$(BIN)/python -m benchmarks $(ARGS)

fmt: setup ## Format everything
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .
	@cd frontend && npm run --silent fmt

docs: setup ## Write the generated pages of docs/ again
	@$(BIN)/python scripts/generate_docs.py

lock: ## Lock the Python dependencies again
	@for one in runtime dev; do \
	  group=$$([ $$one = dev ] && echo "--group dev" || true); \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url $$group pyproject.toml -o requirements/$$one.txt; done

clean: ## Remove everything that was built; ./data stays
	@rm -rf $(VENV) build dist samples/build $(FRONTEND) frontend/node_modules frontend/player/src/generated .pytest_cache .mypy_cache .ruff_cache .hypothesis
