"""What a GPU gives, step by step, beside two CPU cores of the same machine: benchmarks/gpu.md.

    python benchmarks/gpu.py --write [--encoder minilm]      (needs CUDA; some minutes)

Every step runs once to warm up and is then timed. A CPU step of a size that would take minutes is run on a part, and
its rate is compared; the table says so. Simulated data of benchmarks/generate.py; texts are the sample's queries.
"""
import argparse, json, os, subprocess, sys, tempfile, time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "2")
import numpy as np
import torch

from generate import draw_answers, make_world
from routeprofile.build_data_graph.graph import Edges, Graph, Nodes
from routeprofile.core import rng
from routeprofile.data.folders import DataFolder
from routeprofile.encode.encoders import load_encoder
from routeprofile.get_model_profile.profiles import Profiles
from routeprofile.routing_evaluation.preferences import TrainingData, preferences_from_performance
from routeprofile.routing_evaluation.routers import SimRouter
from routeprofile.routing_evaluation.top import top_llms

D, ROOT = 384, Path(__file__).resolve().parents[1]


def vectors(n: int, name: str) -> np.ndarray: return rng(0, name, n).standard_normal((n, D), dtype=np.float32)


def timed(run, device: str) -> float:
    "Seconds of a call, on two cores or with a GPU, whose work is included, and all cores."
    everything = os.sched_getaffinity(0)
    if device == "cpu": os.sched_setaffinity(0, sorted(everything)[:2])
    start = time.perf_counter()
    run()
    if device != "cpu": torch.cuda.synchronize()
    took = time.perf_counter() - start
    os.sched_setaffinity(0, everything)
    return took


def texts(n: int) -> list[str]:
    "The sample's queries, numbered, so that none is like another."
    known = [query for some in DataFolder(ROOT).queries("standard").values() for query in some]
    return [f"{i}: {known[i % len(known)]}" for i in range(n)]


def parts_of_encoding(name: str, some: list[str]) -> list[dict]:
    "The tokenizer alone, and the network alone on the batches that the encoder would give it."
    from routeprofile.encode.encoders import _BUDGET, _forward, batches_of, find_folder
    from routeprofile.encode.windows import tokenize
    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer(str(find_folder(name)), device="cuda").eval()
    cut = lambda texts: tokenize(model.tokenizer, texts, 256)
    cut(some[:64])
    found = [dict(step="of these, the tokenizer", seconds=timed(lambda: cut(some), "cuda"))]
    tokens = cut(some).tokens
    batches = [[tokens[i] for i in part] for part in batches_of([len(t) for t in tokens], _BUDGET["other"])]
    for dtype in (torch.float32, torch.bfloat16, torch.float16):
        network = model.to(dtype)
        run = lambda n=network: [_forward(n, batch) for batch in batches]
        run()
        found.append(dict(step=f"of these, the network, {str(dtype)[6:]}", seconds=timed(run, "cuda")))
    return [dict(f, device="cuda", size=len(some), unit="texts") for f in found]


def encoding(name: str) -> list[dict]:
    "Texts a second: whole, the tokenizer alone, and the network alone."
    found, kept = [], {}
    for device, dtype, n in (("cuda", "float32", 100_000), ("cuda", "bfloat16", 100_000), ("cuda", "float16", 100_000),
                             ("cpu", "float32", 400)):
        with tempfile.TemporaryDirectory() as folder:
            encoder = load_encoder(name, device=device, dtype=dtype, cache=f"{folder}/e.sqlite")
            encoder.encode(texts(64), progress=False)
            some = texts(n + 64)[64:]
            seconds = timed(lambda e=encoder, s=some: e.encode(s, progress=False), device)
            kept[device, dtype] = encoder.encode(some[:400], progress=False)
        found.append(dict(step=f"encoding, {dtype}", device=device, size=n, unit="texts", seconds=seconds))
    found += parts_of_encoding(name, texts(20_000))
    one = kept["cuda", "float32"]
    for dtype in ("bfloat16", "float16"):
        other = kept["cuda", dtype]
        cosine = (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
        near = [np.argmax(v @ v.T - 2 * np.eye(len(v)), axis=1) for v in (one, other)]
        found.append(dict(step=f"{dtype} against float32", note=f"least cosine of 400 texts {cosine.min():.6f}; "
                          f"{np.mean(near[0] == near[1]):.1%} keep their nearest text"))
    apart = abs(one - kept["cpu", "float32"]).max()
    found.append(dict(step="float32, GPU against CPU", note=f"largest difference of a number {apart:.1e}"))
    with tempfile.TemporaryDirectory() as folder:
        from routeprofile.encode.store import EmbeddingStore
        store, vectors = EmbeddingStore(Path(folder, "e.sqlite")), np.tile(one, (50, 1))
        seconds = timed(lambda: store.put("e", [str(i) for i in range(len(vectors))], vectors), "cuda")
        found.append(dict(step="of these, the store", device="cuda", size=len(vectors), unit="texts", seconds=seconds))
    return found


def routing() -> list[dict]:
    "SimRouter's best of 10,000 LLMs."
    found, router = [], SimRouter(Profiles([f"llm-{k}" for k in range(10_000)], vectors(10_000, "llms")))
    for device, n in (("cpu", 20_000), ("cuda", 1_000_000)):
        queries, memory = vectors(n, "queries"), 64 << 20 if device == "cpu" else 4 << 30
        run = lambda q, d=device, m=memory: [top.llms for top in top_llms(router, q, memory=m, device=d)]
        run(queries[:2000])
        found.append(dict(step="SimRouter, best of 10,000 LLMs", device=device, size=n, unit="queries",
                          seconds=timed(lambda r=run, q=queries: r(q), device)))
    same = np.concatenate(run(queries[:20_000])) == np.concatenate([t.llms for t in top_llms(router, queries[:20_000])])
    found.append(dict(step="the same choices", note=f"{(~same).sum()} of {same.size} differ between GPU and CPU"))
    return found


def training_of(n: int, m: int) -> TrainingData:
    "Simulated answers of m LLMs to n queries, with random vectors."
    task, right = draw_answers(make_world(m, 30), n, rng(0, "gpu", n))
    performance = right.astype(float)
    return TrainingData([str(i) for i in range(n)], [f"b{k}" for k in task], vectors(n, "queries"),
                        [f"llm-{k}" for k in range(m)], *preferences_from_performance(performance), performance)


def fits(device: str, which: str) -> float:
    "Seconds of a fit of a router of the published data's size, without start-up."
    from routeprofile.registry import router_spec
    train = training_of(2000, 8)
    router, profiles = router_spec(which).load(), Profiles(train.models, vectors(8, "llms"))
    make = lambda epochs: router(profiles, epochs=epochs, device=device)
    make(1).fit(train)
    return timed(lambda: make(10).fit(train), device)


def trainable(device: str) -> float:
    "Seconds of 50 epochs of the trainable profile on a graph of the published data's size."
    from routeprofile.get_model_profile.trainable import trainable_profiles
    draw, sizes = rng(0, "graph"), dict(architecture=12, model=36, dataset=33, query=2100)
    graph = Graph({kind: Nodes([f"{kind}/{i}" for i in range(n)], [], vectors(n, kind)) for kind, n in sizes.items()})
    def connect(source, target, name, s, t, scores=None):
        attr = None if scores is None else scores.astype(np.float32)[:, None]
        graph.edges[source, name, target] = Edges(np.stack([s, t]), attr)
        graph.edges[target, "_to_".join(reversed(name.split("_to_"))), source] = Edges(np.stack([t, s]), attr)
    connect("architecture", "model", "arch_to_model", draw.integers(12, size=36), np.arange(36))
    m, d = np.nonzero(draw.random((36, 33)) < 0.3)
    connect("model", "dataset", "model_to_dataset", m, d, draw.random(len(m)) * 100)
    connect("query", "dataset", "query_to_dataset", np.arange(2100), draw.integers(33, size=2100))
    trainable_profiles(graph, [2], epochs=2, device=device)
    return timed(lambda: trainable_profiles(graph, [2], epochs=50, device=device), device)


def training() -> list[dict]:
    "Fits on CPU and GPU, one alone and four at once on the card."
    found = []
    for name, run, unit, n in (("MLPRouter, 2,000 queries", lambda d: fits(d, "MLPRouter"), "epochs", 10),
                               ("GraphRouter, 2,000 queries", lambda d: fits(d, "GraphRouter"), "epochs", 10),
                               ("trainable, 2 layers, 2,100 query nodes", trainable, "epochs", 50)):
        for device in ("cpu", "cuda"):
            found.append(dict(step=name, device=device, size=n, unit=unit, seconds=run(device)))
    four = [subprocess.Popen([sys.executable, __file__, "--fit"], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    slowest = max(float(process.communicate()[0]) for process in four)
    found.append(dict(step="GraphRouter, four fits at once", device="cuda", size=40, unit="epochs", seconds=slowest))
    return found


def bounds(found: list[dict]) -> list[str]:
    "For each number format the rates of the parts of encoding beside the whole."
    rate = {f["step"]: f["size"] / f["seconds"] for f in found if "seconds" in f and f["device"] == "cuda"}
    lines = []
    for dtype in ("float32", "bfloat16", "float16"):
        parts = {name: rate[f"of these, the {name}"] for name in ("tokenizer", f"network, {dtype}", "store")}
        alone = ", ".join(f"{name.split(',')[0]} {value:,.0f}" for name, value in parts.items())
        lines.append(f"- Encoding in {dtype}: {rate[f'encoding, {dtype}']:,.0f} texts a second; alone: {alone}. "
                     f"The slowest part is the {min(parts, key=parts.get).split(',')[0]}.")
    return lines


def page(found: list[dict]) -> str:
    "The measurements as Markdown."
    card = f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}, CUDA {torch.version.cuda}"
    lines = ["# What a GPU gives", "",
             f"{card}; CPU: two cores of the same machine, {torch.get_num_threads()} threads.", "",
             "| step | device | size | seconds | a second | times two cores |", "|---|---|---:|---:|---:|---:|"]
    timings = [f for f in found if "seconds" in f]
    slow = {f["step"].split(",")[0]: f["size"] / f["seconds"] for f in timings if f["device"] == "cpu"}
    for f in timings:
        rate, base = f["size"] / f["seconds"], f["step"].split(",")[0]
        times = f"{rate / slow[base]:.1f}" if f["device"] == "cuda" and base in slow else ""
        lines.append(f"| {f['step']} | {f['device']} | {f['size']:,} {f['unit']} | {f['seconds']:.2f} | "
                     f"{rate:,.1f} | {times} |")
    notes = [f"- {f['step']}: {f['note']}." for f in found if "note" in f]
    notes += bounds(found)
    end = "Simulated data and the sample's queries. Made by `benchmarks/gpu.py`.\n"
    return "\n".join([*lines, "", *notes, "", end])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", nargs="?", const=str(Path(__file__).with_suffix(".md")), help="write the page")
    parser.add_argument("--encoder", default="minilm", help="name or folder of the encoder")
    parser.add_argument("--fit", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.fit: sys.exit(print(fits("cuda", "GraphRouter")))
    results = []
    for step in (lambda: encoding(args.encoder), routing, training):
        results += step()
        print(json.dumps(results), flush=True)
        if args.write: Path(args.write).write_text(page(results))
    print(page(results))
