# shellcheck shell=bash
# How the tests of this folder tell what they found: each sentence that is proven, or the first that is not. To be sourced.

passed=0

ok() {
    echo "ok   $1"
    passed=$((passed + 1))
}

refuse() {
    echo "FAIL $1"
    exit 1
}
