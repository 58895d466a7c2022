# make reproduce   set up .venv, run a configuration, write figures/<data>/    CONFIG=config/mine.yaml  ARGS="--config seeds=[42]"
#                  on a Slurm cluster: PROFILE=profiles/slurm
# make test        set up .venv, run every check
# make fuzz       10,000 random files of every kind against their readers      make torture   bit flips, kills, full disks
# make slurm     as root: the smoke grid on a local Slurm, disturbed (FAULTS=--quick: a part, undisturbed), against the same without Slurm
# make text-sample write the sample's texts with a small LLM behind a vLLM server on the CPU
# make lab         open the notebooks in JupyterLab
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
PY := .venv/bin/python
JOBS ?= 2
CONFIG ?= config/sample.yaml
ARGS ?= --config
FAULTS ?= --faults
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONUNBUFFERED := 1
# the Snakefile has a lock of its own, which ends with its process
GRID = $(PY) -m snakemake --nolock $(if $(PROFILE),--profile $(PROFILE),--cores $(JOBS)) --rerun-incomplete --quiet rules

.PHONY: fuzz torture slurm text-sample reproduce test lab export dry-run report bench clean setup
setup: .venv/.done

.venv/.done: constraints.txt pyproject.toml tools/setup.sh
	bash tools/setup.sh
	touch $@

reproduce: setup
	$(GRID) $(ARGS) file=$(CONFIG)

dry-run: setup
	$(GRID) --dry-run $(ARGS) file=$(CONFIG)

report: setup
	$(PY) -m snakemake --report results/report.html $(ARGS) file=$(CONFIG)
	@echo "wrote results/report.html"

test: setup
	bash tools/check.sh

lab: setup
	$(PY) -m jupyterlab nbs

export: setup
	$(PY) tools/export.py

bench: setup
	$(PY) benchmarks/main_job.py

text-sample: setup
	mkdir -p results && bash tools/text_sample.sh

fuzz: setup
	$(PY) tools/fuzz.py

torture: setup
	$(PY) tools/torture.py --write

slurm: setup
	$(PY) tools/slurm_test.py $(FAULTS)

clean:
	rm -rf results .snakemake build dist *.egg-info
