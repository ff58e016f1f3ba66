# `make run` and `make test` do all their set-up themselves. On Windows, see README.md.
PYTHON ?= python3
BIN := .venv/bin
DOCKER ?= docker
# Tests wait for sockets and files most of the time: with three for each of two processors these have always work.
WORKERS ?= 6

# Else each of the processes of a run compiles everything again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test test-deep lint check format bench soak mutants simulate pictures lock audit wheel image release clean
.DEFAULT_GOAL := run

# Without docstrings, which nobody reads there, a bot takes 5 MB less. pip compiles for the same, below.
run: .venv/run.stamp
	@PYTHONOPTIMIZE=2 $(BIN)/python -m bot $(ARGS)

test: .venv/dev.stamp
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

# Properties with fifteen times as many examples, and what else takes too long for every day.
test-deep: .venv/dev.stamp
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --hypothesis-profile=deep -m 'hypothesis or deep' $(ARGS)

lint: .venv/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/deptry bot cogs

check: lint test

format: .venv/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/dev.stamp
	$(BIN)/python -m tests.bench $(ARGS)

# The program under load and in all weathers: ten minutes in one process; ARGS='--minutes 60 --processes 4' for more.
soak: .venv/dev.stamp
	$(BIN)/python -m tests.soak $(ARGS)

# Small faults, one at a time: do the tests notice? ARGS='--sample 1000 bot/http/lane.py' for all of a file.
mutants: .venv/dev.stamp
	$(BIN)/python -m tests.mutants $(ARGS)

# The whole bot below discord.py in virtual time, a seed at a time. ARGS='--seeds 10000 --jobs 2', or '--seed 7 -v'.
simulate: .venv/dev.stamp
	PYTHONHASHSEED=0 $(BIN)/python -m tests.simulate $(ARGS)

# The pictures of README.md and docs/, from the playground.
pictures: .venv/dev.stamp
	$(BIN)/python -m tests.pictures $(ARGS)

# The one command that makes both requirements files from pyproject.toml.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' pyproject.toml
lock: .venv/dev.stamp
	$(BIN)/$(LOCK) -o requirements.txt
	$(BIN)/$(LOCK) --group dev -c requirements.txt -o requirements-dev.txt

# Known weaknesses of what is pinned. ARGS=refresh fetches what is known anew; without it the copy in deploy/ is asked.
audit: .venv/dev.stamp
	$(BIN)/python deploy/audit.py $(ARGS)

# What is installed of a checkout: dist/*.whl and dist/*.tar.gz, and what the changelog says of it.
wheel: .venv/dev.stamp
	rm -rf dist
	$(BIN)/uv build --quiet
	$(BIN)/python deploy/release.py notes $$($(BIN)/python -c 'import bot; print(bot.__version__)') > dist/NOTES.md

image:
	$(DOCKER) build --file deploy/container/Dockerfile --tag shiori .

# make release VERSION=1.2.3: dates the changelog, commits and tags. Nothing is sent anywhere.
# What is refused is refused before all is checked, which takes its time.
release: .venv/dev.stamp
	@$(BIN)/python deploy/release.py check $(VERSION)
	$(MAKE) check
	$(BIN)/python deploy/release.py $(VERSION)

clean:
	rm -rf .venv dist .pytest_cache .ruff_cache .hypothesis

# A stamp is newer than the file it was installed from; a failed installation leaves none.
.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Shiori needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12") if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/run.stamp: requirements.txt | .venv/bin/python
	PYTHONOPTIMIZE=2 $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
	@touch .venv/run.stamp
