#!/usr/bin/env bash
# Makes the source archive: what git has at HEAD, and the sources of every crate that it is built from.
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
changed=$(git status --porcelain) || { echo "the archive is made of a clone, with git" >&2; exit 1; }
[ -z "$changed" ] || printf 'not committed, and so not in the archive:\n%s\n' "$changed" >&2

rm -rf "$stage" "$out/$name.tar.xz"
git archive --prefix="$name/" HEAD | tar -x -C "$out"
mkdir -p "$stage/.cargo"
(cd "$stage" && "${CARGO:-cargo}" vendor --locked --versioned-dirs vendor >.cargo/config.toml 2>"$out/vendor.log") ||
    { cat "$out/vendor.log" >&2; exit 1; }
printf '\n[net]\noffline = true\n' >>"$stage/.cargo/config.toml"
tar --sort=name --mtime="@$(git log -1 --format=%ct)" --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw,a-s \
    -C "$out" -c "$name" | xz -T0 -2 >"$out/$name.tar.xz.part"
mv "$out/$name.tar.xz.part" "$out/$name.tar.xz"
rm -rf "$stage" "$out/vendor.log"
ls "$out/$name.tar.xz"
