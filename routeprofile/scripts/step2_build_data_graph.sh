#!/usr/bin/env bash
# Step 2: step2_build_data_graph.sh standard|newllm|both [all|task|query|query_task|task_domain|query_task_domain] [flags of the command …]
set -euo pipefail
usage() { sed -n '2s/^# //p' "$0" >&2; exit 2; }
case ${1:-} in both) modes="standard newllm" ;; standard|newllm) modes=$1 ;; *) usage ;; esac
all="task query query_task task_domain query_task_domain"
case ${2:-all} in all) graphs=$all ;; -*) graphs=$all; set -- "$1" all "${@:2}" ;; *) graphs=$2 ;; esac
[[ " all $all " == *" $graphs "* || $graphs == "$all" ]] || usage
for mode in $modes; do for graph in $graphs; do
    "routeprofile-build-${graph//_/-}-graph" --mode "$mode" "${@:3}"
done; done
