#!/bin/sh
# Builds and runs the tests of the C++ binding, against an emulator that is started here.
#
# Taken from the environment, each with a default: LIBDIR, the folder of libmillicast_tokens.so, .so.0 and .a; INCLUDE,
# that of the C header; EMULATOR, the program; CXX; BUILD, where everything is made (else a folder that is removed at
# the end); ONLY, a part of a sentence, for the tests of the suite that hold it.
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
binding=$root/bindings/cpp
# The answers that are recorded for the tests of every language.
export CONTRACT="$root/tests/contract"
LIBDIR=$(cd "${LIBDIR:-$root/target/release}" && pwd) || exit 1
INCLUDE=$(cd "${INCLUDE:-$root/include}" && pwd) || exit 1
EMULATOR=${EMULATOR:-$LIBDIR/millicast-emulator}
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

if ! command -v "$CXX" >/dev/null; then
    echo "SKIPPED: no C++ compiler"
    exit 0
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
    timeout --foreground 600 "$@" >"$BUILD/output" 2>&1 3<&-
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
flags="-Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -gdwarf-4"

# compile COMPILER OPTION...
compile() {
    compiler=$1
    shift
    # shellcheck disable=SC2086 # a list of words
    "$compiler" $flags -I"$INCLUDE" -I"$binding" "$@"
}

# compile_each COMPILER OPTION... <NAMES: once for each name, in place of {}, as many at a time as there are processors.
compile_each() {
    compiler=$1
    shift
    # shellcheck disable=SC2086
    xargs -P "$(getconf _NPROCESSORS_ONLN)" -I{} "$compiler" $flags -I"$INCLUDE" -I"$binding" "$@"
}

shared="-L$LIBDIR -Wl,-rpath,$LIBDIR -lmillicast_tokens"
system="-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc"
families="harness api server answers results arguments tokens calls lists account signing viewers statuses log threads"
families="$families async_calls"

build() {
    # shellcheck disable=SC2086
    printf '%s\n' $families | compile_each "$CXX" -std=c++17 -c "$here/{}.cpp" -o "$BUILD/{}.o" || return 1
    objects=$(printf "$BUILD/%s.o " $families)
    plain="$here/harness.cpp $here/api.cpp $here/server.cpp $here/without_exceptions.cpp"
    # shellcheck disable=SC2086 # lists of words
    {
        compile "$CXX" -std=c++17 $objects $shared -lpthread -o "$BUILD/suite" &&
            compile "$CXX" -std=c++17 $objects "$LIBDIR/libmillicast_tokens.a" $system -o "$BUILD/suite-static" &&
            compile "$CXX" -std=c++17 -fno-exceptions -fno-rtti $plain $shared -lpthread \
                -o "$BUILD/without_exceptions" &&
            compile "$CXX" -std=c++17 -DMCT_NO_CLIENT "$here/harness.cpp" "$here/signing_only.cpp" $shared \
                -o "$BUILD/signing_only"
    }
}

# Each header by itself, and that nothing is used from before it.
headers_alone() {
    printf '%s\n' "$binding"/millicast_tokens.hpp "$binding"/millicast_tokens/*.hpp |
        compile_each "$@" -fsyntax-only -include {} -x c++ /dev/null
}

suite_compiles() {
    # shellcheck disable=SC2086
    printf '%s\n' $families | compile_each "$@" -fsyntax-only "$here/{}.cpp"
}

# Two sources that include everything link, and what they use is defined once.
links_from_two_sources() {
    cat >"$BUILD/one.cpp" <<-'END'
	#include "millicast_tokens.hpp"
	bool can_log();
	int main() { return millicast::client_config("a").try_check() && can_log() ? 0 : 1; }
	END
    cat >"$BUILD/two.cpp" <<-'END'
	#include "millicast_tokens.hpp"
	bool can_log();
	bool can_log() {
	    const auto log = [](millicast::log_level, std::string_view) {};
	    return millicast::client_config("a").set_log(millicast::log_level::info, log).try_check().has_value();
	}
	END
    # shellcheck disable=SC2086
    compile "$CXX" -std=c++17 "$BUILD/one.cpp" "$BUILD/two.cpp" $shared -o "$BUILD/two" && "$BUILD/two"
}

# The functions that the C header has, and of those the ones that no object of the suite calls.
uncalled() {
    sed -n 's/^[a-z].*[ *]\(mct_[a-z0-9_]*\)(.*/\1/p' "$INCLUDE/millicast_tokens.h" | sort -u >"$BUILD/declared"
    # shellcheck disable=SC2086
    nm -u $objects | sed -n 's/^ *U \(mct_[a-z0-9_]*\)$/\1/p' | sort -u >"$BUILD/called"
    comm -23 "$BUILD/declared" "$BUILD/called" >"$BUILD/uncalled"
    cat "$BUILD/uncalled"
    [ -s "$BUILD/declared" ] && [ ! -s "$BUILD/uncalled" ]
}

# What is new in the header for C, or in the traits alone, is told.
tells_what_is_uncovered() {
    rm -rf "$BUILD/of_tomorrow"
    mkdir "$BUILD/of_tomorrow" && cp -r "$INCLUDE" "$BUILD/of_tomorrow/include" &&
        cp -r "$binding" "$BUILD/of_tomorrow/binding" || return 1
    printf '%s\n' 'void mct_of_tomorrow(void);' '#define MCT_OF_TOMORROW 1' \
        >>"$BUILD/of_tomorrow/include/millicast_tokens.h"
    traits=$BUILD/of_tomorrow/binding/millicast_tokens/traits.hpp
    sed 's/^ *MILLICAST_FUNCTION(K, list_all).*/&\n    MILLICAST_FUNCTION(K, list_some) \\/' "$traits" >"$traits.new" &&
        mv "$traits.new" "$traits" || return 1
    ! sh "$here/uncovered.sh" "$CXX" "$BUILD/of_tomorrow/include" "$BUILD/of_tomorrow/binding" "$BUILD/of_tomorrow" \
        >"$BUILD/of_tomorrow/told" || return 1
    printf '%s\n' mct_of_tomorrow MCT_OF_TOMORROW 'traits: list_some' | diff - "$BUILD/of_tomorrow/told"
}

start_emulator() {
    MILLICAST_API_SECRET="cpp-tests-secret-$$"
    mkfifo "$BUILD/ready.$$" || exit 1
    MILLICAST_EMULATOR_API_SECRET=$MILLICAST_API_SECRET "$EMULATOR" --listen 127.0.0.1:0 >"$BUILD/ready.$$" &
    emulator=$!
    exec 3<"$BUILD/ready.$$"
    read -r line <&3
    rm -f "$BUILD/ready.$$"
    MILLICAST_API_URL=${line#listening on }
    export MILLICAST_API_URL MILLICAST_API_SECRET
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

compilers=$CXX
for other in g++ clang++; do
    if ! command -v "$other" >/dev/null; then
        echo "SKIPPED: $other is not installed"
    elif [ "$(readlink -f "$(command -v "$other")")" != "$(readlink -f "$(command -v "$CXX")")" ]; then
        compilers="$compilers $other"
    fi
done
for compiler in $compilers; do
    check "each header compiles by itself with $compiler" headers_alone "$compiler" -std=c++17
    for standard in c++17 c++20; do
        check "the suite compiles with $compiler as $standard" suite_compiles "$compiler" -std=$standard
        check "it compiles with $compiler as $standard without exceptions" compile "$compiler" -std=$standard \
            -fno-exceptions -fno-rtti -fsyntax-only "$here/without_exceptions.cpp"
        check "it compiles with $compiler as $standard without the client" compile "$compiler" -std=$standard \
            -DMCT_NO_CLIENT -fsyntax-only "$here/signing_only.cpp"
    done
done
check "two sources that include everything link" links_from_two_sources
check "the binding uses everything that the C header has" sh "$here/uncovered.sh" "$CXX" "$INCLUDE" "$binding" "$BUILD"
check "what the binding does not use of the C header is told" tells_what_is_uncovered
check "the suite calls every function of the C header" uncalled
run "suite" "$BUILD/suite" ${ONLY:+"$ONLY"}
run "suite, linked with the static library" "$BUILD/suite-static" ${ONLY:+"$ONLY"}
if [ -z "${ONLY:-}" ]; then
    run "without exceptions" "$BUILD/without_exceptions"
    run "signing only" "$BUILD/signing_only"
fi

if command -v valgrind >/dev/null; then
    kinds=definite,indirect,possible
    grind="valgrind --leak-check=full --show-leak-kinds=$kinds --errors-for-leak-kinds=$kinds --error-exitcode=99 -q"
    grind="$grind --suppressions=$here/valgrind.supp --num-callers=60"
    # shellcheck disable=SC2086 # a command and its options
    {
        run "suite, under valgrind" $grind "$BUILD/suite" ${ONLY:+"$ONLY"}
        if [ -z "${ONLY:-}" ]; then
            run "without exceptions, under valgrind" $grind "$BUILD/without_exceptions"
            run "signing only, under valgrind" $grind "$BUILD/signing_only"
        fi
    }
else
    echo "SKIPPED: valgrind is not installed"
fi

check "the emulator ends when it is told to" stop_emulator
echo "in all: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
