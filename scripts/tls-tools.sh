#!/usr/bin/env bash
# Installs sslyze, which judges the gateway's TLS by Mozilla's profiles, into .build/tls-tools/ of the repository: a
# folder of its own, since it pins another cryptography library than the AWS tools.
set -euo pipefail

wanted="sslyze==6.3.1"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
directory="$root/.build/tls-tools"

if [ -x "$directory/bin/sslyze" ] && [ "$(cat "$directory/requirements" 2>/dev/null)" = "$wanted" ]; then
    echo "sslyze is in .build/tls-tools/"
    exit 0
fi
python3 -m venv "$directory"
"$directory/bin/python" -m pip install --quiet --disable-pip-version-check "$wanted"
printf '%s' "$wanted" >"$directory/requirements"
echo "sslyze is in .build/tls-tools/"
