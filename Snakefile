# The grid: graphs -> profiles -> routers -> tables and figures, each step a notebook run by papermill.
#   make reproduce                          the whole grid on the data found
#   make reproduce ARGS="--config routers=SimRouter,MLPRouter,GraphRouter methods=index,flat,emb_gnn,trainable"
#                                           with trained routers and profiles: over an hour on two cores
#   snakemake -j 2 --config smoke=True      a small grid of everything, to see that it runs
import os, sys
from pathlib import Path
from routeprofile.data import open_folder

DATA = str(config.get("data") or os.environ.get("ROUTEPROFILE_DATA") or ".")
FOLDER = open_folder(DATA)
NAME = FOLDER.info().name
SMOKE = str(config.get("smoke", False)).lower() == "true"
ROUTERS = config.get("routers", "SimRouter,MLPRouter,GraphRouter" if SMOKE else "SimRouter").split(",")
CHOSEN = config.get("methods", "index,flat,emb_gnn,trainable" if SMOKE else "index,flat,emb_gnn").split(",")
SEEDS = [42] if SMOKE else [42, 43, 44, 45, 46]
PRETRAINING = 5 if SMOKE else 100  # epochs of the trainable profile
EPOCHS = 2 if SMOKE else 0  # of trained routers; 0: their own number
ENCODER = str(config.get("encoder", "minilm"))
RESULTS = str(config.get("results") or f"results/{NAME}")
FIGURES = str(config.get("figures") or f"figures/{NAME}")
RUN = f"OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE {sys.executable} tools/run_notebook.py"

FULL, OTHERS = "query_task_domain", ["task", "query", "query_task", "task_domain"]
METHODS = {"index": [0], "flat": [0], "emb_gnn": [1, 2, 3, 4], "trainable": [1, 2, 3, 4]}  # method -> aggregation depths
if SMOKE: METHODS = {"index": [0], "flat": [0], "emb_gnn": [1, 2], "trainable": [1]}
TABLE2 = {"flat": [0], "emb_gnn": [2]}                                                     # on the other node sets too

JOBS = [(mode, method, FULL) for mode in ("standard", "newllm") for method in METHODS if method in CHOSEN]
if not SMOKE: JOBS += [("standard", method, graph) for graph in OTHERS for method in TABLE2 if method in CHOSEN]
CELLS = [f"{RESULTS}/routing_result/{mode}/{router}.{method}-{graph}.json" for mode, method, graph in JOBS for router in ROUTERS]
ITEMS = ["table1.csv", "table1.md", "table1.tex", "table2.csv", "table2.md", "table2.tex", "newllm.csv", "newllm.md", "newllm.tex",
         "figure3.svg", "figure3.png", "figure4.svg", "figure4.png"]

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
             "trainable": ["get_model_profile/trainable"], "route": ["routing_evaluation/evaluate", "routing_evaluation/routers"],
             "learned": ["routing_evaluation/learned"], "tables": ["core", "tables"]}


def code(*steps):
    return [f"routeprofile/{module}.py" for step in steps for module in STEP_CODE[step]]


rule all:
    input: expand(f"{FIGURES}/{{item}}", item=ITEMS)
    localrule: True


rule graph:
    input: mode_inputs, code("graph"), code="nbs/paper/graph.ipynb"
    output: [f"{RESULTS}/result_data_graph/{{mode}}/{nodes}_graph_full.pt" for nodes in [FULL, *OTHERS]]
    log: f"{RESULTS}/executed/graph.{{mode}}.ipynb"
    message: "graphs of {wildcards.mode}"
    shell: "{RUN} {input.code} {log} mode={wildcards.mode} encoder={ENCODER} data={DATA} results={RESULTS}"


rule profile:
    input: lambda w: code("profile", *(["trainable"] if w.method == "trainable" else [])),
           graph=f"{RESULTS}/result_data_graph/{{mode}}/{{graph}}_graph_full.pt", code="nbs/paper/profile.ipynb"
    output: touch(f"{RESULTS}/model_profile_result/{{mode}}/{{method}}-{{graph}}.done")
    log: f"{RESULTS}/executed/profile.{{mode}}.{{method}}-{{graph}}.ipynb"
    params: hops=depths, seeds=as_list(SEEDS)
    message: "{wildcards.method} profiles on {wildcards.graph} ({wildcards.mode})"
    shell: "{RUN} {input.code} {log} mode={wildcards.mode} method={wildcards.method} graph={wildcards.graph} hops={params.hops} seeds={params.seeds}"
           " encoder={ENCODER} data={DATA} results={RESULTS} epochs={PRETRAINING}"


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


for item, files in {"table1": ITEMS[0:3], "table2": ITEMS[3:6], "figure3": ITEMS[9:11], "figure4": ITEMS[6:9] + ITEMS[11:13]}.items():
    rule:
        name: item
        input: CELLS, code("tables"), paper="nbs/paper/paper_numbers.csv", code=f"nbs/paper/{item}.ipynb"
        output: report([f"{FIGURES}/{file}" for file in files], category=item)
        log: f"{RESULTS}/executed/{item}.ipynb"
        message: f"{item} of {NAME}"
        shell: "{RUN} {input.code} {log} results={RESULTS} figures={FIGURES} paper={input.paper}"
