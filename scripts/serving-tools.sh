#!/usr/bin/env bash
# Installs what the tests hold the gateway to, beside AWS's tools, into .build/serving-tools/ of the repository: Triton's
# client of the Open Inference Protocol, and OpenTelemetry's message types, which read the spans that are written.
set -euo pipefail

requirements=(
    "tritonclient[http]==2.73.0"
    "opentelemetry-proto==1.45.2"
)
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
directory="$root/.build/serving-tools"
wanted="${requirements[*]}"

if [ -x "$directory/bin/python" ] && [ "$(cat "$directory/requirements" 2>/dev/null)" = "$wanted" ]; then
    echo "Serving tools are in .build/serving-tools/"
    exit 0
fi
rm -rf "$directory"
python3 -m venv "$directory"
echo "Installing $wanted"
"$directory/bin/python" -m pip install --quiet --disable-pip-version-check "${requirements[@]}"
printf '%s' "$wanted" >"$directory/requirements"
echo "Serving tools are in .build/serving-tools/"
