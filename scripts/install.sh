#!/usr/bin/env bash
# Installs what the build needs: Debian packages and ONNX Runtime's library. `install.sh tests` installs what the tests run,
# too: AWS's tools and their double, TLS and serving clients, Terraform's mirror, a browser.
# Instant, and without network, when everything is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v swift >/dev/null; then
    echo "install.sh: no Swift toolchain found; Swift 6.3 or later is needed (https://www.swift.org/install/linux/)" >&2
    exit 1
fi

packages=(libsqlite3-dev python3 python3-pip python3-venv curl openssl ca-certificates)
missing=()
for package in "${packages[@]}"; do
    case "$package" in
        # Any Python with pip will do, whoever installed it.
        python3) command -v python3 >/dev/null && continue ;;
        python3-pip) python3 -m pip --version >/dev/null 2>&1 && continue ;;
        python3-venv) python3 -c 'import ensurepip, venv' >/dev/null 2>&1 && continue ;;
        curl | openssl) command -v "$package" >/dev/null && continue ;;
    esac
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done

if [ "${#missing[@]}" -gt 0 ]; then
    echo "Installing ${missing[*]}"
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
        >/dev/null
fi

bash scripts/onnxruntime.sh
[ "${1:-}" = tests ] || exit 0
bash scripts/aws-tools.sh
bash scripts/tls-tools.sh
bash scripts/serving-tools.sh
bash scripts/browser.sh
bash scripts/terraform-mirror.sh
