"""How fast 100,000 test rows are evaluated, and how long 1,000 threads wait for a decision about 1,000 new texts.

    python benchmarks/load.py --write        (writes benchmarks/load.md; simulated rows, MiniLM, no cache)
"""
import argparse, os, tempfile, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

os.environ["ROUTEPROFILE_CACHE"] = str(Path(tempfile.mkdtemp(), "embeddings.sqlite"))
from routeprofile.data.schemas import Answer, TestRow
from routeprofile.encode.encoders import load_encoder
from routeprofile.get_model_profile.profiles import Profiles
from routeprofile.routing_evaluation.evaluate import evaluate
from routeprofile.routing_evaluation.routers import SimRouter


def rows_of(n: int, names: list[str]) -> list[TestRow]:
    "Simulated rows of twelve benchmarks."
    random = np.random.default_rng(0)
    right = random.random((n, len(names))) < 0.5
    return [TestRow(task_name=f"t{i % 12}", query=f"query {i}", model_performance={
        name: Answer(response="x", task_performance=float(right[i, j]), success=True) for j, name in enumerate(names)})
        for i in range(n)]


def evaluation(n: int = 100_000, times: int = 5) -> list[float]:
    "Seconds of each of several evaluations of the same rows."
    names = [f"llm-{j}" for j in range(8)]
    rows, scores = rows_of(n, names), np.random.default_rng(1).random((n, 8))
    chosen, found = [names[j] for j in scores.argmax(axis=1)], []
    for _ in range(times):
        start = time.perf_counter()
        evaluate(rows, chosen, scores, names)
        found.append(time.perf_counter() - start)
    return found


def waiting(threads: int = 1000) -> tuple[float, list[float]]:
    "Seconds until all are answered, and until each is."
    encoder, random = load_encoder("minilm"), np.random.default_rng(2)
    router = SimRouter(Profiles(["a", "b"], random.standard_normal((2, encoder.dim))), encoder)
    words = [f"word{i}" for i in range(500)]
    texts = [" ".join(random.choice(words, 40)) for _ in range(threads)]
    router.route("a first text, which loads the network")
    start = time.perf_counter()
    def one(text):
        router.route(text)
        return time.perf_counter() - start
    with ThreadPoolExecutor(threads) as pool: seconds = list(pool.map(one, texts))
    return time.perf_counter() - start, seconds


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    took, (whole, seconds) = evaluation(), waiting()
    page = (f"# Load\n\n| step | seconds | bound |\n|---|---:|---:|\n"
            "| 100,000 test rows × 8 LLMs evaluated, loaded before (5 runs: least, median, most) | "
            f"{min(took):.2f}, {np.median(took):.2f}, {max(took):.2f} | 1 |\n"
            f"| 1,000 threads route 1,000 new texts of 40 words: all answered | {whole:.1f} | 40 |\n"
            f"| of these, the slowest ÷ the median | {max(seconds) / np.median(seconds):.2f} | 5 |\n\n"
            "Simulated rows and texts, MiniLM without a cache, two cores without a GPU. "
            "Made by `benchmarks/load.py --write`.\n")
    print(page)
    if parser.parse_args().write: Path(__file__).with_suffix(".md").write_text(page)
