"""The command `millicast-tokens`.

`main` is all that is imported without the extra `cli`, and says in one line how to get it.
"""

from __future__ import annotations

import sys

#: What the extra brings. A module of these that is missing is the user's to install, any other a fault of ours.
_EXTRAS = {
    "click": "cli",
    "rich": "cli",
    "platformdirs": "cli",
    "tomli": "cli",
    "keyring": "cli",
    "pyarrow": "cli,arrow",
    "matplotlib": "cli,plot",
}

#: The exit code for a missing extra. It stands here, since `exits` shares it and this needs no other module.
MISSING_EXTRA = 20


def missing_extra(missing: ModuleNotFoundError) -> str | None:
    """One line that says how to get what is missing; None where it is of no extra."""
    extra = _EXTRAS.get((missing.name or "").partition(".")[0])
    if extra is None:
        return None
    return f"millicast-tokens: {missing.name} is not installed; get it by: pip install 'millicast-tokens[{extra}]'"


def main() -> int:
    """Runs the command with the arguments of this process. The exit code."""
    try:
        from . import app  # noqa: PLC0415  # Not importable without the extra.
    except ModuleNotFoundError as missing:
        line = missing_extra(missing)
        if line is None:
            raise
        sys.stderr.write(line + "\n")
        return MISSING_EXTRA
    return app.run(sys.argv[1:])
