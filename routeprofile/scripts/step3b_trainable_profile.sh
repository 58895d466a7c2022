#!/usr/bin/env bash
# Step 3b: step3b_trainable_profile.sh standard|newllm|both [flags of the command …]
set -euo pipefail
usage() { sed -n '2s/^# //p' "$0" >&2; exit 2; }
case ${1:-} in both) modes="standard newllm" ;; standard|newllm) modes=$1 ;; *) usage ;; esac
commands=$(python -c 'from routeprofile.registry import profile_methods as m; print(*(s.command for s in m().values() if s.command and s.trained))')
for mode in $modes; do for command in $commands; do "$command" --mode "$mode" "${@:2}"; done; done
