#!/usr/bin/env bash
# Lays out an installation below a folder: stage.sh ROOT PREFIX, from what `make build` has built.
# The program, its model server and ONNX Runtime's library lie together, since each looks for the others beside itself.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root="$1" prefix="$2"
built="${PLUMB_BUILT:-.build/release}"
there="$root$prefix"

for program in plumb plumb-worker; do
    if [ ! -x "$built/$program" ]; then
        echo "stage.sh: $built/$program is not there; run make build first" >&2
        exit 1
    fi
    install -D -m 755 "$built/$program" "$there/lib/plumbline/$program"
done
library="$(readlink .onnxruntime/libonnxruntime.so)"
install -m 755 ".onnxruntime/$library" "$there/lib/plumbline/$library"
ln -sfn "$library" "$there/lib/plumbline/libonnxruntime.so"
install -d "$there/bin"
ln -sfn ../lib/plumbline/plumb "$there/bin/plumb"

shells="$there/share"
install -d "$shells/bash-completion/completions" "$shells/zsh/vendor-completions" "$shells/fish/vendor_completions.d"
"$built/plumb" --generate-completion-script bash >"$shells/bash-completion/completions/plumb"
"$built/plumb" --generate-completion-script zsh >"$shells/zsh/vendor-completions/_plumb"
"$built/plumb" --generate-completion-script fish >"$shells/fish/vendor_completions.d/plumb.fish"

python3 scripts/manual.py "$built/plumb" --man "$there/share/man/man1"
gzip -9nf "$there"/share/man/man1/*.1

documents="$there/share/doc/plumbline"
install -d "$documents/examples"
install -m 644 README.md CHANGELOG.md SECURITY.md LICENSE packaging/copyright "$documents/"
install -m 644 .onnxruntime/LICENSE "$documents/LICENSE.onnxruntime"
install -m 644 .onnxruntime/ThirdPartyNotices.txt "$documents/NOTICES.onnxruntime"
cp -r docs "$documents/"
cp -r Examples/digits Examples/aws "$documents/examples/"
install -D -m 644 -t "$there/lib/systemd/system" packaging/plumb.service packaging/plumb.socket
sed -i "s|/usr/bin/plumb|$prefix/bin/plumb|" "$there/lib/systemd/system/plumb.service"
