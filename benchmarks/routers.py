"""Cost of training: whole-process CPU seconds and peak memory of the trained routers and the trainable profile.

    python benchmarks/routers.py ../shared/data/published [--repeat 3]

Every step is a process of its own. Embeddings are computed first (their cost is benchmarks/encode.py's); importing
PyTorch is part of every figure but "training only", which leaves out imports and reading. A GraphRouter epoch is the
difference of 6 epochs and 1, divided by 5; its peak is that of the process of 6. Beside them the original's figures
(same data, same offline encoder, two cores), and the bound of a step.
"""
import argparse, json, os, statistics, sys, tempfile
from pathlib import Path

from processes import cost, measure, show

HEADER = ("step", "CPU s", "peak MB", "original s", "times faster", "bound")
PREPARE = """
import sys
from routeprofile.build_data_graph.graph_io import build_graph
from routeprofile.data.folders import open_folder
from routeprofile.encode.encoders import load_encoder
from routeprofile.encode.prompts import query_text
from routeprofile.get_model_profile.training_free import build_index_profile
data = open_folder(sys.argv[1])
build_graph("query_task_domain", data, "standard", "graph.pt", returns=False)
build_index_profile("standard", save="index.npz")
load_encoder("minilm").encode([query_text(pair) for pair in data.training("standard")])
"""
ROUTER = """
import json, sys, time
from routeprofile.data.folders import open_folder
from routeprofile.encode.encoders import load_encoder
from routeprofile.get_model_profile.profiles import load_profiles
from routeprofile.registry import router_spec
from routeprofile.routing_evaluation.preferences import training_data
profiles, encoder = load_profiles("index.npz"), load_encoder("minilm")
train = training_data(open_folder(sys.argv[1]).path("training", "standard"), profiles.names, encoder)
router = router_spec(sys.argv[2]).load()(profiles, encoder, device="cpu", epochs=int(sys.argv[3]))
start = time.process_time()
router.fit(train)
print(json.dumps([time.process_time() - start, len(train.texts), len(train.pairs), router.best]))
"""
TRAINABLE = """
import sys
from routeprofile.get_model_profile.trainable import build_trainable_gnn_profile
build_trainable_gnn_profile("standard", graph="graph.pt", num_layers=2, epochs=100, save_emb="t.npz", save_ckpt="t.pt",
                            device="cpu")
"""


def row(step: str, spent: float, peak: float | None, original: float | None = None, bound: str = "") -> tuple[str, ...]:
    "A row of the table."
    faster = "" if original is None else f"{original / spent:.1f}"
    return step, f"{spent:.2f}", "" if peak is None else f"{peak:.0f}", str(original or ""), faster, bound


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="folder with profile_data/ and route_data/")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each step; the median counts")
    args = parser.parse_args()
    data, folder = str(Path(args.data).resolve()), tempfile.mkdtemp()
    os.environ["ROUTEPROFILE_DATA"] = data
    if cache := os.environ.get("ROUTEPROFILE_CACHE"): os.environ["ROUTEPROFILE_CACHE"] = str(Path(cache).resolve())
    step = lambda code, *arguments: measure(sys.executable, "-c", code, *map(str, arguments), cwd=folder)
    runs = lambda *command: [step(*command) for _ in range(args.repeat)]
    step(PREPARE, data)
    mlp, one, six = (runs(ROUTER, data, *how) for how in (("MLPRouter", 20), ("GraphRouter", 1), ("GraphRouter", 6)))
    found = [[json.loads(run[2].splitlines()[-1]) for run in some] for some in (mlp, one, six)]
    training = [statistics.median(seconds for seconds, *_ in some) for some in found]
    rows = [row("import torch (for comparison)", *cost(runs("import torch"))),
            row("MLPRouter, 20 epochs, whole process", *cost(mlp), 15, "15 s"),
            row("MLPRouter, 20 epochs, training only", training[0], None, 15),
            row("GraphRouter, 1 epoch, whole process", *cost(one), 25),
            row("GraphRouter, an epoch", (training[2] - training[1]) / 5, cost(six)[1], 25, "0.5 s, 400 MB"),
            row("trainable, 2 layers, 100 epochs, whole process", *cost(runs(TRAINABLE)), 18, "25 s")]
    _, queries, pairs, best = found[0][0]
    print(f"{queries} queries, {pairs} pairs; the original's GraphRouter peaks at 1180 MB")
    show(HEADER, rows)
    print(f"validation: MLPRouter {best}; GraphRouter after 6 epochs {found[2][0][3]}")


if __name__ == "__main__": main()
