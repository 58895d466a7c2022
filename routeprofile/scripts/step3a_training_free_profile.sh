#!/usr/bin/env bash
# Step 3a: step3a_training_free_profile.sh standard|newllm|both [all|METHOD] [flags of the command …]     all: every method without LLM
set -euo pipefail
usage() { sed -n '2s/^# //p' "$0" >&2; exit 2; }
case ${1:-} in both) modes="standard newllm" ;; standard|newllm) modes=$1 ;; *) usage ;; esac
commands=$(python - "${2:-all}" <<'PY'
import sys
from routeprofile.registry import profile_methods
free = [m for m in profile_methods().values() if m.command and not m.trained]
print(*(m.command for m in free if m.name == sys.argv[1] or (sys.argv[1] == "all" and not m.needs_llm)))
PY
)
[ -n "$commands" ] || usage
for mode in $modes; do for command in $commands; do "$command" --mode "$mode" "${@:3}"; done; done
