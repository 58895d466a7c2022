"""Fuzz the readers of every kind of file: 10,000 cases each, seeded, resumable; the counts go to benchmarks/fuzz.md.

    python tools/fuzz.py [--cases 10000] [--only KIND]     (make fuzz)

The cases and the property are those of tests/test_fuzz.py (nbs/tests/fuzz.ipynb). What was done is kept in
results/fuzz.json; a run that is stopped goes on there. Exit status 1 when a reader raised anything but our own error,
or read something else.
"""
import argparse, importlib.util, json, sys, tempfile
from collections import Counter
from pathlib import Path

from tqdm import tqdm

from routeprofile.artifacts import code_version
from routeprofile.core import write_json, write_text

ROOT = Path(__file__).resolve().parent.parent
STATE, PAGE, BATCH = ROOT / "results/fuzz.json", ROOT / "benchmarks/fuzz.md", 500


def load_tests():
    "The module with the cases: a valid file of every kind, and its reader."
    spec = importlib.util.spec_from_file_location("test_fuzz", ROOT / "tests/test_fuzz.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["test_fuzz"] = module
    spec.loader.exec_module(module)
    return module


def page(done: dict, version: str) -> str:
    "The counts as Markdown."
    rows = "".join(f"| {name} | {c['accepted'] + c['refused']:,} | {c['accepted']:,} | {c['refused']:,} | "
                   f"{len(c['failures'])} |\n" for name, c in done.items())
    failures = "".join(f"- {name}: {text}\n" for name, c in done.items() for text in c["failures"])
    return ("# Fuzzing\n\nAlmost valid files of every kind against their readers: seeded cases of "
            "`nbs/tests/fuzz.ipynb`. Accepted: read as an independent reader reads it. Refused: with our own error. "
            "Anything else is a failure.\n\n"
            f"| kind | cases | accepted | refused | failures |\n|---|---:|---:|---:|---:|\n{rows}\n"
            f"{failures or 'No failure.' + chr(10)}\nMade by `make fuzz`, code {version}.\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000, help="of each kind")
    parser.add_argument("--only", default="", help="one kind")
    given, tests, version = parser.parse_args(), load_tests(), code_version()
    done = json.loads(STATE.read_text()) if STATE.is_file() else {}
    if done.get("version") != version: done = dict(version=version, kinds={})  # other code: from the beginning
    with tempfile.TemporaryDirectory() as folder:
        tests.make_files(Path(folder))
        for name in tqdm([name for name in tests.KINDS if given.only in ("", name)], desc="kinds"):
            state = done["kinds"].setdefault(name, dict(batches=0, accepted=0, refused=0, failures=[]))
            while state["batches"] * BATCH < given.cases:
                counts = Counter()
                try: tests.fuzz(name, Path(folder), BATCH, counts, seed=1 + state["batches"])
                except Exception as error:  # any of them is what we look for
                    state["failures"].append(f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")
                sums = {key: state[key] + counts[key] for key in ("accepted", "refused")}
                state |= dict(sums, batches=state["batches"] + 1)
                write_json(STATE, done)
    if not given.only: write_text(PAGE, page(done["kinds"], version))
    failed = sum(len(state["failures"]) for state in done["kinds"].values())
    print(f"{PAGE}: {failed} failures")
    return failed > 0


if __name__ == "__main__": sys.exit(main())
