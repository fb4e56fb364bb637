#!/usr/bin/env bash
# Installs the wheel that `make wheel` built into fresh environments, and uses it there, on the oldest and on the newest
# Python of this machine that it takes.
#
# From the environment: TARGET, the folder that was built in; RELEASE, the one of what `make build` built; VENV, the
# environment that `make wheel` used.
set -euo pipefail
cd "$(dirname "$0")/../.."

TARGET=${TARGET:-$PWD/target}
RELEASE=$(cd "${RELEASE:-$TARGET/release}" && pwd)
VENV=$(cd "${VENV:-$TARGET/wheel-venv}" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# shellcheck source=tests/packages/python.sh
. tests/packages/python.sh

wheels=("$TARGET"/wheels/*"_$(uname -m).whl")
wheel=${wheels[0]}
[[ -f $wheel && ${#wheels[@]} = 1 ]] || refuse "there is one wheel for this machine in $TARGET/wheels"
cp tests/packages/use.py packaging/wheel/check.py "$folder"
found=$(oldest_and_newest)
[ -n "$found" ] || refuse "this machine has a Python that the wheel is for"
[ "$(wc -l <<<"$found")" -gt 1 ] || echo "this machine has one Python that the wheel is for"

while read -r version python; do
    venv=$(fresh "$python")
    alone "$venv/bin/pip" install "$wheel" >"$folder/output" 2>&1 || { cat "$folder/output"; refuse "pip installs the wheel"; }
    grep -q '^ring ' "$venv"/lib/python*/site-packages/millicast_tokens/third-party-notices || refuse "the notices of others come along"
    alone "$venv/bin/python" "$folder/use.py" || refuse "Python $version uses what it installed"
    alone "$venv/bin/pip" uninstall --yes millicast-tokens >/dev/null
    [ -z "$(find "$venv" -iname '*millicast*')" ] || refuse "pip removes all of it"
    ok "Python $version installs the wheel, runs its emulator, creates, lists, signs and deletes, and removes it"
done <<<"$found"

read -r version python < <(pythons | from_to 3.6 "$(lowest)" | tail -n 1) || true
if [ -n "$python" ]; then
    older=("$(fresh "$python")/bin/pip" install)
else
    # There is none: pip is asked to fetch it for one.
    version=3.8
    read -r _ python <<<"$found"
    older=("$(fresh "$python")/bin/pip" download --python-version 3.8 --only-binary=:all: --dest "$folder/other")
fi
! alone "${older[@]}" "$wheel" >"$folder/output" 2>&1 || refuse "an older Python installs nothing"
grep -qiE "requires a different python: 3\.[0-9.]+ not in '>=$(lowest)'" "$folder/output" || { cat "$folder/output"; refuse "pip says why"; }
ok "pip refuses it to Python $version, and says which it is for"

# The same with what was linked against the glibc of this machine. Its tag would be a lie.
(cd bindings/python && env -u MILLICAST_EMULATOR_BUNDLE MILLICAST_TOKENS_BUNDLE="$RELEASE/libmillicast_tokens.so" \
    MILLICAST_TOKENS_PLATFORM="manylinux_2_17_$(uname -m)" "$VENV/bin/python" -m hatchling build -t wheel -d "$folder/false" \
    >/dev/null 2>&1)
! "$VENV/bin/python" "$folder/check.py" "$folder"/false/*.whl 2.17 2>"$folder/output" || refuse "a wheel's glibc is checked"
for said in "libmillicast_tokens.so.0 needs a glibc newer than 2.17" "millicast-emulator needs a glibc newer than 2.17" \
    "is not stripped" "auditwheel says"; do
    grep -q "$said" "$folder/output" || { cat "$folder/output"; refuse "the check says: $said"; }
done
ok "a wheel that needs a newer glibc than its tag says is refused"
echo "$passed passed, 0 failed"
