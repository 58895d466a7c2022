"""Write the texts of the whole grid with one engine, and print how fast it went.

    python benchmarks/text_gnn.py GRAPHS MODEL RECORD --engine vllm --revision gguf-sha256:…

GRAPHS: a result_data_graph folder with standard/ and newllm/, or one graph file. The texts go into RECORD; the
profiles are made from it afterwards, with no LLM (engine=replay). `--twice` asks for the first graph's first
hop again and compares the texts.
"""
import argparse, json, tempfile, time
from contextlib import closing
from pathlib import Path

from routeprofile.build_data_graph.graph_io import read_graph
from routeprofile.get_model_profile.answer_records import CachedEngine, TextRecord
from routeprofile.get_model_profile.llm_engines import Sampling, start_engine
from routeprofile.get_model_profile.text_gnn import model_name, text_gnn_hops

GRID = [("standard", "query_task_domain", 4), ("newllm", "query_task_domain", 4),
        *(("standard", nodes, 2) for nodes in ("task", "query", "query_task", "task_domain"))]


class Timed:
    "An engine with a watch."
    def __init__(self, engine):
        self.engine, self.seconds, self.tokens, self.prompt_tokens, self.batches = engine, 0.0, 0, 0, []

    def __getattr__(self, name): return getattr(self.engine, name)

    def ask(self, chats, sampling):
        start = time.perf_counter()
        for n, answer in self.engine.ask(chats, sampling):
            self.tokens += answer.tokens or 0
            self.prompt_tokens += answer.prompt_tokens or 0
            yield n, answer
        self.seconds += time.perf_counter() - start
        self.batches.append(len(chats))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("graphs", "model", "record"): parser.add_argument(name)
    parser.add_argument("--engine", default="vllm", choices=["vllm", "transformers", "openai"])
    parser.add_argument("--revision", default="main")
    parser.add_argument("--base-url")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--max-tokens", type=int, default=256)
    parser.add_argument("--context", type=int)
    parser.add_argument("--hops", type=int, default=4, help="of the query_task_domain graphs")
    parser.add_argument("--graphs-of", type=int, default=len(GRID), help="how many graphs of the grid, from the first")
    parser.add_argument("--repetition-penalty", type=float, default=1.0)
    parser.add_argument("--twice", action="store_true")
    return parser.parse_args()


def main() -> None:
    given, start = arguments(), time.perf_counter()
    on_hub = "/" in given.model and not Path(given.model).is_dir()
    engine = Timed(start_engine(given.engine, given.model, revision=given.revision if on_hub else None,
                                base_url=given.base_url, concurrency=given.concurrency, context=given.context))
    print(f"engine {given.engine} started in {time.perf_counter() - start:.1f} s, context {engine.context}", flush=True)
    sampling = Sampling(given.max_tokens, repetition_penalty=given.repetition_penalty)
    cached = lambda record: CachedEngine(model_name(given.model), given.revision, sampling, record, lambda: engine)
    root = Path(given.graphs)
    grid = [(root / mode / f"{nodes}_graph_full.pt", min(K, given.hops)) for mode, nodes, K in GRID[:given.graphs_of]]
    if root.is_file(): grid = [(root, given.hops)]
    with closing(TextRecord(given.record)) as record:
        for path, K in grid:
            if not path.is_file(): print(f"passed over, not there: {path}"); continue
            llm = cached(record)
            list(text_gnn_hops(read_graph(path), K, llm.answer))
            print(f"{path.parent.name} {path.stem} K={K}: asked {llm.asked}, ended by max_tokens {llm.cut_answers}, "
                  f"prompts cut {llm.cut_prompts}", flush=True)
    if engine.seconds: print(json.dumps(dict(
        engine=given.engine, prompts=sum(engine.batches), batches=engine.batches, seconds=round(engine.seconds, 1),
        prompt_tokens=engine.prompt_tokens, tokens=engine.tokens, device=device(),
        tokens_per_second=round(engine.tokens / engine.seconds))), flush=True)
    if given.twice: print(f"asked twice at temperature 0: {again(read_graph(grid[0][0]), cached)}")


def again(graph, cached) -> str:
    "Ask for one hop of a graph twice, into empty records."
    fresh = lambda: cached(TextRecord(Path(tempfile.mkdtemp()) / "record.jsonl"))
    first, second = (list(text_gnn_hops(graph, 1, fresh().answer))[1] for _ in range(2))
    equal = [a == b for kind in first if kind != "query" for a, b in zip(first[kind], second[kind], strict=True)]
    return f"{sum(equal)} of {len(equal)} texts equal"


def device() -> str:
    "The card, or the processor."
    import torch
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"


if __name__ == "__main__": main()
