"""Where the tests lie."""

from pathlib import Path

#: The source tree.
ROOT = Path(__file__).resolve().parents[2]
