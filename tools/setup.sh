#!/usr/bin/env bash
# Set up .venv with the pinned packages. Needs Python 3.11.5 or newer with venv, nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11, 5))' || { echo "setup: found $("$python" --version), expected Python 3.11.5 or newer, which the pinned packages need; set PYTHON=…" >&2; exit 2; }
[ -x .venv/bin/python ] || "$python" -m venv .venv || { echo "setup: python3 -m venv failed; on Debian: apt-get install python3-venv" >&2; exit 2; }
echo "setup: installing the pinned packages into .venv (about 2 GB, some minutes)"
.venv/bin/python -m pip install --quiet --upgrade pip
.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
.venv/bin/python -m pip check
