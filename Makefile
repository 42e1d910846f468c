# Every target does its own set-up: a virtual environment with pinned packages in .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: run test check bench test-py38 test-windows screenshots clean setup

run: $(STAMP)
	@$(BIN)/gapwatch demo

test: $(STAMP)
	@$(BIN)/python -m pytest $(ARGS)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/python -m pytest -q tests/architecture tests/collector/test_i18n.py

bench: $(STAMP)
	@$(BIN)/python -m tests.bench

test-py38: $(STAMP)
	@$(BIN)/python scripts/test_py38.py

# Two real Windows Pythons under Wine, in build/; see CONTRIBUTING.md
test-windows: $(STAMP)
	@$(BIN)/python scripts/test_windows.py $(ARGS)

screenshots: $(STAMP)
	@$(BIN)/python scripts/screenshots.py

setup: $(STAMP)

$(STAMP): requirements.lock requirements-dev.lock pyproject.toml
	@$(PYTHON) scripts/setup_venv.py $(VENV)
	@touch $(STAMP)

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis
