"""Cost of the bootstrap: resampled means and intervals of many test rows, one run for each of some LLMs.

    OMP_NUM_THREADS=1 python benchmarks/bootstrap.py [--rows 100000] [--llms 8] [--resamples 2000] [--repeat 3]

Whole-process CPU seconds and peak memory, imports included; "computing" leaves out imports and making the rows.
"""
import argparse, json, statistics, sys

from processes import cost, measure, show

HEADER = ("step", "CPU s", "peak MB", "bound")
TIMED = """
import json, sys, time
import numpy as np
from routeprofile.analysis.bootstrap import interval_of, resampled_means
rows, llms, resamples = map(int, sys.argv[1:])
performance = np.random.default_rng(0).binomial(1, 0.6, size=(llms, 1, rows)).astype(float)
start = time.process_time()
drawn = resampled_means(list(performance), resamples)
intervals = [interval_of(mean)[:2] for mean in drawn.T]
print(json.dumps([time.process_time() - start, intervals]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="test rows")
    parser.add_argument("--llms", type=int, default=8, help="runs, one an LLM")
    parser.add_argument("--resamples", type=int, default=2000, help="draws of the bootstrap")
    parser.add_argument("--repeat", type=int, default=3, help="runs; the median counts")
    args = parser.parse_args()
    sizes = [str(n) for n in (args.rows, args.llms, args.resamples)]
    runs = [measure(sys.executable, "-c", TIMED, *sizes) for _ in range(args.repeat)]
    (cpu, peak), found = cost(runs), [json.loads(run[2]) for run in runs]
    computing = statistics.median(seconds for seconds, _ in found)
    print(f"{args.rows:,} rows, {args.llms} LLMs, {args.resamples:,} resamples")
    show(HEADER, [("means and intervals, whole process", f"{cpu:.2f}", f"{peak:.0f}", "500 MB"),
                  ("means and intervals, computing", f"{computing:.2f}", "", "3 s")])
    low, high = found[0][1][0]
    print(f"the first interval: [{low:.4f}, {high:.4f}]")


if __name__ == "__main__": main()
