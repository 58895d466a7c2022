"""Cost of training: whole-process CPU seconds and peak memory of the learned routers and the trainable profile, each in a process of its own.

    python benchmarks/routers.py ../shared/data/published [--repeat 3]

Embeddings are warmed first (their cost is benchmarks/encode.py's); importing PyTorch is part of every figure. "training only" leaves imports and
reading out. A GraphRouter epoch is the difference of 6 epochs and 1, by 5. The original's figures (same data, same offline encoder, two cores) stand beside.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile
from pathlib import Path

PREPARE = """
import sys
from pathlib import Path
from routeprofile.build_data_graph import build_graph
from routeprofile.data import DataFolder, load_training
from routeprofile.encode import load_encoder, query_text
from routeprofile.get_model_profile.training_free import build_index_profile
data = DataFolder(Path(sys.argv[1]))
build_graph("query_task_domain", data, "standard", "graph.pt", returns=False)
build_index_profile("standard", save="index.npz")
load_encoder("minilm").encode([query_text(pair) for pair in load_training(data.path("training", "standard"))])
"""
ROUTER = """
import json, sys, time
from pathlib import Path
from routeprofile.encode import load_encoder
from routeprofile.get_model_profile.profiles import load_profiles
from routeprofile.routing_evaluation import learned
profiles, encoder = load_profiles("index.npz"), load_encoder("minilm")
train = learned.training_data(Path(sys.argv[1]) / "route_data/pairwise_training_data_standard.json", profiles.names, encoder)
import torch
start = time.process_time()
router = getattr(learned, sys.argv[2])(profiles, encoder, device="cpu", epochs=int(sys.argv[3])).fit(train)
print(json.dumps([time.process_time() - start, len(train.texts), len(train.pairs), learned.best_epoch(router)]))
"""
TRAINABLE = """
import json
from routeprofile.get_model_profile.trainable import build_trainable_gnn_profile
build_trainable_gnn_profile("standard", graph="graph.pt", num_layers=2, epochs=100, save_emb="t.npz", save_ckpt="t.pt", device="cpu")
print(json.dumps([None]))
"""


def measure(code: str, *arguments: str, folder: str) -> tuple[float, float, list]:
    "CPU seconds, peak MB and the last line's JSON of a process."
    command = [sys.executable, "-c", code, *arguments]
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, "OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        out.seek(0)
        if status: sys.exit("benchmark: a step failed")
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, json.loads((out.read().splitlines() or ["[null]"])[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="folder with profile_data/ and route_data/")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each step; the median counts")
    args = parser.parse_args()
    data, folder = str(Path(args.data).resolve()), tempfile.mkdtemp()
    os.environ["ROUTEPROFILE_DATA"] = data
    if os.environ.get("ROUTEPROFILE_CACHE"): os.environ["ROUTEPROFILE_CACHE"] = str(Path(os.environ["ROUTEPROFILE_CACHE"]).resolve())
    measure(PREPARE + "print('[null]')", data, folder=folder)
    median = lambda values: statistics.median(list(values))
    runs = lambda code, *arguments: [measure(code, *map(str, arguments), folder=folder) for _ in range(args.repeat)]
    mlp, one, six, net = runs(ROUTER, data, "MLPRouter", 20), runs(ROUTER, data, "GraphRouter", 1), runs(ROUTER, data, "GraphRouter", 6), runs(TRAINABLE)
    epoch = (median(r[2][0] for r in six) - median(r[2][0] for r in one)) / 5
    whole = lambda found: (median(r[0] for r in found), max(r[1] for r in found))
    rows = [("import torch (for comparison)", *whole(runs("import torch\nprint('[null]')")), None),
            ("MLPRouter, 20 epochs, whole process", *whole(mlp), 15), ("MLPRouter, 20 epochs, training only", median(r[2][0] for r in mlp), None, 15),
            ("GraphRouter, 1 epoch, whole process", *whole(one), 25), ("GraphRouter, an epoch", epoch, None, 25),
            ("trainable, 2 layers, 100 epochs, whole process", *whole(net), 18)]
    print(f"{mlp[0][2][1]} queries, {mlp[0][2][2]} pairs; the original's GraphRouter peaks at 1180 MB")
    print(f"{'step':48}{'CPU s':>8}{'peak MB':>9}{'original s':>12}{'times faster':>14}")
    for step, cpu, peak, original in rows:
        print(f"{step:48}{cpu:8.2f}{'' if peak is None else f'{peak:.0f}':>9}{original or '':>12}{'' if original is None else f'{original / cpu:.1f}':>14}")
    print(f"validation: MLPRouter {mlp[0][2][3]}; GraphRouter after 6 epochs {six[0][2][3]}")


if __name__ == "__main__": main()
