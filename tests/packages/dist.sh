#!/usr/bin/env bash
# Unpacks the source archive that `make dist` made where nothing may be written, builds it there without a network and
# without what Cargo keeps at home, installs that, and builds and runs a user's program.
#
#     tests/packages/dist.sh ARCHIVE
#
# It leaves the sources of the crates and what it built of them below dist, in TARGET from the environment. Built without optimization: what is asked is whether it builds. In a network of its own, where that is allowed;
# elsewhere Cargo is told that there is none.
#
# shellcheck disable=SC2046 # What pkg-config prints is words.
set -euo pipefail
archive=$(realpath "$1")
. "$(dirname "$0")/common.sh"

# Root may write all the same, so the listing is compared too.
state() { (cd "$sources" && find . -printf '%p %s %T@\n' | sort); }

TARGET=${TARGET:-$root/target}
built=$TARGET/dist/target
# Where it is does not change, so that what was built of the crates can be used again.
unpacked=$TARGET/dist/unpacked
[ ! -e "$unpacked" ] || { chmod -R u+w "$unpacked" && rm -rf "$unpacked"; }
mkdir -p "$unpacked"
tar -xf "$archive" -C "$unpacked"
sources=$(echo "$unpacked"/millicast-tokens-*)
[ ! -e "$sources/target" ] && [ ! -e "$sources/.git" ] || refuse "the archive has sources alone"
chmod -R a-w "$sources"
state >"$folder/before"

# Rustup, which may stand before cargo, has its toolchain at home.
export RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup} CARGO_HOME=$folder/cargo CARGO_NET_OFFLINE=true
install -D -m 644 "$root/tests/packages/unoptimized.toml" "$CARGO_HOME/config.toml"
alone=()
! unshare --net true 2>/dev/null || alone=(unshare --net)
quietly "the archive builds without a network" "${alone[@]}" make -C "$sources" TARGET="$built" build
quietly "what was built can be installed" make -C "$sources" TARGET="$built" install PREFIX="$folder/prefix"
state | diff "$folder/before" - || refuse "the build writes nothing into its sources"
ok "the archive builds with no network, from sources that may not be written to, and leaves them as they were"

cp "$root/examples/c/emulated_test.c" "$user"
cd "$user"
export PKG_CONFIG_PATH=$folder/prefix/lib/pkgconfig PATH=$folder/prefix/bin:$PATH
for package in millicast_tokens millicast_tokens-static; do
    "$CC" -std=c99 emulated_test.c $(pkg-config --cflags --libs $package) -o program
    LD_LIBRARY_PATH=$folder/prefix/lib ./program || refuse "a program with $package runs"
done
ok "a program runs with what was built, shared and static"
echo "$passed passed, 0 failed"
