#!/usr/bin/env bash
# Every measurement, one after another. Needs a release build (`make bench` makes it), wrk, and .venv for the peer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if ! command -v wrk >/dev/null; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq wrk >/dev/null
fi
if [ ! -x .venv/bin/uvicorn ]; then
    python3 -m venv .venv
    .venv/bin/pip install -q --disable-pip-version-check -r Benchmarks/peers/requirements.txt
fi
for name in startup render check throughput kill rollback; do
    echo "== $name"
    python3 "Benchmarks/$name.py"
done
