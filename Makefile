# natverk: `make` lists what there is. GNU make 3.81 or newer.
# Recipes use no pipes, so a failure cannot hide in one: the first command that fails stops make.

.DEFAULT_GOAL := help
.SUFFIXES:
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
# Neither a setting of pip that installs elsewhere nor packages of another place on PYTHONPATH; mirrors stay.
PIP := env -u PIP_TARGET -u PIP_PREFIX -u PIP_ROOT PIP_USER=0 $(BIN)/python -I -X utf8 -m pip
# A path with å, ä or ö is the same path under LC_ALL=C, whatever Python is told to take it for.
export PYTHONUTF8 := 1
# Two stamps, each written when its step is done: an interrupted install leaves none and is done again.
LOCKED := $(VENV)/.locked
READY := $(VENV)/.ready
# The files of tests are dealt out to one process more than there are cores: many tests wait for processes of their own.
# ARGS="-n 0" runs them in one.
WORKERS := $(or $(PYTEST_XDIST_AUTO_NUM_WORKERS),$(shell expr `getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2` + 1))
OLDEST := $(VENV)/oldest
OLDEST_PIP := env -u PYTHONPATH $(PIP) --python $(OLDEST)/bin/python install --quiet --disable-pip-version-check
TESTS := -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
PYTEST := $(BIN)/python $(TESTS)
BENCHES := $(sort $(filter-out bench/_%,$(wildcard bench/*.py)))

.PHONY: help setup data list reports everything site-zip lab seminar test test-all test-oldest notebooks lint docs bench lock clean distclean

help: ## this list
	@echo 'natverk: Swedish municipalities, regions and their networks'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo 'The first run makes .venv and installs the locked packages: about 250 MB to download, 1.1 GB on disk, one to'
	@echo 'three minutes. Later runs use what is there. Other interpreter: make setup PYTHON=/path/to/python3.12'
	@echo 'Options for what a verb runs: make reports ARGS="--lang en"   make lab ARGS="--no-browser --ip=0.0.0.0"'

setup: $(READY) ## make .venv and install the locked packages (done by every verb that needs it)

data: $(READY) ## check data/raw, build data/processed from it, and tell what a change of it changes
	$(BIN)/natverk build $(ARGS)
	@if git rev-parse --quiet --verify HEAD >/dev/null 2>&1 && ! git diff --quiet HEAD -- data/raw; then \
	  $(BIN)/natverk diff HEAD data/raw || echo 'The tables are built; what their change changes is not told.' >&2; \
	fi

list: $(READY) ## print the identifier of every page that can be made
	$(BIN)/natverk list $(ARGS)

reports: $(READY) ## make all 21 pages and reports/index.html
	$(BIN)/natverk report --only region_report $(ARGS)

everything: $(READY) ## make every page that reports.toml declares, not only those of the regions
	$(BIN)/natverk report --all $(ARGS)

site-zip: $(READY) ## make all 21 pages in both languages and put the site into site.zip, for readers who install nothing
	$(BIN)/natverk report --only region_report --lang all --zip site.zip $(ARGS)

# Copies: what is tried there stays out of the notebooks that are tracked (those are opened with jupyter lab notebooks).
lab: $(READY) ## open JupyterLab at a start page, in my_notebooks/: copies of the notebooks to work in
	$(BIN)/natverk lab my_notebooks $(ARGS)

seminar: $(READY) ## make the seminar: notebooks of students and teachers, slides (build/seminar)
	$(BIN)/natverk seminar build/seminar --again $(ARGS)

test: $(READY) ## run all checks: data, ruff, mypy, tests and doctests, notebooks against their stored outputs
	$(BIN)/natverk build
	$(BIN)/ruff check .
	$(PYTEST) --nbval-lax --nbval-current-env $(ARGS)

test-all: PYTEST += -m 'slow or not slow'
test-all: test ## run all checks and slow ones too: every page is made, and every row looked for in its HTML

# In an environment of its own, which is gone afterwards; `make lock` writes the list of what goes into it.
test-oldest: $(READY) ## run the tests, but those in a browser and of types, with the oldest packages that pyproject.toml allows
	@echo "Installing `grep -c '^[a-z].*==' requirements-oldest.lock` packages, which are removed after the tests"
	@trap 'rm -rf $(OLDEST)' EXIT; trap 'exit 1' HUP INT TERM; \
	$(BIN)/python -m venv --clear --without-pip $(OLDEST) \
	&& $(OLDEST_PIP) --requirement requirements-oldest.lock \
	&& $(OLDEST_PIP) --no-build-isolation --no-deps --editable . \
	&& { $(RELATIVE); } \
	&& $(OLDEST)/bin/natverk build \
	&& NATVERK_TESTS_TEXT=arrow $(OLDEST)/bin/python $(TESTS) -p no:cacheprovider --ignore tests/reports/test_browser.py \
	  --ignore tests/test_types.py $(ARGS)

notebooks: $(READY) ## run the notebooks and store them with what they show (after a meant change)
	$(BIN)/python tools/store_notebooks.py $(ARGS)

lint: $(READY) ## check style, format and types
	$(BIN)/ruff check . $(ARGS)
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(READY) ## build the documentation into docs/_build/html, running its code cells; a warning is an error
	$(BIN)/python -m sphinx -W --keep-going -q -E -b html docs docs/_build/html $(ARGS)
	@echo 'Open docs/_build/html/index.html'

bench: $(READY) ## run the benchmarks in bench/
	@test -n '$(BENCHES)' || { echo 'bench/ holds no benchmark' >&2; exit 1; }
	@set -e; for file in $(BENCHES); do echo "== $$file"; $(BIN)/python "$$file" $(ARGS); done

# uv only writes the locks; installing from them needs no more than pip. The second one names the lowest versions of what
# pyproject.toml names, and is read by `make test-oldest` alone.
COMPILE := pip compile pyproject.toml --quiet --all-extras --group dev --universal --python-version 3.11 \
  --fork-strategy fewest --no-emit-index-url --upgrade --custom-compile-command 'make lock'
lock: ## renew requirements.lock and requirements-oldest.lock from pyproject.toml (needs uv)
	@$(FIND_UV); \
	$$uv $(COMPILE) --generate-hashes --output-file requirements.lock $(ARGS) \
	&& $$uv $(COMPILE) --resolution lowest-direct --no-annotate --output-file requirements-oldest.lock $(ARGS)
	@echo 'requirements.lock and requirements-oldest.lock are renewed. Next: make test test-oldest'

clean: ## remove pages, built tables and caches (.venv stays)
	@if [ -x $(BIN)/natverk ]; then $(BIN)/natverk clean --out reports $(ARGS); \
	elif [ -d reports ]; then echo 'reports/ stays: natverk, which knows its own files, is not installed here'; fi
	rm -rf build dist docs/_build data/processed/*.parquet data/processed/manifest.json data/processed/.build-*
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find . \( -path ./$(VENV) -o -path ./.git \) -prune -o -type d \
	  \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

distclean: clean ## also remove .venv
	rm -rf $(VENV)

# ---------------------------------------------------------------------------------------------------------------------

$(READY): pyproject.toml $(LOCKED)
	@echo '[3/3] Installing natverk itself, in place'
	@$(RELATIVE)
	@$(PIP) install --quiet --no-build-isolation --no-deps --editable .
	@$(RELATIVE)
	@touch $@
	@echo 'Ready. In a shell of your own: . $(BIN)/activate'

# An environment that is whole is kept and updated; one that is missing, broken, interrupted or too old is made anew.
# The mark .incomplete stands from the first file of a new environment to the last of its packages.
$(LOCKED): requirements.lock
	@if [ -e $(VENV)/.incomplete ] \
	  || ! $(BIN)/python -I -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	  $(FIND_PYTHON); \
	  echo "[1/3] Making $(VENV) with Python $$version ($$python)"; \
	  "$$python" -m venv --clear --without-pip $(VENV) || exit 1; \
	  touch $(VENV)/.incomplete; \
	  $(BIN)/python -I -m ensurepip --default-pip >$(VENV)/ensurepip.log 2>&1 \
	    || { cat $(VENV)/ensurepip.log >&2; exit 1; }; \
	fi
	@echo "[2/3] Installing `grep -c '^[a-z].*==' requirements.lock` locked packages: one to three minutes at first"
	@touch $(VENV)/.incomplete
	@$(PIP) install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock $(if $(filter setup,$(MAKECMDGOALS)),$(ARGS))
	@rm -f $(VENV)/.incomplete
	@touch $@

# Where natverk is, seen from where pip has noted it: Python up to 3.12 does not start under LC_ALL=C if å stands in there.
define RELATIVE
case '$(VENV)' in .venv) \
  for note in .venv/lib/python3*/site-packages/_*natverk.pth; do \
    if [ -e "$$note" ]; then echo ../../../.. >"$$note"; fi; done; \
  for note in .venv/oldest/lib/python3*/site-packages/_*natverk.pth; do \
    if [ -e "$$note" ]; then echo ../../../../.. >"$$note"; fi; done;; \
esac
endef

# Sets `python` and `version` to the first interpreter that will do, or says what was found and how to name another.
define FIND_PYTHON
if [ -n "$(PYTHON)" ]; then set -- "$(PYTHON)"; \
else set -- python3 python3.14 python3.13 python3.12 python3.11; fi; \
python=; found=; bare=; \
for candidate in "$$@"; do \
  version=`"$$candidate" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null` || continue; \
  found="$${found:+$$found, }$$candidate $$version"; \
  "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue; \
  "$$candidate" -c 'import ensurepip, venv' 2>/dev/null || { bare="$$candidate $$version"; continue; }; \
  python="$$candidate"; break; \
done; \
if [ -z "$$python" ] && [ -n "$$bare" ]; then \
  echo "$$bare cannot make a virtual environment: it lacks ensurepip or venv." >&2; \
  echo 'Next: on Debian or Ubuntu, apt-get install python3-venv; or name another interpreter:' >&2; \
  echo '  make setup PYTHON=/path/to/python3.12' >&2; exit 1; \
elif [ -z "$$python" ]; then \
  echo "natverk needs Python 3.11 or newer. Tried: $$*. Found: $${found:-none of them}." >&2; \
  echo 'Next: install one, or name it: make setup PYTHON=/path/to/python3.12' >&2; exit 1; \
fi
endef

# Sets `uv` to the command that runs it, or says how to get it.
define FIND_UV
if command -v uv >/dev/null; then uv=uv; \
elif $(BIN)/python -m uv --version >/dev/null 2>&1; then uv='$(BIN)/python -m uv'; \
elif python3 -m uv --version >/dev/null 2>&1; then uv='python3 -m uv'; \
else echo 'this needs uv. Next: pipx install uv, or $(BIN)/pip install uv' >&2; exit 1; fi
endef
