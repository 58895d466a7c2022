"""The published grid without generated texts, from an empty embedding cache to its tables, on a machine with a GPU.

    python benchmarks/published_grid.py [--data published] [--cores 16] [--to FOLDER]

Runs two commands over `config/published.yaml`, changed in three ways: text_gnn and the hold-out are left out; tables
are made under released labels and on all rows only; what is trained is trained on the CPU, one thread a job, because
one fit gains nothing from a GPU. The first command makes the graph that has every node's text, so that one process
encodes them all; the second makes everything else. What it took is printed; benchmarks/grids.md has it of one machine.
"""
import argparse, os, platform, sys, tempfile, time
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import torch
import yaml

from processes import ROOT, executed, start_grid

GRAPH = "result_data_graph/standard/query_task_domain_graph_full.pt"


def without_text(config: dict) -> dict:
    "The configuration without text_gnn, hold-out and variants of the tables, with all training on the CPU."
    left_out = ("holdout", "variants", "compare_with")
    config = {key: value for key, value in config.items() if key not in left_out} | dict(name="published")
    del config["methods"]["text_gnn"]
    routers = config["routers"]
    for settings in (config["methods"]["trainable"]["options"], routers["MLPRouter"], routers["GraphRouter"]):
        settings["device"] = "cpu"
    return config


def spent(results: Path) -> str:
    "Seconds of the executed notebooks, by router and step."
    found: dict[str, float] = {}
    for path in results.glob("executed/*.ipynb"):
        step, *rest = path.stem.split(".")
        kind = rest[1] if step == "route" else step # route.{mode}.{router}.…
        found[kind] = found.get(kind, 0) + executed(path)["duration"]
    most = sorted(found.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{kind} {seconds:,.0f}" for kind, seconds in most) + f"; all {sum(found.values()):,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="published", help="folder of the published data")
    parser.add_argument("--cores", type=int, default=16, help="jobs at a time")
    parser.add_argument("--to", help="new folder for cache, results and tables; default: a temporary one")
    args = parser.parse_args()
    to = Path(args.to or tempfile.mkdtemp()).resolve()
    if (to / "results").exists(): parser.error(f"--to {to}: found results, expected a new folder")
    to.mkdir(parents=True, exist_ok=True)
    config = to / "grid.yaml"
    config.write_text(yaml.safe_dump(without_text(yaml.safe_load((ROOT / "config/published.yaml").read_text()))))
    results, options = to / "results/published/minilm", ("--scheduler", "greedy", "--quiet", "rules")
    began, ends = time.time(), []
    for target in (str(results / GRAPH), "all"):
        code = start_grid(config, to, args.cores, target, *options, data=str(Path(args.data).resolve())).wait()
        if code: sys.exit(f"published_grid: Snakemake ended with {code}; its messages stand above")
        ends.append(time.time() - began)
    logs = [path for rule in ("route", "baselines") for path in results.glob(f"executed/{rule}.*.ipynb")]
    last = max(datetime.fromisoformat(executed(path)["end_time"]).timestamp() for path in logs) - began
    card = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    print(f"{card}, {os.cpu_count()} cores, {args.cores} jobs at a time; Python {platform.python_version()}, "
          f"PyTorch {torch.__version__}, transformers {version('transformers')}")
    print(f"Seconds from the start: node texts encoded and their graph {ends[0]:.0f}, {len(logs)} files of routers and "
          f"reference points {last:.0f}, tables and figures {ends[1]:.0f}. They lie in {to}")
    print(f"Seconds of the notebooks: {spent(results)}")


if __name__ == "__main__": main()
