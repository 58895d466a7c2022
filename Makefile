# make reproduce   set up .venv, run the grid on the data found, write figures/<data>/
# make test        set up .venv, run every check
# make text-sample write the sample's texts with a small LLM behind a vLLM server on the CPU
# make lab         open the notebooks in JupyterLab
# Data: $ROUTEPROFILE_DATA, else ./profile_data and ./route_data (the simulated sample)
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
PY := .venv/bin/python
JOBS ?= 2
ARGS ?=
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONUNBUFFERED := 1
GRID := $(PY) -m snakemake --cores $(JOBS) --rerun-incomplete --quiet rules

.PHONY: text-sample reproduce test lab export dry-run report bench clean setup
setup: .venv/.done

.venv/.done: constraints.txt pyproject.toml tools/setup.sh
	bash tools/setup.sh
	touch $@

reproduce: setup
	$(PY) -m snakemake --unlock --quiet all
	$(GRID) $(ARGS)
	@echo "wrote $$($(PY) -c 'from routeprofile.data import open_folder; print("figures/" + open_folder().info().name + "/")')"

dry-run: setup
	$(GRID) --dry-run $(ARGS)

report: setup
	$(PY) -m snakemake --report results/report.html $(ARGS)
	@echo "wrote results/report.html"

test: setup
	bash tools/check.sh

lab: setup
	$(PY) -m jupyterlab nbs

export: setup
	$(PY) tools/export.py

bench: setup
	$(PY) benchmarks/main_job.py $(ARGS)

text-sample: setup
	mkdir -p results && bash tools/text_sample.sh

clean:
	rm -rf results .snakemake build dist *.egg-info
