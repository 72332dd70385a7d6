# `make` or `make help` lists what can be done. Everything runs in .venv, which is set up on first use.

PYTHON =
ARGS   =
BIN    = .venv/bin
PLAN   = configs/scenarios/plan.yaml
SMALL  = --scale 0.05 --pairs 8

# The first interpreter that really runs, is recent enough and can make a virtual environment. Each one is tried,
# because a version manager's python3.12 may be on the PATH and still refuse to start.
# The upper bound is the newest Python that every package in the locks has a wheel for.
CHECK  = import sys, venv, ensurepip; sys.exit(not (3, 12) <= sys.version_info[:2] <= (3, 14))
ADVICE = Python 3.12, 3.13 or 3.14 is needed: install python3.12 with its venv module, or run 'make PYTHON=/path/to/python3.12'

# pip speaks only when it fails, and then it says all it knows.
PIP    = $(BIN)/python -m pip install -q --disable-pip-version-check
LOG    = .venv/setup.log
TELL   = >$(LOG) 2>&1 || { cat $(LOG) >&2; echo "Setting up .venv failed; the reason is above" >&2; exit 1; }

# .venv/.ready is written last and holds the folder that .venv was made in. When it is missing (setup was interrupted),
# names another folder (this one was moved) or the interpreter has gone, .venv is made again from nothing.
STALE := $(shell test "`cat .venv/.ready 2>/dev/null`" = "$(CURDIR)" && $(BIN)/python -c '' 2>/dev/null || echo remake)

.PHONY: help setup run test lint slow bench docs facts warm clean remake

help:
	@echo "make run     run the current situation (ARGS=... adds options to 'abm run'), and report on the plan (SMALL=... its size)"
	@echo "make test    check style and types and run the tests, without the slow ones"
	@echo "make slow    run the slow tests"
	@echo "make bench   compare the speed with the recorded figures"
	@echo "make facts   compare the facts with the files of their sources (ARGS=LIST.yaml, see docs/facts.md)"
	@echo "make docs    build the pages of all modules, and renew the picture of the rooms and the indexes"
	@echo "make warm    compile the fast loops ahead of the first run"
	@echo "make lint    check style and types only"
	@echo "make setup   make .venv with the exact packages of the locks (the others do this by themselves)"
	@echo "make clean   remove .venv and every cache; results are kept"

setup: .venv/.ready

.venv/.ready: requirements.lock requirements-dev.lock pyproject.toml $(STALE)
	@found=""; if [ -n "$(STALE)" ]; then \
	  for p in $(PYTHON) python3 python3.12 python3.13 python3.14; do \
	    if "$$p" -c '$(CHECK)' >/dev/null 2>&1; then found="$$p"; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then echo "$(ADVICE)" >&2; exit 1; fi; \
	  echo "Setting up .venv with $$("$$found" -V) (about a minute)..."; \
	  rm -rf .venv && "$$found" -m venv .venv; \
	else \
	  echo "Bringing .venv up to date..."; \
	  rm -f $@; \
	fi
	@$(PIP) --only-binary :all: --require-hashes -r requirements.lock -r requirements-dev.lock $(TELL)
	@$(PIP) --no-build-isolation --no-deps -e . $(TELL)
	@echo "$(CURDIR)" > $@

run: setup
	@$(BIN)/abm run configs/scenarios/current.yaml $(ARGS)
	@$(BIN)/abm report $(PLAN) --against configs/scenarios/current.yaml $(SMALL)

# One process for each core, at most four: more would only wait for each other. The tests of a file stay together.
test: lint
	@$(BIN)/python -m pytest -q -m "not slow" -n logical --maxprocesses 4 --dist loadfile $(ARGS)

lint: setup
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/pyrefly check --python-interpreter-path $(BIN)/python --min-severity warn

# What only the slow tests and the benchmark need: an object store to test against, another runner to compare with.
.venv/.slow: .venv/.ready requirements-slow.lock
	@$(PIP) --only-binary :all: --require-hashes -r requirements-slow.lock $(TELL)
	@if command -v npm >/dev/null; then npm ci --silent --prefix tests/browser $(TELL); \
	else echo "No npm here: pages are not checked with axe-core"; fi
	@touch $@

slow: .venv/.slow
	@$(BIN)/python -m pytest -q -m slow $(ARGS)

bench: .venv/.slow
	@$(BIN)/python -m tests.benchmarks $(ARGS)

# The picture and the indexes are kept in git, the pages are not.
docs: setup
	@$(BIN)/python -m scripts.decisions
	@$(BIN)/python -m scripts.scenarios
	@$(BIN)/python -m scripts.describe
	@$(BIN)/python -m scripts.draw_architecture
	@$(BIN)/python -m scripts.api_pages

facts: setup
	@$(BIN)/python -m scripts.facts $(if $(ARGS),all $(ARGS) --check,--help)

warm: setup
	@$(BIN)/abm warm

clean:
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis build dist docs/api *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
