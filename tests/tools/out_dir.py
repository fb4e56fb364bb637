"""Reads cargo's JSON messages and prints the folder that the library's build script wrote to."""

from __future__ import annotations

import json
import sys


def main() -> None:
    folder = None
    for line in sys.stdin:
        message = json.loads(line)
        is_ours = "millicast-tokens" in message.get("package_id", "")
        if message["reason"] == "build-script-executed" and is_ours:
            folder = message["out_dir"]
    if folder is None:
        sys.exit("cargo ran no build script of millicast-tokens")
    print(folder)


if __name__ == "__main__":
    main()
