#!/usr/bin/env bash
# Installs into an empty prefix, and builds and runs a user's programs with CMake and with Meson, by the lines that
# README.md tells.
#
# RELEASE, from the environment, is the folder of what `make build` built.
set -euo pipefail
. "$(dirname "$0")/common.sh"
prefix=$folder/prefix
triplet=$("$CC" -dumpmachine)

make_it install PREFIX="$prefix"
version=$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --modversion millicast_tokens)
cd "$user"
cp "$root/examples/c/emulated_test.c" prog.c
printf '#include <millicast_tokens.hpp>\nint main() { return millicast::version_string().empty(); }\n' >prog.cpp
export PATH=$prefix/bin:$PATH

# project LANGUAGE TARGET [FIND_PACKAGE_ARGUMENTS]: writes a CMakeLists.txt as a user has it.
project() {
    cat >CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.13)
project(prog ${1^^})
find_package(millicast_tokens ${3:-0.1} REQUIRED)
add_executable(prog prog.${1/cxx/cpp})
target_link_libraries(prog PRIVATE millicast_tokens::$2)
END
}

configure() {
    rm -rf build
    CC=$CC CXX=$CXX cmake -S . -B build -DCMAKE_PREFIX_PATH="$1"
}

build() {
    quietly "CMake configures with $1" configure "$1"
    quietly "CMake builds" cmake --build build
}

project c shared
build "$prefix"
[ "$(needed build/prog)" = libmillicast_tokens.so.0 ] || refuse "the program asks for the SONAME, without a folder"
build/prog || refuse "the program runs"
ok "CMake builds a program with millicast_tokens::shared, which asks for the bare SONAME, and runs"

project c static
build "$prefix"
[ -z "$(needed build/prog)" ] || refuse "a program with the static library asks for no shared one"
build/prog || refuse "the program runs"
sed -i 's/add_executable(prog/add_library(prog MODULE/' CMakeLists.txt
build "$prefix"
readelf -d build/libprog.so | grep NODELETE >/dev/null || refuse "a plugin with the static library stays loaded"
ok "so it does with millicast_tokens::static, which asks for no library of ours and keeps a plugin loaded"

for target in cpp cpp_static; do
    project cxx $target
    build "$prefix"
    build/prog || refuse "the program with $target runs"
done
[ -z "$(needed build/prog)" ] || refuse "cpp_static asks for no shared library"
ok "so it does in C++ with millicast_tokens::cpp and millicast_tokens::cpp_static"

mv "$prefix" "$folder/moved"
project c shared
build "$folder/moved"
MILLICAST_EMULATOR=$folder/moved/bin/millicast-emulator build/prog || refuse "a prefix that was moved works"
project c static
build "$folder/moved"
mv "$folder/moved" "$prefix"
build/prog || refuse "a program that was built from a prefix that was moved runs"
ok "a prefix that is moved still works, with the shared library and with the static one"

make_it install PREFIX="$folder/multiarch" libdir="$folder/multiarch/lib/$triplet"
project c shared
build "$folder/multiarch"
build/prog || refuse "a library folder of the architecture's works"
ln -s multiarch/lib "$folder/lib"
ln -s multiarch/include "$folder/include"
quietly "CMake configures by a link to the library's folder" cmake -S . -B build \
    -Dmillicast_tokens_DIR="$folder/lib/$triplet/cmake/millicast_tokens"
rm "$folder/lib" "$folder/include"
ok "so do a library folder of the architecture's, and a link to it"

# refused WORDS: configuring fails and says why.
refused() {
    ! configure "$prefix" >"$folder/log" 2>&1 || refuse "CMake refuses what it should not take: $1"
    tr -s ' \n' ' ' <"$folder/log" | grep -qF "$1" || { cat "$folder/log"; refuse "the refusal says: $1"; }
}

for asked in 99 0.99 1.0 "99...100" "0.0...<$version"; do
    project c shared "$asked"
    refused "version: $version"
done
for asked in "" "$version" "$version EXACT" "0.1...0.9" "0.0...$version"; do
    project c shared "$asked"
    quietly "CMake takes version '$asked'" configure "$prefix"
done
project c shared "0.1 COMPONENTS rust"
refused "millicast_tokens::rust is not installed"
mv "$prefix/include/millicast_tokens.h" "$folder"
project c shared
refused "there is no include/millicast_tokens.h above"
mv "$folder/millicast_tokens.h" "$prefix/include"
ok "a version that is too new, a part that is not there and half an installation are refused when configuring"

cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.20)
project(prog C)
get_cmake_property(before VARIABLES)
set(required ${CMAKE_MINIMUM_REQUIRED_VERSION})
find_package(millicast_tokens 0.1 CONFIG REQUIRED COMPONENTS shared OPTIONAL_COMPONENTS rust)
get_cmake_property(after VARIABLES)
list(REMOVE_ITEM after ${before} before required)
list(FILTER after EXCLUDE REGEX "^(millicast_tokens_|CMAKE_|FIND_PACKAGE_)")
if(after OR NOT required STREQUAL CMAKE_MINIMUM_REQUIRED_VERSION)
    message(FATAL_ERROR "find_package() leaves variables: ${after}")
endif()
find_package(millicast_tokens 0.1 REQUIRED)
END
quietly "find_package may be called twice, and leaves no variables but the package's" configure "$prefix"

rm -rf build CMakeLists.txt
cat >meson.build <<'END'
project('prog', 'c')
executable('prog', 'prog.c', dependencies: dependency('millicast_tokens', version: '>=0.1'))
executable('static', 'prog.c', dependencies: dependency('millicast_tokens-static', version: '>=0.1'))
END
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
quietly "Meson configures" meson setup build
quietly "Meson builds" meson compile -C build
build/prog || refuse "the program that Meson built runs"
build/static || refuse "so does the one with the static library"
[ "$(needed build/prog)" = libmillicast_tokens.so.0 ] && [ -z "$(needed build/static)" ] || refuse "each asks for what it should"
sed -i s/0.1/99/ meson.build
! meson setup other >"$folder/log" 2>&1 || refuse "Meson refuses a version that is too new"
grep -q "need: '>=99'" "$folder/log" || refuse "Meson says which version is needed"
ok "Meson builds with the shared library and with the static one, and refuses a version that is too new"
echo "$passed passed, 0 failed"
