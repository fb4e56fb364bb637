#!/usr/bin/env bash
# The manual pages are clean to both of their readers, and that of the emulator has the options that the program has.
#
# EMULATOR, from the environment, is the program.
set -euo pipefail
cd "$(dirname "$0")/../../packaging/man"
. ../../tests/packages/sentences.sh

EMULATOR=${EMULATOR:-../../target/release/millicast-emulator}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for tool in man mandoc; do
    command -v $tool >/dev/null || refuse "there is no $tool; apt install man-db mandoc"
done

for page in *; do
    man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>"$folder/said" >/dev/null || refuse "man reads $page"
    # What it says below a warning is whether this machine has the pages that are referred to.
    mandoc -Tlint -W warning "$page" >>"$folder/said" || true
    [ ! -s "$folder/said" ] || { cat "$folder/said"; refuse "$page is clean"; }
    ok "man and mandoc find nothing wrong with $page"
done

"$EMULATOR" --help >"$folder/help"
sed -nE 's/^ +(-[a-zA-Z], )?(--[a-z-]+).*/\1\2/p' "$folder/help" | tr -d , | tr ' ' '\n' | sort >"$folder/program"
grep '^\.It Fl' millicast-emulator.1 | grep -oE 'Fl (Fl [a-z-]+|[a-zA-Z]\b)' | sed 's/Fl Fl /--/; s/^Fl /-/' |
    sort >"$folder/page"
[ "$(wc -l <"$folder/program")" -gt 10 ] || refuse "the options of --help can be read"
diff "$folder/program" "$folder/page" || refuse "each option of --help stands in the page, and no other"
ok "each option of millicast-emulator --help stands in its page, and no other"

grep -oE 'MILLICAST_[A-Z_]+' "$folder/help" | sort -u >"$folder/program"
sed -n 's/^\.It Ev //p' millicast-emulator.1 | sort -u | diff "$folder/program" - ||
    refuse "each environment variable of --help stands in the page, and no other"
ok "each environment variable too"

sed -n '/^#include/,/^}/p' millicast_tokens.3 | sed 's/\\e/\\/g' >"$folder/example.c"
"${CC:-cc}" -std=c99 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I../../include "$folder/example.c" ||
    refuse "the example of millicast_tokens.3 compiles"
ok "the example of millicast_tokens.3 compiles"
echo "$passed passed, 0 failed"
