"""What Doxygen reads in place of a header: the same, with the introduction of each family as the head of a group.

An introduction is a comment that begins with a line of nothing but `/*`; its first line is the family's name. What
follows, up to the next one, is the group. The text of comments is plain: a backslash or an angle bracket stands for
itself.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

BEGIN_GROUP = "/** @defgroup {name} {title}\n *\n"
END_GROUP = "/** @} */\n"
COMMENT = re.compile(
    r"^[ \t]*/\*\*?\n.*?\*/\n|^[ \t]*/\*\*? .*?\*/|^[ \t]*//[/!].*?$",
    re.MULTILINE | re.DOTALL,
)


#: A struct within a class that has no documentation is the class's own. Doxygen would link to it, and not show it.
INNER = re.compile(
    r"(^(?! *///)[^\n]*\n)((?P<indent> +)struct \w+ \{\n.*?^(?P=indent)\};\n)",
    re.MULTILINE | re.DOTALL,
)


def plain(comment: str) -> str:
    """Text without anything that Doxygen takes for a command or a tag, what stands between backticks aside."""
    parts = re.split(r"(`[^`\n]*`)", comment)
    parts[::2] = [re.sub(r"([\\#%]|<(?=\w))", r"\\\1", part) for part in parts[::2]]
    text = "".join(parts)
    # The form of an address is none, and no link.
    return re.sub(r"\bhttp://(?=[\s\[])", r"%\g<0>", text)


def slug(title: str) -> str:
    """A group's name."""
    return re.sub(r"\W+", "_", title.lower()).strip("_")


def filtered(source: str) -> str:
    """The whole header."""
    families = 0
    introductions = 0

    def comment(found: re.Match[str]) -> str:
        nonlocal families, introductions
        text = plain(found.group())
        if not text.startswith("/*\n"):
            return text
        introductions += 1
        title, rest = re.match(r"/\*\n \* (.*?)\n(.*)\*/\n", text, re.DOTALL).groups()  # type: ignore[union-attr]
        if introductions == 1:
            return f"/** @file\n * {title}\n{rest}*/\n"
        families += 1
        closing = END_GROUP if families > 1 else ""
        return f"{closing}{BEGIN_GROUP.format(name=slug(title), title=title)}{rest}* @{{ */\n"

    text = COMMENT.sub(comment, INNER.sub(r"\1/// @cond\n\2/// @endcond\n", source))
    return text + (END_GROUP if families else "")


if __name__ == "__main__":
    sys.stdout.write(filtered(Path(sys.argv[1]).read_text(encoding="utf-8")))
