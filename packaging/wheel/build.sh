#!/usr/bin/env bash
# Builds the wheel of the Python package for Linux with a glibc as old as GLIBC says, or newer, and checks that it is so.
#
# Zig links against the symbols of that glibc, so that it does not matter how new this machine's is. From the environment:
# TARGET, the folder that everything is built in; VENV, a virtual environment with requirements.txt; ARCH, of the machines
# that the wheel is for, whose target rustup has to have; CARGO.
set -euo pipefail
cd "$(dirname "$0")/../.."

GLIBC=2.17 # The oldest that Rust's own standard library takes: that of manylinux2014.
ARCH=${ARCH:-$(uname -m)}
TARGET=${TARGET:-$PWD/target}
VENV=$(cd "${VENV:-$TARGET/wheel-venv}" && pwd)
triple=$ARCH-unknown-linux-gnu
tag=manylinux_${GLIBC/./_}_$ARCH.manylinux2014_$ARCH

export CARGO_TARGET_DIR=$TARGET CARGO_PROFILE_RELEASE_STRIP=symbols
# As `make build` does, with another linker.
PATH=$VENV/bin:$PATH cargo-zigbuild rustc --release --locked --target "$triple.$GLIBC" -p millicast-tokens --lib \
    --crate-type cdylib
CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 PATH=$VENV/bin:$PATH \
    cargo-zigbuild build --release --locked --target "$triple.$GLIBC" -p millicast-emulator
"$VENV/bin/python" packaging/third_party_notices.py >"$TARGET/$triple/release/third-party-notices"

mkdir -p "$TARGET/wheels"
rm -f "$TARGET"/wheels/*"_$ARCH.whl"
unset MILLICAST_EMULATOR_BUNDLE
cd bindings/python
MILLICAST_TOKENS_BUNDLE=$TARGET/$triple/release/libmillicast_tokens.so MILLICAST_TOKENS_PLATFORM=$tag \
    "$VENV/bin/python" -m hatchling build -t wheel -d "$TARGET/wheels"
"$VENV/bin/python" ../../packaging/wheel/check.py "$TARGET"/wheels/*"_$ARCH.whl" "$GLIBC"
