#!/bin/sh
# packaging/install.sh install|uninstall: what `make install` and `make uninstall` do.
#
# Taken from the environment: RELEASE, the folder of what `make build` built; VERSION, the library's; PREFIX, and below it
# bindir, libdir, includedir, mandir and docdir; DESTDIR, which goes before each of them, and into no file; STRIP_INSTALLED, not
# empty to leave out what only debuggers read.
set -eu
cd "$(dirname "$0")/.."

PREFIX=${PREFIX:-/usr/local}
VERSION=${VERSION:?}
DESTDIR=${DESTDIR:-}
bindir=${bindir:-$PREFIX/bin}
libdir=${libdir:-$PREFIX/lib}
includedir=${includedir:-$PREFIX/include}
mandir=${mandir:-$PREFIX/share/man}
docdir=${docdir:-$PREFIX/share/doc/millicast-tokens}
STRIP=${STRIP:-strip}

fail() {
    echo "$1" >&2
    exit 1
}

for name in PREFIX bindir libdir includedir mandir docdir; do
    eval "place=\$$name"
    case $place in
    /*) ;;
    *) fail "$name has to be an absolute path, not '$place'" ;;
    esac
done

# The number behind .so is that of the ABI.
soname=$(sed -n 's/^const SONAME: .* = "\(.*\)";/\1/p' build.rs)
real_name=libmillicast_tokens.so.$VERSION
pkgconfig=$libdir/pkgconfig
cmake=$libdir/cmake/millicast_tokens
bindings=bindings/cpp

# put MODE FILE FOLDER [NAME]
put() {
    install -d -m 755 "$DESTDIR$3"
    install -m "$1" "$2" "$DESTDIR$3/${4:-$(basename "$2")}"
}

# put_stripped MODE FILE FOLDER [NAME]: for what the system loads.
put_stripped() {
    put "$@"
    [ -z "${STRIP_INSTALLED:-}" ] || "$STRIP" --strip-unneeded "$DESTDIR$3/${4:-$(basename "$2")}"
}

# escaped FOLDER: as pkg-config reads it, which takes its values apart as a shell does.
escaped() {
    printf '%s\n' "$1" | sed 's/[][ "'"'"'\\`&;|()<>*?!#$]/\\&/g'
}

# from_here FOLDER: a folder below PREFIX as pkg-config finds it from where its file lies, so that an installation may
# be moved; another folder as it is.
from_here() {
    case $1/ in
    "$PREFIX"/*) printf '%s\n' "\${prefix}$(escaped "${1#"$PREFIX"}")" ;;
    *) escaped "$1" ;;
    esac
}

# Nobody moves /usr; whoever builds for another machine has pkg-config put a folder before it, which takes an absolute one.
relative_prefix() {
    [ "$PREFIX" != /usr ] || { echo /usr && return; }
    case $pkgconfig/ in
    "$PREFIX"/*) printf '%s\n' "\${pcfiledir}$(printf '%s\n' "${pkgconfig#"$PREFIX"}" | sed 's|/[^/]*|/..|g')" ;;
    *) escaped "$PREFIX" ;;
    esac
}

# replacement TEXT: as what sed puts in place of something.
replacement() {
    printf '%s\n' "$1" | sed 's/[\\&|]/\\&/g'
}

# What rustc says that its static libraries need, without what a C compiler adds by itself, in its own way for a program
# that is wholly static.
native_libs() {
    tr ' ' '\n' <"$RELEASE/native-static-libs" | grep -vxE -e '-lgcc_s|-lc' | paste -s -d ' ' -
}

# put_pc NAME
put_pc() {
    install -d -m 755 "$DESTDIR$pkgconfig"
    sed -e "s|@PREFIX@|$(replacement "$(relative_prefix)")|" -e "s|@BINDIR@|$(replacement "$(from_here "$bindir")")|" \
        -e "s|@LIBDIR@|$(replacement "$(from_here "$libdir")")|" \
        -e "s|@INCLUDEDIR@|$(replacement "$(from_here "$includedir")")|" \
        -e "s|@VERSION@|$VERSION|" -e "s|@NATIVE_LIBS@|$(native_libs)|" \
        "packaging/$1.in" >"$DESTDIR$pkgconfig/$1"
    chmod 644 "$DESTDIR$pkgconfig/$1"
}

install_all() {
    for built in libmillicast_tokens.so installed/libmillicast_tokens.a native-static-libs millicast-emulator \
        third-party-notices; do
        [ -f "$RELEASE/$built" ] || fail "there is no $RELEASE/$built; make build"
    done
    put_stripped 755 "$RELEASE/millicast-emulator" "$bindir"
    put_stripped 755 "$RELEASE/libmillicast_tokens.so" "$libdir" "$real_name"
    ln -sf "$real_name" "$DESTDIR$libdir/$soname"
    ln -sf "$soname" "$DESTDIR$libdir/libmillicast_tokens.so"
    put 644 "$RELEASE/installed/libmillicast_tokens.a" "$libdir"
    for header in include/millicast_tokens.h include/millicast_emulator.h "$bindings/millicast_tokens.hpp"; do
        put 644 "$header" "$includedir"
    done
    for header in "$bindings"/millicast_tokens/*.hpp; do
        put 644 "$header" "$includedir/millicast_tokens"
    done
    for file in packaging/cmake/*.cmake; do
        put 644 "$file" "$cmake"
    done
    for page in packaging/man/*.[1-8]; do
        put 644 "$page" "$mandir/man${page##*.}"
    done
    for file in LICENSE LICENSE-APACHE LICENSE-MIT "$RELEASE/third-party-notices"; do
        put 644 "$file" "$docdir"
    done
    put_pc millicast_tokens.pc
    put_pc millicast_tokens-static.pc
}

remove() {
    for file in "$@"; do
        rm -f "$DESTDIR$file"
    done
}

# Folders that nothing but this installation uses.
remove_folder() {
    [ ! -d "$DESTDIR$1" ] || rmdir "$DESTDIR$1"
}

uninstall_all() {
    remove "$bindir/millicast-emulator" "$libdir/$real_name" "$libdir/$soname" "$libdir/libmillicast_tokens.so" \
        "$libdir/libmillicast_tokens.a" "$pkgconfig/millicast_tokens.pc" "$pkgconfig/millicast_tokens-static.pc" \
        "$includedir/millicast_tokens.h" "$includedir/millicast_emulator.h" "$includedir/millicast_tokens.hpp"
    for header in "$bindings"/millicast_tokens/*.hpp; do
        remove "$includedir/millicast_tokens/${header##*/}"
    done
    for file in packaging/cmake/*.cmake; do
        remove "$cmake/${file##*/}"
    done
    for page in packaging/man/*.[1-8]; do
        remove "$mandir/man${page##*.}/${page##*/}"
    done
    for file in LICENSE LICENSE-APACHE LICENSE-MIT third-party-notices; do
        remove "$docdir/$file"
    done
    for used in "$includedir/millicast_tokens" "$cmake" "$docdir"; do
        remove_folder "$used"
    done
}

case ${1:-} in
install)
    RELEASE=${RELEASE:-target/release}
    install_all
    ;;
uninstall) uninstall_all ;;
*) fail "usage: packaging/install.sh install|uninstall" ;;
esac
