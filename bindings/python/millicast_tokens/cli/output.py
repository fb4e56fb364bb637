"""What goes to standard output and standard error, and what happens when nobody takes it."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Callable

from . import text
from .exits import BROKEN_PIPE, FILE, OutputError
from .settings import current

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

TABLE, JSON, CSV = "table", "json", "csv"
FORMATS = (TABLE, JSON, CSV)

#: So many rows tell how wide the columns of a long table are; more of them are never held at once.
_ROWS_AT_ONCE = 100

#: A table has no room on a terminal of fewer columns.
_NARROW = 60

#: Wide enough for every row where no terminal says how wide it is.
_NO_LIMIT = 100_000

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A column of a table or of CSV."""

    title: str
    of: Callable[[Record], Any]
    style: str = ""
    #: May it be cut where the terminal is narrow?
    shrinks: bool = False
    right: bool = False


def is_terminal(stream: Any) -> bool:
    """Is there a person at the other end?"""
    try:
        return stream is not None and bool(stream.isatty())
    except ValueError:  # It was closed.
        return False


def output_format() -> str:
    """What --output says, else a table for a terminal and JSON for a program."""
    given = current().get("output")
    return str(given) if given else TABLE if is_terminal(sys.stdout) else JSON


def write(content: str) -> None:
    """Writes to standard output, at once and whole. OutputError: nobody takes it."""
    if sys.stdout is None:
        raise OutputError(FILE, "standard output is closed")
    try:
        encoding = sys.stdout.encoding or "utf-8"
        write_bytes(content.encode("utf-8" if output_is_for_programs() else encoding, "backslashreplace"))
    except ValueError:
        raise OutputError(FILE, "standard output is closed") from None


def require() -> None:
    """Before something is made that could not be shown."""
    if sys.stdout is None:
        raise OutputError(FILE, "standard output is closed, and nothing was done")


def write_bytes(content: bytes | memoryview) -> None:
    """The same for bytes."""
    if sys.stdout is None:
        raise OutputError(FILE, "standard output is closed")
    _writing.add(True)
    try:
        sys.stdout.flush()
        out = sys.stdout.fileno()
        view = memoryview(content)
        while view:
            view = view[os.write(out, view) :]
    except OSError as error:
        raise cant_write(error) from None
    finally:
        _writing.clear()


#: Holds something while standard output is written to, which can take as long as its reader likes.
_writing: set[bool] = set()


def is_writing() -> bool:
    """Does it wait for who reads standard output?"""
    return bool(_writing)


def cant_write(error: OSError) -> OutputError:
    """What an error of standard output's means."""
    if error.errno == errno.EPIPE:
        return OutputError(BROKEN_PIPE, "")
    return OutputError(FILE, f"standard output can't be written to: {error.strerror}")


def output_is_for_programs() -> bool:
    """Is it JSON or CSV, and not for a terminal?"""
    return output_format() != TABLE and not is_terminal(sys.stdout)


def complain(message: str) -> None:
    """A line on standard error, for a person. Where that is closed, nobody is told."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"millicast-tokens: {text.lines(message)}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        pass


def records(rows: Iterable[Record], columns: Sequence[Column], fields: Sequence[Column] | None = None) -> int:
    """Shows records in the format that is wanted, each as soon as it is there. How many they were.

    `columns` are those of a table, `fields` those of CSV. JSON has the record as it is.
    """
    form = output_format()
    counted = _Counted(rows)
    if form == JSON:
        _in_chunks(as_json(row) for row in counted)
    elif form == CSV:
        _in_chunks(_csv_lines(counted, fields or columns))
    else:
        _table(counted, columns)
    return counted.count


def record(row: Record, columns: Sequence[Column], fields: Sequence[Column] | None = None) -> None:
    """Shows one record: in a table each of its fields has a line."""
    if output_format() != TABLE:
        records([row], columns, fields)
        return
    draw(_grid(row, columns))


def _grid(row: Record, columns: Sequence[Column]) -> Table:
    """One record, a line for each of its fields."""
    from rich.table import Table  # noqa: PLC0415  # It takes a while, and programs do without.

    grid = Table(box=None, show_header=False, pad_edge=False)
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for column in columns:
        value = column.of(row)
        if value not in (None, "", [], ()):
            grid.add_row(column.title, _cell(value, column.style))
    return grid


class _Counted:
    def __init__(self, rows: Iterable[Record]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Record]:
        for row in self._rows:
            self.count += 1
            yield row


def as_json(row: Record) -> str:
    """A line of JSON, in ASCII: no terminal and no encoding can make something else of it."""
    return json.dumps(row, separators=(",", ":")) + "\n"


def _csv_lines(rows: Iterable[Record], fields: Sequence[Column]) -> Iterator[str]:
    for_a_person = is_terminal(sys.stdout)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in chain([[field.title for field in fields]], ([field.of(row) for field in fields] for row in rows)):
        writer.writerow([_csv_cell(value, for_a_person) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _csv_cell(value: Any, for_a_person: bool) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value) if value else ""
    return text.plain(value) if for_a_person and isinstance(value, str) else value


def _in_chunks(lines: Iterator[str]) -> None:
    """A page's worth at a time, so that a pipe that closed is noticed soon, and few calls are made."""
    while chunk := list(islice(lines, _ROWS_AT_ONCE)):
        write("".join(chunk))


def _table(rows: Iterable[Record], columns: Sequence[Column]) -> None:
    remaining = iter(rows)
    first = list(islice(remaining, _ROWS_AT_ONCE))
    if not first:
        complain("there are none")
        return
    widths = _draw_rows(first, columns, None)
    while chunk := list(islice(remaining, _ROWS_AT_ONCE)):
        _draw_rows(chunk, columns, widths)


def _draw_rows(rows: list[Record], columns: Sequence[Column], widths: list[int] | None) -> list[int]:
    """Draws some rows, with a header where the widths are not known yet. The widths."""
    if _is_narrow(sys.stdout):
        draw(*_below_each_other(rows, columns))
        return []
    header = widths is None
    widths = widths or _narrowed(_natural_widths(rows, columns), columns)
    draw(table_of(rows, columns, widths, header=header))
    return widths


def _is_narrow(stream: Any) -> bool:
    return is_terminal(stream) and _terminal_width(stream) < _NARROW


def _below_each_other(rows: Sequence[Record], columns: Sequence[Column]) -> Iterator[Any]:
    """Records where a table would lose its columns."""
    for row in rows:
        yield _grid(row, columns)
        yield ""


def draw_plan(rows: Sequence[Record], columns: Sequence[Column]) -> None:
    """Draws records to standard error, where a person reads what a question is about."""
    canvas = console(stderr=True)
    drawings = _below_each_other(rows, columns) if _is_narrow(sys.stderr) else [table_of(rows, columns)]
    for drawing in drawings:
        canvas.print(drawing)


def _natural_widths(rows: list[Record], columns: Sequence[Column]) -> list[int]:
    from rich.cells import cell_len  # noqa: PLC0415

    return [max(len(column.title), *(cell_len(_shown(column.of(row))) for row in rows)) for column in columns]


def table_of(
    rows: Sequence[Record], columns: Sequence[Column], widths: Sequence[int] | None = None, *, header: bool = True
) -> Table:
    """A table of records."""
    from rich.table import Table  # noqa: PLC0415  # It takes a while, and programs do without.

    table = Table(box=None, pad_edge=False, show_header=header, header_style="bold", padding=(0, 2, 0, 0))
    for index, column in enumerate(columns):
        table.add_column(
            column.title,
            width=widths[index] if widths else None,
            no_wrap=column.shrinks,
            overflow="ellipsis" if column.shrinks else "fold",
            justify="right" if column.right else "left",
        )
    for row in rows:
        table.add_row(*(_cell(column.of(row), column.style) for column in columns))
    return table


def _narrowed(widths: list[int], columns: Sequence[Column]) -> list[int]:
    """Takes from the columns that may be cut what the terminal has no room for."""
    room = _width() - 2 * len(columns)
    shrinking = [index for index, column in enumerate(columns) if column.shrinks]
    while shrinking and sum(widths) > room:
        widest = max(shrinking, key=lambda index: widths[index])
        if widths[widest] <= 8:
            break
        widths[widest] -= 1
    return widths


def _width() -> int:
    return console().width if is_terminal(sys.stdout) else _NO_LIMIT


def _cell(value: Any, style: str) -> Any:
    """Text that is no markup."""
    from rich.text import Text  # noqa: PLC0415

    return Text(_shown(value), style=style)


def _shown(value: Any) -> str:
    """A value in words, and nothing in it that a terminal obeys."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return text.plain(", ".join(str(each) for each in value))
    return text.plain(str(value))


def console(*, stderr: bool = False) -> Console:
    """What draws: in colours on a terminal, unless NO_COLOR is set, and in plain text elsewhere."""
    from rich.console import Console  # noqa: PLC0415

    stream = sys.stderr if stderr else sys.stdout
    terminal = is_terminal(stream)
    coloured = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in ("dumb", "unknown")
    return Console(
        file=stream if stderr else io.StringIO(),
        force_terminal=terminal,
        color_system="auto" if coloured else None,
        no_color=not coloured,
        width=_terminal_width(stream) if terminal else _NO_LIMIT,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
        legacy_windows=False,
    )


def _terminal_width(stream: Any) -> int:
    try:
        width = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        width = 0
    columns = os.environ.get("COLUMNS", "")
    return width or (int(columns) if columns.isascii() and columns.isdigit() and len(columns) < 6 else 0) or 80


def draw(*drawings: Table | Any, at_least: int = 0) -> None:
    """Draws to standard output, whole. `at_least`: so many columns; a narrower terminal breaks the lines."""
    canvas = console()
    canvas.width = max(canvas.width, at_least)
    for drawing in drawings:
        canvas.print(drawing)
    drawn = canvas.file.getvalue()  # type: ignore[attr-defined]  # It was made as a StringIO.
    write(drawn if is_terminal(sys.stdout) else "".join(f"{line.rstrip()}\n" for line in drawn.splitlines()))
