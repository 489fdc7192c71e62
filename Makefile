# Two commands for a fresh machine: `make demo` and `make test`. Each does all its own set-up.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PYTEST_WORKERS ?= 2

.PHONY: help install install-dev servers demo test lint format bench quality docs samples lock clean fuzz

help: ## What can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

install: $(VENV)/.run ## .venv with the pantau command
install-dev: $(VENV)/.dev ## .venv with everything the tests need

$(VENV)/.run: requirements/run.txt pyproject.toml
	@deploy/make-venv.sh "$(PYTHON)" $(VENV) requirements/run.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml
	@deploy/make-venv.sh "$(PYTHON)" $(VENV) requirements/dev.txt
	@touch $(VENV)/.run $@

servers: ## Install Mosquitto, InfluxDB, PostgreSQL and Chromium from Debian, where missing
	@deploy/install-test-servers.sh

demo: install ## Both centres live on http://127.0.0.1:8080, with 30 days of history
	@$(BIN)/pantau demo $(ARGS)

test: install-dev servers ## Every test, against real servers
	@$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadfile $(ARGS)

lint: install-dev ## ruff, mypy strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: install-dev ## Put the code in shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: install-dev servers ## Measure against real servers; writes docs/benchmarks.md
	@PYTHONPATH=.:tests $(BIN)/python -m bench $(ARGS)

quality: install-dev ## What the checks find beside a technician's flags; writes docs/quality.md
	@PYTHONPATH=. $(BIN)/python -m bench.quality

fuzz: install-dev ## Broken payloads through every profile for ten minutes; ARGS="--seconds 60 --seed 7"
	@PYTHONPATH=.:tests $(BIN)/python -m bench.fuzz $(ARGS)

docs: install-dev ## Write the generated documents anew
	@$(BIN)/python -m docs.generate

samples: install-dev ## Make the example month in docs/reports anew
	@$(BIN)/python -m docs.sample_reports

lock: install-dev ## Resolve the dependencies anew, with hashes
	@for kind in run dev; do \
	  extra=$$([ $$kind = dev ] && echo "--extra dev -c requirements/run.txt"); \
	  $(BIN)/pip-compile -q --upgrade --generate-hashes --strip-extras --no-header --allow-unsafe \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host $$extra \
	    -o requirements/$$kind.txt pyproject.toml; done

clean: ## Remove what make made
	rm -rf $(VENV) build *.egg-info
