# Four verbs: `make setup run test check`. `test-long` adds the long chaos, race and fuzz runs, `bench` measures speed.
# No target names the checkout's path, and every use of a path is quoted: a folder with a space in it works.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Every process of a test run would compile all modules anew where this is set, as it is in many containers.
export PYTHONDONTWRITEBYTECODE :=

# `make setup PYTHON=python3.13` picks the interpreter: python3 unless said, 3.11 or later.
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup run test test-long bench check docs lock
.PHONY: check-types check-house check-console check-format check-lint check-imports check-document

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: ## the virtual environment, with the locked dependencies; at once when nothing changed
	@PYTHON='$(PYTHON)' sh tools/setup

run: setup ## Andon with a demonstration world beside it
	@$(BIN)/andon up

# Three on two cores: many a test waits for a patience to run out. Each begins with its own part of the suite, so that what
# is made once is made by few, and helps the others when it has done.
AT_ONCE := -n 3 --dist worksteal

test: setup ## every test but the long ones
	@$(BIN)/python -m pytest $(AT_ONCE) -m "not long" $(ARGS)

test-long: setup ## the long chaos, race and fuzz runs
	@$(BIN)/python -m pytest $(AT_ONCE) -m long $(ARGS)

bench: setup ## how fast the line is, beside its targets; up to 20 minutes
	@$(BIN)/andon bench $(ARGS)

# The long ones first: two run at a time.
CHECKS := types house console format lint imports document

check: setup ## format, lint, types, import contracts, the API's document, the house's own rules; under a minute
	@$(MAKE) -j 2 $(CHECKS:%=check-%)

check-types:
	@$(BIN)/mypy src

check-house:
	@$(BIN)/python -m pytest tests/house -q

check-console:
	@$(BIN)/python tools/console.py check

check-format:
	@$(BIN)/ruff format --check --quiet .

check-lint:
	@$(BIN)/ruff check --quiet .

check-imports:
	@$(BIN)/lint-imports

check-document:
	@sh tools/lint-openapi

docs: setup ## the generated documents, written anew
	@$(BIN)/python -m andon.app.docs

lock: setup ## newest dependencies that fit; needs uv
	@sh tools/lock
