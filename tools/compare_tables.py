"""Compare the numbers of two folders of tables: committed ones with those just made.

    python tools/compare_tables.py figures/published /tmp/figures/published

The same machine gives the same bytes; another processor may round otherwise and move a choice or two, so a
difference up to 0.01 is told and passes, a larger one fails.
"""
import sys
from pathlib import Path

import pandas as pd

TOLERANCE = 0.01


def compare(committed: Path, made: Path) -> float:
    "The largest difference of `avg_performance` in one table."
    key = [c for c in ("mode", "method", "graph", "hops", "router", "baseline") if c in pd.read_csv(made, nrows=0)]
    number = lambda path: pd.read_csv(path).dropna(subset=["avg_performance"]).set_index(key)["avg_performance"]
    old, new = number(committed), number(made)
    both = old.index.intersection(new.index)
    if len(both) < len(new):
        sys.exit(f"{committed}: lacks {len(new) - len(both)} rows; run make reproduce and commit")
    return float((old[both] - new[both]).abs().max())


if __name__ == "__main__":
    committed, made = map(Path, sys.argv[1:3])
    for path in sorted(made.glob("*.csv")):
        if "avg_performance" not in pd.read_csv(path, nrows=0) or not (committed / path.name).is_file(): continue
        difference = compare(committed / path.name, path)
        print(f"{path.name}: largest difference to the committed table {difference:.4f}")
        if difference > TOLERANCE:
            sys.exit(f"{committed / path.name}: differs by {difference:.4f}, expected at most {TOLERANCE}; "
                     "run make reproduce and commit")
