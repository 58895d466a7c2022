"""What a process costs: whole-process CPU seconds and peak memory, one thread. A grid in a folder of its own."""
import json, os, statistics, subprocess, sys, tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def measure(*command: str, cwd: str | None = None, **env: str) -> tuple[float, float, str]:
    "CPU seconds, peak MB and output of a process; a process that fails ends the benchmark."
    with tempfile.TemporaryFile("w+") as out:
        same = {**os.environ, "OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1", **env}
        process = subprocess.Popen(command, cwd=cwd, env=same, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        out.seek(0)
        if status: sys.exit(f"benchmark: {' '.join(command[:3])} failed")
        per_mb = 1024**2 if sys.platform == "darwin" else 1024
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / per_mb, out.read()


def cost(runs: list[tuple]) -> tuple[float, float]:
    "Median of the CPU seconds and largest peak of some runs of `measure`."
    return statistics.median(run[0] for run in runs), max(run[1] for run in runs)


def show(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    "Print a table of texts."
    widths = [max(map(len, column)) for column in zip(header, *rows)]
    for row in [header, *rows]: print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())


def start_grid(config: str | Path, to: Path, cores: int, *options: str, **replaced: str) -> subprocess.Popen:
    "Start Snakemake over a configuration; embedding cache, results and figures lie in the folder `to`."
    keys = dict(file=config, results=to / "results", figures=to / "figures", **replaced)
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *options,
               "--config", *(f"{key}={value}" for key, value in keys.items())]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "ROUTEPROFILE_CACHE": str(to / "texts.sqlite")})


def executed(notebook: str | Path) -> dict:
    "What papermill records of an executed notebook: `start_time`, `end_time` (ISO 8601), `duration` (seconds)."
    return json.loads(Path(notebook).read_text())["metadata"]["papermill"]
