"""What is checked before ctypes sees it: ctypes cuts a number that is too large, and C ends a text at U+0000."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .errors import InvalidArgumentError, InvalidUtf8Error, MillicastError

T = TypeVar("T")

U32 = (0, 2**32 - 1)
I32 = (-(2**31), 2**31 - 1)
U64 = (0, 2**64 - 1)
I64 = (-(2**63), 2**63 - 1)

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def integer(field: str, value: int, limits: tuple[int, int]) -> int:
    """A whole number that fits. True is an int to Python, and no number to anybody else."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{field}: must be an int, given is a {type(value).__name__}")
    if not limits[0] <= value <= limits[1]:
        raise out_of_range(field, value, limits)
    return int(value)


def integers(field: str, values: Iterable[int], limits: tuple[int, int]) -> list[int]:
    """Several whole numbers. An error says which of them is wrong."""
    given = several(field, values)
    # All are looked at by what Python has in C, and one by one only where that finds something.
    if set(map(type, given)) <= {int} and (not given or limits[0] <= min(given) <= max(given) <= limits[1]):
        return given
    for index, value in enumerate(given):
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{field}[{index}]: must be an int, given is a {type(value).__name__}")
        if not limits[0] <= value <= limits[1]:
            raise out_of_range(field, value, limits, index)
    return given


def out_of_range(field: str, value: int, limits: tuple[int, int], index: int | None = None) -> InvalidArgumentError:
    """What is wrong with a number that is beyond its limits."""
    place = field if index is None else f"{field}[{index}]"
    given = f", given is {value}" if value.bit_length() <= 128 else ""
    return InvalidArgumentError(f"{place}: must be {limits[0]} to {limits[1]}{given}", field=field, index=index)


def flag(field: str, value: bool) -> bool:
    """True or False, and nothing that merely counts as one."""
    if not isinstance(value, bool):
        raise TypeError(f"{field}: must be a bool, given is a {type(value).__name__}")
    return value


def text(field: str, value: str) -> bytes:
    """A text as C takes it. What was given is not shown: it may be a secret."""
    if not isinstance(value, str):
        raise TypeError(f"{field}: must be a str, given is a {type(value).__name__}")
    encoded = utf8(value)
    if encoded is None:
        raise InvalidUtf8Error(f"{field}: is not UTF-8: it holds a lone surrogate", field=field)
    if 0 in encoded:
        raise InvalidArgumentError(f"{field}: must not hold U+0000", field=field)
    return encoded


def texts(field: str, values: Iterable[str]) -> list[bytes]:
    """Several texts. A str is a list of its letters to Python, which nobody means."""
    return [_element(index, text, field, value) for index, value in enumerate(several(field, values))]


def each(send: Callable[..., None], elements: Iterable[tuple[Any, ...]]) -> None:
    """Hands over the elements of a list one by one; an error tells which one is at fault."""
    for index, element in enumerate(elements):
        _element(index, send, *element)


def _element(index: int, check: Callable[..., T], *given: Any) -> T:
    try:
        return check(*given)
    except MillicastError as error:
        error.index = index
        raise


def several(field: str, values: Iterable[Any]) -> list[Any]:
    """A list of what is given."""
    if isinstance(values, (str, bytes, bytearray, memoryview)) or not isinstance(values, Iterable):
        raise TypeError(f"{field}: must be a list, given is a {type(values).__name__}")
    return list(values)


def milliseconds(field: str, seconds: float) -> int:
    """Seconds as whole milliseconds, rounded up so that a little time does not become none."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise TypeError(f"{field}: must be a number of seconds, given is a {type(seconds).__name__}")
    # Written so that NaN, which is neither more nor less than anything, is refused as well.
    if not 0 < seconds <= U32[1] / 1000:
        raise InvalidArgumentError(f"{field}: must be above 0 and at most {U32[1] / 1000} seconds", field=field)
    # 1.005 s is 1005 ms, and not the 1006 of what binary fractions make of it.
    return min(math.ceil(round(seconds * 1000, 3)) or 1, U32[1])


def moment(field: str, value: int | datetime.datetime) -> int:
    """A moment as Unix seconds, rounded down."""
    if isinstance(value, datetime.datetime):
        if value.utcoffset() is None:
            raise InvalidArgumentError(f"{field}: must have a time zone, given is a moment without one", field=field)
        # Whole numbers all the way: a float has no room for every microsecond.
        return (value - _EPOCH) // datetime.timedelta(seconds=1)
    return integer(field, value, I64)


def utf8(value: str) -> bytes | None:
    """A text as UTF-8; None for one that holds a lone surrogate."""
    # Outside of the handler, because the encoder's own exception carries the whole text along.
    try:
        return value.encode()
    except UnicodeEncodeError:
        return None
