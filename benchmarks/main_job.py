"""Cost of the main job: whole-process CPU seconds and peak memory of each step, every one in a process of its own.

    ROUTEPROFILE_DATA=folder python benchmarks/main_job.py [--repeat 3]

Beside them the original's figures (same data, the same offline encoder, two cores), and the bound of a step.
"""
import argparse, json, os, statistics, sys, tempfile
from pathlib import Path

from processes import cost, measure, show

from routeprofile.core import write_text

BIN = Path(sys.executable).parent
HEADER = ("step", "CPU s", "peak MB", "original", "bound")
TIMED = """
import json, sys, time
import numpy as np
import scipy.sparse
from routeprofile.build_data_graph.graph_io import read_graph
from routeprofile.get_model_profile.training_free import emb_gnn_profiles
from routeprofile.routing_evaluation.routers import SimRouter
graph = read_graph(sys.argv[1])
start = time.process_time()
profiles = emb_gnn_profiles(graph, [1, 2, 3, 4])[2]
gnn = time.process_time() - start
router, draws = SimRouter(profiles), np.random.default_rng(0)
queries = draws.normal(size=(600, profiles.matrix.shape[1])).astype(np.float32)
start = time.process_time()
router.choose(queries)
print(json.dumps([gnn, time.process_time() - start]))
"""


def processor() -> str:
    "The processor's name, where the system has it."
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores" if names else "processor unknown"


def steps(repeat: int) -> list[tuple[str, ...]]:
    "Measure every step: the rows of the table."
    python, folder, rows = sys.executable, Path(tempfile.mkdtemp()), []
    def add(step, spent, original="", bound=""):
        rows.append((step, f"{spent[0]:.2f}", f"{spent[1]:.0f}", original, bound))
    def short(*command, **env): return cost([measure(*command, **env) for _ in range(repeat)])
    add("import routeprofile", short(python, "-c", "import routeprofile"), "8 s, 565 MB", "0.5 s")
    add("routeprofile-sim-router --help", short(str(BIN / "routeprofile-sim-router"), "--help"), "", "0.5 s")
    add("import torch (for comparison)", short(python, "-c", "import torch"))
    graph = [str(BIN / "routeprofile-build-query-task-domain-graph"), "--save", str(folder / "g.pt")]
    cache = dict(ROUTEPROFILE_CACHE=str(folder / "embeddings.sqlite"))
    add("query_task_domain graph, cold cache", measure(*graph, **cache), "78 s, 830 MB", "75 s")
    add("query_task_domain graph, warm cache", short(*graph, **cache))
    runs = [measure(python, "-c", TIMED, str(folder / "g.pt")) for _ in range(repeat)]
    gnn, route = (statistics.median(times) for times in zip(*(json.loads(run[2].splitlines()[-1]) for run in runs)))
    add("emb_gnn K = 4, in process", (gnn, cost(runs)[1]), "0.04–0.08 s")
    add("SimRouter, 600 embedded queries, in process", (route, cost(runs)[1]))
    return rows


def page(rows: list[tuple[str, ...]], repeat: int) -> str:
    "The table as a Markdown page."
    data = os.environ.get("ROUTEPROFILE_DATA", ".").rstrip("/").split("/")[-1]
    lines = ["| " + " | ".join(row) + " |" for row in (HEADER, ("---",) * len(HEADER), *rows)]
    note = (f"Whole-process CPU seconds (short steps: median of {repeat}), one thread, "
            f"Python {sys.version.split()[0]}, {processor()}; data: {data}.")
    return "\n".join(["# Cost of the main job", "", *lines, "", note, "Made by `benchmarks/main_job.py --write`.", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="runs of the short steps; the median counts")
    parser.add_argument("--write", help="write the table to this Markdown file too")
    args = parser.parse_args()
    rows = steps(args.repeat)
    if args.write: write_text(args.write, page(rows, args.repeat))
    show(HEADER, rows)


if __name__ == "__main__": main()
