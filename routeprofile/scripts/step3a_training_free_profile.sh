#!/usr/bin/env bash
# Step 3a: step3a_training_free_profile.sh standard|newllm|both [all|index|flat|emb_gnn|text_gnn] [flags of the command …]
set -euo pipefail
usage() { sed -n '2s/^# //p' "$0" >&2; exit 2; }
case ${1:-} in both) modes="standard newllm" ;; standard|newllm) modes=$1 ;; *) usage ;; esac
case ${2:-all} in all) methods="index flat emb_gnn" ;; index|flat|emb_gnn|text_gnn) methods=$2 ;; *) usage ;; esac
for mode in $modes; do for method in $methods; do
    "routeprofile-${method//_/-}-profile" --mode "$mode" "${@:3}"
done; done
