#!/usr/bin/env bash
# Starts an emulator on a free port, runs the C and the Python guide against it, shows what its director says to
# self-signed tokens, and stops everything. `make demo` builds what is needed first.
set -euo pipefail
cd "$(dirname "$0")/.."

release=${LIBDIR:-$PWD/target/release}
build=$PWD/target/demo
mkdir -p "$build"

export MILLICAST_API_SECRET=demo-secret
export MILLICAST_EMULATOR_API_SECRET=$MILLICAST_API_SECRET
export MILLICAST_TOKENS_LIBRARY=$release/libmillicast_tokens.so
export PYTHONPATH=$PWD/bindings/python PYTHONDONTWRITEBYTECODE=1

headline() { printf '\n== %s\n\n' "$*"; }

headline "The platform on this machine"
coproc EMULATOR { exec "$release/millicast-emulator" --listen 127.0.0.1:0; }
emulator=$EMULATOR_PID
trap 'kill "$emulator" 2>/dev/null || true; wait "$emulator" 2>/dev/null || true' EXIT
read -r ready <&"${EMULATOR[0]}"
echo "$ready"
export MILLICAST_API_URL=${ready#listening on }

headline "The guide in C"
make --no-print-directory -s -C examples/c INCLUDE="$PWD/include" LIB="$release" OUT="$build"
"$build/guide"

headline "The guide in Python"
"${PYTHON:-python3}" examples/python/guide.py

headline "Self-signed tokens before the director"
"${PYTHON:-python3}" examples/python/director.py

headline "Done"
