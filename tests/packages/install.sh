#!/usr/bin/env bash
# Installs into an empty prefix, and builds and runs a user's programs with what is there and nothing else: by pkg-config,
# with the shared and the static library, against an emulator that is found on PATH.
#
# RELEASE, from the environment, is the folder of what `make build` built.
#
# shellcheck disable=SC2046 # What pkg-config prints is words.
set -euo pipefail
. "$(dirname "$0")/common.sh"
prefix=$folder/prefix

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
grep -rqF "$folder" "$folder/stage/usr/lib/pkgconfig" "$folder/stage/usr/lib/cmake" && refuse "DESTDIR is in no file"
grep -qx 'libdir=${prefix}/lib' "$folder/stage/usr/lib/pkgconfig/millicast_tokens.pc" &&
    grep -qx 'prefix=/usr' "$folder/stage/usr/lib/pkgconfig/millicast_tokens.pc" || refuse "/usr is named as it is"
ok "with DESTDIR the same is below it, and no file names it"

cp "$root/examples/c/emulated_test.c" "$user"
printf '#include <millicast_tokens.hpp>\nint main() { return millicast::version_string().empty(); }\n' >"$user/binding.cpp"
cd "$user"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig PATH=$prefix/bin:$PATH

"$CC" -std=c99 -Wall -Wextra -Wpedantic -Werror emulated_test.c $(pkg-config --cflags --libs millicast_tokens) -o shared
[ "$(needed shared)" = "$soname" ] || refuse "a program asks for the SONAME"
LD_LIBRARY_PATH=$prefix/lib ./shared || refuse "a program with the shared library runs"
ok "a program that pkg-config built starts the emulator from PATH, and passes"

"$CC" -std=c99 -Wall -Wextra -Wpedantic -Werror emulated_test.c $(pkg-config --cflags --libs millicast_tokens-static) -o static
[ -z "$(needed static)" ] || refuse "a program with the static library asks for no shared one"
./static || refuse "a program with the static library runs"
"$CC" -shared -fPIC emulated_test.c $(pkg-config --cflags --libs millicast_tokens-static) -o plugin.so
readelf -d plugin.so | grep NODELETE >/dev/null || refuse "a plugin with the static library stays loaded"
ok "so does one with the static library, by one line of pkg-config; a plugin with it stays loaded"

"$CC" -static emulated_test.c $(pkg-config --static --cflags --libs millicast_tokens) -o whole 2>"$folder/warnings" ||
    { cat "$folder/warnings" && refuse "a program that is static as a whole links"; }
! readelf -d whole | grep -q NEEDED || refuse "a program that is static as a whole needs no library"
./whole || refuse "a program that is static as a whole runs"
ok "so does one that is static as a whole, by pkg-config --static"

# rustc's list is what the library's own crates ask for; a C compiler adds the unwinder and the C library by itself.
tr ' ' '\n' <"$RELEASE/native-static-libs" | grep -vxE -e '-lgcc_s|-lc' | sort >"$folder/asked_for"
pkg-config --static --libs-only-l millicast_tokens | tr ' ' '\n' | grep -vxE -e '-lmillicast_tokens|' | sort |
    diff "$folder/asked_for" - || refuse "Libs.private is what rustc says"
sed -n 's/.*INTERFACE_LINK_LIBRARIES "\([a-z;]*\)").*/\1/p' "$prefix/lib/cmake/millicast_tokens/millicast_tokensConfig.cmake" |
    tr ';' '\n' | sed 's/^/-l/' | sort | diff "$folder/asked_for" - || refuse "so is what CMake's static target names"
ok "Libs.private and CMake's static target name what rustc says that the static library needs"

readelf --symbols --wide "$prefix/lib/libmillicast_tokens.a" |
    awk '$1 ~ /^[0-9]+:$/ && $5 != "LOCAL" && $7 != "UND" { print $8 }' | sort >"$folder/names"
[ -s "$folder/names" ] || refuse "the static library has names"
! grep -v '^mct_' "$folder/names" || refuse "the static library shows mct_* alone"
ok "the static library shows mct_* and no other name"

MILLICAST_EMULATOR=$(pkg-config --variable=emulator millicast_tokens) LD_LIBRARY_PATH=$prefix/lib PATH=/usr/bin:/bin \
    ./shared || refuse "pkg-config names the emulator"
ok "pkg-config names the emulator"

pkg-config --exists "millicast_tokens >= $version" || refuse "the version that is there is enough"
! pkg-config --exists --print-errors 'millicast_tokens >= 99' 2>"$folder/log" || refuse "a version that is too new is refused"
grep -q "$version" "$folder/log" || refuse "the refusal names the version that is there"
ok "asking for a version that is too new is refused, with the version that is there"

"$CXX" -std=c++17 -Wall -Wextra -Wpedantic -Werror binding.cpp $(pkg-config --cflags --libs millicast_tokens) -o binding
LD_LIBRARY_PATH=$prefix/lib ./binding || refuse "a program with the C++ binding runs"
"$CXX" -std=c++17 binding.cpp $(pkg-config --cflags --libs millicast_tokens-static) -o binding_static && ./binding_static ||
    refuse "a program with the C++ binding and the static library runs"
ok "a program with the C++ binding builds and runs, with the shared library and with the static one"

mv "$prefix" "$folder/moved"
export PKG_CONFIG_PATH=$folder/moved/lib/pkgconfig
"$CC" -std=c99 emulated_test.c $(pkg-config --cflags --libs millicast_tokens) -o moved
MILLICAST_EMULATOR=$(pkg-config --variable=emulator millicast_tokens) LD_LIBRARY_PATH=$folder/moved/lib PATH=/usr/bin:/bin \
    ./moved || refuse "a prefix that was moved works"
"$CC" -std=c99 emulated_test.c $(pkg-config --cflags --libs millicast_tokens-static) -o moved_static
mv "$folder/moved" "$prefix"
./moved_static || refuse "a program that was built from a prefix that was moved runs"
ok "a prefix that is moved still works, with the shared library and with the static one"

triplet=$("$CC" -dumpmachine)
make_it install-strip PREFIX="$folder/multiarch" libdir="$folder/multiarch/lib/$triplet"
export PKG_CONFIG_PATH=$folder/multiarch/lib/$triplet/pkgconfig
"$CC" -std=c99 emulated_test.c $(pkg-config --cflags --libs millicast_tokens) -o multiarch
LD_LIBRARY_PATH=$folder/multiarch/lib/$triplet ./multiarch || refuse "a library folder of the architecture's works"
[ "$(wc -c <"$folder/multiarch/lib/$triplet/libmillicast_tokens.so")" -lt "$(wc -c <"$prefix/lib/libmillicast_tokens.so")" ] ||
    refuse "install-strip leaves out what only debuggers read"
ok "so does a library folder of the architecture's, and one that is stripped"

make_it install PREFIX="$folder/libraries/of mine" includedir="$folder/headers"
[ "$(PKG_CONFIG_PATH="$folder/libraries/of mine/lib/pkgconfig" pkg-config --variable=includedir millicast_tokens)" \
    = "$folder/headers" ] || refuse "a folder outside the prefix is named as it is"
make_it uninstall PREFIX="$folder/libraries/of mine" includedir="$folder/headers"
[ -z "$(listing "$folder/libraries/of mine")$(listing "$folder/headers")" ] || refuse "a prefix with a blank is emptied again"
strange=("PREFIX=$folder/it's a & b|c" "libdir=$folder/lib's a & b|c" "includedir=$folder/in's a & b|c")
make_it install "${strange[@]}"
export PKG_CONFIG_PATH="$folder/lib's a & b|c/pkgconfig"
for package in millicast_tokens millicast_tokens-static; do
    eval "\"\$CC\" -std=c99 emulated_test.c $(pkg-config --cflags --libs $package) -o strange"
    MILLICAST_EMULATOR="$folder/it's a & b|c/bin/millicast-emulator" LD_LIBRARY_PATH="$folder/lib's a & b|c" ./strange ||
        refuse "folders whose names a shell or sed would take apart work, with $package"
done
make_it uninstall "${strange[@]}"
[ -z "$(find "$folder"/*" a & b|c" ! -type d)" ] || refuse "folders with such names are emptied again"
for name in PREFIX libdir includedir; do
    ! make_it install PREFIX="$folder/relative" $name=relative 2>"$folder/log" || refuse "a relative $name is refused"
    grep -q "$name has to be an absolute path, not 'relative'" "$folder/log" || refuse "the refusal says why"
done
[ ! -e "$root/relative" ] && [ ! -e "$folder/relative" ] || refuse "a refusal leaves nothing"
ok "folders may have blanks, quotes and more in their names, and lie apart; relative ones are refused"

make_it install PREFIX="$prefix"
listing "$prefix" | diff "$folder/installed" - || refuse "installing again changes nothing"
echo mine >"$prefix/include/of_another.h"
make_it uninstall PREFIX="$prefix"
[ "$(listing "$prefix")" = ./include/of_another.h ] || refuse "uninstalling leaves what is another's alone"
[ ! -e "$prefix/include/millicast_tokens" ] || refuse "uninstalling leaves no folder"
make_it uninstall PREFIX="$prefix"
ok "installing again changes nothing, and uninstalling leaves what is another's"
echo "$passed passed, 0 failed"
