#!/usr/bin/env bash
# Installs by `cargo cinstall` into an empty prefix, compares that with what `make install` installs, and builds and runs
# a user's programs by pkg-config and by CMake.
#
# RELEASE, from the environment, is the folder of what `make build` built; TARGET the one of Cargo. Built without
# optimization: what is asked is what is installed. Taken is the cargo-c
# of the machine, else that of Debian 13, the first that reads these sources, from the mirror of this machine, which is
# unpacked and not installed.
#
# shellcheck disable=SC2046 # What pkg-config prints is words.
set -euo pipefail
. "$(dirname "$0")/common.sh"
TARGET=${TARGET:-$root/target}
prefix=$folder/prefix
cinstall=(cargo-cinstall)

# fetch_cargo_c FOLDER: with all that it needs, the C library too.
fetch_cargo_c() {
    local debian=$1 mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' 'Component: main' | head -n 1)
    mkdir -p "$debian"/{lists/partial,cache/archives/partial,root}
    touch "$debian/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:?} trixie main" >"$debian/sources.list"
    local options=(-o "Dir::Etc::sourcelist=$debian/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::lists=$debian/lists" -o "Dir::State::status=$debian/status" -o "Dir::Cache=$debian/cache"
        -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o Acquire::Languages=none)
    apt-get "${options[@]}" update
    apt-get "${options[@]}" -y --download-only install cargo-c
    for package in "$debian"/cache/archives/*.deb; do
        dpkg-deb -x "$package" "$debian/root"
    done
}

if ! cargo-cinstall --version >/dev/null 2>&1; then
    quietly "Debian's cargo-c can be fetched" fetch_cargo_c "$folder/debian"
    system=$folder/debian/root/usr
    # Its own loader and libraries, which what it starts doesn't inherit.
    cinstall=("$system"/lib64/ld-linux-*.so.* --library-path "$system/lib/$("$CC" -dumpmachine)" "$system/bin/cargo-cinstall")
fi

cd "$root"
# The compiler itself: rustup's stand-in would look into each crate for the toolchain that its authors work with.
PATH=$(rustc --print sysroot)/bin:$PATH
quietly "cargo cinstall builds and installs" "${cinstall[@]}" cinstall --locked --config tests/packages/unoptimized.toml --release -p millicast-tokens \
    --target-dir "$TARGET/cargo-c" --prefix "$prefix" --libdir lib
make_it install PREFIX="$folder/made"

# What cargo-c has no place for: programs, manual pages, a second file for pkg-config. CMake's lies in share.
listing "$folder/made" | grep -vE '^\./(bin|share/man|share/doc)/|millicast_tokens-static\.pc$' | sed 's|^./lib/cmake|./share/cmake|' |
    sort >"$folder/expected"
listing "$prefix" | diff "$folder/expected" - || refuse "the files are those that make install installs"
for file in include/millicast_tokens.h include/millicast_emulator.h include/millicast_tokens.hpp; do
    cmp "$prefix/$file" "$folder/made/$file" || refuse "$file is the same"
done
shared=lib/libmillicast_tokens.so
for link in $shared $shared.0; do
    [ "$(realpath --relative-to="$prefix/lib" "$prefix/$link")" = "$(realpath --relative-to="$folder/made/lib" "$folder/made/$link")" ] ||
        refuse "$link leads to the same name"
done
exported() { nm --dynamic --defined-only --extern-only "$1" | awk '{ sub(/@.*/, "", $3); print $3 }' | sort; }
exported "$folder/made/$shared" | grep '^mct_' >"$folder/functions"
exported "$prefix/$shared" | grep -v '^libmillicast' | diff "$folder/functions" - || refuse "the functions are the same"
readelf -d "$prefix/$shared" | grep -q 'SONAME.*\[libmillicast_tokens\.so\.0\]' || refuse "the SONAME is the same"
readelf -d "$prefix/$shared" | grep -q NODELETE || refuse "the library stays loaded"
ok "cargo cinstall gives the files, the names and the functions that make install gives"

cp examples/c/emulated_test.c "$user/prog.c"
cp tests/packages/find_package.cmake "$user/CMakeLists.txt"
cd "$user"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig PATH=$folder/made/bin:$PATH
"$CC" -std=c99 prog.c $(pkg-config --cflags --libs millicast_tokens) -o shared
LD_LIBRARY_PATH=$prefix/lib ./shared || refuse "a program with the shared library runs"
"$CC" -std=c99 prog.c $(pkg-config --cflags millicast_tokens) "$prefix/lib/libmillicast_tokens.a" \
    $(pkg-config --static --libs-only-l millicast_tokens | sed s/-lmillicast_tokens//) -o static
./static || refuse "a program with the static library runs"
quietly "CMake configures" cmake -S . -B build -DCMAKE_PREFIX_PATH="$prefix"
quietly "CMake builds" cmake --build build
build/prog || refuse "the program that CMake built runs"
ok "programs that pkg-config and CMake built run with it"
echo "$passed passed, 0 failed"
