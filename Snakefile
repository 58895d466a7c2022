# The steps of the grid: data -> graphs -> profiles -> runs of routers -> tables and figures. What is run stands in a config file:
#   snakemake --cores 2 --config file=config/published.yaml          (make reproduce CONFIG=config/published.yaml)
#   snakemake --cores 2 --config file=config/published.yaml seeds=[42] data=other_folder    top-level keys may be replaced
#   snakemake --cores 2 --config file=config/published.yaml without=GraphRouter.text_gnn    a router leaves a method out
import json, re, shlex, shutil, sys
from pathlib import Path
sys.path.insert(0, str(Path(workflow.basedir, "tools")))
from code_inputs import code_files
from processes import hold, remove_leftovers
from routeprofile.config import grid_steps, load_config, results_root
from routeprofile.core import MODES, RouteProfileError, file_name
from routeprofile.data.folders import DataFolder, open_folder
from routeprofile.registry import profile_method, router_spec

try:
    CONFIG = load_config(config.get("file", "config/sample.yaml"), **{k: v for k, v in config.items() if k not in ("file", "results", "figures", "without")})
    FOLDER = open_folder(CONFIG.folder)
    NAME, STEPS = CONFIG.name or FOLDER.info().name, grid_steps(CONFIG)
    HELD = {file_name(llm): llm for llm in CONFIG.holdout.llms or FOLDER.candidates()} if CONFIG.holdout else {}
except RouteProfileError as error:
    sys.exit(f"reproduce: {error}")
WITHOUT = [pair for pair in str(config.get("without", "")).split(",") if pair] # router.method, several with commas between
if wrong := set(WITHOUT) - {f"{r}.{s.method}" for s in STEPS.values() for r in CONFIG.routers}:
    sys.exit(f"reproduce: without: found {', '.join(sorted(wrong))}, expected ROUTER.METHOD of this configuration, e.g. {next(iter(CONFIG.routers))}.{next(iter(CONFIG.methods))}")
ROOT = str(results_root(CONFIG, NAME, config.get("results", "results")))
FIGURES = str(Path(config.get("figures", "figures"), file_name(NAME)))
if wrong := [path for path in (ROOT, FIGURES, str(FOLDER.root), CONFIG.paper) if set(path) & set("{}")]:
    sys.exit(f"reproduce: {wrong[0]}: found braces, which Snakemake takes for a wildcard; expected a path without them")
HELD_STEPS = grid_steps(CONFIG.holdout, ("newllm",)) if HELD else {}
# Every value of a shell command is quoted. `exec`: no shell stands between Snakemake and the job, which ends with it.
RUN = f"exec env OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE {shlex.quote(sys.executable)} tools/run_notebook.py"
TABLE, PICTURE = ("csv", "md", "tex"), ("svg", "png")


def needs(mb, minutes): # of a cluster, measured on the published data with room to spare; more when a job is tried again
    return dict(mem_mb=lambda w, attempt: mb * attempt, runtime=lambda w, attempt: minutes * attempt)


onstart: # one run at a time in a results folder; what a killed one left behind is removed
    hold(ROOT)
    remove_leftovers(ROOT, FIGURES)


wildcard_constraints: mode="|".join(MODES), router=r"\w+", method=r"\w+", graph=r"\w+", hops=r"\d+(_\d+)*", llm=r"[^/]+", root=f"{re.escape(ROOT)}(/holdout/[^/]+)?"


def step(w): return (STEPS if w.root == ROOT else HELD_STEPS)[f"{w.mode}/{w.method}-{w.graph}"]


def grid(w): return CONFIG if w.root == ROOT else CONFIG.holdout


def folder(root): return str(FOLDER.root) if root == ROOT else f"{root}/data"


def parts(step, router): # a router that is trained is run for each depth in a job of its own: its fits take minutes
    return step.hops if router_spec(router).trained else ["_".join(map(str, step.hops))]


def run_files(root, steps, routers): # a router takes profiles of certain representations
    return [f"{root}/routing_result/{s.mode}/{r}.{s.method}-{s.graph}-{hops}.json" for s in steps.values() for r in routers
            if router_spec(r).takes(profile_method(s.method)) and f"{r}.{s.method}" not in WITHOUT for hops in parts(s, r)]


def data_files(root, mode, *kinds): # of a held-out folder, the list of its files with their hashes
    if root != ROOT: return [f"{root}/data.json"]
    return [str(FOLDER.queries_path(mode) if kind == "queries" else FOLDER.path(kind, mode)) for kind in kinds]


def module(path): return path.partition(":")[0]


def settings(**values): return [f"{key}={json.dumps(value)}" for key, value in values.items()] # of a run notebook


# Files of the grid. A job's params may depend on its wildcards only: Snakemake records no others, so a change of them would run nothing again.
GRAPH = "{root}/result_data_graph/{mode}/{graph}_graph_full.pt"
PROFILES = "{root}/model_profile_result/{mode}/{method}-{graph}.json"
ROUTED = "{root}/routing_result/{mode}/{router}.{method}-{graph}-{hops}.json" # of one depth, or of several: 1_2_3_4
POLICIES = "{root}/routing_result/{mode}/baselines.json"


def graph_settings(w):
    return settings(mode=w.mode, graph=w.graph, encoder=CONFIG.encoder_name, data=folder(w.root), save=GRAPH.format(**w))


def profile_settings(w):
    own = step(w)
    return settings(mode=w.mode, method=w.method, graph=w.graph, source=GRAPH.format(**w), hops=own.hops, seeds=own.seeds, options=own.options,
                    encoder=CONFIG.encoder_name, data=folder(w.root), manifest=PROFILES.format(**w))


def route_settings(w):
    own = grid(w)
    return settings(mode=w.mode, router=w.router, method=w.method, graph=w.graph, profiles=PROFILES.format(**w), hops=[int(h) for h in w.hops.split("_")], seeds=own.seeds,
                    options=own.routers[w.router], encoder=CONFIG.encoder_name, template=CONFIG.template, data=folder(w.root), output=ROUTED.format(**w))


def baseline_settings(w):
    return settings(mode=w.mode, encoder=CONFIG.encoder_name, template=CONFIG.template, seeds=CONFIG.seeds, data=folder(w.root), output=POLICIES.format(**w))


def page_settings(page, variant):
    labels, contamination = VARIANTS[variant]
    extra = dict(profiles=TRAINED) if page == "loss" else {}
    if page == "cost": extra = dict(selection=SELECTION.format(mode="standard"), encoder=CONFIG.encoder_name, template=CONFIG.template)
    return settings(runs=RUNS[ROOT], baselines=BASELINES, data=folder(ROOT), labels=labels or "", contamination=contamination, paper=CONFIG.paper,
                    figures=f"{FIGURES}/{variant}".rstrip("/"), resamples=CONFIG.resamples, **extra)


GRAPH_FILES = ("models", "families", "tasks", "domain_map", "domains", "candidates", "queries")
RUNS = {ROOT: run_files(ROOT, STEPS, CONFIG.routers)} | {f"{ROOT}/holdout/{held}": run_files(f"{ROOT}/holdout/{held}", HELD_STEPS, CONFIG.holdout.routers) for held in HELD}
USED = [mode for mode in MODES if any(s.mode == mode for s in STEPS.values())]
BASELINES = [f"{ROOT}/routing_result/{mode}/baselines.json" for mode in USED]
AUDIT, CONTAMINATION = f"{FIGURES}/audit.json", [f"{FIGURES}/contamination_{mode}.json" for mode in USED]
if CONFIG.variants.audit and not (shutil.which("bwrap") or Path(AUDIT).is_file()):
    sys.exit("reproduce: variants: audit needs bubblewrap (Debian: apt-get install bubblewrap), or set audit: false")

# name of a page's notebook -> the files it writes; each under every variant of labels and rows
PAGES = {page: [f"{page}.{e}" for e in TABLE] for page in ("table1", "table2", "baselines", "comparisons", "collapse")}
PAGES |= {"figure3": [f"figure3.{e}" for e in PICTURE], "figure4": [f"newllm.{e}" for e in TABLE] + [f"figure4.{e}" for e in PICTURE]}
if "newllm" not in USED: del PAGES["figure4"]
if not any(profile_method(s.method).structured and s.mode == "standard" for s in STEPS.values()): del PAGES["figure3"] # depth is all that it shows
OF_PAPER = [s for s in STEPS.values() if (m := profile_method(s.method)).in_design_space and m.representation != "random"]
if len(OF_PAPER) > 1 or any(len(s.hops) > 1 for s in OF_PAPER): PAGES["claims"] = [f"claims.{e}" for e in TABLE] # something to compare
ROUTED_BY = {(s.mode, r): None for s in STEPS.values() for r in CONFIG.routers if router_spec(r).takes(profile_method(s.method))}
ONCE = {"choices": [f"choices_{mode}_{router}.{e}" for mode, router in ROUTED_BY for e in PICTURE]}
COMPETENCE = "ExpectedRouter" in CONFIG.routers # then designs are selected, and cost and bonus are shown
SELECTION = f"{FIGURES}/selection_{{mode}}.json"
TRAINED = [f"{ROOT}/model_profile_result/{s.mode}/{s.method}-{s.graph}.json" for s in STEPS.values() if profile_method(s.method).trained]
if COMPETENCE and "standard" in USED: PAGES["cost"] = [*(f"cost.{e}" for e in (*TABLE, *PICTURE)), *(f"reliability.{e}" for e in PICTURE)]
HELD_FOLDERS = {llm: folder(f"{ROOT}/holdout/{held}") for held, llm in HELD.items()}
if TRAINED: ONCE["loss"] = [f"loss.{e}" for e in PICTURE]
VARIANTS = {"": [None, []]} | ({"clean/": [None, CONTAMINATION]} if CONFIG.variants.contamination else {}) # folder -> labels, contamination
if CONFIG.variants.audit: VARIANTS |= {f"audited_{k}" if k else "audited/": [AUDIT, v[1]] for k, v in list(VARIANTS.items())}


for page, files in [*PAGES.items(), *ONCE.items()]: files.append(f"{page}.record.json") # what the page was made from


SELECTED = [SELECTION.format(mode=mode) for mode in USED] if COMPETENCE else []
BONUS = [f"{FIGURES}/bonus.{e}" for e in (*TABLE, *PICTURE, "record.json")] if COMPETENCE and "newllm" in USED else []


rule all:
    localrule: True
    input: [f"{FIGURES}/{folder}{file}" for folder in VARIANTS for files in PAGES.values() for file in files], [f"{FIGURES}/{f}" for fs in ONCE.values() for f in fs],
           [f"{FIGURES}/holdout.{e}" for e in (*TABLE, "record.json")] if HELD else [], SELECTED, BONUS,
           [f"{FIGURES}/encoders.{e}" for e in (*TABLE, "record.json")] if CONFIG.compare_with else []


rule graph:
    input: lambda w: data_files(w.root, w.mode, *GRAPH_FILES), code_files("nbs/paper/graph.ipynb")
    output: GRAPH
    log: "{root}/executed/graph.{mode}.{graph}.ipynb"
    resources: **needs(1500, 30)
    params: settings=graph_settings
    shell: "{RUN} nbs/paper/graph.ipynb {log:q} {params.settings:q}"


rule profile:
    priority: 2 # the longest chain is a trained profile and its routers
    input: lambda w: code_files("nbs/paper/profile.ipynb", module(profile_method(w.method).builder)),
           lambda w: [v for v in step(w).options.values() if isinstance(v, str) and Path(v).is_file()], # e.g. a record of texts
           lambda w: data_files(w.root, w.mode, *profile_method(w.method).reads),
           graph=GRAPH
    output: PROFILES
    log: "{root}/executed/profile.{mode}.{method}-{graph}.ipynb"
    resources: **needs(1500, 60)
    params: settings=profile_settings
    shell: "{RUN} nbs/paper/profile.ipynb {log:q} {params.settings:q}"


rule route:
    input: lambda w: code_files("nbs/paper/route.ipynb", module(router_spec(w.router).router)), lambda w: data_files(w.root, w.mode, "test", *["training"] * router_spec(w.router).trained, *router_spec(w.router).reads),
           profiles=PROFILES
    output: ROUTED
    log: "{root}/executed/route.{mode}.{router}.{method}-{graph}-{hops}.ipynb"
    resources: **needs(1500, 60)
    params: settings=route_settings
    shell: "{RUN} nbs/paper/route.ipynb {log:q} {params.settings:q}"


use rule route as route_first with: # GraphRouter's fits take longest; the last of them would run alone
    priority: 1
    wildcard_constraints: router="GraphRouter"


ruleorder: route_first > route


rule baselines:
    input: lambda w: data_files(w.root, w.mode, *GRAPH_FILES, "test", "training"), code_files("nbs/paper/baseline_runs.ipynb")
    output: POLICIES
    log: "{root}/executed/baselines.{mode}.ipynb"
    resources: **needs(1500, 30)
    params: settings=baseline_settings
    shell: "{RUN} nbs/paper/baseline_runs.ipynb {log:q} {params.settings:q}"


rule contamination:
    input: lambda w: [str(FOLDER.path("test")), str(FOLDER.path("training", w.mode)), str(FOLDER.queries_path(w.mode))], code_files("nbs/paper/contamination.ipynb")
    output: f"{FIGURES}/contamination_{{mode}}.json", f"{FIGURES}/contamination_{{mode}}.md"
    log: f"{ROOT}/executed/contamination.{{mode}}.ipynb"
    resources: **needs(1500, 30)
    params: settings=lambda w: settings(mode=w.mode, encoder=CONFIG.encoder_name, data=folder(ROOT), output=f"{FIGURES}/contamination_{w.mode}.json")
    shell: "{RUN} nbs/paper/contamination.ipynb {log:q} {params.settings:q}"


if shutil.which("bwrap"): # without a sandbox, labels audited before are used

    rule audit:
        input: lambda w: [str(FOLDER.path("test"))], code_files("nbs/paper/audit.ipynb")
        output: AUDIT, f"{FIGURES}/audit.md"
        log: f"{ROOT}/executed/audit.ipynb"
        threads: 2
        resources: **needs(3000, 30)
        params: settings=settings(data=folder(ROOT), output=AUDIT, page=f"{FIGURES}/audit.md")
        shell: "{RUN} nbs/paper/audit.ipynb {log:q} {params.settings:q}"


if COMPETENCE: # designs are compared on training queries; no test row is an input

    rule selection:
        input: lambda w: data_files(ROOT, w.mode, *GRAPH_FILES, "training"), code_files("nbs/paper/selection.ipynb")
        output: SELECTION, report([f"{FIGURES}/selection_{{mode}}.{e}" for e in TABLE], category="selection"), f"{FIGURES}/selection_{{mode}}.record.json"
        log: f"{ROOT}/executed/selection.{{mode}}.ipynb"
        resources: **needs(1500, 30)
        params: settings=lambda w: settings(mode=w.mode, encoder=CONFIG.encoder_name, template=CONFIG.template, data=folder(ROOT), figures=FIGURES)
        shell: "{RUN} nbs/paper/selection.ipynb {log:q} {params.settings:q}"

    rule bonus:
        input: SELECTION.format(mode="newllm"), [str(FOLDER.path(kind)) for kind in ("test", "models")], [f"{ROOT}/holdout/{held}/data.json" for held in HELD], code_files("nbs/paper/bonus.ipynb")
        output: report([f"{FIGURES}/bonus.{e}" for e in (*TABLE, *PICTURE, "record.json")], category="bonus")
        log: f"{ROOT}/executed/bonus.ipynb"
        resources: **needs(1500, 30)
        params: settings=settings(selection=SELECTION.format(mode="newllm"), encoder=CONFIG.encoder_name, template=CONFIG.template, data=folder(ROOT), folders=HELD_FOLDERS, figures=FIGURES, resamples=CONFIG.resamples)
        shell: "{RUN} nbs/paper/bonus.ipynb {log:q} {params.settings:q}"


for variant, (labels, contamination) in VARIANTS.items():
    for page, files in [*PAGES.items(), *(ONCE.items() if not variant else ())]:
        rule:
            name: f"page_{page}_{variant}".rstrip("/_")
            input: RUNS[ROOT], BASELINES, TRAINED if page == "loss" else [], SELECTION.format(mode="standard") if page == "cost" else [], labels or [], contamination, CONFIG.paper, code_files(f"nbs/paper/{page}.ipynb")
            output: report([f"{FIGURES}/{variant}{file}" for file in files], category=page)
            log: f"{ROOT}/executed/{variant}{page}.ipynb"
            group: "short"
            resources: in_turn=1, **needs(1000, 5)
            params: settings=page_settings(page, variant), page=page
            shell: "{RUN} nbs/paper/{params.page}.ipynb {log:q} {params.settings:q}"


if CONFIG.compare_with: # tables of other configurations, made before

    rule encoders:
        input: f"{FIGURES}/table1.csv", CONFIG.compare_with, code_files("nbs/paper/encoders.ipynb")
        output: report([f"{FIGURES}/encoders.{e}" for e in (*TABLE, "record.json")], category="encoders")
        log: f"{ROOT}/executed/encoders.ipynb"
        resources: **needs(1000, 5)
        params: settings=settings(tables=[f"{FIGURES}/table1.csv", *CONFIG.compare_with], figures=FIGURES)
        shell: "{RUN} nbs/paper/encoders.ipynb {log:q} {params.settings:q}"


if HELD: # a data folder for each held-out LLM, over which the rules above run, and a table of them all

    rule held_out_data:
        input: lambda w: [str(FOLDER.path(kind)) for kind in ("test", "training", "models")] + [str(FOLDER.path("models", "newllm"))], code_files("nbs/paper/holdout.ipynb")
        output: f"{ROOT}/holdout/{{llm}}/data.json"
        log: f"{ROOT}/executed/holdout.{{llm}}.ipynb"
        resources: **needs(1000, 10)
        params: settings=lambda w: settings(llm=HELD[w.llm], data=folder(ROOT), to=f"{ROOT}/holdout/{w.llm}/data", manifest=f"{ROOT}/holdout/{w.llm}/data.json")
        shell: "{RUN} nbs/paper/holdout.ipynb {log:q} {params.settings:q}"

    rule holdout_table:
        input: [file for root in RUNS if root != ROOT for file in RUNS[root]], code_files("nbs/paper/holdout_table.ipynb")
        output: report([f"{FIGURES}/holdout.{e}" for e in (*TABLE, "record.json")], category="holdout")
        log: f"{ROOT}/executed/holdout_table.ipynb"
        resources: **needs(1000, 10)
        params: settings=settings(runs={llm: RUNS[f"{ROOT}/holdout/{held}"] for held, llm in HELD.items()}, folders=HELD_FOLDERS, figures=FIGURES)
        shell: "{RUN} nbs/paper/holdout_table.ipynb {log:q} {params.settings:q}"
