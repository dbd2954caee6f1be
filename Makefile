# SPDX-License-Identifier: Apache-2.0
# `make` alone prints this list; the words behind ## are the list.

PORT ?= 8000
T ?= tests
N ?= 20000
TIME ?= 600
# one more than there are cores: tests also wait for servers, browsers and disks
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
export VENV ?= .venv
BIN := $(VENV)/bin
# Compiled modules are kept even where the environment says no: the tests start hundreds of processes, and each
# would compile three seconds of modules anew. They lie in the virtual environment, and go with it.
unexport PYTHONDONTWRITEBYTECODE
COMPILED := $(abspath $(VENV))/compiled
export PYTHONPYCACHEPREFIX := $(COMPILED)
PYTEST := $(BIN)/pytest --numprocesses=$(WORKERS) --dist=loadfile --durations=15 --durations-min=2
CODE := src tests bench tools
INTEROP := tests/conformance/interop
PEERS := bench/peers
VENDOR := src/gakusho/web/static/vendor

.DEFAULT_GOAL := help
.PHONY: help run install test check fix lint types bench conformance docs migration lock screenshots debian clean differential fuzz

help:  ## print this list
	@echo 'Gakusho: issues, holds, shares and verifies academic credentials.'
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run $(VENDOR)/.installed  ## serve the product with a demo university on loopback (PORT=8000)
	@exec $(BIN)/gakusho serve --demo --port $(PORT)

install: $(VENV)/.run $(VENDOR)/.installed  ## install it into .venv, with the gakusho command

test: $(VENV)/.dev debian $(VENDOR)/.installed $(INTEROP)/node_modules/.installed  ## run the whole test suite, or a part of it (T=tests/unit)
	$(PYTEST) $(T)

check: debian  ## what CI runs: format, lint, types, imports, tests, docs
	@$(MAKE) --no-print-directory --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) before-tests
	$(PYTEST) tests

# Each of these keeps one core busy, so two go beside each other.
.PHONY: before-tests check-types check-rest
before-tests: check-types check-rest $(COMPILED)/.tests $(VENDOR)/.installed $(INTEROP)/node_modules/.installed

check-types: $(VENV)/.dev
	$(BIN)/mypy

check-rest: $(VENV)/.dev
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/lint-imports
	$(BIN)/python tools/instructions.py

fix: $(VENV)/.dev  ## format the code, mend what the linter can, write the reference pages anew
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/python tools/reference.py

lint: $(VENV)/.dev  ## format and lint, changing nothing
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)

types: $(VENV)/.dev  ## types and the direction of imports
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev $(PEERS)/node_modules/.installed  ## measure beside others; print JSON lines, write docs/benchmarks.md (or a part: B="ob3-issue")
	@$(BIN)/python -m bench $(B)

conformance: $(VENV)/.dev  ## run every test that names a requirement of a standard; write docs/conformance.md
	$(BIN)/python tools/conformance.py

differential: $(VENV)/.dev  ## compare canonical forms with other implementations over documents made at random (N=200000)
	$(BIN)/python -m tools.differential $(N)

fuzz: $(VENV)/.dev  ## look for input that breaks anything, for a bounded time (TIME=600 seconds)
	@$(BIN)/python -m tools.fuzz --seconds $(TIME)

migration: $(VENV)/.dev  ## write the migration from the last one to the tables as they are (M="add evidence")
	$(BIN)/python tools/migration.py "$(M)"

lock:  ## resolve the dependencies anew into requirements/*.txt, with hashes
	tools/lock

docs: $(VENV)/.dev  ## write the reference pages that are read off the code
	$(BIN)/python tools/reference.py

screenshots: $(VENV)/.dev debian  ## take the pictures of the documentation from a running demo
	$(BIN)/python tools/screenshots.py

debian:
	@tools/debian-packages

clean:  ## remove what was built (not var/, where the data is)
	rm -rf build dist $(VENDOR) tools/browser/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache $(INTEROP)/node_modules \
	    $(PEERS)/node_modules $(PEERS)/.venv \
	    $(VENV)

# A stamp is newer than what it was made from, so that the second `make run` starts at once.

$(VENV)/.run: requirements/run.txt pyproject.toml tools/install
	tools/install run
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml tools/install
	tools/install dev
	@touch $@ $(VENV)/.run

# Gathering the tests once compiles them and all they use; else each of the workers would, at the same time.
$(COMPILED)/.tests: $(VENV)/.dev
	@echo 'Compiling the tests …'
	@told=$$($(BIN)/pytest --collect-only -qq tests 2>&1) || { echo "$$told" | tail -n 40; exit 1; }
	@touch $@

$(PEERS)/node_modules/.installed: $(PEERS)/package-lock.json requirements/bench.txt
	@tools/bench-peers $(PEERS)

$(INTEROP)/node_modules/.installed: $(wildcard $(INTEROP)/package-lock.json)
	@tools/interop $(INTEROP)

$(VENDOR)/.installed: tools/browser/package-lock.json tools/browser-libraries
	@tools/browser-libraries
