#!/usr/bin/env bash
# Installs the Debian package into a minimal Debian of its own, and serves a model there as the package's user.
# Needs root and mmdebstrap. check.sh [SUITE], such as bookworm (12) or trixie (13).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
suite="${1:-bookworm}"
package="$(ls .build/package/plumbline_*.deb)"
root="$(mktemp -d)"
trap 'umount "$root/proc" "$root/dev/shm" 2>/dev/null || true; rm -rf "$root"' EXIT

echo "Making a $suite of nothing but what the package depends on"
depends="$(dpkg-deb --field "$package" Depends | sed -E 's/ \([^)]*\)//g; s/, */,/g')"
mmdebstrap --quiet --variant=minbase --include="$depends" "$suite" "$root"
cp "$package" "$root/tmp/plumbline.deb"
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm"
mount -t tmpfs tmpfs "$root/dev/shm"

inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/var/lib/plumb PLUMB_HOME=/var/lib/plumb "$@"; }
as_plumb() { inside setpriv --reuid=plumb --regid=plumb --clear-groups "$@"; }

inside dpkg --install /tmp/plumbline.deb
inside install -d -o plumb -g plumb -m 700 /var/lib/plumb
inside plumb --version
inside bash -n /usr/share/bash-completion/completions/plumb
[ -s "$root/usr/share/man/man1/plumb-check.1.gz" ]
# 1 would say that no engine can run.
as_plumb plumb doctor
as_plumb plumb up --detach --port 0 --console-port 0 /usr/share/doc/plumbline/examples/digits/plumb.yaml
as_plumb plumb invoke digits
as_plumb plumb check engine: --format json >"$root/tmp/check.json" || [ $? -eq 1 ]
python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["summary"])' "$root/tmp/check.json"
as_plumb plumb down
inside dpkg --remove plumbline
[ -e "$root/var/lib/plumb/audit" ] && echo "the package is gone, the audit log is kept"
