# Offhook. `make demo` and `make test` need no step before them.
SHELL := /bin/bash
BIN := .venv/bin
export PATH := $(CURDIR)/.venv/bin:$(PATH)
.DEFAULT_GOAL := help
.PHONY: help demo test test-python test-browser bench lint build clean pin

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: ## Everything on one machine; ARGS="--autoplay" plays the story by itself
	@scripts/ready python panel chromium
	@$(BIN)/offhook demo $(ARGS)

test: ## All checks and tests, browser tests included; ARGS go to pytest
	@scripts/ready python panel chromium postgres telephony
	@$(MAKE) --no-print-directory lint test-browser test-python

test-python:
	$(BIN)/pytest -n auto --dist loadscope --no-loadscope-reorder $(ARGS)

test-browser:
	cd browser && npm run --silent test

bench: ## All benchmarks, or some: ARGS="name…"; writes benchmarks/results.json
	@scripts/ready python panel
	@$(BIN)/python -m benchmarks $(ARGS)

lint: ## Style, types, arrows
	@scripts/ready python panel
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd browser && npm run --silent typecheck && npm run --silent lint

build: ## The panel and the extension
	@scripts/ready panel

pin: ## Choose the newest versions again and write them down with their hashes
	@scripts/ready python
	uv=$$(command -v .tools/bin/uv || command -v uv); $$uv pip compile --quiet --universal --upgrade --generate-hashes \
	  --no-emit-index-url --no-header --group dev pyproject.toml sandbox/pyproject.toml -o requirements.txt

clean: ## Remove what was built and installed here
	rm -rf .venv .tools .run browser/node_modules browser/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
