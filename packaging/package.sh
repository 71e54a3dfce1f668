#!/usr/bin/env bash
# Makes .build/package/plumbline-VERSION-linux-ARCHITECTURE.tar.gz, plumbline_VERSION_ARCHITECTURE.deb and their SHA256SUMS.
# The same sources give the same bytes: owners, order and times are those of the last commit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=.build/package
version="$("${PLUMB_BUILT:-.build/release}/plumb" --version)"
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
rm -f "$out"/*.tar.gz "$out"/*.deb "$out"/SHA256SUMS

name="plumbline-$version-linux-$(uname -m)"
bash packaging/stage.sh "$work/tree/$name" ""
# Run from wherever it is unpacked; the unit is for who installs it.
tar --create --use-compress-program="gzip -n" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
    --directory "$work/tree" --file "$out/$name.tar.gz" "$name"

architecture="$(dpkg --print-architecture)"
root="$work/deb"
bash packaging/stage.sh "$root" /usr
install -D -m 644 packaging/plumb.default "$root/etc/default/plumb"
install -d -m 755 "$root/etc/plumb" "$root/DEBIAN"
gzip -9n "$root/usr/share/doc/plumbline/CHANGELOG.md"
rm "$root/usr/share/doc/plumbline/LICENSE"
echo /etc/default/plumb >"$root/DEBIAN/conffiles"
install -m 755 packaging/postinst packaging/prerm packaging/postrm "$root/DEBIAN/"
cat >"$root/DEBIAN/control" <<CONTROL
Package: plumbline
Version: $version
Architecture: $architecture
Maintainer: The Plumbline authors <plumbline@localhost>
Installed-Size: $(du -sk --apparent-size "$root" | cut -f 1)
Depends: libc6 (>= 2.36), libgcc-s1, libstdc++6 (>= 12), libsqlite3-0, zlib1g, ca-certificates, adduser
Recommends: python3-venv, git
Section: admin
Priority: optional
Description: ML deployments held to a Well-Architected policy book
 plumb judges CloudFormation, Terraform and its own specs by fifteen policies,
 renders infrastructure that keeps them, and serves ONNX models behind a TLS
 gateway with guarded rollouts, automatic rollback and a log that proves itself.
CONTROL
# Modes are those of files that anybody may read, whatever the builder's umask is.
find "$root" -type d -exec chmod 755 {} +
find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zzstd -z12 --build "$root" "$out/plumbline_${version}_$architecture.deb" >/dev/null
(cd "$out" && sha256sum -- *.tar.gz *.deb >SHA256SUMS && cat SHA256SUMS)
