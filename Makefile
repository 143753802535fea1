# Two commands do everything: `make run` and `make test`. The rest is for those who build Debrief.
SHELL := /bin/sh
PYTHON := .venv/bin/python

.PHONY: run test faults check bench vllm test-vllm setup setup-dev training lock clean

run: setup
	@exec $(PYTHON) scripts/serve.py

test: setup-dev
	@scripts/test

# Breaks a running installation in every way we know, under load, and what takes minutes; about forty minutes.
faults: setup-dev
	@$(PYTHON) -m pytest tests/faults -q -rs

check: setup-dev
	@scripts/check

bench: setup-dev
	@scripts/bench

# A language model server for processors in an environment of its own, .venv-vllm (3 GB); scripts/serve_vllm.py starts it.
vllm: setup-dev
	@scripts/vllm

# Our engine against that server; starting it takes one to four minutes.
test-vllm: vllm
	@$(PYTHON) -m pytest tests/vllm -q -rs -s

setup:
	@scripts/setup base

setup-dev:
	@scripts/setup dev

# TRL beside the rest, for a worker that trains the reasoning model.
training:
	@scripts/setup training

# Writes the pinned lists anew from requirements/*.in (see CONTRIBUTING.md).
lock: setup-dev
	@scripts/lock

# Removes what the set-up made; never the var/ folder, which holds people's videos.
clean:
	rm -rf .venv .venv-vllm node_modules .mypy_cache .ruff_cache .pytest_cache
