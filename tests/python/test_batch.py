"""Signing for many viewers: what goes in, what comes out, and what is refused by which viewer."""

from __future__ import annotations

import base64
import ctypes
import functools
import hmac
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import millicast_tokens as mct
import numpy
import pyarrow  # type: ignore[import-untyped, unused-ignore]
import pytest
from millicast_tokens import _arrow, _numpy
from millicast_tokens._native.calls import lib

from test_library import PACKAGE, VARIABLE
from test_parent_rules import BROKEN, HOUR, KEPT, moment, parent, soon
from test_signing import HASHES, decoded, encoded

NOW = 1750813271
VIEWERS = [
    "viewer-1",
    "",
    "Zoë 東京 🎥",
    'a "quoted" \\name\\',
    "a\u2028b\u2029c",
    "\x01\x1f\x7f\n\t",
    " blank ",
    "e\u0301",
    "nul \x00 inside",
    "x" * 1024,
    "🎥" * 512,
    "é" * 1024,
]
ASCII = ["viewer-1", "", "v", "x" * 1024, "\x01\x1f\x7f", "viewer-2"]
STRINGS = numpy.dtypes.StringDType()


def claims(**more: Any) -> mct.Claims:
    return mct.Claims(**{"stream_name": "s", "lifetime_seconds": 60, "issued_at": NOW, **more})


def sliced(viewers: list[str], kind: pyarrow.DataType) -> pyarrow.Array:
    """An array that begins and ends within its memory."""
    return pyarrow.array(["before", "🎥", *viewers, "behind"], kind)[2:-1]


def chunked(viewers: list[str], kind: pyarrow.DataType) -> pyarrow.ChunkedArray:
    half = len(viewers) // 2
    return pyarrow.chunked_array([viewers[:half], [], viewers[half:]], kind)


def fixed(viewers: list[str]) -> Any:
    """An array of fixed width; of nothing numpy would make numbers."""
    return numpy.array(viewers, dtype="U" if viewers else "U1")


def every_second(viewers: list[str]) -> Any:
    """An array with a gap behind each entry."""
    return fixed([text for viewer in viewers for text in (viewer, "other")])[::2]


def read_only(viewers: list[str]) -> Any:
    array = fixed(viewers)
    array.setflags(write=False)
    return array


LISTS: dict[str, Callable[[list[str]], Any]] = {
    "list": list,
    "tuple": tuple,
    "generator": iter,
    "keys": lambda viewers: dict.fromkeys(viewers).keys(),
}
ARRAYS: dict[str, Callable[[list[str]], Any]] = {
    "U": fixed,
    "U of the other byte order": lambda viewers: numpy.array(viewers).astype(f">U{max(map(len, viewers), default=1)}"),
    "U with gaps": every_second,
    "U read-only": read_only,
    "S": lambda viewers: numpy.array([viewer.encode() for viewer in viewers], dtype="S" if viewers else "S1"),
    "object": lambda viewers: numpy.array(viewers, dtype=object),
    "StringDType": lambda viewers: numpy.array(viewers, dtype=STRINGS),
    "StringDType with missing texts": lambda viewers: numpy.array(
        viewers, dtype=numpy.dtypes.StringDType(na_object=None)
    ),
}
ARROW: dict[str, Callable[[list[str]], Any]] = {
    "large_string": lambda viewers: pyarrow.array(viewers, pyarrow.large_string()),
    "string": lambda viewers: pyarrow.array(viewers, pyarrow.string()),
    "string_view": lambda viewers: pyarrow.array(viewers, pyarrow.string_view()),
    "dictionary": lambda viewers: pyarrow.array(viewers, pyarrow.string()).dictionary_encode(),
    "slice of large_string": lambda viewers: sliced(viewers, pyarrow.large_string()),
    "slice of string": lambda viewers: sliced(viewers, pyarrow.string()),
    "chunks of large_string": lambda viewers: chunked(viewers, pyarrow.large_string()),
    "chunks of string": lambda viewers: chunked(viewers, pyarrow.string()),
    "one chunk": lambda viewers: pyarrow.chunked_array([sliced(viewers, pyarrow.large_string())]),
}
KINDS = {**LISTS, **ARRAYS, **ARROW}
#: One of each that has a way of its own to C.
MAIN = {name: KINDS[name] for name in ("list", "U", "S", "object", "StringDType", "large_string", "string")}


def listed(tokens: Any) -> list[str]:
    """Tokens of any kind as a list of str."""
    if isinstance(tokens, pyarrow.LargeStringArray):
        tokens.validate(full=True)
        assert tokens.null_count == 0
        return list(tokens.to_pylist())
    if isinstance(tokens, numpy.ndarray):
        assert tokens.dtype.kind == "S"
        return [str(token, "ascii") for token in tokens.tolist()]
    assert type(tokens) is list
    return tokens


def result_kind(name: str) -> type:
    if name in LISTS:
        return list
    return numpy.ndarray if name in ARRAYS else pyarrow.LargeStringArray


def refused(use: Callable[[], object], error: type[mct.MillicastError] = mct.InvalidArgumentError) -> tuple[Any, Any]:
    """The field and the index that an error names."""
    with pytest.raises(error) as found:
        use()
    if found.value.index is not None:
        assert str(found.value).startswith(f"{found.value.field}[{found.value.index}]: ")
    assert found.value.__context__ is None, "an exception of the way there may hold the texts"
    return found.value.field, found.value.index


@pytest.fixture
def signer() -> mct.Signer:
    return mct.Signer(5, "key")


@pytest.mark.parametrize("viewers", [VIEWERS, ASCII, VIEWERS[:1], ["same", "size", "each"]], ids=range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_column_gives_the_same_tokens_and_its_own_kind_back(
    signer: mct.Signer, kind: str, viewers: list[str]
) -> None:
    tokens = signer.sign_batch(claims(), KINDS[kind](viewers))
    assert type(tokens) is result_kind(kind)
    assert listed(tokens) == signer.sign_batch(claims(), viewers)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_batch_has_no_tokens_and_its_parent_is_checked_all_the_same(signer: mct.Signer, kind: str) -> None:
    empty = KINDS[kind]([])
    assert listed(signer.sign_batch(claims(), empty)) == []
    disabled = mct.Signer.from_token(parent(isActive=False))
    with pytest.raises(mct.TokenInvalidError) as found:
        disabled.sign_batch(claims(stream_name="StageCam"), empty)
    assert found.value.reason is mct.Reason.PARENT_INACTIVE


@pytest.mark.parametrize("kind", ["list", "object", "StringDType", "large_string", "string"])
def test_a_text_keeps_the_u_0000_at_its_end_where_its_kind_has_a_place_for_it(signer: mct.Signer, kind: str) -> None:
    texts = ["a\x00", "\x00", "é\x00\x00", "b"]
    tokens = listed(signer.sign_batch(claims(), KINDS[kind](texts)))
    assert [decoded(token.split(".")[1])["streaming"]["customViewerData"] for token in tokens] == texts
    assert signer.verify(tokens[0], now=NOW).custom_viewer_data == "a\ufffd"


def test_an_empty_column_of_lifetimes_has_no_tokens_either(signer: mct.Signer) -> None:
    for empty in (
        [],
        (),
        numpy.array([], dtype="i8"),
        pyarrow.array([], pyarrow.int32()),
        pyarrow.chunked_array([], pyarrow.uint32()),
    ):
        assert len(signer.sign_batch(claims(), lifetimes=empty)) == 0


def test_a_batch_says_of_each_viewer_what_single_tokens_say(signer: mct.Signer) -> None:
    full = {"tracking_id": "t", "origin_cluster": "c", "allowed_origins": ["*.example.com"], "stream_name": "Zoë"}
    for more in ({}, full, {"allowed_ip_addresses": ["192.0.2.1"]}):
        shared = claims(**more)
        for viewer, token in zip(VIEWERS, signer.sign_batch(shared, VIEWERS)):
            payload = decoded(token.split(".")[1])
            if "\x00" in viewer:
                # Claims take their texts as C does, which has no place for it.
                assert payload["streaming"]["customViewerData"] == viewer
                continue
            single = signer.sign(claims(**more, custom_viewer_data=viewer)).jwt
            assert payload == decoded(single.split(".")[1])
            assert token.split(".")[0] == single.split(".")[0]


def test_what_differs_comes_last_in_a_batch_and_no_claim_is_written_twice(signer: mct.Signer) -> None:
    shared = claims(custom_viewer_data="of the claims", allowed_ip_addresses=["192.0.2.9"], tracking_id="t")
    beginning = '{"tokenType":"Subscribe","streamName":"s","tracking":{"trackingId":"t"}'

    def payload(**columns: Any) -> str:
        (token,) = signer.sign_batch(shared, **columns)
        text = token.split(".")[1]
        return encoded_back(text)

    assert payload(count=1) == (
        f'{{"iat":{NOW},"exp":{NOW + 60},"streaming":{beginning},"allowedIpAddresses":["192.0.2.9"],'
        '"customViewerData":"of the claims","tokenId":5}}'
    )
    assert payload(viewer_data=["é"], allowed_ip_addresses=["::1"], lifetimes=[7]) == (
        f'{{"iat":{NOW},"streaming":{beginning},"tokenId":5,"allowedIpAddresses":["::1"],"customViewerData":"é"}},'
        f'"exp":{NOW + 7}}}'
    )
    assert payload(viewer_data=[""]) == (
        f'{{"iat":{NOW},"exp":{NOW + 60},"streaming":{beginning},"allowedIpAddresses":["192.0.2.9"],"tokenId":5}}}}'
    )


def encoded_back(part: str) -> str:
    """The text of a part of a token."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


@pytest.mark.parametrize("algorithm", HASHES)
@pytest.mark.parametrize("kind", ["list", "U", "large_string"])
def test_every_token_of_a_batch_verifies(algorithm: mct.Algorithm, kind: str) -> None:
    signer = mct.Signer(5, "a key of somebody's", algorithm)
    viewers = [f"viewer {number} {'é' * (number % 50)}" for number in range(3000)]
    addresses = [f"192.0.{number // 250}.{number % 250}" for number in range(3000)]
    lifetimes = [number % 500 + 1 for number in range(3000)]
    shared = mct.Claims("s", 60, tracking_id="t")
    tokens = listed(
        signer.sign_batch(shared, KINDS[kind](viewers), allowed_ip_addresses=addresses, lifetimes=lifetimes)
    )
    assert len(tokens) == 3000
    issued_at = {mct.Jwt.parse(token).issued_at for token in tokens}
    assert len(issued_at) == 1
    for token, viewer, address, lifetime in zip(tokens, viewers, addresses, lifetimes):
        jwt = signer.verify(token, leeway=60)
        assert (jwt.custom_viewer_data, jwt.allowed_ip_addresses, jwt.tracking_id) == (viewer, (address,), "t")
        assert (jwt.expires_at or 0) - (jwt.issued_at or 0) == lifetime
        message, _, signature = token.rpartition(".")
        expected = hmac.new(b"a key of somebody's", message.encode(), HASHES[algorithm]).digest()
        assert signature == encoded(expected)


@pytest.mark.parametrize("kind", ["list", "U", "large_string"])
def test_any_number_of_threads_sign_the_same_bytes(signer: mct.Signer, kind: str) -> None:
    viewers = [f"{'v' * (number % 7)} {number}" for number in range(5000)]
    column = KINDS[kind](viewers)
    one = listed(signer.sign_batch(claims(), column, threads=1))
    for threads in (2, 0, 7, 2**32 - 1):
        assert listed(signer.sign_batch(claims(), column, threads=threads)) == one
    wrong = KINDS[kind]([*viewers, "x" * 1025, *viewers, "x" * 1026])
    for threads in (1, 2, 0):
        named = refused(lambda threads=threads: signer.sign_batch(claims(), wrong, threads=threads))  # type: ignore[misc]
        assert named == ("customViewerData", 5000)


def test_an_arrow_array_of_large_strings_is_read_where_it_is_and_a_slice_too() -> None:
    whole = pyarrow.array(["aa", "bb", "cc"], pyarrow.large_string())
    for column, first in ((whole, 0), (whole[1:], 1), (pyarrow.chunked_array([whole[1:]]), 1)):
        texts = _arrow.texts("customViewerData", column)
        _, offsets, data = whole.buffers()
        assert ctypes.cast(texts.bytes, ctypes.c_void_p).value == data.address
        assert ctypes.cast(texts.offsets, ctypes.c_void_p).value == offsets.address + 8 * first


def test_arrow_offsets_at_an_odd_address_are_moved_before_they_are_read(signer: mct.Signer) -> None:
    column = pyarrow.array(["before", "aa", "bb"], pyarrow.large_string())
    _, offsets, data = column.buffers()
    odd = pyarrow.py_buffer(b"x" + offsets.to_pybytes())[1:]
    assert odd.address % 8 != 0 or pyarrow.py_buffer(b"xx" + offsets.to_pybytes())[2:].address % 8 != 0
    moved = pyarrow.LargeStringArray.from_buffers(3, odd, data)
    assert listed(signer.sign_batch(claims(), moved[1:])) == signer.sign_batch(claims(), ["aa", "bb"])


def test_an_array_of_bytes_that_fill_their_places_is_read_where_it_is() -> None:
    column = numpy.array([b"aa", b"bb"])
    texts = _numpy.texts("customViewerData", column)
    assert ctypes.cast(texts.bytes, ctypes.c_void_p).value == column.ctypes.data


def test_arrow_and_numpy_tokens_live_on_without_what_made_them() -> None:
    for kind in ("U", "large_string"):
        signer = mct.Signer(5, "key")
        column = KINDS[kind]([f"{number}" for number in range(1000)])
        tokens = signer.sign_batch(claims(), column)
        expected = listed(tokens)
        signer.close()
        del signer, column
        mct.Signer(5, "other").sign_batch(claims(), count=3000)
        assert listed(tokens) == expected


def test_tokens_in_a_numpy_array_can_be_written_to_by_their_owner(signer: mct.Signer) -> None:
    for viewers in (["a", "b"], ["a", "longer"]):
        tokens = signer.sign_batch(claims(), numpy.array(viewers))
        tokens[0] = b"mine"
        assert tokens[0] == b"mine"
        assert tokens.astype("U").tolist()[1] == signer.sign_batch(claims(), viewers)[1]


@pytest.mark.parametrize("kind", ["large_string", "string", "chunks of string", "dictionary"])
def test_an_arrow_null_is_a_viewer_without_the_claim(signer: mct.Signer, kind: str) -> None:
    with_null: Any = [None, "a", None, "", "b"]
    tokens = listed(signer.sign_batch(claims(custom_viewer_data="of the claims"), ARROW[kind](with_null)))
    assert tokens == signer.sign_batch(claims(), ["", "a", "", "", "b"])
    assert "customViewerData" not in decoded(tokens[0].split(".")[1])["streaming"]
    assert listed(signer.sign_batch(claims(), pyarrow.nulls(2))) == signer.sign_batch(claims(), ["", ""])


def test_what_lies_behind_an_arrow_null_is_not_signed(signer: mct.Signer) -> None:
    data, offsets = pyarrow.py_buffer(b"secretopen"), pyarrow.array([0, 6, 10], pyarrow.int64()).buffers()[1]
    hidden = pyarrow.LargeStringArray.from_buffers(2, offsets, data, pyarrow.py_buffer(b"\x02"), 1)
    assert listed(signer.sign_batch(claims(), hidden)) == signer.sign_batch(claims(), ["", "open"])


def test_a_null_where_there_must_be_a_value_is_named_by_its_index(signer: mct.Signer) -> None:
    addresses = pyarrow.array(["192.0.2.1", None, None])
    assert refused(lambda: signer.sign_batch(claims(), allowed_ip_addresses=addresses)) == ("allowedIpAddresses", 1)
    lifetimes = pyarrow.array([1, 2, None], pyarrow.int8())
    assert refused(lambda: signer.sign_batch(claims(), lifetimes=lifetimes)) == ("lifetime_seconds", 2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("long", ["x" * 1025, "🎥" * 513, "é" * 1025], ids=["ascii", "pairs", "two bytes"])
def test_viewer_data_past_its_limit_is_named_by_its_index(signer: mct.Signer, kind: str, long: str) -> None:
    viewers = ["x" * 1024, "🎥" * 512, "a", long, f"{long}more"]
    named = refused(lambda: signer.sign_batch(claims(), KINDS[kind](viewers)))
    assert named == ("customViewerData", 3)


@pytest.mark.parametrize("kind", ["list", "tuple", "generator", "U", "U with gaps", "object"])
@pytest.mark.parametrize("wrong", ["\ud83c", "before \udfff after", "\ud800\udc00"])
def test_a_lone_surrogate_is_refused_by_its_index(signer: mct.Signer, kind: str, wrong: str) -> None:
    for viewers, index in ((["a", "", "é", wrong, wrong], 3), ([wrong], 0), (["a" * 50, "🎥", wrong], 2)):
        for field, name in (("viewer_data", "customViewerData"), ("allowed_ip_addresses", "allowedIpAddresses")):
            column = {field: KINDS[kind](viewers)}
            named = refused(lambda column=column: signer.sign_batch(claims(), **column), mct.InvalidUtf8Error)  # type: ignore[misc]
            assert named == (name, index)


def test_two_texts_whose_ends_are_halves_of_one_letter_do_not_make_it(signer: mct.Signer) -> None:
    halves = ["\ud83c", "\udfa5"]
    assert refused(lambda: signer.sign_batch(claims(), halves), mct.InvalidUtf8Error) == ("customViewerData", 0)


def test_bytes_that_are_not_utf8_are_refused_by_their_index(signer: mct.Signer) -> None:
    data, offsets = pyarrow.py_buffer(b"ab\xffc"), pyarrow.array([0, 1, 2, 4], pyarrow.int64()).buffers()[1]
    columns = [numpy.array([b"a", b"b", b"\xffc"]), pyarrow.LargeStringArray.from_buffers(3, offsets, data)]
    # Two that are a letter together, and none each.
    columns.append(numpy.array([b"a", b"b", b"\xc3", b"\xa9"]))
    for column in columns:
        named = refused(lambda column=column: signer.sign_batch(claims(), column), mct.InvalidUtf8Error)  # type: ignore[misc]
        assert named == ("customViewerData", 2)


def test_code_points_that_there_are_not_are_refused_by_their_index(signer: mct.Signer) -> None:
    made = numpy.array([65, 0x110000, 0xFFFFFFFF], dtype=numpy.uint32).view("U1")
    assert refused(lambda: signer.sign_batch(claims(), made), mct.InvalidUtf8Error) == ("customViewerData", 1)


BAD_ADDRESSES = ["", "192.0.2.256", "192.0.2.1-192.0.2.9", "192.0.2.*", "2001:db8::/32", "192.0.2.1/24", " ::1", "é"]


@pytest.mark.parametrize("kind", MAIN)
@pytest.mark.parametrize("bad", BAD_ADDRESSES)
def test_a_bad_address_is_refused_by_its_index(signer: mct.Signer, kind: str, bad: str) -> None:
    addresses = MAIN[kind](["192.0.2.1", "2001:db8::1", bad, "192.0.2.0/24", bad])
    named = refused(lambda: signer.sign_batch(claims(), allowed_ip_addresses=addresses))
    assert named == ("allowedIpAddresses", 2)


@pytest.mark.parametrize("kind", KINDS)
def test_each_address_takes_the_place_of_those_of_the_claims(signer: mct.Signer, kind: str) -> None:
    addresses = ["192.0.2.1", "2001:db8::1", "192.0.2.0/24", "::ffff:192.0.2.1"]
    shared = claims(allowed_ip_addresses=["198.51.100.1", "198.51.100.2"])
    tokens = signer.sign_batch(shared, allowed_ip_addresses=KINDS[kind](addresses))
    assert type(tokens) is result_kind(kind)
    assert [mct.Jwt.parse(token).allowed_ip_addresses for token in listed(tokens)] == [(a,) for a in addresses]


NUMBERS: dict[str, Callable[[list[int]], Any]] = {
    "list": list,
    "tuple": tuple,
    "range": lambda numbers: range(numbers[0], numbers[-1] + 1),
    **{kind: functools.partial(numpy.array, dtype=kind) for kind in ("u1", "i1", "u4", ">u4", "i8", "u8")},
    "gaps": lambda numbers: numpy.repeat(numpy.array(numbers, dtype="u4"), 2)[::2],
    **{
        f"arrow {kind}": functools.partial(pyarrow.array, type=kind)
        for kind in (pyarrow.uint32(), pyarrow.int8(), pyarrow.int64(), pyarrow.uint64())
    },
    "arrow slice": lambda numbers: pyarrow.array([0, *numbers], pyarrow.uint32())[1:],
    "arrow chunks": lambda numbers: pyarrow.chunked_array([numbers[:1], numbers[1:]], pyarrow.uint32()),
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_each_lifetime_takes_the_place_of_that_of_the_claims(signer: mct.Signer, kind: str) -> None:
    lifetimes = [*range(1, 101)]
    tokens = signer.sign_batch(claims(), lifetimes=NUMBERS[kind](lifetimes))
    assert [mct.Jwt.parse(token).expires_at for token in listed(tokens)] == [NOW + life for life in lifetimes]
    expected = pyarrow.LargeStringArray if "arrow" in kind else list if kind in LISTS or kind == "range" else None
    assert type(tokens) is (expected or numpy.ndarray)


def test_the_longest_lifetime_is_taken_and_one_past_it_is_refused_by_its_index(signer: mct.Signer) -> None:
    most = [1, 2**32 - 1]
    makers: list[Callable[[list[int]], Any]] = [list, numpy.array, pyarrow.array]
    for make in makers:
        last = listed(signer.sign_batch(claims(), lifetimes=make(most)))[1]
        assert mct.Jwt.parse(last).expires_at == NOW + 2**32 - 1
        for wrong in (0, -1, 2**32, 2**63 - 1, -(2**63)):
            named = refused(lambda m=make, w=wrong: signer.sign_batch(claims(), lifetimes=m([60, w, 60])))  # type: ignore[misc]
            assert named == ("lifetime_seconds", 1)
    huge = numpy.array([1, 2**64 - 1], dtype=numpy.uint64)
    for column in (huge, pyarrow.array(huge), [1, 10**5000]):
        named = refused(lambda column=column: signer.sign_batch(claims(), lifetimes=column))  # type: ignore[misc]
        assert named == ("lifetime_seconds", 1)


def test_an_end_past_the_year_9999_is_refused_by_its_index(signer: mct.Signer) -> None:
    late = claims(issued_at=253402300799 - 100)
    assert len(signer.sign_batch(late, lifetimes=[99, 100])) == 2
    assert refused(lambda: signer.sign_batch(late, lifetimes=[99, 100, 101])) == ("exp", 2)
    assert refused(lambda: signer.sign_batch(claims(issued_at=253402300799), ["a", "b"])) == ("exp", None)


COLUMNS = ["viewer_data", "allowed_ip_addresses", "lifetimes"]
NO_TEXTS: list[Any] = ["text", b"bytes", bytearray(b"b"), memoryview(b"m"), 5, object(), numpy.array([1, 2])]
NO_TEXTS += [numpy.array([1.5]), numpy.array([True]), pyarrow.array([1]), pyarrow.array([b"bytes"]), [1], ["a", None]]
NO_TEXTS += [["a", b"b"], ("a", 5), numpy.array(["a", None], dtype=object), numpy.array(["a", 5], dtype=object)]
NO_TEXTS += [numpy.array(["a", None], dtype=numpy.dtypes.StringDType(na_object=None)), pyarrow.scalar("a")]
NO_TEXTS += [numpy.ma.masked_array(["a", "b"], mask=[True, False]), pyarrow.table({"a": ["b"]})]
NO_NUMBERS: list[Any] = ["5", 5, object(), [1.0], [True], ["5"], [None], numpy.array([1.0]), numpy.array([True])]
NO_NUMBERS += [numpy.array(["1"]), numpy.array([1], dtype="m8[s]"), pyarrow.array([1.0]), pyarrow.array(["1"])]
NO_NUMBERS += [pyarrow.array([True]), numpy.array([1], dtype=object), [numpy.float64(1)], b"bytes"]


@pytest.mark.parametrize("values", NO_TEXTS, ids=range(len(NO_TEXTS)))
def test_what_is_no_column_of_texts_is_a_type_error(signer: mct.Signer, values: Any) -> None:
    with pytest.raises(TypeError, match="customViewerData"):
        signer.sign_batch(claims(), values)
    with pytest.raises(TypeError, match="allowedIpAddresses"):
        signer.sign_batch(claims(), allowed_ip_addresses=values)


@pytest.mark.parametrize("values", NO_NUMBERS, ids=range(len(NO_NUMBERS)))
def test_what_is_no_column_of_whole_numbers_is_a_type_error(signer: mct.Signer, values: Any) -> None:
    with pytest.raises(TypeError, match="lifetime_seconds"):
        signer.sign_batch(claims(), lifetimes=values)


def test_a_type_error_of_one_entry_says_which(signer: mct.Signer) -> None:
    wrongs: list[dict[str, Any]] = [
        {"viewer_data": ["a", "b", 5]},
        {"viewer_data": numpy.array(["a", "b", None], dtype=object)},
        {"lifetimes": [1, 2, True]},
    ]
    for wrong in wrongs:
        with pytest.raises(TypeError, match=r"\[2\]: must be"):
            signer.sign_batch(claims(), **wrong)


@pytest.mark.parametrize("shape", [(2, 2), (1, 1, 1), ()])
def test_an_array_of_more_or_fewer_dimensions_than_one_is_refused(signer: mct.Signer, shape: tuple[int, ...]) -> None:
    texts, numbers = numpy.full(shape, "a"), numpy.ones(shape, dtype="u4")
    assert refused(lambda: signer.sign_batch(claims(), texts)) == ("customViewerData", None)
    assert refused(lambda: signer.sign_batch(claims(), lifetimes=numbers)) == ("lifetime_seconds", None)


def test_columns_have_one_length_and_the_error_names_both() -> None:
    signer, columns = mct.Signer(5, "key"), {"viewer_data": ["a"] * 3, "allowed_ip_addresses": ["::1"] * 3}
    wrongs: list[dict[str, Any]] = [
        {**columns, "lifetimes": [1, 2]},
        {**columns, "allowed_ip_addresses": pyarrow.array(["::1"] * 2)},
        {"allowed_ip_addresses": ["::1"] * 3, "lifetimes": numpy.array([1, 2])},
        {**columns, "lifetimes": [1] * 2 + [2] * 2},
    ]
    for wrong, field in zip(wrongs, ["lifetime_seconds", "allowedIpAddresses", "lifetime_seconds", "lifetime_seconds"]):
        with pytest.raises(mct.InvalidArgumentError, match=r"\(3\), given are [24]") as found:
            signer.sign_batch(claims(), **wrong)
        assert found.value.field == field


def test_a_count_stands_where_no_column_says_how_many_and_nowhere_else(signer: mct.Signer) -> None:
    assert signer.sign_batch(claims(), count=0) == []
    tokens = signer.sign_batch(claims(custom_viewer_data="é"), count=3)
    assert tokens == tokens[:1] * 3
    assert signer.verify(tokens[0], now=NOW).custom_viewer_data == "é"
    untyped: Any = signer.sign_batch
    with pytest.raises(TypeError, match="count"):
        untyped(claims())
    with pytest.raises(TypeError, match="count"):
        untyped(claims(), ["a"], count=1)
    no_numbers: list[Any] = [True, 1.0, "1"]
    for wrong in no_numbers:
        with pytest.raises(TypeError, match="count"):
            untyped(claims(), count=wrong)
        with pytest.raises(TypeError, match="threads"):
            untyped(claims(), ["a"], threads=wrong)
    for beyond in (-1, 2**32):
        assert refused(lambda beyond=beyond: untyped(claims(), count=beyond)) == ("count", None)  # type: ignore[misc]
        assert refused(lambda beyond=beyond: untyped(claims(), ["a"], threads=beyond)) == ("threads", None)  # type: ignore[misc]


def test_columns_may_be_of_different_kinds_and_the_first_says_what_comes_back(signer: mct.Signer) -> None:
    viewers, addresses, lifetimes = ["a", "é"], ["192.0.2.1", "::1"], [1, 2]
    expected = signer.sign_batch(claims(), viewers, allowed_ip_addresses=addresses, lifetimes=lifetimes)
    mixed: list[tuple[Any, Any, Any, type]] = [
        (viewers, numpy.array(addresses), pyarrow.array(lifetimes), list),
        (numpy.array(viewers), pyarrow.array(addresses), lifetimes, numpy.ndarray),
        (pyarrow.array(viewers), addresses, numpy.array(lifetimes), pyarrow.LargeStringArray),
    ]
    for data, allowed, lives, kind in mixed:
        tokens = signer.sign_batch(claims(), data, allowed_ip_addresses=allowed, lifetimes=lives)
        assert type(tokens) is kind
        assert listed(tokens) == expected
    others: list[tuple[Any, type]] = [
        (numpy.array(lifetimes), numpy.ndarray),
        (pyarrow.array(lifetimes), pyarrow.LargeStringArray),
    ]
    for lives, kind in others:
        assert type(signer.sign_batch(claims(), allowed_ip_addresses=None, lifetimes=lives)) is kind


def test_a_str_that_lies_about_its_length_is_not_read_past_its_end(signer: mct.Signer) -> None:
    class Longer(str):
        __slots__ = ()

        def __len__(self) -> int:
            return 10**6

    class Quiet(str):
        __slots__ = ()

        def encode(self, *_: Any, **__: Any) -> bytes:
            return b"x" * 10**6

    with pytest.raises(TypeError, match="length"):
        signer.sign_batch(claims(), [Longer("a"), "b"])
    assert signer.sign_batch(claims(), [Quiet("é"), "b"]) == signer.sign_batch(claims(), ["é", "b"])


@pytest.mark.parametrize(("reason", "fields", "given"), BROKEN)
def test_a_rule_of_the_parent_that_is_broken_is_named_before_a_batch_is_signed(
    reason: mct.Reason, fields: dict[str, Any], given: dict[str, Any]
) -> None:
    shared = mct.Claims(**{"stream_name": "StageCam", "lifetime_seconds": 60, **given})
    with mct.Signer.from_token(parent(**fields)) as signer, pytest.raises(mct.TokenInvalidError) as found:
        signer.sign_batch(shared, ["a", "b"])
    assert found.value.reason is reason
    assert found.value.field
    assert found.value.index is None


@pytest.mark.parametrize(("fields", "given"), KEPT)
def test_what_the_parent_allows_is_signed_in_a_batch_and_verifies(
    fields: dict[str, Any], given: dict[str, Any]
) -> None:
    shared = mct.Claims(**{"stream_name": "StageCam", "lifetime_seconds": 60, **given})
    with mct.Signer.from_token(parent(**fields)) as signer:
        for token in signer.sign_batch(shared, ["a", "b"]):
            assert signer.verify(token, unchecked_stream=given.get("unchecked_stream", False)).stream_name


def test_a_viewer_that_would_outlive_the_parent_is_named_unless_it_is_cut_to_its_end() -> None:
    end = soon()
    signer = mct.Signer.from_token(parent(expiresOn=moment(end)))
    lifetimes = [60, 2 * HOUR, 3 * HOUR]
    with pytest.raises(mct.TokenInvalidError) as found:
        signer.sign_batch(mct.Claims("StageCam", 60), lifetimes=lifetimes)
    assert (found.value.reason, found.value.field, found.value.index) == (mct.Reason.PARENT_LIFETIME, "exp", 1)
    tokens = signer.sign_batch(mct.Claims("StageCam", 60, cut_to_parent=True), lifetimes=lifetimes)
    ends = [signer.verify(token).expires_at or 0 for token in tokens]
    assert ends[0] < end
    assert ends[1:] == [end, end]
    with pytest.raises(mct.TokenInvalidError) as found:
        signer.sign_batch(mct.Claims("StageCam", 2 * HOUR), ["a"])
    assert (found.value.reason, found.value.index) == (mct.Reason.PARENT_LIFETIME, None)


def test_a_closed_signer_signs_no_batch_and_no_claims_are_a_type_error(signer: mct.Signer) -> None:
    wrong: Any = object()
    with pytest.raises(TypeError, match="Claims"):
        signer.sign_batch(wrong, ["a"])
    signer.close()
    with pytest.raises(mct.ClosedError):
        signer.sign_batch(claims(), ["a"])


@pytest.mark.parametrize("kind", ["list", "U", "large_string"])
def test_memory_that_turns_out_too_small_is_asked_for_again(
    signer: mct.Signer, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, sizes = lib.mct_signer_sign_viewers, []

    def too_little_at_first(*arguments: Any) -> int:
        status = real(*arguments)
        room, needed = arguments[4], arguments[7]._obj
        sizes.append((status, arguments[5], needed.value))
        if room is None:
            needed.value -= 1
        return int(status)

    viewers = ["a", "longer", "é"] * 1000
    expected = signer.sign_batch(claims(), viewers)
    monkeypatch.setattr(lib, "mct_signer_sign_viewers", too_little_at_first)
    assert listed(signer.sign_batch(claims(), KINDS[kind](viewers))) == expected
    needed = sum(map(len, expected))
    assert sizes == [(0, 0, needed), (mct.Status.BUFFER_TOO_SMALL, needed - 1, needed), (0, needed, needed)]


def test_another_thread_runs_while_a_batch_is_signed(signer: mct.Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    real, column = lib.mct_signer_sign_viewers, pyarrow.array(["viewer"] * 200_000, pyarrow.large_string())
    begin, in_call = threading.Semaphore(0), False
    seen: list[bool] = []

    def other() -> None:
        while not any(seen):
            begin.acquire()
            seen.append(in_call)

    def call(*arguments: Any) -> int:
        nonlocal in_call
        in_call = True
        begin.release()
        status = real(*arguments)
        in_call = False
        return int(status)

    monkeypatch.setattr(lib, "mct_signer_sign_viewers", call)
    interval, thread = sys.getswitchinterval(), threading.Thread(target=other, daemon=True)
    # Python takes turns by no clock of its own now: the other thread runs when this one lets it, and that is in C.
    sys.setswitchinterval(1000)
    try:
        thread.start()
        for _ in range(100):
            signer.sign_batch(claims(), column)
            if any(seen):
                break
    finally:
        sys.setswitchinterval(interval)
    assert any(seen), "no other thread ran during the calls"


WITHOUT = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("numpy", "pyarrow", "pandas"):
            raise ModuleNotFoundError(f"no {name} here", name=name)

sys.meta_path.insert(0, Blocked())
import millicast_tokens as mct

signer, claims = mct.Signer(5, "key"), mct.Claims("s", 60, issued_at=1750813271)
tokens = signer.sign_batch(claims, ["a", "é"], allowed_ip_addresses=("::1", "192.0.2.1"), lifetimes=iter([1, 2]))
print(*tokens, *signer.sign_batch(claims, count=1))
assert not {"numpy", "pyarrow"} & set(sys.modules)
"""


def test_lists_are_signed_where_numpy_and_pyarrow_are_not_installed(signer: mct.Signer) -> None:
    environment = {"PYTHONPATH": str(PACKAGE.parent), VARIABLE: mct.library_path()}
    command = [sys.executable, "-B", "-c", WITHOUT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    columns: dict[str, Any] = {"allowed_ip_addresses": ["::1", "192.0.2.1"], "lifetimes": [1, 2]}
    expected = signer.sign_batch(claims(), ["a", "é"], **columns) + signer.sign_batch(claims(), count=1)
    assert done.stdout.split() == expected
