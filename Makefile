# The way in: `make demo` in a fresh clone shows the program at work; `make help` lists the rest.
# Every target sets up what it needs; stamp files under .venv say what is there already.

VENV ?= .venv
BIN := $(VENV)/bin
# Quiet but for errors.
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
# The interpreter to build with, if not the first fit one on the PATH: make PYTHON=/usr/bin/python3.13
PYTHON ?=
# Extra arguments for the program or the tests: make test ARGS='-k config', make run ARGS='--help'
ARGS ?=

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: install
install: $(VENV)/.installed ## make .venv with the program in it, from the pinned versions
	@echo "installed: $(BIN)/quivive"

.PHONY: demo
demo: $(VENV)/.installed ## the whole job on this machine, without network or accounts
	@$(BIN)/quivive demo $(ARGS)

.PHONY: run
run: $(VENV)/.installed ## the daemon, with ./config.toml
	@$(BIN)/quivive run $(ARGS)

.PHONY: test
# On two cores three: the tests of the whole program wait for it more than they work.
# Python keeps what it compiles, whatever the environment says: the program and its workers are started hundreds of times.
test: $(VENV)/.developing ## the test suite, in three processes
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses 3 --dist worksteal $(ARGS)

# How many cases: make law CASES=20000
CASES ?= 1000000

.PHONY: law
law: $(VENV)/.developing ## topics and search agree, on a million generated cases (a quarter of an hour on two cores)
	@$(BIN)/python -m tests.query_law $(CASES)

# How many changes, and how they are drawn: make mutants COUNT=20 SEED=7
COUNT ?= 100
SEED ?= 1

.PHONY: mutants
mutants: $(VENV)/.developing ## do tests notice a changed line of a decision? (a hundred of them, an hour on two cores)
	@$(BIN)/python -m tests.mutants --count $(COUNT) --seed $(SEED)

# An environment that has lemon24/reader, to be measured beside it: make bench-quick PEERS=/path/to/venv
PEERS ?=

.PHONY: bench-quick
bench-quick: $(VENV)/.developing ## did anything become slower? ratios to yardsticks of the same run, beside those on record (three minutes)
	@$(BIN)/python -m bench.quick $(if $(PEERS),--peers $(PEERS)) $(ARGS)

.PHONY: check
check: $(VENV)/.developing ## style, format, types, which room imports which
	@failed=; for tool in 'ruff check --quiet .' 'ruff format --check .' 'mypy' 'lint-imports --no-logo'; do \
	  echo "$$tool"; $(BIN)/$$tool || failed="$$failed [$$tool]"; \
	done; if [ -n "$$failed" ]; then echo "failed:$$failed" >&2; exit 1; fi

.PHONY: man
man: $(VENV)/.developing ## write the manual page, docs/quivive.1, anew from the commands
	@$(BIN)/python -m quivive.cli.man_page

.PHONY: messages
messages: $(VENV)/.developing ## bring the catalogues of translations up to date with the source, and say what they lack
	@$(BIN)/python -m quivive.refreshing_catalogues

.PHONY: pictures
pictures: $(VENV)/.developing ## take the pictures of a mail in docs/pictures anew (needs Chromium)
	@$(BIN)/python -m tests.pictures

.PHONY: lock
lock: $(VENV)/.locking ## resolve the dependencies anew into the two lock files
	$(BIN)/uv pip compile $(LOCK_OPTIONS) --extra build --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile $(LOCK_OPTIONS) --extra build --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

# One file for all supported versions and systems (--universal), that tells nothing of where it was made.
LOCK_OPTIONS := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

.PHONY: clean
clean: ## remove .venv and all caches, but no archive
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A candidate is run, not only looked for: version managers leave commands on the PATH that start nothing.
$(VENV)/.created:
	@python='$(PYTHON)'; \
	if [ -z "$$python" ]; then \
	  for candidate in python3 python3.14 python3.13 python3.12 python3.11; do \
	    if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	  done; \
	fi; \
	if [ -z "$$python" ]; then \
	  echo "error: Python 3.11 or newer is needed, and the PATH has none. Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	if ! $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	  echo "error: $$python does not start, or is older than Python 3.11; name another: make PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "error: $$python cannot make virtual environments. On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; \
	fi; \
	$$python -m venv --clear $(VENV)
	@touch $@

# Without a network pip says so in thirty lines, of which the last ones name another reason.
define fetch
$(PIP) install --retries 2 --require-hashes --requirement $(1) 2>$(VENV)/pip.log || { \
	  if grep -Eqi 'connection|resolution|timed out|unreachable|proxy' $(VENV)/pip.log; then \
	    echo "error: the package index cannot be reached; connect this machine, or name a mirror or a folder of wheels (PIP_INDEX_URL, PIP_FIND_LINKS with PIP_NO_INDEX=1)" >&2; \
	  else cat $(VENV)/pip.log >&2; fi; exit 1; }
endef

# --no-build-isolation: the build tool comes from the lock as well, and installing asks the network for nothing unpinned.
$(VENV)/.installed: $(VENV)/.created requirements.lock pyproject.toml
	@echo "installing the pinned dependencies into $(VENV) …"
	@$(call fetch,requirements.lock)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.developing: $(VENV)/.installed requirements-dev.lock
	@echo "installing the pinned development tools into $(VENV) …"
	@$(call fetch,requirements-dev.lock)
	@touch $@

$(VENV)/.locking: $(VENV)/.created
	@$(PIP) install uv==0.13.9
	@touch $@
