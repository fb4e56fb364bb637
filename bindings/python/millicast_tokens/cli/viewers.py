"""Viewers in CSV, JSON lines, Arrow and Parquet: read batch by batch, and so written again with their tokens.

pyarrow is imported here, so that this module is imported only where many viewers are signed for.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa  # type: ignore[import-not-found, import-untyped, unused-ignore]

from .exits import FILE, INVALID, CommandError
from .files import Sink

CSV, JSON, ARROW, PARQUET = "csv", "jsonl", "arrow", "parquet"
_ENDINGS = {
    ".csv": CSV,
    ".jsonl": JSON,
    ".ndjson": JSON,
    ".json": JSON,
    ".arrow": ARROW,
    ".arrows": ARROW,
    ".feather": ARROW,
    ".ipc": ARROW,
    ".parquet": PARQUET,
    ".pq": PARQUET,
}

#: So many viewers are in memory at once, with their tokens.
BATCH = 8_192

#: A block of CSV: about as many viewers.
_BLOCK = 1 << 20

_BROKEN = "has a line break, as where a closing quote is lost; --allow-line-breaks takes it as it is"

_ARROW_MAGIC = b"ARROW1"

#: What the rows of one batch have at the most when they come as JSON lines.
_LINES = 16_384


def format_of(file: str, given: str | None, option: str) -> str:
    """What an option says, or the file's ending."""
    if given:
        return given
    ending = Path(file).suffix.lower()
    if ending not in _ENDINGS:
        raise CommandError(INVALID, f"{file} does not end with what it is ({', '.join(_ENDINGS)}): {option} says it")
    return _ENDINGS[ending]


@dataclass(frozen=True)
class Names:
    """What the columns of the input are called."""

    viewer_data: str
    address: str
    lifetime: str
    kept: tuple[str, ...]
    ignores_others: bool

    def used(self, columns: Iterable[str]) -> list[str]:
        """The columns that are read, in the input's order. A column that nobody named is an error: it may be a typo."""
        there = list(columns)
        twice = sorted({name for name in there if there.count(name) > 1})
        if twice:
            raise CommandError(INVALID, f"the input has several columns {twice[0]!r}")
        known = {self.viewer_data, self.address, self.lifetime, *self.kept}
        others = [name for name in there if name not in known]
        if others and not self.ignores_others:
            raise CommandError(
                INVALID,
                f"the input has a column {others[0]!r} that is not known; known are {self.viewer_data}, {self.address} "
                f"and {self.lifetime}. --keep COLUMN takes it over, --ignore-other-columns leaves it out",
            )
        missing = [name for name in self.kept if name not in there]
        if missing:
            raise CommandError(INVALID, f"the input has no column {missing[0]!r} to keep")
        if not {self.viewer_data, self.address, self.lifetime} & set(there):
            raise CommandError(
                INVALID, f"the input has none of the columns {self.viewer_data}, {self.address}, {self.lifetime}"
            )
        return [name for name in there if name in known]

    def ignores(self, name: str) -> bool:
        """Is this no column that is read?"""
        return name not in (self.viewer_data, self.address, self.lifetime, *self.kept)

    def types(self) -> dict[str, Any]:
        """How CSV is read. A text stays what it is, whatever it looks like."""
        texts = dict.fromkeys((self.viewer_data, self.address, *self.kept), pa.large_string())
        return {**texts, self.lifetime: pa.int64()}


class Input:
    """Viewers, batch by batch."""

    def __init__(self, file: str, form: str, names: Names, *, one_thread: bool, line_breaks: bool) -> None:
        """`file` is "-" for standard input. `line_breaks`: may a value of CSV hold some?"""
        self.file = file
        self.form = form
        self._names = names
        self._one_thread = one_thread
        self._line_breaks = line_breaks
        #: How many bytes there are, where that can be told.
        self._is_file = file != "-" and Path(file).is_file()
        self.size = Path(file).stat().st_size if self._is_file else None
        self._position: Any = None
        self._schema: Any = None

    def position(self) -> int:
        """How many of the bytes were read."""
        try:
            return int(self._position.tell()) if self._position is not None else 0
        except (ValueError, OSError):
            return self.size or 0

    def batches(self) -> Iterator[Any]:
        """Record batches of the columns that are used."""
        read = {CSV: self._csv, JSON: self._json, ARROW: self._arrow, PARQUET: self._parquet}[self.form]
        none = True
        try:
            for batch in read():
                none = False
                yield batch
            if none and self._schema is not None:
                # So the output has its columns nonetheless.
                yield _plain(pa.RecordBatch.from_pylist([], schema=self._schema))
        except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
            if isinstance(error, OSError) and error.filename:
                raise
            raise CommandError(INVALID, f"{self._called} can't be read: {_first_line(error)}") from None

    @property
    def _called(self) -> str:
        return "the input" if self.file == "-" else self.file

    def _opened(self) -> Any:
        if self.file != "-":
            # Of a pipe with a name Arrow wants to know how long it is.
            return pa.OSFile(self.file, "rb") if self._is_file else pa.PythonFile(Path(self.file).open("rb"), "r")
        return pa.PythonFile(_stdin(), "r")

    def _used(self, schema: Any) -> list[str]:
        used = self._names.used(schema.names)
        self._schema = pa.schema([schema.field(name) for name in used])
        return used

    def _csv(self) -> Iterator[Any]:
        from pyarrow import csv as arrow_csv  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: PLC0415

        with self._opened() as source:
            self._position = source
            reader = arrow_csv.open_csv(
                source,
                read_options=arrow_csv.ReadOptions(use_threads=not self._one_thread, block_size=_BLOCK),
                parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=self._names.types(), strings_can_be_null=False, null_values=[""]
                ),
            )
            with reader:
                if not self._line_breaks and any(_has_line_break(name.encode()) for name in reader.schema.names):
                    raise CommandError(INVALID, f"{self._called}: the name of a column {_BROKEN}")
                used = self._used(reader.schema)
                before = 0
                for batch in reader:
                    if not self._line_breaks:
                        self._refuse_line_breaks(batch, before)
                    before += batch.num_rows
                    yield from _cut(batch.select(used))

    def _refuse_line_breaks(self, batch: Any, before: int) -> None:
        """A quote that is not closed makes one viewer of all that stand behind it, in whichever column it is."""
        rows = [row for column in batch.columns for row in _with_line_break(column)]
        if rows:
            raise CommandError(INVALID, f"{self.place_of(before + min(rows) + 1)}: a value {_BROKEN}")

    def _arrow(self) -> Iterator[Any]:
        with self._opened() as source:
            head = b""
            if self._is_file:
                head = source.read(len(_ARROW_MAGIC))
                source.seek(0)
            self._position = source
            if head == _ARROW_MAGIC:
                reader = pa.ipc.open_file(source)
                batches: Iterable[Any] = (reader.get_batch(index) for index in range(reader.num_record_batches))
            else:
                batches = reader = pa.ipc.open_stream(source)
            used = self._used(reader.schema)
            for batch in batches:
                yield from _cut(_plain(batch.select(used)))

    def _parquet(self) -> Iterator[Any]:
        from pyarrow import parquet  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: PLC0415

        if not self._is_file and (self.file == "-" or Path(self.file).exists()):
            raise CommandError(INVALID, "Parquet is read from a file, not from a pipe: it begins at its end")
        with self._opened() as source:
            self._position = source
            file = parquet.ParquetFile(source)
            used = self._used(file.schema_arrow)
            for batch in file.iter_batches(BATCH, columns=used, use_threads=not self._one_thread):
                yield _plain(batch.select(used))

    def _json(self) -> Iterator[Any]:
        source: BinaryIO = _stdin() if self.file == "-" else Path(self.file).open("rb")  # noqa: SIM115
        used: list[str] = []
        first: Set[str] = set()
        with source:
            self._position = source
            rows: list[dict[str, Any]] = []
            for number, line in enumerate(source, 1):
                if not line.strip():
                    continue
                row = self._row(number, line)
                if not used:
                    used, first = self._names.used(row), row.keys()
                elif not (row.keys() <= first):
                    self._refuse_new(number, row, first)
                rows.append(row)
                if len(rows) == _LINES:
                    yield self._from_rows(rows, used)
                    rows = []
            if rows:
                yield self._from_rows(rows, used)

    def _refuse_new(self, number: int, row: dict[str, Any], first: Set[str]) -> None:
        """A name that comes later would have no column, and an address that is lost makes a token that is not bound."""
        name = next(name for name in row if name not in first)
        self._names.used([*first, name])
        if not self._names.ignores(name):
            raise CommandError(
                INVALID,
                f"line {number} of {self._called} has {name!r}, which the first line lacks: null says there is none",
            )

    def _row(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise CommandError(INVALID, f"line {number} of {self._called} is not JSON") from None
        if not isinstance(row, dict):
            raise CommandError(INVALID, f"line {number} of {self._called} is no JSON object")
        types = {self._names.lifetime: int, self._names.viewer_data: str, self._names.address: str}
        for name, kind in types.items():
            value = row.get(name)
            if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
                words = "a whole number" if kind is int else "a text"
                raise CommandError(INVALID, f"line {number} of {self._called}: {name} is not {words}")
        return row

    def _from_rows(self, rows: list[dict[str, Any]], used: list[str]) -> Any:
        types = self._names.types()
        columns = {name: [row.get(name) for row in rows] for name in used}
        for name in self._names.kept:
            columns[name] = [
                None if value is None else value if isinstance(value, str) else json.dumps(value)
                for value in columns[name]
            ]
        try:
            arrays = [pa.array(columns[name], types[name]) for name in used]
        except (UnicodeEncodeError, OverflowError):
            raise CommandError(
                INVALID, f"{self._called} holds a text that is not UTF-8, or a number that is too large"
            ) from None
        return pa.RecordBatch.from_arrays(arrays, used)

    def place_of(self, row: int) -> str:
        """Where a viewer is, in words. Rows are counted from 1."""
        line = self._line_of(row)
        return f"row {row}" if line is None else f"row {row} (line {line} of {self.file})"

    def _line_of(self, row: int) -> int | None:
        """The line that a viewer's row begins on, both counted from 1. It is read again for that."""
        if self.file == "-" or self.form not in (CSV, JSON):
            return None
        try:
            return _line_in_csv(self.file, row) if self.form == CSV else _line_in_json(self.file, row)
        except (OSError, UnicodeDecodeError, csv.Error):
            return None


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        raise CommandError(FILE, "standard input is closed")
    return sys.stdin.buffer


def _with_line_break(column: Any) -> list[int]:
    """The first row of a column of texts that has a line break, if any has."""
    kind = column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind)):
        return []
    content = column.buffers()[2]  # All its texts, one behind the other.
    if content is None or not _has_line_break(content.to_pybytes()):
        return []
    values = column.cast(pa.large_binary()).to_pylist()
    return [row for row, value in enumerate(values) if value and _has_line_break(value)][:1]


def _has_line_break(content: bytes) -> bool:
    return b"\n" in content or b"\r" in content


def _line_in_csv(file: str, row: int) -> int | None:
    csv.field_size_limit(2 * _BLOCK)  # No value is longer than two blocks.
    with Path(file).open(encoding="utf-8-sig", newline="") as source:
        reader = csv.reader(source)
        seen, line = -1, 1  # The first that is not empty has the names.
        for cells in reader:
            seen += bool(cells)
            if seen == row and cells:
                return line
            line = reader.line_num + 1
    return None


def _line_in_json(file: str, row: int) -> int | None:
    with Path(file).open("rb") as source:
        seen = 0
        for number, line in enumerate(source, 1):
            seen += bool(line.strip())
            if seen == row:
                return number
    return None


def _cut(batch: Any) -> Iterator[Any]:
    """A file may be one batch of millions."""
    for start in range(0, batch.num_rows, BATCH):
        yield batch.slice(start, BATCH)


def _plain(batch: Any) -> Any:
    """Without dictionaries and views, which CSV can't be written from."""
    for index, field in enumerate(batch.schema):
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        kind = pa.large_string() if _is_view(kind) else kind
        if kind != field.type:
            column = batch.column(index).cast(kind)
            batch = batch.set_column(index, field.name, column)
    return batch


def _is_view(kind: Any) -> bool:
    """Older versions of pyarrow have no such texts."""
    return hasattr(pa.types, "is_string_view") and bool(pa.types.is_string_view(kind))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


class Output:
    """Where viewers go with their tokens: columns of the input, and a column `token`."""

    def __init__(self, sink: Sink, form: str, *, is_stream: bool) -> None:
        """`is_stream`: the sink is a pipe, in which nothing can be found again."""
        self._sink = sink
        self._form = form
        self._is_stream = is_stream
        self._writer: Any = None

    def write(self, batch: Any) -> None:
        """Writes a batch."""
        try:
            if self._form == JSON:
                self._sink.write(_as_lines(batch))
                return
            if self._writer is None:
                self._writer = self._open(batch.schema)
            self._writer.write_batch(batch)
        except (pa.ArrowException, TypeError) as error:
            message = f"a column can't be written as {self._form}: {_first_line(error)}"
            raise CommandError(INVALID, message) from None

    def close(self) -> None:
        """Ends the format. Without any viewer there is a table of no rows."""
        if self._form != JSON:
            if self._writer is None:
                self._writer = self._open(pa.schema([("token", pa.large_string())]))
            self._writer.close()

    def _open(self, schema: Any) -> Any:
        if self._form == CSV:
            from pyarrow import csv as arrow_csv  # noqa: PLC0415

            return arrow_csv.CSVWriter(
                self._sink, schema, write_options=arrow_csv.WriteOptions(quoting_style="needed", batch_size=BATCH)
            )
        if self._form == ARROW:
            return (pa.ipc.new_stream if self._is_stream else pa.ipc.new_file)(self._sink, schema)
        from pyarrow import parquet  # noqa: PLC0415

        return parquet.ParquetWriter(self._sink, schema)


def _as_lines(batch: Any) -> bytes:
    lines = (json.dumps(row, separators=(",", ":")) for row in batch.to_pylist())
    return "".join(f"{line}\n" for line in lines).encode()
