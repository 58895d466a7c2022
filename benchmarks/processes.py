"""What a process costs: whole-process CPU seconds and peak memory, one thread."""
import os, statistics, subprocess, sys, tempfile


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
