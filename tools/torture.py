"""Bit flips, kills, full disks and a vanished results folder: what a grid's files and runs must survive.

    python tools/torture.py [--flips 100] [--kills 30] [--disks 10] [--seed 0]      (make torture)

A tiny grid on the running example is run once; its tables are the reference. Then:

flips   one bit of an artifact is flipped: its reader must refuse it, or find the same content
kills   a run is killed (SIGKILL, with all it started) at a random moment; the next run must end with the same tables
disks   a run in which no file may grow beyond a random size; the next run must end with the same tables
gone    the results folder is deleted in mid-run; the next run must end with the same tables

The counts are written to benchmarks/torture.md. Exit status 1 when something did not survive.
"""
import argparse, hashlib, os, random, re, resource, shutil, signal, subprocess, sys, tempfile, time
from collections import Counter
from pathlib import Path

import yaml
from fuzz import load_tests

from routeprofile.artifacts import code_version
from routeprofile.core import RouteProfileError, write_text
from routeprofile.data.folders import write_example

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "benchmarks/torture.md"
GRID = dict(seeds=[42], resamples=200, methods=dict(index=dict(modes=["standard"]), emb_gnn=dict(hops=[1])),
            routers=dict(SimRouter={}, MLPRouter=dict(epochs=1)))


def flip_bits(flips: int, dice: random.Random) -> dict[str, Counter]:
    "Kind → how many flips were refused, harmless, or missed."
    tests, found = load_tests(), {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        tests.make_files(folder)
        kinds = {name: kind for name, kind in tests.KINDS.items()
                 if kind.form in ("artifact", "zip") or name in ("text_record", "store")}
        for name, kind in kinds.items():
            path, found[name] = folder / kind.file, Counter()
            data, wanted = path.read_bytes(), repr(kind.read(path))
            for _ in range(flips):
                at = dice.randrange(8 * len(data))
                path.write_bytes(data[:at // 8] + bytes([data[at // 8] ^ 1 << at % 8]) + data[at // 8 + 1:])
                try: same = kind.read(path)
                except RouteProfileError: found[name]["refused"] += 1
                else:
                    fine = kind.same(same, path) if name == "store" else same_content(repr(same), wanted)
                    found[name]["harmless" if fine else "missed"] += 1
                for side in path.parent.glob(f"{path.name}-*"): side.unlink()  # of SQLite
            path.write_bytes(data)
    return found


def same_content(found: str, wanted: str) -> bool:
    "Whether two readings print alike, apart from addresses of objects."
    return re.sub(r"0x[0-9a-f]+", "", found) == re.sub(r"0x[0-9a-f]+", "", wanted)


class Grid:
    "A tiny grid in a folder of its own."

    def __init__(self, folder: Path):
        self.folder, self.figures = folder, folder / "figures"
        write_example(folder / "data")
        (folder / "grid.yaml").write_text(yaml.safe_dump(dict(GRID, data=str(folder / "data"), name="tiny")))
        self.env = {**os.environ, "ROUTEPROFILE_CACHE": str(folder / "embeddings.sqlite"), "TQDM_DISABLE": "1"}

    def start(self, limit: int | None = None) -> subprocess.Popen:
        "Begin a run; no file may grow beyond `limit` bytes."
        def prepare():
            if limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        given = dict(file=self.folder / "grid.yaml", results=self.folder / "results", figures=self.figures)
        command = [sys.executable, "-m", "snakemake", "--nolock", "--rerun-incomplete", "--cores", "2", "--quiet",
                   "all", "--config", *(f"{key}={value}" for key, value in given.items())]
        return subprocess.Popen(command, cwd=ROOT, env=self.env, start_new_session=True, preexec_fn=prepare,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def finish(self) -> dict[str, str]:
        "Run to the end: file → hash of the tables and figures, but for their records' code version."
        run = self.start()
        printed, _ = run.communicate()
        if run.returncode: raise SystemExit(f"torture: the run did not end well:\n{printed[-2000:]}")
        return {path.relative_to(self.figures).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(self.figures.rglob("*")) if path.is_file()}

    def reset(self) -> None:
        for name in ("results", "figures"): shutil.rmtree(self.folder / name, ignore_errors=True)

    def leftovers(self) -> list[Path]:
        "Temporary files that a killed run left."
        return [path for path in self.folder.rglob(".*") if path.suffix == ".tmp" or path.name.endswith(".ipynb")]


def kill(run: subprocess.Popen) -> None:
    "End a run and everything that it started, as a power cut would."
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()


def interrupted(grid: Grid, dice: random.Random, whole: float, how: str, wanted: dict) -> str:
    "One interrupted run and the one after it: `same`, or what went wrong."
    grid.reset()
    run = grid.start(limit=dice.randrange(500, 60_000) if how == "disk" else None)
    if how == "disk": run.communicate()
    else:
        time.sleep(dice.uniform(0.05, 0.95) * whole)
        if how == "gone":
            shutil.rmtree(grid.folder / "results", ignore_errors=True)
            printed, _ = run.communicate()
            if "Traceback" in printed: return "traceback"
        else: kill(run)
    if how != "kill" and run.returncode and run.returncode < 0: return f"ended by signal {-run.returncode}"
    if grid.finish() != wanted: return "other tables"
    return "leftovers" if grid.leftovers() else "same"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, count in (("flips", 100), ("kills", 30), ("disks", 10), ("gone", 3), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--write", action="store_true", help="write benchmarks/torture.md")
    given = parser.parse_args()
    dice = random.Random(given.seed)
    flips = flip_bits(given.flips, dice) if given.flips else {}
    runs: dict[str, Counter] = {}
    with tempfile.TemporaryDirectory() as place:
        grid = Grid(Path(place))
        if given.kills + given.disks + given.gone:
            start = time.monotonic()
            wanted, whole = grid.finish(), time.monotonic() - start
            for how, count in (("kill", given.kills), ("disk", given.disks), ("gone", given.gone)):
                runs[how] = Counter(interrupted(grid, dice, whole, how, wanted) for _ in range(count))
                print(how, dict(runs[how]), flush=True)
    rows = "".join(f"| {name} | {c['refused']} | {c['harmless']} | {c['missed']} |\n" for name, c in flips.items())
    others = {how: ", ".join(f"{n} {what}" for what, n in c.items() if what != "same") for how, c in runs.items()}
    lines = "".join(f"| {how} | {sum(c.values())} | {c['same']} | {others[how] or '–'} |\n"
                    for how, c in runs.items())
    page = (f"# Torture\n\nOne bit of an artifact flipped, seed {given.seed}: refused by its reader, or harmless (the "
            "same content is read, or a vector is missing and computed again).\n\n| artifact | refused | harmless | "
            f"missed |\n|---|---:|---:|---:|\n{rows}\nA tiny grid on the running example interrupted at random "
            "moments, and run again: tables and figures byte by byte those of an undisturbed run, and no temporary "
            "file left. Disk: no file may grow beyond a random size. Gone: the results folder is deleted in mid-run."
            "\n\n"
            f"| interruption | runs | same tables | otherwise |\n|---|---:|---:|---|\n{lines}\n"
            f"Made by `make torture`, code {code_version()}.\n")
    print(page)
    if given.write: write_text(PAGE, page)
    return any(c["missed"] for c in flips.values()) or any(set(c) - {"same"} for c in runs.values())


if __name__ == "__main__": sys.exit(main())
