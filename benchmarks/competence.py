"""How long competence profiles take to fit, and how many queries a second the expected-performance router decides.

    python benchmarks/competence.py --data published --write     (writes benchmarks/competence.md; one thread)
"""
import argparse, os, time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np

from routeprofile.build_data_graph.graph import assemble
from routeprofile.data.folders import open_folder
from routeprofile.get_model_profile.competence import DESIGNS, competence_of
from routeprofile.get_model_profile.profiles import Profiles
from routeprofile.registry import FULL, NODE_SETS
from routeprofile.routing_evaluation.expected_router import ExpectedRouter


def seconds(work, times: int = 3) -> float:
    "The median of several runs."
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return float(np.median(found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="data folder")
    parser.add_argument("--write", action="store_true")
    given, rows = parser.parse_args(), ""
    data = open_folder(given.data)
    for mode in ("standard", "newllm"):
        graph = assemble(data, mode, NODE_SETS[FULL])
        for design in DESIGNS:
            took = seconds(lambda graph=graph, mode=mode, design=design: competence_of(graph, data, mode, design))
            rows += f"| competence, {design}, {mode}: evidence gathered and fitted | {took:.2f} s | 5 s |\n"
    names, found = data.candidates(), competence_of(graph, data, mode)
    matrix = np.concatenate([found.mean, found.sd], axis=1)[[found.llms.index(name) for name in names]]
    router, draw = ExpectedRouter(Profiles(names, matrix, dict(benchmarks=found.benchmarks))), np.random.default_rng(0)
    router.weights = draw.standard_normal((384, len(found.benchmarks))).astype(np.float32)
    router.intercept = np.zeros(len(found.benchmarks), np.float32)
    queries = draw.standard_normal((200_000, 384)).astype(np.float32)
    rate = len(queries) / seconds(lambda: router.choose(queries))
    rows += f"| embedded queries of 384 dimensions decided among {len(names)} LLMs | {rate:,.0f} a second | 50,000 |\n"
    page = (f"# Competence\n\nData: {data.info().name}; medians of three, one thread.\n\n| step | measured | bound |\n"
            f"|---|---:|---:|\n{rows}\nMade by `benchmarks/competence.py --write`.\n")
    print(page)
    if given.write: Path(__file__).with_suffix(".md").write_text(page)
