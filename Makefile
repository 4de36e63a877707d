# Every target sets up what it needs, in .venv, and does so only once.

VENV := .venv
ifeq ($(OS),Windows_NT)
  BIN := $(VENV)/Scripts
  AS_ROOT :=
else
  BIN := $(VENV)/bin
  # JupyterLab refuses to run as root (as in many containers) unless it is told to.
  AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
endif
PY := $(BIN)/python

# The first of these that is Python 3.11 or newer; `make lab PYTHON=/path/to/python` overrides.
PYTHON ?= python3 python python3.14 python3.13 python3.12 python3.11

START := notebooks/00_start_here.ipynb
LAB_FLAGS ?=
NOTEBOOKS ?=
PIP_FLAGS ?=
READER := $(VENV)/.reader
DEVELOPER := $(VENV)/.developer

# Open tabs and layout of this project only; everything else is the reader's own JupyterLab.
lab: export JUPYTERLAB_WORKSPACES_DIR := $(CURDIR)/$(VENV)/workspaces

# In a pipe the output of Python would arrive only at the end.
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help lab test oldest refresh format bench clean

help:  ## show this list
	@echo "make TARGET, where TARGET is one of:"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-9s %s\n", $$1, $$2}' Makefile

lab: $(READER)  ## open the notebooks in JupyterLab (LAB_FLAGS="--port=9000" and the like are passed on)
	$(PY) -m jupyterlab $(AS_ROOT) --ServerApp.root_dir="$(CURDIR)" $(LAB_FLAGS) $(START)

test: $(DEVELOPER)  ## run every check: style, tests, notebooks
	$(PY) -m tools.check

oldest:  ## run every check with the oldest versions that requirements.txt promises
	$(MAKE) test VENV=.venv-oldest PIP_FLAGS="--constraint tools/oldest.txt"

refresh: $(DEVELOPER)  ## run the notebooks and store them (NOTEBOOKS="notebooks/01_*.ipynb" for some)
	$(PY) -m tools.refresh $(NOTEBOOKS)

format: $(DEVELOPER)  ## put code into the project's layout
	$(PY) -m ruff check --fix-only --quiet .
	$(PY) -m ruff format .

bench: $(DEVELOPER)  ## measure speed and memory, beside their targets
	$(PY) -m benchmarks.run

clean:  ## remove the environment and everything else that was made here
	rm -rf $(VENV) .venv-oldest .pytest_cache .ruff_cache .hypothesis
	find . \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

$(PY):
	@sh tools/make_environment.sh $(VENV) $(PYTHON)

$(READER): requirements.txt pyproject.toml settings/convolution-notebooks.json | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check $(PIP_FLAGS) -r requirements.txt -e .
	@touch $@

$(DEVELOPER): requirements-dev.txt $(READER)
	$(PY) -m pip install --quiet --disable-pip-version-check $(PIP_FLAGS) -r requirements-dev.txt
	@touch $@
