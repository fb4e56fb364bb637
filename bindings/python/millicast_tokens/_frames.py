"""A bandwidth report as a data frame or an Arrow table, where the user has what that takes."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .enums import Traffic

if TYPE_CHECKING:
    from .analytics import BandwidthRow

#: Each column, and its type to pandas; each of them has a missing value.
_COLUMNS = {
    "tracking_id": "string",
    "stream_name": "string",
    "time": "Int64",
    "traffic": "string",
    "bytes_in": "int64",
    "bytes_out": "int64",
    "duration": "Int64",
}


def to_pandas(rows: Sequence[BandwidthRow]) -> Any:
    """The rows as a `pandas.DataFrame`."""
    pandas = _needed("pandas", "to_pandas")
    columns = _columns(rows)
    series = {name: pandas.Series(columns[name], dtype=kind) for name, kind in _COLUMNS.items()}
    series["time"] = pandas.to_datetime(series["time"], unit="s", utc=True)
    return pandas.DataFrame(series)


def to_arrow(rows: Sequence[BandwidthRow]) -> Any:
    """The rows as a `pyarrow.Table`."""
    arrow = _needed("pyarrow", "to_arrow")
    text, number, time = arrow.string(), arrow.int64(), arrow.timestamp("s", tz="UTC")
    kinds = {"string": text, "int64": number, "Int64": number}
    fields = [(name, time if name == "time" else kinds[kind]) for name, kind in _COLUMNS.items()]
    return arrow.table(_columns(rows), schema=arrow.schema(fields))


def _columns(rows: Sequence[BandwidthRow]) -> dict[str, list[Any]]:
    columns = {name: [getattr(row, name) for row in rows] for name in _COLUMNS}
    columns["traffic"] = [kind.name if isinstance(kind, Traffic) else str(kind) for kind in columns["traffic"]]
    return columns


def _needed(module: str, method: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(f"{method}() needs {module}: pip install {module}", name=module) from error
