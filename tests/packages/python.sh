# shellcheck shell=bash
# What the tests of the Python packages share: the Pythons of this machine, and environments without anything of the source
# tree. To be sourced, in the root of the tree, with `folder` naming an empty folder that is removed at the end.

. tests/packages/sentences.sh
folder=${folder:?names the folder that is removed at the end}

# The lowest version that the package takes.
lowest() {
    sed -n 's/^requires-python = ">=\(.*\)"/\1/p' bindings/python/pyproject.toml
}

# Every Python that can make an environment, on PATH and of pyenv: "VERSION PROGRAM", the oldest first.
pythons() {
    local program
    for program in $(compgen -c python3 | grep -xE 'python3(\.[0-9]+)?' | sort -u) "$HOME"/.pyenv/versions/*/bin/python3; do
        "$program" -c 'import ensurepip, sys, venv; print("%d.%d.%d" % sys.version_info[:3], sys.executable)' 2>/dev/null || true
    done | sort -uV -k 1,1
}

# from_to FIRST END: those whose version is FIRST or later and before END, of the list that is read.
from_to() {
    awk -v first="$1" -v end="$2" '
        function number(version, part) { split(version, part, "."); return part[1] * 1000 + part[2] }
        number($1) >= number(first) && number($1) < number(end)'
}

# alone COMMAND...: in an empty folder, with nothing in the environment but what says how to reach an index of packages.
alone() {
    local name variables=()
    for name in $(compgen -e | grep -E '^(PIP_.*|SSL_CERT_.*|.*_(proxy|PROXY))$'); do
        variables+=("$name=${!name}")
    done
    mkdir -p "$folder/home" "$folder/empty"
    (cd "$folder/empty" && env -i PATH="${MINIMAL_PATH:-/usr/bin:/bin}" HOME="$folder/home" PYTHONDONTWRITEBYTECODE=1 \
        "${variables[@]}" ${MORE_VARIABLES:+"${MORE_VARIABLES[@]}"} "$@")
}

# fresh PROGRAM: a new environment of this Python, whose folder it prints.
fresh() {
    local venv
    venv=$(mktemp -d -p "$folder" venv.XXXXXX)
    alone "$1" -m venv "$venv" >&2
    echo "$venv"
}

# The oldest and the newest Python that the package takes.
oldest_and_newest() {
    pythons | from_to "$(lowest)" 4.0 | sed -n '1p;$p' | uniq
}
