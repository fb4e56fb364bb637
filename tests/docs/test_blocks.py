"""The check of the blocks finds what nobody would run."""

from __future__ import annotations

from pathlib import Path

import pytest

from blocks import PAGES, Block, BlockError, blocks, check, pages, whole


def only(tmp_path: Path, text: str) -> Block:
    """The one block of a page."""
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    (found,) = blocks(tmp_path / "README.md", tmp_path)
    return found


def refused(tmp_path: Path, text: str) -> str:
    """Why a page's one block is refused."""
    block = only(tmp_path, text)
    with pytest.raises(BlockError) as why:
        check(block, tmp_path, tmp_path)
    return str(why.value)


def test_a_block_without_a_language_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "# A\n\n```\nls\n```\n") == "README.md:3: the block has no language"


def test_a_block_in_a_language_that_nobody_runs_is_refused(tmp_path: Path) -> None:
    assert "nobody knows how to run cobol" in refused(tmp_path, "```cobol\nSTOP RUN.\n```\n")


def test_a_block_that_needs_another_test_and_names_none_is_refused(tmp_path: Path) -> None:
    assert "no mark says who runs it" in refused(tmp_path, "```rust\nfn main() {}\n```\n")


def test_a_line_that_the_test_does_not_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.sh").write_text("sudo apt   install ./a.deb\n", encoding="utf-8")
    page = "<!-- run by: other.sh -->\n```sh\nsudo apt install ./a.deb  # by name\n{}```\n"
    check(only(tmp_path, page.format("")), tmp_path, tmp_path)
    assert "does not have: sudo apt install ./b.deb" in refused(tmp_path, page.format("sudo apt install ./b.deb\n"))


def test_a_test_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "there is no gone.sh" in refused(tmp_path, "<!-- run by: gone.sh -->\n```sh\nls\n```\n")


def test_a_setup_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "there is no setup gone.py" in refused(tmp_path, "<!-- setup: gone.py -->\n```python\npass\n```\n")


def test_a_mark_that_is_misspelt_is_refused(tmp_path: Path) -> None:
    assert "there is no mark 'runby'" in refused(tmp_path, "<!-- runby: a.sh -->\n```sh\nls\n```\n")


def test_a_test_that_nobody_would_run_is_refused(tmp_path: Path) -> None:
    assert "needs a mark 'file:" in refused(tmp_path, "```python\ndef test_a():\n    pass\n```\n")


def test_a_mark_belongs_to_the_block_below_it_alone(tmp_path: Path) -> None:
    assert only(tmp_path, "<!-- shows: a -->\n\n```sh\nls\n```\n").marks == {"shows": ["a"]}
    assert only(tmp_path, "<!-- shows: a -->\nA text.\n\n```sh\nls\n```\n").marks == {}


def test_a_block_that_does_not_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BlockError, match="does not end"):
        only(tmp_path, "```sh\nls\n")


def test_a_directive_is_no_block(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("```{eval-rst}\n.. x\n```\n", encoding="utf-8")
    assert blocks(tmp_path / "README.md", tmp_path) == []


def test_a_fragment_stands_in_its_setup_as_deep_as_the_word(tmp_path: Path) -> None:
    (tmp_path / "s.c").write_text("int main(void)\n{\n    /* BLOCK */\n    return 0;\n}\n", encoding="utf-8")
    block = only(tmp_path, "<!-- setup: s.c -->\n```c\nint a;\n\n(void)a;\n```\n")
    assert whole(block, tmp_path) == "int main(void)\n{\n    int a;\n\n    (void)a;\n    return 0;\n}\n"


def test_every_kind_of_page_is_there() -> None:
    found = {page.as_posix() for page in pages()}
    assert all(any(page.endswith(pattern.rsplit("/", 1)[-1].replace("*", "")) for page in found) for pattern in PAGES)


def test_every_block_of_every_page_is_run_by_somebody() -> None:
    for page in pages():
        for block in blocks(page):
            check(block)
