"""Time and peak memory of every step against size, on simulated data: benchmarks/scale.md and one log-log figure.

    python benchmarks/scale.py --write [--most 1000000] [--only NAME]     about half an hour on two cores

Each measurement is a process of its own; its seconds are those of the step, without imports and without making its
inputs, its peak that of the whole process. The exponent is the slope of log seconds over log size; where a step is too
short at the smallest size to be timed, that size is left out. Bounds are those of the largest size.
"""
import argparse, json, os, subprocess, sys, tempfile, time
from pathlib import Path

import numpy as np

from generate import draw_answers, generate, llm_name, make_world
from routeprofile.core import read_json, rng, write_json

D = 384 # dimensions of MiniLM


def vectors(n: int, d: int = D, name: str = "queries") -> np.ndarray:
    "Random unit-scale vectors, float32 [n, d]."
    return rng(0, name, n, d).standard_normal((n, d), dtype=np.float32)


def sim_router(n: int):
    "SimRouter's best of 10,000 LLMs for n queries; beside it the bare product of the same matrices."
    from routeprofile.get_model_profile.profiles import Profiles
    from routeprofile.routing_evaluation.routers import SimRouter
    from routeprofile.routing_evaluation.top import top_llms
    queries, llms = vectors(n), vectors(10_000, name="llms")
    router = SimRouter(Profiles([llm_name(m) for m in range(len(llms))], llms))
    def bare(part: int = 2000):
        out, columns = np.empty((part, len(llms)), dtype=np.float32), llms.T.copy()
        for at in range(0, n, part): np.matmul(queries[at:at + part], columns, out=out[:len(queries[at:at + part])])
    start = time.perf_counter()
    bare()
    product = time.perf_counter() - start
    def run():
        for _ in top_llms(router, queries): pass
        return product
    return run


def queries_and_llms(edges: int):
    "A graph of 10,000 LLMs and a query node for ten edges."
    from routeprofile.build_data_graph.graph import Edges, Graph, Nodes
    n, m, draw = edges // 10, 10_000, rng(0, "edges", edges)
    graph = Graph({"query": Nodes([f"q/{k}" for k in range(n)], [], vectors(n)),
                   "model": Nodes([llm_name(k) for k in range(m)], [], vectors(m, name="llms"))})
    index = np.stack([np.repeat(np.arange(n), 10), draw.integers(m, size=10 * n)])
    graph.edges["query", "query_to_model", "model"] = Edges(index)
    graph.edges["model", "model_to_query", "query"] = Edges(index[::-1].copy())
    return graph


def emb_gnn(edges: int):
    "emb_gnn, two hops: 10,000 LLMs, a query node for ten edges."
    from routeprofile.get_model_profile.training_free import emb_gnn_profiles
    graph = queries_and_llms(edges)
    return lambda: emb_gnn_profiles(graph, [2])


def trainable(edges: int):
    "The trainable profile, two layers, on the same graphs: ten steps and the last pass over the graph."
    from routeprofile.get_model_profile.trainable import trainable_profiles
    graph = queries_and_llms(edges)
    return lambda: trainable_profiles(graph, [2], epochs=10, device="cpu", batch_size=1024)


def evaluation(n: int):
    "n test rows of 20 LLMs read from Parquet and evaluated."
    folder = generate(tempfile.mkdtemp(dir=os.environ["SCALE"]), 20, 100, n, 30)
    from routeprofile.data.answers import load_answers
    from routeprofile.routing_evaluation.evaluate import evaluate_answers
    columns = rng(0, "choices", n).integers(20, size=n)
    return lambda: evaluate_answers(load_answers(folder / "route_data/routing_test_data.parquet"), columns)


def json_rows(n: int):
    "n test rows of 8 LLMs read from JSON, as objects."
    world = make_world(8, 30)
    task, right = draw_answers(world, n, rng(0, "json", n))
    rows = [dict(task_name=f"b{k}", query=f"query {i}", ground_truth="B", metric="em_mc", choices=None,
                 model_performance={llm_name(m): dict(response="A short answer, then (B).", task_performance=float(s),
                                                      success=True) for m, s in enumerate(of)})
            for i, (k, of) in enumerate(zip(task, right))]
    path = write_json(Path(os.environ["SCALE"]) / f"{n}.json", rows)
    del rows
    from routeprofile.data.schemas import load_test_rows
    return lambda: load_test_rows(path)


def mlp_router(pairs: int):
    "An epoch of MLPRouter on preference pairs of 100 LLMs, ten on a query, validation included."
    from routeprofile.get_model_profile.profiles import Profiles
    from routeprofile.routing_evaluation.mlp_router import MLPRouter
    from routeprofile.routing_evaluation.preferences import TrainingData, labels_from_pairs
    n, m, draw = pairs // 10, 100, rng(0, "pairs", pairs)
    better = draw.integers(m, size=pairs)
    found = np.stack([np.repeat(np.arange(n), 10), better, (better + draw.integers(1, m, size=pairs)) % m], axis=1)
    names = [llm_name(k) for k in range(m)]
    labels = labels_from_pairs(found, n, m)
    train = TrainingData([str(k) for k in range(n)], ["t"] * n, vectors(n), names, found, labels)
    router = MLPRouter(Profiles(names, vectors(m, name="llms")), epochs=1, device="cpu")
    return lambda: router.fit(train)


def intervals(n: int):
    "The bootstrap of a run of three seeds on n test rows, 2,000 resamples."
    from routeprofile.analysis.bootstrap import bootstrap_interval
    performance = rng(0, "runs", n).binomial(1, 0.6, size=(3, n)).astype(float)
    return lambda: bootstrap_interval(performance)


def training(pairs: int):
    "Preference pairs of 100 LLMs read from Parquet, as training data; texts get random vectors."
    folder = generate(tempfile.mkdtemp(dir=os.environ["SCALE"]), 100, pairs // 4, 100, 30, each=22)
    from routeprofile.encode.encoders import ExampleEncoder
    from routeprofile.routing_evaluation.preferences import training_data
    path, names = folder / "route_data/pairwise_training_data_standard.parquet", [llm_name(m) for m in range(100)]
    return lambda: len(training_data(path, names, ExampleEncoder()).pairs)


STEPS = { # name -> inputs, what a size counts, sizes, bound in seconds and GB
    "SimRouter": (sim_router, "queries × 10,000 LLMs", (10_000, 100_000, 1_000_000), (None, 4)),
    "emb_gnn": (emb_gnn, "edges", (100_000, 1_000_000, 10_000_000), (60, 8)),
    "trainable": (trainable, "edges, ten steps; above 500,000 on samples", (10_000, 100_000, 1_000_000, 10_000_000),
                  (None, None)),
    "evaluation": (evaluation, "rows × 20 LLMs, Parquet", (10_000, 100_000, 1_000_000), (30, 4)),
    "JSON": (json_rows, "rows × 8 LLMs, JSON", (1_000, 10_000, 100_000), (8, 2)),
    "MLPRouter": (mlp_router, "pairs, an epoch", (10_000, 100_000, 1_000_000), (240, None)),
    "bootstrap": (intervals, "rows, 2,000 resamples", (10_000, 100_000, 1_000_000), (None, None)),
    "training data": (training, "pairs, Parquet", (10_000, 100_000, 1_000_000), (None, None)),
}


def one(name: str, size: int) -> None:
    "Run a step in this process and print what it took."
    run = STEPS[name][0](size)
    start = time.perf_counter()
    found = run()
    took = time.perf_counter() - start
    print(json.dumps(dict(seconds=took, product=found if name == "SimRouter" else None)))


def measured(name: str, size: int) -> dict:
    "Run a step in a process of its own: seconds, peak in GB, and the bare product's seconds."
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--one", name, str(size)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                                   env={**os.environ, "SCALE": folder, "TQDM_DISABLE": "1"})
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
    if status: sys.exit(f"scale: {name} at {size:,} failed")
    found = dict(json.loads(printed.splitlines()[-1]), name=name, size=size, peak=usage.ru_maxrss / 1024**2)
    print({k: round(v, 2) if isinstance(v, float) else v for k, v in found.items()}, flush=True)
    return found


def exponent(found: list[dict]) -> float:
    "The slope of log seconds over log size, of measurements that are long enough to be timed."
    long = [f for f in found if f["seconds"] > 0.05]
    x, y = (np.log([f[key] for f in long]) for key in ("size", "seconds"))
    return float(np.polyfit(x, y, 1)[0]) if len(long) > 1 else float("nan")


def page(found: list[dict]) -> str:
    "The measurements as Markdown."
    lines = ["# Time and memory against size", "",
             "| step | size | seconds | peak GB | bound at the largest | exponent |", "|---|---:|---:|---:|---|---:|"]
    for name, (_, unit, _, (seconds, gigabytes)) in STEPS.items():
        mine = [f for f in found if f["name"] == name]
        bound = ", ".join(([f"{seconds} s"] if seconds else []) + ([f"{gigabytes} GB"] if gigabytes else []))
        for f in mine:
            last = f is mine[-1]
            note = f" ({f['seconds'] / f['product']:.2f} × the bare product)" if f["product"] else ""
            if name == "SimRouter": bound = "1.6 × the bare product, 4 GB"
            lines.append(f"| {name}: {unit} | {f['size']:,} | {f['seconds']:.2f}{note} | {f['peak']:.2f} | "
                         f"{bound if last else ''} | {f'{exponent(mine):.2f}' if last else ''} |")
    return "\n".join([*lines, "", *__doc__.split("\n\n")[2].split("\n"), ""]) + (
        "\nSimulated data of `benchmarks/generate.py`, two cores without a GPU. "
        "Made by `benchmarks/scale.py --write`.\n")


def figure(found: list[dict], path: Path) -> None:
    "Seconds and peak against size."
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    fig, panels = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for name, marker in zip(STEPS, "os^Dv<>P"):
        mine = [f for f in found if f["name"] == name]
        for ax, key in zip(panels, ("seconds", "peak")):
            ax.plot([f["size"] for f in mine], [f[key] for f in mine], marker + "-", ms=4, lw=1,
                    label=f"{name} ({STEPS[name][1]})")
    for ax, label in zip(panels, ("seconds", "peak memory, GB")):
        ax.set(xscale="log", yscale="log", xlabel="size", ylabel=label)
    panels[1].legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    fig.savefig(path, dpi=110)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write benchmarks/scale.md, .json and .png")
    parser.add_argument("--most", type=int, default=10**9, help="leave out sizes above this")
    parser.add_argument("--only", nargs="*", default=list(STEPS), help="these steps; the others stay as they were")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one: sys.exit(one(args.one[0], int(args.one[1])))
    here = Path(__file__)
    before = [row for row in read_json(here.with_suffix(".json")) if row["name"] not in args.only]
    results = before + [measured(name, size) for name in args.only for size in STEPS[name][2] if size <= args.most]
    text = page(results)
    print(text)
    if args.write:
        write_json(here.with_suffix(".json"), results)
        here.with_suffix(".md").write_text(text)
        figure(results, here.with_suffix(".png"))
