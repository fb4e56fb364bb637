#!/bin/sh
# docs/build.sh SITE: makes the site. From the environment: PYTHON, of a virtual environment with docs/requirements.txt;
# MILLICAST_TOKENS_LIBRARY, which the Python package is described with; WORK, a folder for what is made on the way.
#
# A warning of Doxygen's or of Sphinx's is a failure.
set -eu
cd "$(dirname "$0")/.."

site=$1
PYTHON=${PYTHON:-python3}
WORK=${WORK:-target/docs-work}
OUT=$WORK/doxygen
VERSION=$(sed -n '/^\[package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
ROOT=$PWD
export PYTHON OUT VERSION ROOT

rm -rf "$site" "$OUT"
mkdir -p "$OUT"
doxygen -l "$OUT/default.xml"
# The way back to the guides, and what holds for a whole family before its functions.
sed -e 's|<navindex>|&<tab type="user" url="../index.html" title="Guides"/>|' \
    -e '/<group>/,/<.group>/{/<detaileddescription/d; s|<briefdescription .*/>|<detaileddescription title=""/>|;}' \
    "$OUT/default.xml" >"$OUT/layout.xml"
doxygen docs/Doxyfile

"$PYTHON" -m sphinx --fresh-env --fail-on-warning --keep-going -q --jobs 2 -b html -d "$WORK/doctrees" docs "$site"
cp -R "$OUT/c" "$site/c"
