#!/bin/sh
# Builds and runs the C tests, the header's check and the examples, against an emulator that is started here.
#
# Taken from the environment, each with a default: LIBDIR, the folder of libmillicast_tokens.so, .so.0 and .a; INCLUDE,
# that of the header; EMULATOR, the program; CC and CXX; BUILD, where everything is made (else a folder that is removed
# at the end); ONLY, a part of a sentence, for the tests of the suite that hold it. The suite reads JSON with json-c.
#
# Under valgrind TESTS_SLOWNESS tells the tests how much longer things may take, and that they shall repeat less.
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
CONTRACT=$root/tests/contract
LIBDIR=$(cd "${LIBDIR:-$root/target/release}" && pwd) || exit 1
INCLUDE=$(cd "${INCLUDE:-$root/include}" && pwd) || exit 1
EMULATOR=${EMULATOR:-$LIBDIR/millicast-emulator}
CC=${CC:-cc}
CXX=${CXX:-c++}
temporary=
emulator=
passed=0
failed=0

clean_up() {
    if [ -n "$emulator" ]; then
        kill "$emulator" 2>/dev/null
        wait "$emulator" 2>/dev/null
    fi
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
    timeout --foreground 300 "$@" >"$BUILD/output" 2>&1 3<&-
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
    "$CC" -std=c99 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -Werror -gdwarf-4 -I"$INCLUDE" "$@"
}

shared="-L$LIBDIR -Wl,-rpath,$LIBDIR -lmillicast_tokens"
json=-ljson-c
system="-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc"
families="version_and_errors arguments texts numbers publish_token subscribe_token signing viewers viewers_at_fault
    verifying log calls failed_calls lists updates account bandwidth answers secrecy threads signals
    storms cancel phases process forks
    call_starts call_ends call_loops call_walks call_crowds find_created"

build() {
    objects=
    for file in main harness net api packing peer ends $families; do
        compile -c "$here/$file.c" -o "$BUILD/$file.o" || return 1
        objects="$objects $BUILD/$file.o"
    done
    # shellcheck disable=SC2086 # lists of words
    {
        compile $objects $shared $json -ldl -lpthread -o "$BUILD/suite" &&
            compile $objects "$LIBDIR/libmillicast_tokens.a" $json $system -o "$BUILD/suite-static" &&
            compile "$here/exit_in_call.c" "$BUILD/harness.o" "$BUILD/peer.o" "$BUILD/api.o" "$BUILD/net.o" $shared -ldl \
                -lpthread -o "$BUILD/exit_in_call" &&
            compile "$here/exit_with_calls.c" "$BUILD/net.o" $shared -lpthread -o "$BUILD/exit_with_calls" &&
            compile "$here/signing_threads.c" "$BUILD/harness.o" "$BUILD/packing.o" "$BUILD/api.o" "$BUILD/net.o" \
                $shared -ldl -lpthread -o "$BUILD/signing_threads" &&
            compile "$here/emulator_helper.c" "$BUILD/harness.o" $shared -lpthread -o "$BUILD/emulator_helper" &&
            compile "$here/unload.c" "$BUILD/peer.o" -ldl -lpthread -o "$BUILD/unload"
    }
}

# Its own free() hands on to glibc's.
run_wiped() {
    # shellcheck disable=SC2086
    if ! getconf GNU_LIBC_VERSION >/dev/null 2>&1; then
        echo "SKIPPED: the C library is not glibc, so freed memory is not looked into"
    elif compile "$here/wiped.c" "$BUILD/harness.o" "$BUILD/net.o" $shared -lpthread -o "$BUILD/wiped"; then
        run "wiped" "$BUILD/wiped"
    else
        check "what looks into freed memory builds" false
    fi
}

# GLib is for this alone.
build_glib_loop() {
    # shellcheck disable=SC2046,SC2086
    compile $(pkg-config --cflags glib-2.0) "$here/glib_loop.c" "$BUILD/ends.o" "$BUILD/harness.o" "$BUILD/net.o" \
        "$BUILD/api.o" $shared $(pkg-config --libs glib-2.0) -lpthread -o "$BUILD/glib_loop"
}

run_glib_loop() {
    if ! pkg-config --exists glib-2.0; then
        echo "SKIPPED: GLib is not installed, so its main loop is not tried"
    elif build_glib_loop; then
        run "glib_loop" "$BUILD/glib_loop"
    else
        check "what calls from GLib's main loop builds" false
    fi
}

# A user's own compiler and options: strictly C99, and the same with the dialect of GNU and as C++.
helper_compiles() {
    printf '#include "millicast_emulator.h"\nint main(void) { return 0; }\n' >"$BUILD/helper.c"
    for standard in c99 gnu99 c11; do
        "$CC" -std=$standard -O2 -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -I"$INCLUDE" "$BUILD/helper.c" \
            "$here/helper_used.c" -o "$BUILD/helper" || return 1
    done
}

helper_compiles_in_cpp() {
    for standard in c++17 c++20; do
        "$CXX" -std=$standard -O2 -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -I"$INCLUDE" -x c++ \
            "$here/helper_used.c" -fsyntax-only || return 1
    done
}

# Where another header has hidden what it needs, it says what to do.
helper_says_that_it_comes_too_late() {
    printf '#include <stdio.h>\n#include "millicast_emulator.h"\n' >"$BUILD/late.c"
    ! "$CC" -std=c99 -I"$INCLUDE" -fsyntax-only "$BUILD/late.c" 2>"$BUILD/why" &&
        grep -q 'before every other header' "$BUILD/why"
}

# The functions that the header has, and of those the ones that no object of the suite calls.
uncalled() {
    sed -n 's/^[a-z].*[ *]\(mct_[a-z0-9_]*\)(.*/\1/p' "$INCLUDE/millicast_tokens.h" | sort -u >"$BUILD/declared"
    # shellcheck disable=SC2086
    nm -u $objects | sed -n 's/^ *U \(mct_[a-z0-9_]*\)$/\1/p' | sort -u >"$BUILD/called"
    comm -23 "$BUILD/declared" "$BUILD/called" >"$BUILD/uncalled"
    cat "$BUILD/uncalled"
    [ -s "$BUILD/declared" ] && [ ! -s "$BUILD/uncalled" ]
}

header_in_cpp() {
    # shellcheck disable=SC2086
    "$CXX" -std=c++17 -Wall -Wextra -Werror -pedantic -I"$INCLUDE" "$here/header_alone.cpp" $shared -o "$BUILD/header-cpp" &&
        "$BUILD/header-cpp"
}

header_in_c() {
    # shellcheck disable=SC2086
    "$CC" -std=c99 -Wall -Wextra -Werror -pedantic -I"$INCLUDE" "$@" "$here/header_alone.c" $shared -o "$BUILD/header-c" &&
        "$BUILD/header-c"
}

# Copied away first: an example must build without the rest of the tree.
build_example() {
    rm -rf "$BUILD/examples/$1"
    mkdir -p "$BUILD/examples" && cp -R "$root/examples/$1" "$BUILD/examples/$1" &&
        make -C "$BUILD/examples/$1" CC="$CC" CXX="$CXX" CFLAGS="-O2 -gdwarf-4" CXXFLAGS="-O2 -gdwarf-4" \
            INCLUDE="$INCLUDE" LIB="$LIBDIR" OUT="$BUILD/examples/bin"
}

refuses_secret_as_argument() {
    ! "$BUILD/examples/bin/$1" --api-secret "$MILLICAST_API_SECRET" >"$BUILD/refused" 2>&1 &&
        grep -q -- --api-secret-file "$BUILD/refused" && ! grep -q -- "$MILLICAST_API_SECRET" "$BUILD/refused"
}

reads_secret_file() {
    echo "$MILLICAST_API_SECRET" >"$BUILD/secret"
    MILLICAST_API_SECRET= "$BUILD/examples/bin/$1" --base-url "$MILLICAST_API_URL" --api-secret-file "$BUILD/secret"
}

fails_in_one_line() {
    ! MILLICAST_API_SECRET=wrong "$BUILD/examples/bin/$1" >"$BUILD/refused" 2>"$BUILD/why" &&
        grep -q UNAUTHORIZED "$BUILD/why" && [ "$(wc -l <"$BUILD/why")" -eq 1 ]
}

signs_offline() {
    echo '{"id":7,"token":"key","isActive":true,"streams":[{"streamName":"camera"}]}' >"$BUILD/token.json"
    "$BUILD/examples/bin/sign" --stream camera --lifetime 30 --token-json "$BUILD/token.json" >"$BUILD/jwt" &&
        grep -q '^[^.]*\.[^.]*\.[^.]*$' "$BUILD/jwt" &&
        MILLICAST_SUBSCRIBE_TOKEN_ID=7 MILLICAST_SUBSCRIBE_TOKEN=key "$BUILD/examples/bin/sign" --stream other &&
        ! "$BUILD/examples/bin/sign" --stream other --token-json "$BUILD/token.json"
}

check_example() {
    check "the example $1 runs" "$BUILD/examples/bin/$1"
    check "the example $1 takes the secret from a file" reads_secret_file "$1"
    check "the example $1 refuses a secret as an argument" refuses_secret_as_argument "$1"
    check "the example $1 fails in one clear line" fails_in_one_line "$1"
}

start_emulator() {
    MILLICAST_API_SECRET="c-tests-secret-$$"
    mkfifo "$BUILD/ready.$$" || exit 1
    MILLICAST_EMULATOR_API_SECRET=$MILLICAST_API_SECRET "$EMULATOR" --listen 127.0.0.1:0 >"$BUILD/ready.$$" &
    emulator=$!
    exec 3<"$BUILD/ready.$$"
    read -r line <&3
    rm -f "$BUILD/ready.$$"
    MILLICAST_API_URL=${line#listening on }
    export MILLICAST_API_URL MILLICAST_API_SECRET CONTRACT
    case $MILLICAST_API_URL in
    http://*) ;;
    *)
        echo "FAIL the emulator did not start"
        exit 1
        ;;
    esac
}

stop_emulator() {
    kill -TERM "$emulator" && wait "$emulator"
    code=$?
    emulator=
    return "$code"
}

if ! build; then
    echo "FAIL the tests do not build"
    exit 1
fi
start_emulator

check "the header compiles by itself as C99" header_in_c
check "the header compiles by itself as C99 without the client" header_in_c -DMCT_NO_CLIENT
if command -v "$CXX" >/dev/null; then
    check "the header compiles by itself as C++17" header_in_cpp
else
    echo "SKIPPED: no C++ compiler"
fi
check "the suite calls every function of the header" uncalled
check "the helper for the emulator compiles as C99, strictly and not" helper_compiles
if getconf GNU_LIBC_VERSION >/dev/null 2>&1; then
    check "the helper for the emulator says that it is included too late" helper_says_that_it_comes_too_late
fi
if command -v "$CXX" >/dev/null; then
    check "the helper for the emulator compiles as C++17" helper_compiles_in_cpp
fi
run "suite" "$BUILD/suite" ${ONLY:+"$ONLY"}
run "suite, linked with the static library" "$BUILD/suite-static" ${ONLY:+"$ONLY"}
run_wiped
run "signing_threads" "$BUILD/signing_threads"
run "unload" "$BUILD/unload" "$LIBDIR/libmillicast_tokens.so"
run "exit_in_call" "$BUILD/exit_in_call"
run "exit_with_calls" "$BUILD/exit_with_calls"
run "emulator_helper" "$BUILD/emulator_helper" "$EMULATOR" "$BUILD"
run_glib_loop

examples="guide sign"
check "the examples in C build outside of the tree" build_example c
if command -v "$CXX" >/dev/null; then
    check "the example in C++ builds outside of the tree" build_example cpp
    check_example quickstart
    examples="$examples quickstart"
fi
check_example guide
check "the example of a test starts its own emulator and passes" env MILLICAST_EMULATOR="$EMULATOR" \
    "$BUILD/examples/bin/emulated_test"
check "the example sign signs offline" signs_offline

if command -v valgrind >/dev/null; then
    kinds=definite,indirect,possible
    grind="valgrind --leak-check=full --show-leak-kinds=$kinds --errors-for-leak-kinds=$kinds --error-exitcode=99 -q"
    grind="env TESTS_SLOWNESS=10 $grind --suppressions=$here/valgrind.supp --num-callers=60"
    drd="env TESTS_SLOWNESS=10 valgrind --tool=drd --error-exitcode=99 -q --suppressions=$here/drd.supp"
    # shellcheck disable=SC2086 # a command and its options
    {
        run "suite, under valgrind" $grind "$BUILD/suite" ${ONLY:+"$ONLY"}
        run "signing_threads, under valgrind" $grind "$BUILD/signing_threads"
        run "emulator_helper, under valgrind" $grind "$BUILD/emulator_helper" "$EMULATOR" "$BUILD"
        run "unload, under valgrind" $grind "$BUILD/unload" "$LIBDIR/libmillicast_tokens.so"
        # It ends in the middle of things: what is still in use then is no leak.
        run "exit_in_call, under valgrind" $grind --leak-check=no "$BUILD/exit_in_call"
        run "exit_with_calls, under valgrind" $grind --leak-check=no "$BUILD/exit_with_calls"
        [ ! -x "$BUILD/glib_loop" ] || run "glib_loop, under valgrind" $grind "$BUILD/glib_loop"
        # Those of which drd can judge: see drd.supp.
        run "threads with a client each, under drd" $drd "$BUILD/suite" "clients of their own"
        run "threads that sign, under drd" $drd "$BUILD/suite" "threads sign"
        run "signing_threads, under drd" $drd "$BUILD/signing_threads"
        export MILLICAST_SUBSCRIBE_TOKEN_ID=7 MILLICAST_SUBSCRIBE_TOKEN=key
        for example in $examples; do
            [ "$example" = sign ] && options="--stream camera" || options=
            check "the example $example leaks nothing and reads nothing wrong" $grind "$BUILD/examples/bin/$example" $options
        done
    }
else
    echo "SKIPPED: valgrind is not installed"
fi

check "the emulator ends when it is told to" stop_emulator
echo "in all: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
