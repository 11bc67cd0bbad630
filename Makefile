# Each target makes its own virtual environment in .venv and needs no root.
VENV ?= .venv
PYTHON ?= python3
BIN = $(VENV)/bin
# Tests start vxcheck hundreds of times: its modules are compiled once, whatever the environment says.
export PYTHONDONTWRITEBYTECODE =
# Two more than there are CPUs: much of what the lab's tests do is to wait.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)

help:  ## say what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

demo: $(VENV)/.ready  ## run the whole of it on an emulated lab (FAULT=udp-port breaks it; ARGS= for more options)
	@$(BIN)/vxcheck demo $(if $(FAULT),--fault $(FAULT)) $(ARGS)

test: lint  ## lint, type-check and run every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

lint: $(VENV)/.ready-dev  ## ruff and mypy
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

lab: $(VENV)/.ready-dev  ## bring up the kernel lab, as root: real VXLAN in network namespaces, and say what to try
	$(BIN)/python -m tests.lab up $(ARGS)

lab-down: $(VENV)/.ready-dev  ## end the kernel lab
	$(BIN)/python -m tests.lab down $(ARGS)

docs: $(VENV)/.ready-dev  ## write the generated pages of docs/ anew
	$(BIN)/python -m tests.docs

faults: $(VENV)/.ready-dev  ## run the fault matrix, as root, and write docs/faults.md from it
	rm -rf build/faults
	$(BIN)/python -m pytest -q -n 2 tests/lab -k 'matrix or chain'
	$(BIN)/python -m tests.lab.pages

mutants: $(VENV)/.ready-dev  ## break every check's query in every place, and see that a case of its page fails
	VXCHECK_MUTANTS=all $(BIN)/python -m pytest -q -n auto tests/test_mutations.py $(ARGS)

bench: $(VENV)/.ready-dev  ## measure against peers and write docs/performance.md
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	$(BIN)/python -m benchmarks

lock: $(VENV)/.ready-dev  ## write requirements.lock anew: every dependency, its version and its hashes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-tools
	printf '%s\n' '# What vxcheck runs on, each file by its hash: pip install --require-hashes -r requirements.lock' \
		'# Written by make lock.' > requirements.lock.part
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --no-header --no-annotate --strip-extras \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --output-file - pyproject.toml >> requirements.lock.part
	mv requirements.lock.part requirements.lock

audit: $(VENV)/.ready-dev  ## look up known vulnerabilities of what requirements.lock names (needs the network)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --requirement requirements.lock

fuzz: $(VENV)/.ready-dev  ## change samples and files of others until a reader does what it may not (SECONDS=600)
	$(BIN)/python -m tests.fuzz $(or $(SECONDS),600) $(ARGS)

clean:  ## remove the virtual environment and what was built
	rm -rf $(VENV) build dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "vxcheck needs Python 3.11 or later; name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make virtual environments: the package python3-venv is missing."; \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -q && apt-get install -qy python3-venv; \
		else \
			echo "Install it (Debian, Ubuntu: sudo apt-get install python3-venv), then try again."; exit 1; \
		fi; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.ready-dev: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.ready

.PHONY: help demo test lint lab lab-down docs faults mutants bench lock audit fuzz clean
.DEFAULT_GOAL := help
