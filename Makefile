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

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: ## the virtual environment, with the locked dependencies; at once when nothing changed
	@PYTHON='$(PYTHON)' sh tools/setup

run: setup ## Andon with a demonstration world beside it
	@$(BIN)/andon up

test: setup ## every test but the long ones
	@$(BIN)/python -m pytest -n 2 -m "not long" $(ARGS)

test-long: setup ## the long chaos, race and fuzz runs
	@$(BIN)/python -m pytest -n 2 -m long $(ARGS)

bench: setup ## how fast the line is, beside its targets; up to 20 minutes
	@$(BIN)/andon bench $(ARGS)

check: setup ## format, lint, types, import contracts, the API's document, the house's own rules; under a minute
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy src
	@$(BIN)/lint-imports
	@sh tools/lint-openapi
	@$(BIN)/python tools/console.py check
	@$(BIN)/python -m pytest tests/house -q

docs: setup ## the generated documents, written anew
	@$(BIN)/python -m andon.app.docs

lock: setup ## newest dependencies that fit; needs uv
	@sh tools/lock
