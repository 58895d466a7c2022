#!/usr/bin/env bash
# Every check: notebooks clean, export without a diff, layers, style, notebooks run, tests (with the smoke grid), the sample
# regenerated, and with the published data present its labels and its grid under SimRouter. The same by hand and in CI.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH" OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE HF_HUB_OFFLINE=1 TQDM_DISABLE=1
published=${ROUTEPROFILE_PUBLISHED:-$PWD/../shared/data/published}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
export ROUTEPROFILE_CACHE="$work/embeddings.sqlite"
step() { echo; echo "== $1 ($(date +%T))"; }

step "notebooks are clean and export what is committed"
python tools/export.py --check
step "layers and style"
lint-imports --no-cache | tail -n 8
ruff check --quiet nbs routeprofile tests tools benchmarks examples
step "the committed sample is what its generator makes"
routeprofile-data check-sample --folder .
routeprofile-data validate --folder .
step "every notebook runs from top to bottom"
nbdev_test --n_workers 2 --file_re '^[0-9]'
step "tests, the smoke grid among them"
python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder tests/test_smoke_grid.py tests/test_grid.py tests/test_*.py # the longest first; `tests` would sort them
if [ -d "$published/profile_data" ]; then
    step "labels of the published data, computed again"
    routeprofile-data audit --folder "$published" --output "$work/audit.json" --page "$work/audit.md" > /dev/null
    python -c 'import json, sys; old, new = (json.load(open(p))["changed"] for p in sys.argv[1:]); sys.exit(old != new and "the audited labels differ from the committed ones")' figures/published/audit.json "$work/audit.json"
    step "grid on the published data, SimRouter, graphs without queries"
    python - "$published" > "$work/check.yaml" <<'EOF'
import sys, yaml # the published configuration, its quick part
config = yaml.safe_load(open("config/published.yaml"))
small = {"node_sets": ["task", "task_domain"], "modes": ["standard"]} # of Table 2; 2,098 query nodes would have to be encoded for the others
methods = {"flat": small, "emb_gnn": {"hops": [2], **small}}
config |= dict(name="published", data=sys.argv[1], methods=methods, routers={"SimRouter": {}}, variants={}, holdout=None, compare_with=[])
print(yaml.safe_dump(config))
EOF
    python -m snakemake --cores 2 --quiet rules --nolock --config file="$work/check.yaml" \
        results="$work/results" figures="$work/figures" -- "$work"/figures/published/{table2,baselines}.csv
    cat "$work/figures/published/table2.md"
    python tools/compare_tables.py figures/published "$work/figures/published"
else
    echo "skipped: the grid on the published data, which is not at $published (set ROUTEPROFILE_PUBLISHED)"
fi
echo; echo "all checks passed"
