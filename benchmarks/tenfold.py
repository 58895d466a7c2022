"""Ten times the published data, simulated, through the whole grid on two cores: benchmarks/tenfold.md.

    python benchmarks/tenfold.py [--to FOLDER] [--cores 2] [--write] [--resume]

Generates a data folder, then runs Snakemake over `benchmarks/tenfold.yaml` with a new embedding cache: graph, three
profiles, three routers, tables. A step is a process and its kernel; every half second their CPU seconds and peak
resident memory are read, and a step's wall seconds are those that its executed notebook records.
"""
import argparse, subprocess, sys, tempfile, time
from pathlib import Path

import psutil

from generate import generate
from processes import executed, start_grid
from routeprofile.build_data_graph.graph_io import read_graph
from routeprofile.core import read_json, write_json
from routeprofile.data.parquet import read_parquet

SIZES = dict(llms=240, candidates=80, queries=27_000, each=9, tests=6_000, benchmarks=290)
PUBLISHED = {"LLMs with scores": 24, "candidate LLMs": 8, "benchmarks": 29, "benchmark scores": 359,
             "query nodes": 2_098, "test queries": 600, "training pairs": 4_200}


def watched(process: subprocess.Popen) -> dict[str, dict[str, tuple[float, float]]]:
    "Watch a run: executed notebook → process → CPU seconds and peak MB of that process."
    found: dict[str, dict[str, tuple[float, float]]] = {}
    while process.poll() is None:
        for job in psutil.Process(process.pid).children(recursive=True):
            try:
                command = job.cmdline()
                if "tools/run_notebook.py" not in command: continue
                place = command.index("tools/run_notebook.py")
                for part in [job, *job.children(recursive=True)]:
                    spent, status = part.cpu_times(), Path(f"/proc/{part.pid}/status").read_text()
                    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
                    found.setdefault(command[place + 2], {})[str(part.pid)] = spent.user + spent.system, peak / 1024
            except (psutil.Error, OSError, StopIteration): pass # it has just ended
        time.sleep(0.5)
    return found


def counts(data: Path, graph: Path) -> dict[str, int]:
    "The sizes of the generated data."
    made, route = read_graph(graph), data / "route_data"
    pairs, tests = (read_parquet(route / f"{name}.parquet", ["query"]).num_rows
                    for name in ("pairwise_training_data_standard", "routing_test_data"))
    scores = next(edges for (source, _, _), edges in made.edges.items() if source == "model" and edges.attr is not None)
    found = [len(made.nodes["model"].names), len(made.candidates), len(made.nodes["dataset"].names),
             scores.index.shape[1], len(made.nodes["query"].names), tests, pairs]
    return dict(zip(PUBLISHED, found))


def page(sizes: dict[str, int], steps: dict, walls: list[float], cores: int) -> str:
    "The measurements as Markdown."
    rows = [(Path(log).stem, executed(log)["duration"],
             sum(cpu for cpu, _ in parts.values()), sum(peak for _, peak in parts.values()))
            for log, parts in steps.items()]
    cpu, most, wall = sum(row[2] for row in rows), max(row[3] for row in rows) / 1024, sum(walls)
    calls = f" in {len(walls)} calls ({' + '.join(f'{part:,.0f} s' for part in walls)})" if len(walls) > 1 else ""
    lines = [f"# Ten times the published data: {wall / 60:.0f} minutes on {cores} cores", "",
             "**Simulated data** of `benchmarks/generate.py`: what the steps cost; it says nothing of LLMs.", "",
             "| | published | simulated here |", "|---|---:|---:|",
             *(f"| {name} | {PUBLISHED[name]:,} | {n:,} |" for name, n in sizes.items()), "",
             f"From the data folder to the last table {wall:,.0f} s of wall clock{calls} and {cpu:,.0f} s of CPU; no "
             f"step needs more than {most:.1f} GB. Steps in the order in which they began:", "",
             "| step | wall s | CPU s | peak MB |", "|---|---:|---:|---:|",
             *(f"| {name} | {took:.0f} | {cpu:.0f} | {peak:,.0f} |" for name, took, cpu, peak in rows)]
    return "\n".join([*lines, "", *__doc__.split("\n\n")[2].strip().split("\n"), "",
                      "Settings: [tenfold.yaml](tenfold.yaml). Made by `benchmarks/tenfold.py --write`.", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", help="folder for data, results and tables; default: a temporary one")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--resume", action="store_true", help="go on with what an earlier call left in --to")
    parser.add_argument("--write", action="store_true", help="write benchmarks/tenfold.md")
    args = parser.parse_args()
    to = Path(args.to or tempfile.mkdtemp()).resolve()
    data, kept = to / "data", to / "steps.json"
    before = read_json(kept) if args.resume else dict(walls=[], steps={})
    if not args.resume: generate(data, **SIZES)
    start = time.perf_counter()
    process = start_grid("benchmarks/tenfold.yaml", to, args.cores, data=str(data))
    steps = before["steps"] | watched(process)
    walls = [*before["walls"], time.perf_counter() - start]
    write_json(kept, dict(walls=walls, steps=steps))
    if process.returncode: sys.exit(f"tenfold: Snakemake ended with {process.returncode}; --resume goes on")
    graph = next((to / "results").rglob("query_task_domain_graph_full.pt"))
    text = page(counts(data, graph), steps, walls, args.cores)
    print(text)
    if args.write: Path(__file__).with_suffix(".md").write_text(text)


if __name__ == "__main__": main()
