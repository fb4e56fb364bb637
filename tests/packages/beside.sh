#!/usr/bin/env bash
# Uses the library beside what else a program may have in it: another library in Rust, a copy of itself, OpenSSL and
# libcurl, and names that are those of its own inside. All of it signs and calls an emulator over TLS.
#
# RELEASE, from the environment, is the folder of what `make build` built; DEBUG the static library that the Rust tests are
# linked with; CC and CLANG are compilers.
set -euo pipefail
cd "$(dirname "$0")/../.."

root=$PWD
. tests/packages/sentences.sh
sources=$root/tests/packages/beside
RELEASE=$(cd "${RELEASE:-target/release}" && pwd)
DEBUG=$(realpath "${DEBUG:-target/debug/deps/libmillicast_tokens.a}")
CC=${CC:-cc}
CLANG=${CLANG:-clang}
folder=$(mktemp -d)
emulator=
other=
unset LD_LIBRARY_PATH LD_PRELOAD LD_BIND_NOW

clean_up() {
    if [ -n "$emulator" ]; then
        kill "$emulator" 2>/dev/null || true
        wait "$emulator" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# compile WORDS...: by the compiler that COMPILER names. In static programs a linker warns of getaddrinfo, and of
# getpwuid_r, which only the other library asks for.
compile() {
    "${COMPILER:-$CC}" -std=c99 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -I"$root/include" -I"$sources" "$@" 2>"$folder/said" ||
        { cat "$folder/said" && refuse "${COMPILER:-$CC} $*"; }
    grep warning: "$folder/said" | grep -vE "Using '(getaddrinfo${other:+|getpwuid_r})'" || return 0
    refuse "there is a warning: ${COMPILER:-$CC} $*"
}

# runs PROGRAM...: it ends well, and in time.
runs() {
    timeout 60 "$@" >"$folder/output" 2>&1 || { cat "$folder/output" && refuse "$* ended with status $?"; }
}

start_emulator() {
    MILLICAST_API_SECRET=secret-beside-$$
    mkfifo "$folder/ready"
    MILLICAST_EMULATOR_API_SECRET=$MILLICAST_API_SECRET "$RELEASE/millicast-emulator" --listen 127.0.0.1:0 \
        --tls "$folder/tls" >"$folder/ready" &
    emulator=$!
    read -r line <"$folder/ready"
    MILLICAST_API_URL=${line#listening on }
    MILLICAST_CA=$folder/tls/ca.pem
    export MILLICAST_API_SECRET MILLICAST_API_URL MILLICAST_CA
}

# other_names: what rustc's archive has besides mct_*, that no C library has too.
other_names() {
    readelf --symbols --wide "$RELEASE/libmillicast_tokens.a" |
        awk '$5 != "LOCAL" && $4 == "FUNC" && $7 != "UND" && $8 ~ /^(_ZN|_R|ring_core|rust_|__rust)/ { print $8 }' | sort -u
}

start_emulator
cd "$folder"
cp -L "$RELEASE/libmillicast_tokens.so" libmillicast_tokens.so.0
ln -s libmillicast_tokens.so.0 libmillicast_tokens.so
"$root/packaging/static.sh" "$RELEASE/libmillicast_tokens.a" libmillicast_tokens.a
archive=$folder/libmillicast_tokens.a
shared=(-L"$folder" "-Wl,-rpath,$folder" -lmillicast_tokens)

# --- What is linked

"$root/packaging/static.sh" "$RELEASE/libmillicast_tokens.a" again.a
cmp again.a "$archive" || refuse "the static library is the same when it is made again"
strangers=$(readelf --symbols --wide "$archive" | awk '$5 ~ /GLOBAL|WEAK/ && $7 != "UND" && $8 !~ /^mct_/ { print $8 }')
[ -z "$strangers" ] || refuse "the static library has other names: $strangers"
ok "the static library exports mct_* alone, and comes out the same each time"

for options in "" -no-pie "-static" -static-pie "-Wl,--gc-sections" -fuse-ld=gold "-fuse-ld=gold -Wl,--gc-sections" "-flto -O2"; do
    # shellcheck disable=SC2086 # a list of words
    compile $options "$sources/linked.c" "$archive" -o linked
    runs ./linked
done
for options in "" "-fuse-ld=lld" "-fuse-ld=lld -Wl,--gc-sections,--icf=all" "-fuse-ld=lld -flto"; do
    # shellcheck disable=SC2086
    COMPILER=$CLANG compile $options "$sources/linked.c" "$archive" -o linked
    runs ./linked
done
ok "the static library needs nothing but the compiler's own libraries, with GNU ld, gold and lld, fully static too"

for library in -lmillicast_tokens "$folder/libmillicast_tokens.so" "$folder/libmillicast_tokens.so.0"; do
    compile "$sources/linked.c" -L"$folder" "-Wl,-rpath,$folder" "$library" -o linked
    needed=$(readelf -d linked | sed -n 's/.*(NEEDED).*\[\(.*millicast.*\)\]/\1/p')
    [ "$needed" = libmillicast_tokens.so.0 ] || refuse "a program linked by $library asks for $needed"
    runs ./linked
done
ok "a program asks for the SONAME alone, also one that was linked by the library's path"

# --- Another library in Rust

other=yes
rustc --edition 2021 --crate-type staticlib -O -o libother.a "$sources/other.rs"
# A release has no hook to panic by; what the Rust tests are linked with has.
hook=$(readelf --symbols --wide "$DEBUG" 2>/dev/null | awk '$4 == "FUNC" && $8 ~ /15panic_next_call/ { print $8 }' | sort -u)
[ -n "$hook" ] || refuse "the archive of the tests has their hook for a panic"
objcopy --strip-debug --redefine-sym "$hook=mct_panic_next_call" "$DEBUG" with_hook.a 2>/dev/null
"$root/packaging/static.sh" with_hook.a ours.a
for libraries in "ours.a libother.a" "libother.a ours.a"; do
    for options in "" "-static" "-Wl,--gc-sections" "-fuse-ld=lld" "-fuse-ld=gold"; do
        # shellcheck disable=SC2086
        COMPILER=$([ "$options" = -fuse-ld=lld ] && echo "$CLANG" || echo "$CC") compile $options "$sources/rust.c" $libraries -o rust
        runs ./rust
    done
done
other=
ok "another static library in Rust links beside, in both orders, and each catches its own panics"

# --- Itself

mkdir local global
cp libmillicast_tokens.so.0 local/one.so
# The next major version.
next=libmillicast_tokens.so.1
"$CC" -shared -o global/two.so "-Wl,-soname,$next,-z,nodelete,-Bsymbolic,--default-symver" \
    -Wl,--whole-archive "$archive" -Wl,--no-whole-archive
ln -s two.so "global/$next"
compile -DNOT_LINKED "$sources/copies.c" -o copies
runs ./copies "$folder/local/one.so" "$folder/global/two.so"
runs ./copies "$folder/global/two.so" "$folder/local/one.so"
ok "two versions can be loaded side by side, and each works"

compile -DWITH_LINKED -rdynamic "$sources/copies.c" "$archive" -o copies_static
compile -DWITH_LINKED -rdynamic "$sources/copies.c" "${shared[@]}" -o copies_shared
for program in copies_static copies_shared; do
    runs ./$program "$folder/local/one.so" "$folder/global/two.so"
    LD_DEBUG=bindings LD_DEBUG_OUTPUT=$folder/bindings runs ./$program "$folder/local/one.so" "$folder/global/two.so"
done
# "binding file A [0] to B [0]: normal symbol ..."
awk '$2 == "binding" && $4 ~ /(one|two|millicast_tokens)\.so/ { print $4, $7, $11 }' bindings.* >bound
grep -q ' /.*/libc\.so' bound || refuse "the loader says what it binds"
strangers=$(awk '$1 != $2 && $2 !~ /\/(libc|libgcc_s|libm|ld-linux[^\/]*)\.so/' bound | sort -u)
[ -z "$strangers" ] || refuse "the library is bound to another: $strangers"
ok "copies that are loaded work beside the one that the program is linked with, and nothing of one binds to another"

compile -shared -fPIC "$sources/plugin.c" global/two.so "-Wl,-rpath,$folder/global" -o plugin_of_next.so
compile "$sources/plugins.c" -Wl,--no-as-needed "${shared[@]}" -o host
LD_DEBUG=bindings LD_DEBUG_OUTPUT=$folder/next runs ./host "$folder/plugin_of_next.so"
used=$(awk '$2 == "binding" && $4 ~ /plugin_of_next/ && $11 ~ /mct_/ { print $7 }' next.* | sort -u)
[ "$used" = "$folder/global/$next" ] || refuse "a plugin of the next major version is bound to $used"
ok "a plugin that was linked with the next major version gets that one, in a program that was linked with this one"

for number in 1 2; do
    compile -shared -fPIC "$sources/plugin.c" "$archive" -o "plugin$number.so"
done
compile "$sources/plugins.c" -o plugins
runs ./plugins "$folder/plugin1.so" "$folder/plugin2.so"
ok "two plugins with the static library in each work in one process"

# --- Names of the inside

{
    other_names
    printf '%s\n' connect_ log sqlite3_open SSL_new curl_easy_init rust_eh_personality
} | sort -u >names
# In data: who calls one of them ends there.
awk 'BEGIN { print ".data" } { printf ".globl \"%s\"\n\"%s\":\n", $1, $1 }
    END { print ".quad 0\n.section .note.GNU-stack,\"\"" }' names >names.s
"$CC" -c names.s -o names.o
compile -DNOT_LINKED -rdynamic "$sources/copies.c" names.o -o captured_loaded
runs ./captured_loaded "$folder/local/one.so" "$folder/global/two.so"
compile -rdynamic "$sources/linked.c" names.o "${shared[@]}" -o captured
runs ./captured
compile -rdynamic "$sources/linked.c" "${shared[@]}" names.o -o captured
runs ./captured
compile -rdynamic "$sources/linked.c" names.o "$archive" -o captured
runs ./captured
compile -rdynamic "$sources/linked.c" "$archive" names.o -o captured
runs ./captured
"$CC" -shared names.o -o names.so
compile "$sources/linked.c" "${shared[@]}" -o captured
LD_PRELOAD=$folder/names.so runs ./captured
ok "a program that has all $(wc -l <names) names of the inside itself is not called in their place"

# --- OpenSSL and libcurl

for libraries in "-lmillicast_tokens -lcurl -lssl -lcrypto" "-lcurl -lssl -lcrypto -lmillicast_tokens" "$archive -lcurl -lssl -lcrypto"; do
    # shellcheck disable=SC2086
    compile "$sources/openssl.c" -L"$folder" "-Wl,-rpath,$folder" $libraries -lm -o openssl
    runs ./openssl ours
    runs ./openssl theirs
done
ok "OpenSSL and libcurl work beside it, before and after, and the process is as it was"

kill -TERM "$emulator"
wait "$emulator" || refuse "the emulator ends when it is told to"
emulator=
echo "$passed passed, 0 failed"
