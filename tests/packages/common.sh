# shellcheck shell=bash
# What the tests of ways to install share. Sourced, with RELEASE, the folder of what `make build` built, in the
# environment; leaves an empty `folder` that goes with the process, and `user` in it, for a user's programs.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/tests/packages/sentences.sh"
RELEASE=$(realpath "${RELEASE:-$root/target/release}")
CC=${CC:-cc}
CXX=${CXX:-c++}
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
user=$folder/user
mkdir "$user"

# What the Makefile of the tree exports is not what a user has.
unset MAKEFLAGS MAKELEVEL LIBDIR INCLUDE EMULATOR MILLICAST_EMULATOR MILLICAST_TOKENS_LIBRARY LD_LIBRARY_PATH

make_it() {
    make --no-print-directory -s -C "$root" RELEASE="$RELEASE" "$@"
}

listing() {
    (cd "$1" && find . ! -type d | sort)
}

# quietly WHAT COMMAND...: a command whose output is of interest only when it fails, and then refuses WHAT.
quietly() {
    local what=$1
    shift
    "$@" >"$folder/log" 2>&1 || {
        cat "$folder/log"
        refuse "$what"
    }
}

# needed FILE: the SONAME of this library that a program asks for.
needed() {
    readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*millicast_tokens.*\)\]/\1/p'
}
