#!/bin/sh
# packaging/static.sh IN.a OUT.a: makes the static library that is installed out of the one that rustc wrote.
#
# rustc's archive holds Rust's runtime and every crate, with their names for all to see. A program that links a second
# Rust library gets them twice (rust_eh_personality), and one that defines such a name itself is called in their place.
# OUT.a has one relocatable object, whose functions mct_* are its only names. What none of them reaches is left out, and
# so is what only debuggers and LLVM read. The same input makes the same bytes.
#
# It takes GNU binutils; LD, OBJCOPY, AR and READELF name those of another machine's.
set -eu

LD=${LD:-ld}
OBJCOPY=${OBJCOPY:-objcopy}
AR=${AR:-ar}
READELF=${READELF:-readelf}
LC_ALL=C
export LC_ALL

fail() {
    echo "packaging/static.sh: $1" >&2
    exit 1
}

# readelf and not nm: nm asks LLVM's plugin, where there is one, about the bitcode beside the code.
# symbols FILE CONDITION: the names for which awk's condition holds; $5 is the binding, $7 the section, $8 the name.
symbols() {
    "$READELF" --symbols --wide "$1" | awk "\$8 != \"\" && \$1 ~ /^[0-9]+:\$/ && $2 { sub(/@.*/, \"\", \$8); print \$8 }" |
        sort -u
}

defined='$5 != "LOCAL" && $7 != "UND"'

[ $# -eq 2 ] || fail "usage: packaging/static.sh IN.a OUT.a"
[ -f "$1" ] || fail "there is no $1; make build"
for tool in "$LD" "$OBJCOPY" "$AR" "$READELF"; do
    command -v "$tool" >/dev/null || fail "there is no $tool: GNU binutils are needed"
done
for option in gc-sections force-group-allocation; do
    "$LD" --help 2>/dev/null | grep -q -e "--$option" || fail "$LD has no --$option: GNU ld 2.29 or later is needed"
done
"$OBJCOPY" --help 2>/dev/null | grep -q -e --keep-global-symbol || fail "$OBJCOPY has no --keep-global-symbol"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

symbols "$1" "$defined && \$8 ~ /^mct_/" >"$folder/names"
[ -s "$folder/names" ] || fail "$1 has no function mct_*"
sed 's/^/-u /' "$folder/names" >"$folder/roots"

# A COMDAT group is known by its name, whoever's it is: of two (DW.ref.rust_eh_personality) a linker would drop one, and
# with it the way to unwind. So the groups are dissolved. --strip-unneeded also forgets what only the left out asked for,
# such as getpwuid_r, of which a linker warns in a static program.
"$LD" -r --gc-sections --force-group-allocation -z noexecstack "@$folder/roots" "$1" -o "$folder/whole.o"
"$OBJCOPY" --strip-unneeded --remove-section=.llvmbc --remove-section=.llvmcmd --remove-section=.comment \
    --keep-global-symbols="$folder/names" "$folder/whole.o" "$folder/millicast_tokens.o"

symbols "$folder/millicast_tokens.o" "$defined" | cmp -s - "$folder/names" || fail "other names than mct_* are left"
if "$READELF" --section-groups "$folder/millicast_tokens.o" | grep -q COMDAT; then
    fail "a COMDAT group is left"
fi
rm -f "$folder/out.a"
"$AR" rcsD "$folder/out.a" "$folder/millicast_tokens.o"
cp "$folder/out.a" "$2"
