# The commands of this project; `make` alone lists them. Each does all of its own set-up.

BIN := .venv/bin
LAUNCH = exec "$$(sh ecsweb/management/launcher/find_python.sh)" ecsweb/management
PYTEST = $(BIN)/python -m pytest -p tests.plugins.no_silent_skips
FAST = -m "not docker and not browser and not slow and not compose"

.DEFAULT_GOAL := help
.PHONY: help run test test-fast bench labs pictures check fmt prepare

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18

run: ## start everything on http://127.0.0.1:8000 (VERBOSE=1 shows every line; PORT=9000, PYTHON=/path/to/python3 …)
	@ECSWEB_DIES_WITH_PARENT=1; export ECSWEB_DIES_WITH_PARENT; $(LAUNCH) run

test: ## set up what tests need, check the code, then run every test (CI=true: a skip for want of Docker or browser fails)
	@$(LAUNCH) test

test-fast: prepare ## run the tests that need neither Docker nor a browser
	$(PYTEST) $(FAST) -n auto

bench: ## measure the budget of the design on real Docker, raw Docker beside it
	@$(LAUNCH) bench

labs: ## go through every lab, incident and scene on real Docker, as a table (ONLY=id,id; WRONG=no leaves wrong paths out)
	@$(LAUNCH) labs

pictures: prepare ## take the pictures of the documentation with Chromium
	@$(BIN)/python -m tests.pictures

check: prepare ## lint, format, types, layers, templates, migrations, translations
	@$(BIN)/python ecsweb/management check

fmt: prepare ## format code and templates
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .
	$(BIN)/djangofmt templates

prepare:
	@$(LAUNCH) prepare
