"""How fast texts become vectors: one at a time against batches, then all queries of a data folder, cold and warm.

    OMP_NUM_THREADS=1 python benchmarks/encode.py --data FOLDER --limit 200

Seconds are CPU seconds (user + system) of this process. Compare the ratio, which is taken in one run, not the seconds:
on a busy machine both rise. The last two lines are whole processes, imports included.
"""
import argparse, resource, subprocess, sys, tempfile
from pathlib import Path

from routeprofile.core import RouteProfileError, data_root
from routeprofile.data.folders import DataFolder
from routeprofile.encode.encoders import load_encoder

LOAD = ["the network is loaded before the clock runs"]


def usage() -> tuple[float, float]:
    "CPU seconds and peak memory (MB) of this process so far."
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime, use.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def queries(root: Path) -> list[str]:
    "The distinct queries of a data folder, in file order."
    return list(dict.fromkeys(query for some in DataFolder(root).queries("standard").values() for query in some))


def ratio(encoder: str, texts: list[str], rounds: int = 2) -> None:
    "One at a time against batches, on the same texts, in turns, so that a busy moment hits both."
    with tempfile.TemporaryDirectory() as folder:
        spent = {"one at a time": 0.0, "in batches": 0.0}
        load_encoder(encoder, cache=f"{folder}/first.sqlite").encode(LOAD, progress=False)
        for turn in range(rounds):
            part = texts[turn::rounds]
            for way in spent:
                using = load_encoder(encoder, cache=f"{folder}/{way}.sqlite")
                begin = usage()[0]
                batches = [part] if way == "in batches" else [[text] for text in part]
                for batch in batches: using.encode(batch, progress=False)
                spent[way] += usage()[0] - begin
    spent["one at a time, by the library"] = by_library(load_encoder(encoder).config.folder, texts)
    for way, seconds in spent.items():
        print(f"{way:<34}{len(texts):>6} texts {seconds:>8.2f} s CPU {len(texts) / seconds:>8.1f} texts/s")
    for way in ("one at a time", "one at a time, by the library"):
        print(f"{'batches to ' + way:<44}{spent[way] / spent['in batches']:>18.2f}")


def by_library(folder: Path, texts: list[str]) -> float:
    "CPU seconds of one-at-a-time calls of sentence-transformers, which is how the original encodes."
    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer(str(folder), device="cpu")
    model.encode(LOAD, show_progress_bar=False)
    begin = usage()[0]
    for text in texts: model.encode([text], show_progress_bar=False)
    return usage()[0] - begin


def whole(encoder: str, texts: list[str], cache: str, label: str) -> None:
    "Encode all texts against a store, and print what the whole process cost."
    using = load_encoder(encoder, cache=cache)
    using.encode(texts, progress=False)
    seconds, memory = usage()
    print(f"{label:<34}{len(texts):>6} texts {seconds:>8.2f} s CPU {memory:>8.0f} MB {using.computed:>6} computed")


def every_part() -> None:
    "Run each part in a process of its own: a process's peak memory counts what its parent held when it was started."
    with tempfile.TemporaryDirectory() as folder:
        again = [sys.executable, __file__, *sys.argv[1:], "--cache", f"{folder}/e.sqlite", "--part"]
        wholes = [["whole", "--label", f"all queries, {state}, with imports"] for state in ("cold", "warm")]
        for part in (["ratio"], *wholes): subprocess.run([*again, *part], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=data_root(),
                        help="folder with route_data/ (default: $ROUTEPROFILE_DATA or .)")
    parser.add_argument("--encoder", default="minilm", help="encoder's name, folder or hub name")
    parser.add_argument("--limit", type=int, default=None, help="most texts of each part (the ratio's default: 400)")
    parser.add_argument("--part", choices=["ratio", "whole"], help="run only one part in this process")
    parser.add_argument("--cache", help="with --part whole: the store")
    parser.add_argument("--label", default="whole", help="with --part whole: the line's name")
    args = parser.parse_args()
    try:
        texts = queries(args.data)
        spread = lambda most: texts[:: max(1, len(texts) // most)][:most] # over all benchmarks
        if args.part == "ratio": ratio(args.encoder, spread(args.limit or 400))
        elif args.part == "whole":
            whole(args.encoder, spread(args.limit) if args.limit else texts, args.cache, args.label)
        else: every_part()
    except RouteProfileError as error: sys.exit(str(error))


if __name__ == "__main__": main()
