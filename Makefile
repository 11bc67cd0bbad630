# Each target makes its own virtual environment in .venv and needs no root.
VENV ?= .venv
PYTHON ?= python3
BIN = $(VENV)/bin

help:  ## say what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

demo: $(VENV)/.ready  ## run the whole of it on an emulated lab (FAULT=udp-port breaks it; ARGS= for more options)
	@$(BIN)/vxcheck demo $(if $(FAULT),--fault $(FAULT)) $(ARGS)

test: lint  ## lint, type-check and run every test
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

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
	$(BIN)/python -m pytest -q -n 2 tests/lab -k matrix
	$(BIN)/python -m tests.lab.pages

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

.PHONY: help demo test lint lab lab-down docs faults clean
.DEFAULT_GOAL := help
