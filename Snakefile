# The grid: graphs -> profiles -> routers -> tables and figures, each step a notebook run by papermill.
#   make reproduce                          the whole grid on the data found; on simulated data the training-free part of it
#   make reproduce ARGS="--config routers=SimRouter methods=index,flat,emb_gnn"
#                                           a part of it: minutes instead of an hour and more
#   snakemake -j 2 --config smoke=True      a small grid of everything, to see that it runs
import os, shutil, sys
from pathlib import Path
from routeprofile.core import MODES
from routeprofile.data import open_folder

DATA = str(config.get("data") or os.environ.get("ROUTEPROFILE_DATA") or ".")
FOLDER = open_folder(DATA)
NAME = FOLDER.info().name
SMOKE = str(config.get("smoke", False)).lower() == "true"
WHOLE = SMOKE or not FOLDER.info().simulated # training hours of routers on simulated answers tells nothing
ROUTERS = config.get("routers", "SimRouter,MLPRouter,GraphRouter" if WHOLE else "SimRouter").split(",")
CHOSEN = config.get("methods", "index,flat,emb_gnn,text_gnn,trainable" if WHOLE else "index,flat,emb_gnn,text_gnn").split(",")
SEEDS = [42] if SMOKE else [42, 43, 44, 45, 46]
PRETRAINING = 5 if SMOKE else 100  # epochs of the trainable profile
EPOCHS = 2 if SMOKE else 0  # of trained routers; 0: their own number
ENCODER = str(config.get("encoder", "minilm"))
RESULTS = str(config.get("results") or f"results/{NAME}")
FIGURES = str(config.get("figures") or f"figures/{NAME}")
RECORD = str(config.get("record") or f"figures/{NAME}/text_gnn_record.jsonl") # what an LLM wrote for text_gnn
ENGINE = str(config.get("engine") or "replay") # asked for what the record lacks
MODEL = str(config.get("model") or "SmolLM2-135M-Instruct")
PENALTY = float(config.get("repetition_penalty") or 1.15)
if "text_gnn" in CHOSEN and ENGINE == "replay" and not Path(RECORD).is_file(): CHOSEN.remove("text_gnn") # shown as missing
RUN = f"OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE {sys.executable} tools/run_notebook.py"

FULL, OTHERS = "query_task_domain", ["task", "query", "query_task", "task_domain"]
METHODS = {"index": [0], "flat": [0], "emb_gnn": [1, 2, 3, 4], "text_gnn": [1, 2, 3, 4], "trainable": [1, 2, 3, 4]}  # method -> aggregation depths
if SMOKE: METHODS = {"index": [0], "flat": [0], "emb_gnn": [1, 2], "text_gnn": [1], "trainable": [1]}
TABLE2 = {"flat": [0], "emb_gnn": [2], "text_gnn": [2]} # on the other node sets too
if FOLDER.info().simulated: # the sample's record holds two hops on the full graph
    METHODS["text_gnn"] = [1, 2][:1 if SMOKE else 2]
    del TABLE2["text_gnn"]

JOBS = [(mode, method, FULL) for mode in MODES for method in METHODS if method in CHOSEN]
if not SMOKE: JOBS += [("standard", method, graph) for graph in OTHERS for method in TABLE2 if method in CHOSEN]
CELLS = [f"{RESULTS}/routing_result/{mode}/{router}.{method}-{graph}.json" for mode, method, graph in JOBS for router in ROUTERS]

# what is made from the cells: item -> files; each in every view
TABLE, PICTURE = ("csv", "md", "tex"), ("svg", "png")
ITEMS = {"table1": [f"table1.{e}" for e in TABLE], "table2": [f"table2.{e}" for e in TABLE], "figure3": [f"figure3.{e}" for e in PICTURE],
         "figure4": [f"newllm.{e}" for e in TABLE] + [f"figure4.{e}" for e in PICTURE],
         "trust": [f"{name}.{e}" for name in ("references", "comparisons", "collapse") for e in TABLE]}
LOSS = [f"loss.{e}" for e in PICTURE] if "trainable" in CHOSEN else []
CHOICES = [f"choices_{mode}_{router}.{e}" for mode in MODES for router in ROUTERS for e in PICTURE]
BELIEVE = not SMOKE and str(config.get("believe", not FOLDER.info().simulated)).lower() == "true" # simulated labels need no audit, and simulated queries have no leaks worth a table
LABELS, LEAKS = f"{FIGURES}/audit.json", f"{FIGURES}/leaks_{{mode}}.json"
AUDIT = BELIEVE and bool(shutil.which("bwrap")) # programs are run in a sandbox only; without one, labels audited before are used
AUDITED = AUDIT or (BELIEVE and Path(LABELS).is_file())
if BELIEVE and not AUDITED: print("audited labels: left out, bubblewrap is not installed (Debian: apt-get install bubblewrap)", file=sys.stderr)
VIEWS = {"": {}} | ({"clean/": dict(leaks=LEAKS)} if BELIEVE else {}) # folder below the figures -> labels and rows
if AUDITED: VIEWS |= {"audited/": dict(labels=LABELS), "audited_clean/": dict(labels=LABELS, leaks=LEAKS)}
FILES = [folder + file for folder in VIEWS for item in ITEMS for file in ITEMS[item]] + CHOICES + LOSS
if BELIEVE: FILES += [f"leaks_{mode}.{e}" for mode in MODES for e in ("json", "md")]
if AUDIT: FILES += ["audit.json", "audit.md"]

# newllm with every LLM as the new one
HOLDOUT = str(config.get("holdout", BELIEVE)).lower() == "true"
HELD, HELD_ROUTERS, HELD_SEEDS = FOLDER.candidates(), [r for r in ROUTERS if r != "GraphRouter"], SEEDS[:3]
HELD_DESIGNS = [f"{method}-{hops}" for method, hops in (("index", 0), ("flat", 0), ("emb_gnn", 2)) if method in CHOSEN]
if HOLDOUT: FILES += [f"holdout.{e}" for e in TABLE]

wildcard_constraints:
    mode="standard|newllm", router=r"\w+", method=r"\w+", graph=r"\w+",


def depths(wildcards):
    return as_list(METHODS[wildcards.method] if wildcards.graph == FULL else TABLE2[wildcards.method])


def as_list(numbers):
    return "[" + ",".join(map(str, numbers)) + "]"


def mode_inputs(wildcards):
    kinds = ("models", "families", "tasks", "domain_map", "domains", "candidates")
    return [str(FOLDER.path(kind, wildcards.mode)) for kind in kinds] + [str(FOLDER.queries_path(wildcards.mode))]


# a step runs again when the code it stands on changes
STEP_CODE = {"graph": ["core", "data", "encode", "build_data_graph"], "profile": ["get_model_profile/profiles", "get_model_profile/training_free"],
             "trainable": ["get_model_profile/trainable"], "text_gnn": ["get_model_profile/text_gnn"], "route": ["routing_evaluation/evaluate", "routing_evaluation/routers"],
             "learned": ["routing_evaluation/learned"], "references": ["routing_evaluation/references"],
             "tables": ["core", "tables", "views", "routing_evaluation/statistics"]}


def code(*steps):
    return [f"routeprofile/{module}.py" for step in steps for module in STEP_CODE[step]]


rule all:
    input: [f"{FIGURES}/{file}" for file in FILES]
    localrule: True


rule graph:
    input: mode_inputs, code("graph"), code="nbs/paper/graph.ipynb"
    output: [f"{RESULTS}/result_data_graph/{{mode}}/{nodes}_graph_full.pt" for nodes in [FULL, *OTHERS]]
    log: f"{RESULTS}/executed/graph.{{mode}}.ipynb"
    message: "graphs of {wildcards.mode}"
    shell: "{RUN} {input.code} {log} mode={wildcards.mode} encoder={ENCODER} data={DATA} results={RESULTS}"


rule profile:
    priority: 1 # the longest chain is a trainable profile and its routers: no core should wait for it at the end
    input: lambda w: code("profile", *([w.method] if w.method in STEP_CODE else [])) + ([RECORD] if w.method == "text_gnn" and ENGINE == "replay" else []),
           graph=f"{RESULTS}/result_data_graph/{{mode}}/{{graph}}_graph_full.pt", code="nbs/paper/profile.ipynb"
    output: touch(f"{RESULTS}/model_profile_result/{{mode}}/{{method}}-{{graph}}.done")
    log: f"{RESULTS}/executed/profile.{{mode}}.{{method}}-{{graph}}.ipynb"
    params: hops=depths, seeds=as_list(SEEDS), writer=lambda w: f"model={MODEL} record={RECORD} repetition_penalty={PENALTY} engine={ENGINE}" if w.method == "text_gnn" else ""
    message: "{wildcards.method} profiles on {wildcards.graph} ({wildcards.mode})"
    shell: "{RUN} {input.code} {log} mode={wildcards.mode} method={wildcards.method} graph={wildcards.graph} hops={params.hops} seeds={params.seeds}"
           " encoder={ENCODER} data={DATA} results={RESULTS} epochs={PRETRAINING} {params.writer}"


rule route:
    input: FOLDER.path("test"), code("route"),
           lambda w: [] if w.router == "SimRouter" else [FOLDER.path("training", w.mode), *code("learned")],
           profile=f"{RESULTS}/model_profile_result/{{mode}}/{{method}}-{{graph}}.done", code="nbs/paper/route.ipynb"
    output: f"{RESULTS}/routing_result/{{mode}}/{{router}}.{{method}}-{{graph}}.json"
    log: f"{RESULTS}/executed/route.{{mode}}.{{router}}.{{method}}-{{graph}}.ipynb"
    params: hops=depths, seeds=as_list(SEEDS)
    message: "{wildcards.router} on {wildcards.method} profiles of {wildcards.graph} ({wildcards.mode})"
    shell: "{RUN} {input.code} {log} mode={wildcards.mode} router={wildcards.router} method={wildcards.method} graph={wildcards.graph}"
           " hops={params.hops} seeds={params.seeds} encoder={ENCODER} data={DATA} results={RESULTS} epochs={EPOCHS}"


rule references:
    input: mode_inputs, FOLDER.path("test"), lambda w: FOLDER.path("training", w.mode), code("route", "references")
    output: f"{RESULTS}/routing_result/{{mode}}/references.json"
    message: "reference policies ({wildcards.mode})"
    shell: f"OMP_NUM_THREADS=1 ROUTEPROFILE_DATA={DATA} routeprofile-references --mode {{wildcards.mode}} --output-path {{output}} --encoder {ENCODER} --seed {SEEDS[0]} --runs {len(SEEDS)}"


if BELIEVE:
    rule leaks:
        input: mode_inputs, FOLDER.path("test"), lambda w: FOLDER.path("training", w.mode), "routeprofile/leaks.py"
        output: LEAKS, f"{FIGURES}/leaks_{{mode}}.md"
        message: "leaks ({wildcards.mode})"
        shell: f"OMP_NUM_THREADS=1 routeprofile-data leaks --mode {{wildcards.mode}} --folder {DATA} --output {{output[0]}} --encoder {ENCODER}"


if AUDIT:
    rule audit:
        input: FOLDER.path("test"), "routeprofile/audit.py"
        output: LABELS, f"{FIGURES}/audit.md"
        threads: 2
        message: "labels, computed again"
        shell: f"routeprofile-data audit --folder {DATA} --output {{output[0]}} --page {{output[1]}}"


def view_inputs(view):
    return [found.replace("{mode}", mode) for found in VIEWS[view].values() for mode in MODES]


def view_options(view, item):
    mode = "newllm" if item == "figure4" else "standard"
    return " ".join(f"{key}={value.replace('{mode}', 'MODE' if item == 'trust' else mode)}" for key, value in VIEWS[view].items())


for view in VIEWS:
    for item, files in ITEMS.items():
        rule:
            name: f"{item}_{view.rstrip('/')}".rstrip("_")
            input: CELLS, expand(f"{RESULTS}/routing_result/{{mode}}/references.json", mode=MODES), view_inputs(view), code("tables"),
                   paper="nbs/paper/paper_numbers.csv", code=f"nbs/paper/{item}.ipynb"
            output: report([f"{FIGURES}/{view}{file}" for file in files + {("", "trust"): CHOICES, ("", "figure3"): LOSS}.get((view, item), [])], category=item)
            log: f"{RESULTS}/executed/{view}{item}.ipynb"
            params: to=f"{FIGURES}/{view}".rstrip("/"), how=view_options(view, item) + ("" if item == "trust" else " paper=nbs/paper/paper_numbers.csv")
            message: f"{item} of {NAME} {view}"
            shell: "{RUN} {input.code} {log} results={RESULTS} figures={params.to} data={DATA} {params.how}" # evaluated when it runs: no loop variable here


if HOLDOUT:
    from routeprofile.holdout import folder_name
    FOLDER_OF = {folder_name(llm): llm for llm in HELD}

    rule held_out_data:
        input: FOLDER.path("test"), FOLDER.path("training", "standard"), FOLDER.path("models", "standard"), FOLDER.path("models", "newllm"), "routeprofile/holdout.py"
        output: touch(f"{RESULTS}/holdout/data.done")
        message: "a data folder for each held-out LLM"
        shell: f"rm -rf {RESULTS}/holdout/data && ROUTEPROFILE_DATA={DATA} routeprofile-data hold-out-each --to {RESULTS}/holdout/data"

    rule held_out:
        input: f"{RESULTS}/holdout/data.done", code("graph", "profile", "route", "learned"), code="nbs/paper/holdout.ipynb"
        output: f"{RESULTS}/holdout/{{folder}}/holdout.json"
        log: f"{RESULTS}/executed/holdout.{{folder}}.ipynb"
        params: llm=lambda w: FOLDER_OF[w.folder], lists=f"designs=[{','.join(HELD_DESIGNS)}] routers=[{','.join(HELD_ROUTERS)}] seeds={as_list(HELD_SEEDS)}"
        message: "{wildcards.folder} held out"
        shell: f"{{RUN}} {{input.code}} {{log}} llm={{params.llm}} data={RESULTS}/holdout/data/{{wildcards.folder}} results={RESULTS}/holdout encoder={ENCODER} {{params.lists}}"

    rule holdout_table:
        input: expand(f"{RESULTS}/holdout/{{folder}}/holdout.json", folder=list(FOLDER_OF)), "routeprofile/holdout.py", code="nbs/paper/holdout_table.ipynb"
        output: report([f"{FIGURES}/holdout.{e}" for e in TABLE], category="holdout")
        log: f"{RESULTS}/executed/holdout_table.ipynb"
        message: f"every LLM of {NAME} held out"
        shell: f"{{RUN}} {{input.code}} {{log}} results={{RESULTS}} figures={{FIGURES}}"
