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

LAB_FLAGS ?=
NOTEBOOKS ?=
# The versions that were tested; `make lab PIP_FLAGS=` takes the newest.
PIP_FLAGS ?= --constraint constraints.txt
STUDENTS ?= 10
CLASSROOM_FLAGS ?=
CLASSROOM := .venv-classroom
READER := $(VENV)/.reader
DEVELOPER := $(VENV)/.developer
SITE_BUILDER := $(VENV)/.site-builder
MUTATOR := $(VENV)/.mutator

# Open tabs and layout of this project only; everything else is the reader's own JupyterLab.
lab: export JUPYTERLAB_WORKSPACES_DIR := $(CURDIR)/$(VENV)/workspaces

# In a pipe the output of Python would arrive only at the end.
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help lab test test-weekly test-oldest constraints refresh format bench classroom site slides picture mutants clean

help:  ## show this list
	@echo "make TARGET, where TARGET is one of:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-11s %s\n", $$1, $$2}' Makefile

lab: $(READER)  ## open the notebooks in JupyterLab (LAB_FLAGS="--port=9000" and the like are passed on)
	$(PY) -m jupyterlab $(AS_ROOT) --config settings/lab.py $(LAB_FLAGS)

test: $(DEVELOPER) $(SITE_BUILDER)  ## run every check: style, tests, notebooks
	$(PY) -m tools.check

test-weekly: $(DEVELOPER) $(SITE_BUILDER)  ## run the checks that are rare and slow: the hub, any order of cells
	$(PY) -m tools.check weekly

test-oldest: build/oldest.txt  ## run every check with the oldest versions that are promised
	$(MAKE) test VENV=.venv-oldest PIP_FLAGS="--constraint build/oldest.txt"

constraints: $(DEVELOPER)  ## store the versions that are installed as those that were tested
	echo "# The versions that were tested, for \`make lab\` and \`make test\`; \`make constraints\` writes this file." > constraints.txt
	$(PY) -m pip freeze --exclude-editable >> constraints.txt

refresh: $(DEVELOPER)  ## run the notebooks and store them (NOTEBOOKS="notebooks/01_*.ipynb" for some)
	$(PY) -m tools.refresh $(NOTEBOOKS)

format: $(DEVELOPER)  ## put code into the project's layout
	$(PY) -m ruff check --fix-only --quiet .
	$(PY) -m ruff format .

bench: $(DEVELOPER)  ## measure speed and memory, beside their targets
	$(PY) -m benchmarks.run

classroom: $(CLASSROOM)/.hub  ## let STUDENTS=10 students use a JupyterHub of this machine at once
	$(CLASSROOM)/bin/python -m classroom.load --students $(STUDENTS) $(CLASSROOM_FLAGS)

site: $(READER) $(SITE_BUILDER)  ## build a web site that needs no installation (PYODIDE_DISTRIBUTION=/folder makes it whole)
	$(PY) -m tools.site build/site $(if $(PYODIDE_DISTRIBUTION),--pyodide "$(PYODIDE_DISTRIBUTION)")

slides: $(READER) $(SITE_BUILDER)  ## turn every notebook into slides that need no network, in build/slides
	$(PY) -m tools.slides

picture: $(READER)  ## make the moving picture that the README opens with
	$(PY) -m tools.picture

mutants: $(DEVELOPER) $(MUTATOR)  ## break the helpers on purpose and see who notices (takes hours)
	$(PY) -m tools.mutants
	$(PY) -m mutmut run
	$(PY) -m mutmut results

clean:  ## remove the environment and everything else that was made here
	rm -rf $(VENV) .venv-oldest $(CLASSROOM) .pytest_cache .ruff_cache .hypothesis build mutants
	find . \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

$(PY):
	@sh tools/make_environment.sh $(VENV) $(PYTHON)

$(READER): requirements.txt constraints.txt pyproject.toml | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check $(PIP_FLAGS) -r requirements.txt
	@touch $@

$(DEVELOPER): requirements-dev.txt $(READER)
	$(PY) -m pip install --quiet --disable-pip-version-check $(PIP_FLAGS) -r requirements-dev.txt
	@touch $@

# Each lower bound as the version itself: numpy>=2.0 becomes numpy==2.0.
build/oldest.txt: pyproject.toml requirements.txt
	@mkdir -p build
	@sed -n 's/^[ "]*\([a-z]*\)>=\([0-9.]*\)"*,*$$/\1==\2/p' pyproject.toml requirements.txt > $@

$(MUTATOR): | $(DEVELOPER)
	$(PY) -m pip install --quiet --disable-pip-version-check $(PIP_FLAGS) "mutmut>=3.8,<4"
	@touch $@

# In a folder of its own: what builds the site brings an extension that JupyterLab must not load.
$(SITE_BUILDER): requirements-site.txt tools/site_wheels.txt | $(PY)
	rm -rf $(VENV)/jupyterlite
	$(PY) -m pip install --quiet --disable-pip-version-check --target $(VENV)/jupyterlite -r requirements-site.txt
	$(PY) -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --platform any --implementation py --abi none --python-version 3.12 --dest $(VENV)/jupyterlite/wheels -r tools/site_wheels.txt
	@touch $@

# JupyterHub has an environment of its own, with its proxy, which comes from npm, in it.
$(CLASSROOM)/.hub: classroom/requirements.txt classroom/package.json requirements.txt pyproject.toml
	@command -v npm >/dev/null || { echo "npm is missing: JupyterHub's proxy needs Node.js. See classroom/README.md." >&2; exit 1; }
	@test -d $(CLASSROOM) || sh tools/make_environment.sh $(CLASSROOM) $(PYTHON)
	$(CLASSROOM)/bin/python -m pip install --quiet --disable-pip-version-check $(PIP_FLAGS) -r classroom/requirements.txt
	@cp classroom/package.json $(CLASSROOM)/
	npm install --prefix $(CLASSROOM) --silent --no-audit --no-fund
	@touch $@
