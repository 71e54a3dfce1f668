#!/usr/bin/env bash
# Installs what the tests run on rendered infrastructure into .build/aws-tools/ of the repository: cfn-lint, the AWS
# command line, and moto for a double of AWS. Instant, and without network, when the pinned versions are there.
#
# .build/aws-tools/bin/python is the Python that has them, whichever way they were installed.
set -euo pipefail

requirements=(
    "cfn-lint==1.58.0"
    "moto[all,server]==5.2.5"
    "boto3==1.44.8"
    "botocore==1.44.8"
    "awscli==1.46.3"
)

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
directory="$root/.build/aws-tools"
wanted="${requirements[*]}"

if [ -x "$directory/bin/python" ] && [ "$(cat "$directory/requirements" 2>/dev/null)" = "$wanted" ]; then
    echo "AWS tools are in .build/aws-tools/"
    exit 0
fi

if ! command -v python3 >/dev/null; then
    echo "aws-tools.sh: python3 is needed; on Debian: apt-get install python3 python3-venv python3-pip" >&2
    exit 1
fi
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
    echo "aws-tools.sh: $(python3 --version) is too old for these tools; 3.10 or later is needed" >&2
    exit 1
fi

install() {
    if ! "$@" --quiet --disable-pip-version-check "${requirements[@]}"; then
        echo "aws-tools.sh: pip could not install ${requirements[*]} (its message is above)" >&2
        exit 1
    fi
}

rm -rf "$directory"
mkdir -p "$directory"
echo "Installing ${requirements[*]}"
# Debian's Python has the module venv without what it needs to make an environment: only making one tells.
if python3 -m venv "$directory" 2>/dev/null; then
    install "$directory/bin/python" -m pip install
elif python3 -m pip --version >/dev/null 2>&1; then
    echo "aws-tools.sh: this Python makes no virtual environments (on Debian: apt-get install python3-venv);" \
        "the tools go into a folder instead"
    rm -rf "$directory"
    mkdir -p "$directory/bin"
    install python3 -m pip install --target "$directory/packages"
    # Programs that pip puts into a folder do not find the packages beside them by themselves.
    cat >"$directory/bin/python" <<PYTHON
#!/bin/sh
export PYTHONPATH="$directory/packages\${PYTHONPATH:+:\$PYTHONPATH}"
exec "$(command -v python3)" "\$@"
PYTHON
    for tool in cfn-lint aws; do
        cat >"$directory/bin/$tool" <<TOOL
#!/bin/sh
exec "$directory/bin/python" "$directory/packages/bin/$tool" "\$@"
TOOL
    done
    chmod +x "$directory/bin/python" "$directory/bin/cfn-lint" "$directory/bin/aws"
else
    echo "aws-tools.sh: python3 has neither venv nor pip; on Debian: apt-get install python3-venv python3-pip" >&2
    exit 1
fi

echo "$wanted" >"$directory/requirements"
echo "AWS tools are in .build/aws-tools/"
