#!/bin/sh
# What the header for C has and the headers for C++ do not use, a line for each. Fails when there is any.
#
#     uncovered.sh CXX INCLUDE BINDING FOLDER
#
# Looks at what the compiler is given: the names that a macro puts together are there, and comments are not.
set -eu

cxx=$1 include=$2 binding=$3 folder=$4
header=$include/millicast_tokens.h

printf '#include "millicast_tokens.hpp"\n' >"$folder/umbrella.cpp"
# Of the whole that is compiled, only what stands in the headers for C++; macros are still to be seen with -dD.
"$cxx" -std=c++17 -E -dD -I"$include" -I"$binding" "$folder/umbrella.cpp" |
    awk -v "binding=$binding/" '/^# [0-9]+ "/ { ours = index($0, "\"" binding) > 0; next } ours' |
    tr -c 'A-Za-z0-9_' '\n' | sort -u >"$folder/used"

# A constant is one the compiler has replaced by its number, so that those are looked for in the text.
sed 's://.*::' "$binding"/millicast_tokens.hpp "$binding"/millicast_tokens/*.hpp |
    tr -c 'A-Za-z0-9_' '\n' | sort -u >"$folder/written"

sed -n 's/^[a-z].*[ *]\(mct_[a-z0-9_]*\)(.*/\1/p' "$header" | sort -u >"$folder/functions"
sed -n 's/^#define \(MCT_[A-Z0-9_]*\) [0-9][0-9]*$/\1/p' "$header" | grep -v '^MCT_VERSION_' |
    sort -u >"$folder/constants"
[ -s "$folder/functions" ] && [ -s "$folder/constants" ]

comm -23 "$folder/functions" "$folder/used" >"$folder/uncovered"
comm -23 "$folder/constants" "$folder/written" >>"$folder/uncovered"

# The traits name functions, and do no more: a class has to use each name.
traits=$binding/millicast_tokens/traits.hpp
sed -n -e 's/^ *MILLICAST_FUNCTION(K, \([a-z0-9_]*\)).*/\1/p' -e 's/^ *static constexpr auto \([a-z_]*\) = .*/\1/p' \
    "$traits" | sort -u >"$folder/named"
[ -s "$folder/named" ]
find "$binding" -name '*.hpp' ! -path "$traits" -exec sed 's://.*::' {} + |
    grep -o '::[a-z0-9_]*' | tr -d ':' | sort -u >"$folder/members"
comm -23 "$folder/named" "$folder/members" | sed 's/^/traits: /' >>"$folder/uncovered"
cat "$folder/uncovered"
[ ! -s "$folder/uncovered" ]
