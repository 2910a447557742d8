# Limen's chores. `make help` lists them. Everything is installed into $(VENV) and nowhere else.

VENV ?= .venv
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := $(VENV)/bin
# An installation is current while what it was made from is unchanged.
KEY := $(shell cat pyproject.toml constraints.txt | cksum | tr -d ' ')
INSTALLED := $(VENV)/.installed-$(KEY)
DEVELOPER := $(VENV)/.developer-$(KEY)
# Test files that run at once, each in a process on one core.
JOBS ?= 2

# Two torch jobs that spin while they wait slow each other a hundredfold.
export OMP_WAIT_POLICY = PASSIVE

.DEFAULT_GOAL := help
.PHONY: help demo install develop test slow lint layers docs docs-check verify clean

help: ## list these targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

demo: $(INSTALLED) ## run the main job on what ships here (DEMO_SEED=n plants another trait)
	@$(BIN)/limen lab demo $(if $(DEMO_SEED),--seed $(DEMO_SEED))

install: $(INSTALLED) ## make the virtual environment and install Limen into it

develop: $(DEVELOPER) ## the same with what the tests and linters need

test: $(DEVELOPER) ## run the quick tests
	$(BIN)/python -m pytest -m "not slow" -n $(JOBS) --dist loadfile

slow: $(DEVELOPER) ## run the slow tests
	$(BIN)/python -m pytest -m slow -n $(JOBS) --dist loadfile

lint: $(DEVELOPER) ## ruff, mypy (strict, see pyproject.toml) and the layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(MAKE) --no-print-directory layers

layers: $(DEVELOPER) ## check who imports whom
	$(BIN)/lint-imports --no-logo --no-cache

docs: $(DEVELOPER) ## write the generated pages
	$(BIN)/python scripts/make_docs.py

docs-check: $(DEVELOPER) ## say which generated pages are out of date
	$(BIN)/python scripts/make_docs.py --check

verify: $(DEVELOPER) ## recompute the long figures (hours; goes on where it stopped)
	$(BIN)/python scripts/verify.py

clean: ## remove caches; the environment and the results stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer was found. Install one, or name it: make PYTHON=/path/to/python" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): | $(BIN)/python
	@echo "Installing Limen into $(VENV); the first time this fetches a few hundred megabytes."
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@rm -f $(VENV)/.installed-* && touch $@

$(DEVELOPER): | $(BIN)/python
	@echo "Installing Limen with its tests and linters into $(VENV); the first time this takes minutes."
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@rm -f $(VENV)/.developer-* $(VENV)/.installed-* && touch $@ $(INSTALLED)
