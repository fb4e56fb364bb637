#!/usr/bin/env bash
# Makes the source archive: what is committed, and the sources of every crate that it is built from.
#
#     VERSION=0.1.0 packaging/dist.sh FOLDER
#
# leaves millicast-tokens-VERSION.tar.xz there. What is unpacked from it builds with no network, by `make build` as the
# clone does. The same commit makes the same bytes. CARGO, from the environment, is the program that fetches the crates.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p "$1"
out=$(cd "$1" && pwd)
name=millicast-tokens-${VERSION:?}
stage=$out/$name
command -v xz >/dev/null || { echo "there is no xz; apt install xz-utils" >&2; exit 1; }
rm -rf "$stage" "$out/$name.tar.xz"

# Of a clone what is committed; elsewhere, as in what was unpacked from an archive, what lies here.
if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$PWD" ]; then
    changed=$(git status --porcelain)
    [ -z "$changed" ] || printf 'not committed, and so not in the archive:\n%s\n' "$changed" >&2
    made=$(git log -1 --format=%ct)
    git archive --prefix="$name/" HEAD | tar -x -C "$out"
else
    echo "this is no clone: the archive has what lies here" >&2
    made=$(stat -c %Y CHANGELOG.md)
    mkdir "$stage"
    tar --exclude=./target --exclude=./vendor --exclude=./.cargo --exclude=./.git --exclude=__pycache__ -c . | tar -x -C "$stage"
fi

mkdir -p "$stage/.cargo"
(cd "$stage" && "${CARGO:-cargo}" vendor --locked --versioned-dirs vendor >.cargo/config.toml 2>"$out/vendor.log") ||
    { cat "$out/vendor.log" >&2; exit 1; }
printf '\n[net]\noffline = true\n' >>"$stage/.cargo/config.toml"
tar --sort=name --mtime="@$made" --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw,a-s \
    -C "$out" -c "$name" | xz -T0 -2 >"$out/$name.tar.xz.part"
mv "$out/$name.tar.xz.part" "$out/$name.tar.xz"
rm -rf "$stage" "$out/vendor.log"
ls "$out/$name.tar.xz"
