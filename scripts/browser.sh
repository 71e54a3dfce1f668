#!/usr/bin/env bash
# Installs headless Chromium and a font from Debian, in which a test opens the console. PLUMB_CHROMIUM names another.
set -euo pipefail

if command -v "${PLUMB_CHROMIUM:-chromium}" >/dev/null; then
    echo "Chromium is $(command -v "${PLUMB_CHROMIUM:-chromium}")"
    exit 0
fi
echo "Installing chromium"
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    chromium fonts-dejavu-core >/dev/null
echo "Chromium is $(command -v chromium)"
