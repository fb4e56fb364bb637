#!/bin/sh
# Tests a library made for signing only: what it exports and needs, and a program that is linked with nothing else.
#
# Taken from the environment, each with a default: LIBDIR, the folder of that build's libmillicast_tokens.so, .so.0 and
# .a; INCLUDE, that of the header; CC; BUILD, where everything is made (else a folder that is removed at the end).
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
LIBDIR=$(cd "${LIBDIR:-$root/target/small/release}" && pwd) || exit 1
INCLUDE=$(cd "${INCLUDE:-$root/include}" && pwd) || exit 1
CC=${CC:-cc}
library=$LIBDIR/libmillicast_tokens.so
temporary=
passed=0
failed=0

clean_up() {
    [ -z "$temporary" ] || rm -rf "$temporary"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

if [ -n "${BUILD:-}" ]; then
    mkdir -p "$BUILD" || exit 1
    BUILD=$(cd "$BUILD" && pwd)
else
    BUILD=$(mktemp -d) || exit 1
    temporary=$BUILD
fi

# check SENTENCE COMMAND...: one test that is a command.
check() {
    sentence=$1
    shift
    if "$@" >"$BUILD/output" 2>&1; then
        echo "ok   $sentence"
        passed=$((passed + 1))
    else
        cat "$BUILD/output"
        echo "FAIL $sentence"
        failed=$((failed + 1))
    fi
}

# run NAME COMMAND...: a program of tests, whose last line tells how many passed. One that does not end is ended.
run() {
    echo "-- $1"
    name=$1
    shift
    timeout --foreground 300 "$@" >"$BUILD/output" 2>&1
    code=$?
    cat "$BUILD/output"
    counts=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$BUILD/output" | tail -n 1)
    counts=${counts:-0 0}
    passed=$((passed + ${counts% *}))
    failed=$((failed + ${counts#* }))
    if [ "$code" -ne 0 ] && [ "${counts#* }" -eq 0 ]; then
        echo "FAIL $name ended with status $code"
        failed=$((failed + 1))
    fi
}

# Not every valgrind reads the DWARF 5 of every compiler.
compile() {
    "$CC" -std=c99 -D_POSIX_C_SOURCE=200809L -DMCT_NO_CLIENT -Wall -Wextra -Wpedantic -Werror -gdwarf-4 \
        -I"$INCLUDE" "$@"
}

# A function of the client in this program is one that the compiler has not heard of, or the linker does not find.
build() {
    rm -f "$BUILD/small" "$BUILD/small-static"
    sources="$here/small.c $here/harness.c $here/packing.c"
    # shellcheck disable=SC2086 # a list of words
    compile $sources -L"$LIBDIR" -Wl,-rpath,"$LIBDIR" -lmillicast_tokens -o "$BUILD/small" &&
        compile $sources "$LIBDIR/libmillicast_tokens.a" -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc \
            -o "$BUILD/small-static"
}

exports_the_header() {
    "$CC" -E -P -DMCT_NO_CLIENT "$INCLUDE/millicast_tokens.h" |
        grep -o 'mct_[a-z0-9_]*(' | tr -d '(' | sort -u >"$BUILD/declared"
    nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort -u >"$BUILD/exported"
    [ -s "$BUILD/declared" ] && diff "$BUILD/declared" "$BUILD/exported"
}

# The C library's loader is a library of its own for some.
needs_the_c_library_alone() {
    readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >"$BUILD/needed"
    [ -s "$BUILD/needed" ] && ! grep -vE '^(libc|libm|libgcc_s|ld-[a-z0-9_-]*)\.(so|musl)[-.a-z0-9_]*$' "$BUILD/needed"
}

knows_no_threads_and_no_network() {
    nm -D --undefined-only "$library" | sed -e 's/.* //' -e 's/@.*//' >"$BUILD/undefined"
    [ -s "$BUILD/undefined" ] &&
        ! grep -xE 'pthread_create|thrd_create|clone|clone3|fork|socket|connect|getaddrinfo|res_.*' "$BUILD/undefined"
}

check "the library for signing only exports the header's functions without the client, and nothing else" \
    exports_the_header
check "the library for signing only needs the C library and libgcc_s alone" needs_the_c_library_alone
check "the library for signing only knows of no threads and no network" knows_no_threads_and_no_network

check "a program for signing only builds with the shared and with the static library" build
if [ -x "$BUILD/small" ] && [ -x "$BUILD/small-static" ]; then
    run "signing only" "$BUILD/small"
    run "signing only, linked with the static library" "$BUILD/small-static"
    if command -v valgrind >/dev/null; then
        kinds=definite,indirect,possible
        run "signing only, under valgrind" valgrind --leak-check=full --show-leak-kinds=$kinds \
            --errors-for-leak-kinds=$kinds --error-exitcode=99 -q --suppressions="$here/valgrind.supp" \
            --num-callers=60 "$BUILD/small"
    else
        echo "SKIPPED: valgrind is not installed"
    fi
fi

echo "in all: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
