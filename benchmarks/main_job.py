"""Cost of the main job: whole-process CPU seconds and peak memory of each step, every one in a process of its own.

    ROUTEPROFILE_DATA=folder python benchmarks/main_job.py [--repeat 3]

The original's figures (same data, the same offline encoder, two cores) stand beside for comparison.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile
from pathlib import Path

from routeprofile.core import write_text

BIN = Path(sys.executable).parent
TIMED = """
import json, sys, time
from pathlib import Path
import numpy as np
from routeprofile.build_data_graph import read_graph
from routeprofile.get_model_profile.training_free import emb_gnn_hops
from routeprofile.get_model_profile.profiles import Profiles
from routeprofile.routing_evaluation.routers import SimRouter
graph = read_graph(sys.argv[1])
import scipy.sparse
start = time.process_time(); hops = emb_gnn_hops(graph, 4); gnn = time.process_time() - start
router, queries = SimRouter(Profiles(graph.nodes["model"].names, hops[2])), np.random.default_rng(0).normal(size=(600, hops[0].shape[1])).astype(np.float32)
start = time.process_time(); router.choose(queries); route = time.process_time() - start
print(json.dumps([gnn, route]))
"""


def measure(*command: str, **env: str) -> tuple[float, float, str]:
    "CPU seconds, peak MB and output of a process."
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1", **env}, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        out.seek(0)
        if status: sys.exit(f"benchmark: {' '.join(command[:3])} failed")
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read()


def processor() -> str:
    "The processor's name, where the system tells."
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")] if info.is_file() else []
    return f"{names[0]}, {len(names)} cores" if names else "processor unknown"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="runs of the short steps; the median counts")
    parser.add_argument("--write", help="write the table to this Markdown file too")
    repeat, write = (args := parser.parse_args()).repeat, args.write
    rows, folder = [], Path(tempfile.mkdtemp())
    def add(step, cpu, peak, original): rows.append((step, f"{cpu:.2f}", f"{peak:.0f}", original))
    def median(*command, **env):
        runs = [measure(*command, **env) for _ in range(repeat)]
        return statistics.median(r[0] for r in runs), max(r[1] for r in runs)
    python = sys.executable
    add("import routeprofile", *median(python, "-c", "import routeprofile"), "8 s, 565 MB")
    add("routeprofile-sim-router --help", *median(str(BIN / "routeprofile-sim-router"), "--help"), "")
    add("import torch (for comparison)", *median(python, "-c", "import torch"), "")
    graph = [str(BIN / "routeprofile-build-query-task-domain-graph"), "--save", str(folder / "g.pt")]
    cache = dict(ROUTEPROFILE_CACHE=str(folder / "embeddings.sqlite"))
    add("query_task_domain graph, cold cache", *measure(*graph, **cache)[:2], "78 s, 830 MB")
    add("query_task_domain graph, warm cache", *median(*graph, **cache), "")
    runs = [measure(python, "-c", TIMED, str(folder / "g.pt")) for _ in range(repeat)]
    times = [json.loads(r[2].splitlines()[-1]) for r in runs]
    peak = max(r[1] for r in runs)
    add("emb_gnn K = 4, in process", statistics.median(t[0] for t in times), peak, "0.04–0.08 s")
    add("SimRouter, 600 embedded queries, in process", statistics.median(t[1] for t in times), peak, "")
    header = ("step", "CPU s", "peak MB", "original")
    if write:
        lines = ["| " + " | ".join(row) + " |" for row in (header, ("---",) * 4, *rows)]
        note = f"Whole-process CPU seconds (short steps: median of {repeat}), one thread, Python {sys.version.split()[0]}, {processor()}; data: {os.environ.get('ROUTEPROFILE_DATA', '.').rstrip('/').split('/')[-1]}."
        write_text(write, "# Cost of the main job\n\n" + "\n".join([*lines, "", note, "Made by `benchmarks/main_job.py --write`."]) + "\n")
    widths = [max(len(r[i]) for r in [*rows, header]) for i in range(4)]
    for row in [header, *rows]: print("  ".join(c.ljust(w) for c, w in zip(row, widths)).rstrip())


if __name__ == "__main__": main()
