# Two commands on a fresh machine: `make review` and `make test`. Both set everything up first, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

# nothing is told to anybody; compiled files are kept, or every start would compile all of dbt again
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := False
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup review test lint format bench metrics clean
.DELETE_ON_ERROR:

setup: $(STAMP)

# the lock lists every package with its hashes, what builds our own package too: no network is needed beyond it
$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "leakreview needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV); this happens once and takes a minute or two ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-build-isolation --no-index -e .
	@touch $@

review: setup
	@$(BIN)/leakreview review

test: setup
	@$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint models tests/data analyses
	$(BIN)/python -m nbstripout --verify --keep-id notebooks/*.ipynb

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python -m benchmarks

# the optional group: MetricFlow, and the test that holds its answers to the tables
metrics: setup
	@$(PIP) --require-hashes -r requirements-metrics.lock
	@$(BIN)/python -m pytest tests/project/test_metrics.py

# what can be made again; never exports/, records/ or settings
clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache target logs
