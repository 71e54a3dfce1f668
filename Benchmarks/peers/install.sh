#!/usr/bin/env bash
# Installs the servers that throughput.py compares: one virtual environment each, and Debian's haproxy and nginx
# unpacked beside them. Nothing is installed into the system. The folder is for PLUMB_PEERS.
set -euo pipefail
folder=$(realpath -m "${1:?usage: install.sh FOLDER}")
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
make_environment() {
    local name=$1
    shift
    [ -d "$folder/$name" ] || python3 -m venv "$folder/$name"
    "$folder/$name/bin/pip" install -q --disable-pip-version-check "$@"
}
make_environment fastapi -r "$here/requirements.txt"
make_environment litserve litserve==0.2.19 onnxruntime==1.32.0
make_environment bentoml bentoml==1.4.40 onnxruntime==1.32.0
# A later uvloop than this keeps MLServer 1.7.1 from starting.
make_environment mlserver mlserver==1.7.1 uvloop==0.21.0 onnxruntime==1.32.0
mkdir -p "$folder/debian" "$folder/models"
(cd "$folder/debian" && apt-get download -qq haproxy liblua5.3-0 libopentracing-c-wrapper0 \
    libopentracing1 nginx && for file in *.deb; do
    dpkg -x "$file" ../system
done)
# Two real models, out of the packages that bring them.
"$folder/fastapi/bin/pip" download -q --disable-pip-version-check --no-deps -d "$folder/models" magika silero-vad
for file in "$folder"/models/*.whl; do (cd "$folder/models" && python3 -m zipfile -e "$file" .); done
