#!/usr/bin/env bash
# Installs the sdist that `make sdist` made into fresh environments, as one who has nothing but it, Rust and a C compiler,
# and uses it there, on the oldest and on the newest Python of this machine that it takes.
#
# From the environment: TARGET, the folder that was built in; CARGO. The crates come from the source archive that
# tests/packages/dist.sh unpacked below TARGET, and what that built of them is used; of this project everything is built.
set -euo pipefail
cd "$(dirname "$0")/../.."

TARGET=${TARGET:-$PWD/target}
cargo=$(command -v "${CARGO:-cargo}")
folder=$(mktemp -d -p "$TARGET" sdist.XXXXXX)
trap 'rm -rf "$folder"' EXIT
# shellcheck source=tests/packages/python.sh
. tests/packages/python.sh

sdists=("$TARGET"/sdist/*.tar.gz)
sdist=${sdists[0]}
[[ -f $sdist && ${#sdists[@]} = 1 ]] || refuse "there is one sdist in $TARGET/sdist"
cp tests/packages/use.py "$folder"
tar tzf "$sdist" | sed 's|^[^/]*/||' | sort >"$folder/carried"
! grep -nE '__pycache__|\.pyc$|\.so|\.whl$|(^|/)(target|\.git)/|\.lock\.|~$' "$folder/carried" || refuse "an sdist carries nothing that was built"
! tar tvzf "$sdist" | grep -vE '^-' || refuse "an sdist carries files alone, and no links"
for name in LICENSE LICENSE-APACHE LICENSE-MIT; do
    tar xzOf "$sdist" --wildcards "*/$name" | cmp - "$name" || refuse "an sdist carries the licences"
done
find src tests/emulator/src tests/portable -type f | sed 's|^|rust/|' | sort | comm -23 - "$folder/carried" >"$folder/forgotten"
[ ! -s "$folder/forgotten" ] || { cat "$folder/forgotten"; refuse "an sdist carries every source"; }
ok "the sdist carries every source and the licences, and nothing that was built"

vendor=$(echo "$TARGET"/dist/unpacked/*/vendor)
[ -d "$vendor" ] || refuse "tests/packages/dist.sh left the sources of the crates"
mkdir "$folder/cargo"
sed "s|directory = .*|directory = '$vendor'|" "${vendor%vendor}.cargo/config.toml" |
    cat - tests/packages/unoptimized.toml >"$folder/cargo/config.toml"
# What rustup keeps at home, wherever that is. Built without optimization: what is asked is whether it builds.
MORE_VARIABLES=(CARGO_TARGET_DIR="$TARGET/dist/target" CARGO_HOME="$folder/cargo" RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}")
MINIMAL_PATH=$(dirname "$cargo"):/usr/bin:/bin
found=$(oldest_and_newest)
[ -n "$found" ] || refuse "this machine has a Python that the sdist is for"
[ "$(wc -l <<<"$found")" -gt 1 ] || echo "this machine has one Python that the sdist is for"

while read -r version python; do
    venv=$(fresh "$python")
    started=$SECONDS
    alone "$venv/bin/pip" install "$sdist" >"$folder/output" 2>&1 || { cat "$folder/output"; refuse "pip installs the sdist"; }
    alone "$venv/bin/python" "$folder/use.py" || refuse "Python $version uses what it installed"
    [ -n "$(find "$venv" -path '*dist-info/licenses/LICENSE-MIT')" ] || refuse "the licences are installed"
    ok "Python $version builds and installs the sdist in $((SECONDS - started)) s, runs its emulator, creates, lists, signs and deletes"
done <<<"$found"

MINIMAL_PATH=/usr/bin:/bin
! alone "$venv/bin/pip" install --force-reinstall "$sdist" >"$folder/output" 2>&1 || refuse "without cargo nothing is built"
grep -q "millicast-tokens: cargo is missing: Rust [0-9.]* or later builds the library; https://rustup.rs" "$folder/output" ||
    { cat "$folder/output"; refuse "the build says what is missing"; }
ok "without cargo pip says what is missing, and where to get it"
echo "$passed passed, 0 failed"
