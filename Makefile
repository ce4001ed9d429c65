# `make run` and `make test` are all there is to know; the rest is for those who carry the project on.
PYTHON ?= python3
BIN := .venv/bin
SCRIPTS := tests/feed/javascript/node_modules tests/browser/javascript/node_modules
MEASURED := benchmarks/javascript/node_modules

.PHONY: run test check bench setup lock samples schema clean

run: setup
	@$(BIN)/scadenzario run --now-outside-term 2025-02-10T09:00

test: setup $(SCRIPTS)
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: setup $(MEASURED)
	@$(BIN)/python -m benchmarks

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml
	@echo "Setting up .venv (once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(SCRIPTS) $(MEASURED): %/node_modules: %/package-lock.json
	@command -v npm >/dev/null || exit 0; cd $(@D) && npm ci --ignore-scripts --no-audit --no-fund --silent && touch $(@F)

# What an installation needs, and what building the wheel needs: the same versions as in requirements.lock.
LOCK_PART = --constraint requirements.lock --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate --quiet

# The three below write files that are committed.
lock:
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml $(LOCK_PART) --output-file requirements-run.lock
	$(BIN)/uv pip compile --group build $(LOCK_PART) --output-file requirements-build.lock

samples: setup
	$(BIN)/python tools/make_workbooks.py
	$(BIN)/python tools/make_templates.py

schema: setup
	$(BIN)/python tools/make_schema.py

clean:
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
