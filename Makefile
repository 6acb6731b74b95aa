# Everything a developer or an evaluator does, one word each. `make help` lists it.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run demo-reset test e2e check fmt bench fuzz proof migrate migration translations bundle lock clean

help: ## List what can be made
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/installed: requirements.lock pyproject.toml
	@echo "Preparing the Python environment (once, about a minute) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	@echo "Preparing the tools for tests and checks …"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: .venv/installed ## Serve the demo company on http://127.0.0.1:8000
	@$(BIN)/keyturn demo run

demo-reset: .venv/installed ## Make the demo company anew (throws away what was done in it)
	@$(BIN)/keyturn demo reset

test: .venv/installed-dev ## Run all tests this machine can run, and say which it cannot
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

e2e: .venv/installed-dev ## Run the browser tests alone
	@$(BIN)/python -m pytest tests/e2e

check: .venv/installed-dev ## Lint, types, arrows, diagrams, migrations, translations, bundle
	@$(MAKE) --no-print-directory -j 2 --output-sync=target $(CHECKS)

CHECKS := check-bundle check-types check-lint check-arrows check-diagrams check-schema check-translations
.PHONY: $(CHECKS)

check-lint: .venv/installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

check-types: .venv/installed-dev
	@$(BIN)/mypy

check-arrows: .venv/installed-dev
	@$(BIN)/lint-imports

check-diagrams: .venv/installed-dev
	@$(BIN)/keyturn check

check-schema: .venv/installed-dev
	@$(BIN)/python -m webapp.schema_check

check-translations: .venv/installed-dev
	@$(BIN)/python -m webapp.translation_check

check-bundle: .venv/installed-dev
	@if command -v node >/dev/null; then cd webapp/frontend && npm ci --ignore-scripts --no-audit --no-fund --silent && node build.mjs --check; \
	else echo "Left out: the bundle is not rebuilt, because Node is not installed."; fi

fmt: .venv/installed-dev ## Format the code and mend what can be mended
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: .venv/installed-dev ## Measure, each figure against a named peer
	@$(BIN)/keyturn bench

fuzz: .venv/installed-dev ## 100,000 hostile expression texts, 6,000 bent diagrams
	@KEYTURN_FUZZ_TEXTS=100000 $(BIN)/python -m pytest tests/engine/feel -k "hostile or fuzz" --timeout 1800
	@KEYTURN_FUZZ_DIAGRAMS=6000 $(BIN)/python -m pytest tests/engine/definitions/test_foreign_hostile.py --timeout 1800

proof: .venv/installed-dev ## 2,000 drawn processes, loops of 100,000 turns, ten years of reminders
	@KEYTURN_PROOF_DIAGRAMS=2000 KEYTURN_PROOF_TURNS=100000 $(BIN)/python -m pytest tests/engine/proof -n $(WORKERS)

faults: .venv/installed-dev ## Kill processes 2,000 times and keep the result in docs/reliability.md
	@KEYTURN_FAULT_KILLS=500 KEYTURN_FAULT_RECORD=var/faults.jsonl KEYTURN_TEST_DATABASE_URL= \
		$(BIN)/python -m pytest tests/faults
	@KEYTURN_FAULT_KILLS=500 KEYTURN_FAULT_RECORD=var/faults.jsonl $(BIN)/python -m pytest tests/faults
	@$(BIN)/python -m tests.faults.record var/faults.jsonl

migrate: .venv/installed ## Bring the database of KEYTURN_DATABASE_URL up to date
	@$(BIN)/keyturn migrate

migration: .venv/installed-dev ## Draft a migration from the models: make migration NAME="add ..."
	@$(BIN)/python -m webapp.schema_draft "$(NAME)"

translations: .venv/installed-dev ## Collect new texts for translation
	@$(BIN)/python -m webapp.translation_update

bundle: ## Rebuild the front-end bundle (needs Node)
	@cd webapp/frontend && npm ci --ignore-scripts --no-audit --no-fund && node build.mjs

lock: ## Renew the lock files from pyproject.toml (needs uv)
	@uv pip compile pyproject.toml requirements-build.in --python-version 3.11 --universal --generate-hashes \
		--no-emit-index-url --no-header --no-annotate -o requirements.lock
	@uv pip compile pyproject.toml requirements-build.in --extra dev --python-version 3.11 --universal --generate-hashes \
		--no-emit-index-url --no-header --no-annotate -o requirements-dev.lock

clean: ## Remove caches and build results (keeps the database)
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
