#!/usr/bin/env bash
# Installs into an empty prefix, and builds and runs a user's programs with what is there and nothing else: by pkg-config,
# with the shared and the static library, against an emulator that is found on PATH.
#
# RELEASE, from the environment, is the folder of what `make build` built.
set -euo pipefail
cd "$(dirname "$0")/../.."

root=$PWD
RELEASE=$(cd "${RELEASE:-target/release}" && pwd)
CC=${CC:-cc}
CXX=${CXX:-c++}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix
user=$folder/user
passed=0

# What the Makefile of the tree exports is not what a user has.
unset MAKEFLAGS MAKELEVEL LIBDIR INCLUDE EMULATOR MILLICAST_EMULATOR MILLICAST_TOKENS_LIBRARY LD_LIBRARY_PATH

make_it() {
    make --no-print-directory -s -C "$root" RELEASE="$RELEASE" "$@"
}

listing() {
    (cd "$1" && find . ! -type d | sort)
}

ok() {
    echo "ok   $1"
    passed=$((passed + 1))
}

refuse() {
    echo "FAIL $1"
    exit 1
}

# needed FILE: the SONAME that a program asks for.
needed() {
    readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(libmillicast_tokens.*\)\]/\1/p'
}

(umask 077 && make_it install PREFIX="$prefix")
soname=$(readelf -d "$prefix/lib/libmillicast_tokens.so" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')
version=$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --modversion millicast_tokens)
listing "$prefix" >"$folder/installed"
[ "$(readlink "$prefix/lib/libmillicast_tokens.so")" = "$soname" ] || refuse "the library's link names its SONAME"
[ "$(readlink "$prefix/lib/$soname")" = "libmillicast_tokens.so.$version" ] || refuse "the SONAME names the version"
[ -z "$(find "$prefix" -mindepth 1 \( -type f ! -perm -444 -o -type d ! -perm -555 \))" ] || refuse "everyone may read what is installed"
ok "the library has its versioned name and its links, and everyone may read it"

make_it install PREFIX=/usr DESTDIR="$folder/stage"
listing "$folder/stage/usr" | diff "$folder/installed" - || refuse "DESTDIR holds what a prefix does"
! grep -rqF "$folder" "$folder/stage/usr/lib/pkgconfig" || refuse "DESTDIR is in no file"
ok "with DESTDIR the same is below it, and no file names it"

mkdir "$user"
cp examples/c/emulated_test.c "$user"
printf '#include <millicast_tokens.hpp>\nint main() { return millicast::version_string().empty(); }\n' >"$user/binding.cpp"
cd "$user"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig PATH=$prefix/bin:$PATH
# shellcheck disable=SC2046 # lists of words
"$CC" -std=c99 -Wall -Wextra -Wpedantic -Werror emulated_test.c $(pkg-config --cflags --libs millicast_tokens) -o shared
[ "$(needed shared)" = "$soname" ] || refuse "a program asks for the SONAME"
LD_LIBRARY_PATH=$prefix/lib ./shared || refuse "a program with the shared library runs"
ok "a program that pkg-config built starts the emulator from PATH, and passes"

# shellcheck disable=SC2046
"$CC" -std=c99 emulated_test.c $(pkg-config --cflags millicast_tokens) "$prefix/lib/libmillicast_tokens.a" \
    $(pkg-config --static --libs-only-l millicast_tokens | sed 's/-lmillicast_tokens//') -o static
[ -z "$(needed static)" ] || refuse "a program with the static library asks for no shared one"
./static || refuse "a program with the static library runs"
ok "so does one with the static library, by what pkg-config says that it needs"

MILLICAST_EMULATOR=$(pkg-config --variable=emulator millicast_tokens) LD_LIBRARY_PATH=$prefix/lib PATH=/usr/bin:/bin \
    ./shared || refuse "pkg-config names the emulator"
ok "pkg-config names the emulator"

if command -v "$CXX" >/dev/null; then
    # shellcheck disable=SC2046
    "$CXX" -std=c++17 -Wall -Wextra -Wpedantic -Werror binding.cpp $(pkg-config --cflags --libs millicast_tokens) -o binding
    LD_LIBRARY_PATH=$prefix/lib ./binding || refuse "a program with the C++ binding runs"
    ok "a program with the C++ binding builds and runs"
else
    echo "SKIPPED: no C++ compiler"
fi

make_it install PREFIX="$prefix"
listing "$prefix" | diff "$folder/installed" - || refuse "installing again changes nothing"
echo mine >"$prefix/include/of_another.h"
make_it uninstall PREFIX="$prefix"
[ "$(listing "$prefix")" = ./include/of_another.h ] || refuse "uninstalling leaves what is another's alone"
[ ! -e "$prefix/include/millicast_tokens" ] || refuse "uninstalling leaves no folder"
make_it uninstall PREFIX="$prefix"
ok "installing again changes nothing, and uninstalling leaves what is another's"
echo "$passed passed, 0 failed"
