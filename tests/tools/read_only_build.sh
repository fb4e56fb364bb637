#!/usr/bin/env bash
# Builds the library from a copy of the sources that may not be written to, and checks that the copy stays as it was.
# The dependencies are those of the other builds.
set -euo pipefail
cd "$(dirname "$0")/../.."

copy=$(mktemp -d "${TARGET_FOLDER:-${CARGO_TARGET_DIR:-target}}/read-only.XXXXXX")
trap 'chmod -R u+w "$copy"; rm -rf "$copy"' EXIT

cp -R Cargo.toml Cargo.lock build.rs cbindgen.toml README.md include src "$copy"
mkdir "$copy/tests"
cp -R tests/emulator tests/portable tests/*.rs tests/support "$copy/tests"
chmod -R a-w "$copy"
# Root may write all the same, so the listing is compared too.
listing() { (cd "$copy" && find . -printf '%p %s %T@\n' | sort); }
before=$(listing)
cargo build --quiet --locked --manifest-path "$copy/Cargo.toml" -p millicast-tokens
if [ "$before" != "$(listing)" ]; then
    echo "the build wrote into its sources:"
    diff <(echo "$before") <(listing)
    exit 1
fi
echo "a build from read-only sources left them as they were"
