#!/usr/bin/env bash
# Makes the Debian packages of what `make build` built:
#
#     RELEASE=target/release VERSION=0.1.0 packaging/make_deb.sh FOLDER
#
# leaves them in FOLDER and writes nowhere else. DEBFULLNAME and DEBEMAIL, from the environment, name who answers for
# them; SOURCE_DATE_EPOCH the time that they bear, which is the last commit's otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
out=$(realpath -m "$1")
release=$(realpath "${RELEASE:-target/release}")
version=${VERSION:?}
stage=$out/millicast-tokens
maintainer="${DEBFULLNAME:-The millicast-tokens authors} <${DEBEMAIL:-maintainers@millicast-tokens.invalid}>"

for tool in dpkg-buildpackage dh; do
    command -v $tool >/dev/null || { echo "there is no $tool; apt install debhelper dpkg-dev" >&2; exit 1; }
done

commit_time() {
    git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md
}

# What a version calls a pre-release by a hyphen sorts before the release by a tilde.
changelog() {
    printf 'millicast-tokens (%s-1) unstable; urgency=medium\n\n  * CHANGELOG.md tells what changed.\n\n -- %s  %s\n' \
        "${version//-/\~}" "$maintainer" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
}

export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(commit_time)}
rm -rf "$stage" "$out"/*millicast-tokens*.deb "$out"/millicast-tokens_*
mkdir -p "$stage"
cp -R packaging/debian "$stage/debian"
control=$(<packaging/debian/control.in)
printf '%s\n' "${control/@MAINTAINER@/"$maintainer"}" >"$stage/debian/control"
changelog >"$stage/debian/changelog"
cp "$release/third-party-notices" "$stage"

# -d: the tools were asked for above, and Rust, which Debian's own is too old to be, is not needed any more.
unset MAKEFLAGS MAKELEVEL MFLAGS
(cd "$stage" && TREE=$root RELEASE=$release dpkg-buildpackage -b -us -uc -d >"$out/build.log" 2>&1) ||
    { cat "$out/build.log" >&2; exit 1; }
rm -rf "$stage"
ls "$out"/*millicast-tokens*.deb
