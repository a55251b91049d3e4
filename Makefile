# Two commands matter to a newcomer: `make demo` and `make test`. Everything else is listed by `make help`.
SHELL := /bin/bash
PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
PORT ?= 8000
.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench soak oracles fuzz serve worker doctor format db-start db-stop db-status db-reset

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## install what is missing and build the bundle (skips what is done)
	@scripts/set_up.sh

demo: setup ## run the whole loop on a simulated comuna and serve it on http://127.0.0.1:8000
	@$(MANAGE) demo --port $(PORT)

test: setup ## run every test, browser tests included
	@$(PYTHON) -m pytest tests -n auto --dist loadfile

check: setup ## format, lint, types, import contracts, migrations, translations, lock files
	@scripts/check.sh

bench: setup ## run the benchmarks against their peers; writes docs/benchmarks.json and docs/benchmarks.md
	@$(PYTHON) -m tests.bench

soak: setup ## long proofs: kill cycles, generated files
	@$(PYTHON) -m pytest tests -m soak

oracles: setup ## the statistics against R's spdep and spatstat, where those are installed
	@$(PYTHON) -m tests.oracles

SECONDS_OF_FUZZ ?= 900
fuzz: setup ## send mutated files through the decoder for 15 minutes; wrong answers are kept in var/fuzz
	@$(PYTHON) -m tests.corpus.fuzz --seconds $(SECONDS_OF_FUZZ)

serve: setup ## serve the site and its worker of long jobs
	@$(MANAGE) serve --port $(PORT)

worker: setup ## run a further worker of long jobs
	@$(MANAGE) work

doctor: setup ## look at everything the installation needs; says how to mend it
	@$(MANAGE) doctor

format: setup ## rewrite files in the house style
	@$(PYTHON) -m ruff format . && $(PYTHON) -m ruff check --fix .

db-start: setup ## start the private database
	@$(PYTHON) -m config.cluster start

db-stop: ## stop the private database
	@$(PYTHON) -m config.cluster stop

db-status: ## say whether the private database runs
	@$(PYTHON) -m config.cluster status

db-reset: ## delete the private database and all it holds
	@$(PYTHON) -m config.cluster reset
