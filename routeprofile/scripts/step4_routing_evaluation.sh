#!/usr/bin/env bash
# Step 4: step4_routing_evaluation.sh standard|newllm|both sim|mlp|graph|all PROFILE.npz [flags of the command …]
set -euo pipefail
usage() { sed -n '2s/^# //p' "$0" >&2; exit 2; }
case ${1:-} in both) modes="standard newllm" ;; standard|newllm) modes=$1 ;; *) usage ;; esac
case ${2:-} in all) routers="sim mlp graph" ;; sim|mlp|graph) routers=$2 ;; *) usage ;; esac
[ -n "${3:-}" ] || usage
for mode in $modes; do
    profile=$3
    [ -e "$profile" ] || profile="${ROUTEPROFILE_RESULTS:-results}/model_profile_result/$mode/$3"
    for router in $routers; do "routeprofile-$router-router" --mode "$mode" --model-profile-path "$profile" "${@:4}"; done
done
