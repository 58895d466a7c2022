#!/usr/bin/env bash
# Step 4: step4_routing_evaluation.sh [standard|newllm|both [sim|mlp|graph|expected|all [PROFILE.npz [flags of the command …]]]]; default: standard all flat.npz (all: those for any profile)
set -euo pipefail
usage() { sed -n '2s/^# //p' "$0" >&2; exit 2; }
case ${1:-standard} in both) modes="standard newllm" ;; standard|newllm) modes=${1:-standard} ;; *) usage ;; esac
commands=$(python - "${2:-all}" <<'PY'
import sys
from routeprofile.registry import routers
found, asked = [r for r in routers().values() if r.command], sys.argv[1]
print(*(r.command for r in found if asked in (r.name, r.name.removesuffix("Router").lower()) or (asked == "all" and "text" in r.representations)))
PY
)
[ -n "$commands" ] || usage
for mode in $modes; do
    profile=${3:-flat.npz}
    [ -e "$profile" ] || profile="${ROUTEPROFILE_RESULTS:-results}/model_profile_result/$mode/$profile"
    for command in $commands; do "$command" --mode "$mode" --model-profile-path "$profile" "${@:4}"; done
done
