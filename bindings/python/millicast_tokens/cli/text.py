"""Text that came from elsewhere, as a terminal may have it."""

from __future__ import annotations

import datetime
import unicodedata

#: Control characters, those that turn the direction of writing, lone surrogates, and other ends of lines.
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def plain(text: str) -> str:
    """The text with everything that a terminal would obey, or that can't be seen, written as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(sign) if unicodedata.category(sign) in _HIDDEN else sign for sign in text)


def _escaped(sign: str) -> str:
    code = ord(sign)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def lines(text: str) -> str:
    """The same for a message of several lines."""
    return "\n".join(plain(line) for line in text.split("\n"))


def moment(seconds: int | None) -> str:
    """A time in UTC, to the second."""
    if seconds is None:
        return ""
    try:
        when = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    except (OverflowError, OSError, ValueError):
        return str(seconds)
    return when.strftime("%Y-%m-%d %H:%M:%SZ")


def size(count: int) -> str:
    """Bytes as people read them, in powers of ten as bandwidth is counted."""
    number = float(count)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if abs(number) < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.2f} {unit}"
        number /= 1000
    return f"{number:.2f} PB"
