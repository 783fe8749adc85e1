# `make help` lists what there is. Each target sets up by itself what it needs.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
SYSTEM_PACKAGES := chromium postgresql libzbar0 openssl fonts-dejavu-core
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run demo test faults bench lint types check locks screenshots clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: $(VENV)/run.stamp ## set up and start the product at http://127.0.0.1:8000
	@exec $(BIN)/supply run

demo: $(VENV)/run.stamp ## the same with a stocked demonstration office in demo-data/
	@SUPPLY_DATA=$${SUPPLY_DATA:-demo-data}; export SUPPLY_DATA; \
	[ -f "$$SUPPLY_DATA/demo.json" ] || $(BIN)/supply setup --demo; exec $(BIN)/supply run --demo

test: $(VENV)/dev.stamp $(VENV)/system.stamp ## everything that is tested, on both databases and in a browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadgroup --ignore tests/barcodes
	$(BIN)/python -m pytest -n 2 tests/barcodes --cov=supply.barcodes --cov-branch --cov-report=term --cov-fail-under=100

faults: $(VENV)/dev.stamp $(VENV)/system.stamp ## what is broken on purpose, in full counts: kills, races, plugs pulled, full disk
	$(FULL_COUNTS) $(BIN)/python -m pytest -n 2 --dist loadgroup $(BROKEN_ON_PURPOSE)
FULL_COUNTS := PIN_GUESSES=1000 LOST_ANSWERS=1000 OFFLINE_SCANS=200 PRINTER_CYCLES=200 TEST_CYCLES=200 TEST_SCANS=300 NAMES_DRAWN=2000
BROKEN_ON_PURPOSE := tests/faults tests/test_db.py tests/test_worker.py tests/web/kiosk/test_offline.py tests/agent/test_killed_agent.py \
  tests/devices/test_unplugged_printers.py tests/devices/test_scanner_contract.py tests/devices/test_names_in_print.py tests/worker/test_killed_while_printing.py

bench: $(VENV)/run.stamp ## the ratios of the README, measured on this machine
	$(BIN)/supply bench scan

lint: $(VENV)/dev.stamp ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp ## types
	$(BIN)/mypy

check: lint types test ## all of it

screenshots: $(VENV)/dev.stamp $(VENV)/system.stamp ## the pictures of README and guides, from the demonstration office
	$(BIN)/python -m tests.screenshots

locks: $(VENV)/dev.stamp ## pin every dependency anew, with hashes
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q --upgrade $(LOCK) pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile -q --upgrade $(LOCK) pyproject.toml --extra dev -o requirements/dev.txt
LOCK := --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11

clean: ## throw the virtual environment away
	rm -rf $(VENV)

$(VENV)/made.stamp:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed; install it first."; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); $(MAKE) --no-print-directory python-venv; $(PYTHON) -m venv $(VENV); }
	@touch $@

.PHONY: python-venv
python-venv:
	@if [ "$$(id -u)" != 0 ] && [ -z "$(SUDO)" ] || ! command -v apt-get >/dev/null; then \
	  echo "Python's venv module is missing. Run this one line as root, then again make: apt-get install -y python3-venv"; exit 1; fi
	@echo "Installing python3-venv …"
	@$(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null

$(VENV)/run.stamp: $(VENV)/made.stamp requirements/run.txt pyproject.toml
	@[ -f $(VENV)/dev.stamp ] || { echo "Setting up …"; $(BIN)/python -m pip install -q --no-deps --require-hashes -r requirements/run.txt; }
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/made.stamp requirements/dev.txt pyproject.toml
	@echo "Setting up for tests …"
	@$(BIN)/python -m pip install -q --no-deps --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/system.stamp: $(VENV)/made.stamp
	@missing=""; for p in $(SYSTEM_PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "Installing$$missing …"; \
	  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null || \
	  { echo "The tests need$$missing. Run as root: apt-get install -y$$missing"; exit 1; }; fi
	@touch $@
