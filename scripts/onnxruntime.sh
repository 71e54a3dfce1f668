#!/usr/bin/env bash
# Installs ONNX Runtime's shared library into .onnxruntime/ of the repository, from its pinned Python wheel.
# Instant, and without network, when the right version is already there.
set -euo pipefail

version=1.32.0
case "$(uname -s)-$(uname -m)" in
    Linux-x86_64)
        platform=manylinux_2_28_x86_64
        digest=5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d
        ;;
    Linux-aarch64)
        platform=manylinux_2_28_aarch64
        digest=2303372a85299b6757b0e11e1cbf13e410ddf7e10c37f4b37e99d1c90e7daf7c
        ;;
    *)
        echo "onnxruntime.sh: no pinned wheel for $(uname -s) on $(uname -m);" \
            "install ONNX Runtime $version yourself and set PLUMB_ONNXRUNTIME to its library" >&2
        exit 1
        ;;
esac

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
directory="$root/.onnxruntime"
library="libonnxruntime.so.$version"

if [ -s "$directory/$library" ] && [ "$(cat "$directory/wheel.sha256" 2>/dev/null)" = "$digest" ] \
    && [ "$(readlink "$directory/libonnxruntime.so")" = "$library" ]; then
    echo "ONNX Runtime $version is in .onnxruntime/"
    exit 0
fi

if ! python3 -m pip --version >/dev/null 2>&1; then
    echo "onnxruntime.sh: python3 with pip is needed; on Debian: apt-get install python3-pip" >&2
    exit 1
fi

mkdir -p "$directory"
work="$(mktemp -d "$directory/download.XXXXXX")"
trap 'rm -rf "$work"' EXIT

# One wheel for one digest, whatever Python this machine has: only the library inside is used.
echo "Fetching ONNX Runtime $version ($platform)"
if ! python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --implementation cp --python-version 3.11 --abi cp311 --platform "$platform" \
    --dest "$work" "onnxruntime==$version"; then
    echo "onnxruntime.sh: pip could not download onnxruntime==$version (its message is above)" >&2
    exit 1
fi

wheel="$(find "$work" -name 'onnxruntime-*.whl' | head -n 1)"
found="$(sha256sum "$wheel" | cut -d ' ' -f 1)"
if [ "$found" != "$digest" ]; then
    echo "onnxruntime.sh: the wheel is not the pinned one, and was thrown away: SHA-256 $found, expected $digest" >&2
    exit 1
fi

python3 -m zipfile -e "$wheel" "$work/wheel"
mv -f "$work/wheel/onnxruntime/capi/$library" "$directory/$library"
mv -f "$work/wheel/onnxruntime/LICENSE" "$work/wheel/onnxruntime/ThirdPartyNotices.txt" "$directory/"
ln -sfn "$library" "$directory/libonnxruntime.so"
echo "$digest" >"$directory/wheel.sha256"
echo "ONNX Runtime $version is in .onnxruntime/"
