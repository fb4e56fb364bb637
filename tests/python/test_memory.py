"""Nothing that the library hands over is kept: flat memory over many calls, flat descriptors over many clients."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import millicast_tokens as mct
import numpy
import pyarrow  # type: ignore[import-untyped, unused-ignore]
import pytest

from proxy import ProxiedEmulator
from servers import Recorder, recording, success

STATM = Path("/proc/self/statm")
#: What an allocator may hold back. A leak of one token a call would be hundreds of times that.
SLACK = 2 << 20

pytestmark = pytest.mark.skipif(not STATM.exists(), reason="this system does not tell a process' memory in /proc")


def resident() -> int:
    """The memory of this process, in bytes."""
    gc.collect()
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def growth(work: Callable[[], object], warm_up: int, turns: int) -> int:
    """How much memory many turns take after a few."""
    for _ in range(warm_up):
        work()
    before = resident()
    for _ in range(turns - warm_up):
        work()
    return resident() - before


def test_a_million_tokens_are_signed_in_flat_memory() -> None:
    signer, claims = mct.Signer(5, "key"), mct.Claims("s", 60, custom_viewer_data="v" * 200)
    assert growth(lambda: signer.sign(claims), 10_000, 1_000_000) < SLACK


def test_long_tokens_take_no_memory_either() -> None:
    signer, claims = mct.Signer(5, "key"), mct.Claims("s", 60, custom_viewer_data="v" * 1024)
    assert growth(lambda: signer.sign(claims), 5_000, 100_000) < SLACK


VIEWERS = [f"viewer {number} {'v' * (number % 50)}" for number in range(1000)]
COLUMNS: list[Any] = [VIEWERS, numpy.array(VIEWERS), numpy.array([*VIEWERS, "é"]), pyarrow.array(VIEWERS)]


@pytest.mark.parametrize("viewers", COLUMNS, ids=["list", "numpy", "numpy with letters", "arrow"])
def test_a_million_tokens_are_signed_in_batches_in_flat_memory(viewers: Any) -> None:
    signer, claims = mct.Signer(5, "key"), mct.Claims("s", 60)
    addresses, lifetimes = ["192.0.2.1"] * len(viewers), [60] * len(viewers)

    def sign() -> None:
        signer.sign_batch(claims, viewers, allowed_ip_addresses=addresses, lifetimes=lifetimes)

    assert growth(sign, 20, 1_000) < SLACK


def test_large_batches_give_back_their_memory() -> None:
    signer, claims = mct.Signer(5, "key"), mct.Claims("s", 60, custom_viewer_data="v" * 200)
    assert growth(lambda: signer.sign_batch(claims, count=20_000), 5, 50) < SLACK


def test_batches_that_are_refused_take_no_memory() -> None:
    signer, claims = mct.Signer(5, "key"), mct.Claims("s", 60)
    wrongs: list[Any] = [
        [*VIEWERS, "x" * 1025],
        numpy.array([*VIEWERS, "\ud800"]),
        pyarrow.array([*VIEWERS, "x" * 1025]),
    ]

    def fail() -> None:
        for wrong in wrongs:
            with contextlib.suppress(ValueError):
                signer.sign_batch(claims, wrong)
        with contextlib.suppress(ValueError):
            signer.sign_batch(claims, allowed_ip_addresses=["::1", "x"])

    assert growth(fail, 50, 1_000) < SLACK


def test_tokens_that_are_written_into_a_buffer_take_no_memory() -> None:
    signer, claims, buffer = mct.Signer(5, "key"), mct.Claims("s", 60), bytearray(1024)
    assert growth(lambda: signer.sign_into(claims, buffer), 10_000, 200_000) < SLACK


def test_errors_take_no_memory() -> None:
    signer, claims, small = mct.Signer(5, "key"), mct.Claims("s", 60), bytearray(9)

    def fail() -> None:
        with contextlib.suppress(mct.TokenInvalidError):
            signer.verify("no token")
        with contextlib.suppress(mct.InvalidArgumentError):
            mct.Claims("s", 0)
        with contextlib.suppress(mct.InvalidArgumentError):
            mct.PublishTokenSpec("l", ["s"], restream=[mct.Restream("u", "1234")])
        with contextlib.suppress(mct.BufferTooSmallError):
            signer.sign_into(claims, small)

    assert growth(fail, 5_000, 50_000) < SLACK


def test_objects_take_no_memory_when_they_are_gone() -> None:
    json = '{"id": 5, "token": "key", "streams": [{"streamName": "s"}], "restream": [{"url": "u", "key": "k"}]}'

    def live() -> None:
        token = mct.SubscribeToken.from_json(json)
        with mct.Signer.from_token(token.copy()) as signer:
            jwt = signer.verify(signer.sign(mct.Claims("s", 60, allowed_origins=["example.com"])).jwt, leeway=5)
        assert (jwt.stream_name, token.value, token.streams) == ("s", "key", (mct.Stream("s"),))
        assert mct.PublishToken.from_json(json).restream[0].key == "k"
        mct.PublishTokenSpec("l", ["s"], geo_cascade=mct.GeoCascade(True, ["a"]), merge_json={"new": 1})
        mct.PublishTokenUpdate(allowed_origins=["a"], restream=[mct.Restream("u", "12345", "l")], priority=None)

    assert growth(live, 5_000, 50_000) < SLACK


def test_calls_and_lists_take_no_memory() -> None:
    tokens = [{"id": number, "token": f"{number:064}", "label": "l" * 100} for number in range(100)]

    def answer_lists(recorder: Recorder, client: mct.Client) -> None:
        client.subscribe_tokens.list_page(sort_by=mct.SortBy.ADDED_ON)
        with client.publish_tokens.iterate(items_on_page=100) as walk:
            next(walk)
        with contextlib.suppress(mct.ProtocolError):
            client.publish_tokens.read(1)
        # The recorder remembers what it was asked, and that is not what is measured here.
        recorder.asked.clear()

    with recording(success(tokens)) as recorder, mct.Client("secret", base_url=recorder.url) as client:
        assert growth(lambda: answer_lists(recorder, client), 200, 1_500) < SLACK


def test_clients_leave_no_descriptor_and_no_memory(emulator: ProxiedEmulator) -> None:
    # Straight to the emulator: a proxy in this process has descriptors and memory of its own.
    def live() -> None:
        with mct.Client(emulator.secret, base_url=emulator.own_url, log=lambda *_: None) as client:
            client.subscribe_tokens.list_page(items_on_page=1)
        with contextlib.suppress(mct.InvalidArgumentError):
            mct.Client(emulator.secret, base_url="http://example.com")

    descriptors = Path("/proc/self/fd")
    live()
    before = len(list(descriptors.iterdir()))
    assert growth(live, 50, 300) < SLACK
    assert len(list(descriptors.iterdir())) <= before
