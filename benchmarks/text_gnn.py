"""Write the texts of the whole grid with one engine, and say how fast it went.

    python benchmarks/text_gnn.py GRAPHS MODEL RECORD --engine transformers --revision gguf-sha256:…

GRAPHS: a result_data_graph folder with standard/ and newllm/. The texts go into RECORD; the profiles are made from it
afterwards, with no LLM (engine=replay). `--twice` asks for the first graph's first hop again and compares the texts.
"""
import argparse, json, tempfile, time
from pathlib import Path

from routeprofile.build_data_graph import read_graph
from routeprofile.get_model_profile.text_gnn import Record, Sampling, Writer, model_name, start_engine, text_gnn_hops

GRID = [("standard", "query_task_domain", 4), ("newllm", "query_task_domain", 4), *(("standard", nodes, 2) for nodes in ("task", "query", "query_task", "task_domain"))]


class Timed:
    "An engine with a watch."
    def __init__(self, engine): self.engine, self.seconds, self.tokens, self.prompt_tokens, self.batches = engine, 0.0, 0, 0, []
    def __getattr__(self, name): return getattr(self.engine, name)

    def ask(self, chats, sampling):
        start = time.perf_counter()
        for n, answer in self.engine.ask(chats, sampling):
            self.tokens += answer.tokens or 0
            self.prompt_tokens += answer.prompt_tokens or 0
            yield n, answer
        self.seconds += time.perf_counter() - start
        self.batches.append(len(chats))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("graphs", "model", "record"): parser.add_argument(name)
    parser.add_argument("--engine", default="transformers")
    parser.add_argument("--revision", default="main")
    parser.add_argument("--base-url")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--max-tokens", type=int, default=256)
    parser.add_argument("--context", type=int)
    parser.add_argument("--hops", type=int, default=4, help="of the query_task_domain graphs")
    parser.add_argument("--graphs-of", type=int, default=len(GRID), help="how many graphs of the grid, from the first")
    parser.add_argument("--repetition-penalty", type=float, default=1.0)
    parser.add_argument("--twice", action="store_true")
    given = parser.parse_args()
    start = time.perf_counter()
    engine = Timed(start_engine(given.engine, given.model, revision=given.revision if "/" in given.model and not Path(given.model).is_dir() else None,
                                base_url=given.base_url, batch_size=given.batch_size, concurrency=given.concurrency, context=given.context))
    print(f"engine {given.engine} started in {time.perf_counter() - start:.1f} s, context {engine.context}", flush=True)
    sampling, record = Sampling(given.max_tokens, repetition_penalty=given.repetition_penalty), Record(given.record)
    write = lambda record: Writer(model_name(given.model), given.revision, sampling, record, lambda: engine)
    try:
        for mode, nodes, K in GRID[:given.graphs_of]:
            path = Path(given.graphs) / mode / f"{nodes}_graph_full.pt"
            if not path.is_file(): print(f"passed over, not there: {path}"); continue
            writer = write(record)
            text_gnn_hops(read_graph(path), min(K, given.hops), writer.write)
            print(f"{mode} {nodes} K={min(K, given.hops)}: asked {writer.asked}, ended by max_tokens {writer.cut_short}, prompts cut {writer.trimmed}", flush=True)
    finally: record.close()
    if engine.seconds: print(json.dumps(dict(engine=given.engine, prompts=sum(engine.batches), batches=engine.batches, seconds=round(engine.seconds, 1), prompt_tokens=engine.prompt_tokens,
                                             tokens=engine.tokens, tokens_per_second=round(engine.tokens / engine.seconds), device=device())), flush=True)
    if given.twice: print(f"asked twice at temperature 0: {again(given, write)}")


def again(given, write) -> str:
    "Ask for one hop of the first graph twice, into empty records."
    texts = []
    for _ in range(2):
        writer = write(Record(Path(tempfile.mkdtemp()) / "record.jsonl"))
        texts.append(text_gnn_hops(read_graph(Path(given.graphs) / GRID[0][0] / f"{GRID[0][1]}_graph_full.pt"), 1, writer.write)[1])
    pairs = [(a, b) for kind in texts[0] if kind != "query" for a, b in zip(texts[0][kind], texts[1][kind])]
    return f"{sum(a == b for a, b in pairs)} of {len(pairs)} texts equal"


def device() -> str:
    "The card, or the processor."
    import torch
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"


if __name__ == "__main__": main()
