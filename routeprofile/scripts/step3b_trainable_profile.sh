#!/usr/bin/env bash
# Step 3b: step3b_trainable_profile.sh standard|newllm|both [flags of the command …]
set -euo pipefail
usage() { sed -n '2s/^# //p' "$0" >&2; exit 2; }
case ${1:-} in both) modes="standard newllm" ;; standard|newllm) modes=$1 ;; *) usage ;; esac
for mode in $modes; do routeprofile-trainable-gnn-profile --mode "$mode" "${@:2}"; done
