"""The published grid without generated texts, from an empty embedding cache to its tables, on a machine with a GPU.

    python benchmarks/published_grid.py [--data published] [--cores 16] [--to FOLDER]

Runs two commands over `config/published.yaml`, changed in three ways: text_gnn and the hold-out are left out; tables
are made under released labels and on all rows only; what is trained is trained on the CPU, one thread a job, because
one fit gains nothing from a GPU. The first command makes the graph that has every node's text, so that one process
encodes them all; the second makes everything else. What it took is printed; benchmarks/grids.md has it of one machine.
"""
import argparse, json, os, platform, subprocess, sys, tempfile, time
from datetime import datetime
from pathlib import Path

import torch
import transformers
import yaml

ROOT = Path(__file__).resolve().parent.parent
GRAPH = "result_data_graph/standard/query_task_domain_graph_full.pt"


def without_text(config: dict, data: str) -> dict:
    "The configuration without text_gnn, hold-out and variants of the tables, with all training on the CPU."
    left_out = ("holdout", "variants", "compare_with")
    config = {key: value for key, value in config.items() if key not in left_out} | dict(name="published", data=data)
    del config["methods"]["text_gnn"]
    routers = config["routers"]
    for settings in (config["methods"]["trainable"]["options"], routers["MLPRouter"], routers["GraphRouter"]):
        settings["device"] = "cpu"
    return config


def finished(notebook: Path) -> float: # POSIX seconds
    "When a notebook was executed to its end."
    return datetime.fromisoformat(json.loads(notebook.read_text())["metadata"]["papermill"]["end_time"]).timestamp()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="published", help="folder of the published data")
    parser.add_argument("--cores", type=int, default=16, help="jobs at a time")
    parser.add_argument("--to", help="new folder for cache, results and tables; default: a temporary one")
    args = parser.parse_args()
    to = Path(args.to or tempfile.mkdtemp()).resolve()
    if (to / "results").exists(): sys.exit(f"published_grid: {to}: found results, expected a new folder")
    to.mkdir(parents=True, exist_ok=True)
    config = without_text(yaml.safe_load((ROOT / "config/published.yaml").read_text()), str(Path(args.data).resolve()))
    (to / "grid.yaml").write_text(yaml.safe_dump(config))
    results = to / "results/published/minilm"
    command = [sys.executable, "-m", "snakemake", "--cores", str(args.cores), "--scheduler", "greedy",
               "--quiet", "rules", "--config", f"file={to / 'grid.yaml'}", f"results={to / 'results'}",
               f"figures={to / 'figures'}", "--"]
    environment = {**os.environ, "ROUTEPROFILE_CACHE": str(to / "texts.sqlite")}
    began, ends = time.time(), []
    for target in (results / GRAPH, "all"):
        code = subprocess.run([*command, target], cwd=ROOT, env=environment).returncode
        if code: sys.exit(f"published_grid: Snakemake ended with {code}; its messages stand above")
        ends.append(time.time() - began)
    logs = [path for rule in ("route", "baselines") for path in results.glob(f"executed/{rule}.*.ipynb")]
    last = max(map(finished, logs)) - began
    card = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    print(f"{card}, {os.cpu_count()} cores, {args.cores} jobs at a time; Python {platform.python_version()}, "
          f"PyTorch {torch.__version__}, transformers {transformers.__version__}")
    print(f"Seconds from the start: node texts encoded and their graph {ends[0]:.0f}, {len(logs)} files of routers and "
          f"reference points {last:.0f}, tables and figures {ends[1]:.0f}. They lie in {to}")


if __name__ == "__main__": main()
