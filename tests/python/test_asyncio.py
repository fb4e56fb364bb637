"""The example for asyncio, and blocking calls on asyncio's threads."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import millicast_tokens as mct
import pytest
from millicast_tokens.testing import Emulator

from paths import ROOT
from servers import silent
from test_guide import run_program

EXAMPLE = ROOT / "examples" / "python" / "asyncio_tokens.py"


def test_the_example_runs_from_an_empty_folder_and_deletes_what_it_made(
    emulator: Emulator, client: mct.Client, tmp_path: Path
) -> None:
    before = {token.id for token in client.publish_tokens.iterate()}
    variables = {"MILLICAST_API_URL": emulator.url, "MILLICAST_API_SECRET": emulator.secret}
    done = run_program(EXAMPLE, [], tmp_path, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "created 3 tokens",
        "the first one is called 'Evening show' now",
        "found Evening show, LakeStage token, TentStage token",
        "0 of them are live",
        "deleted them",
    ]
    assert {token.id for token in client.publish_tokens.iterate()} == before
    assert list(tmp_path.iterdir()) == []


def test_the_example_says_in_one_line_what_is_wrong(emulator: Emulator, tmp_path: Path) -> None:
    for variables in ({}, {"MILLICAST_API_URL": emulator.url, "MILLICAST_API_SECRET": "a-wrong-secret"}):
        done = run_program(EXAMPLE, [], tmp_path, **variables)
        assert done.returncode == 1
        assert done.stderr.startswith("error: ")
        assert done.stderr.count("\n") == 1
        assert "a-wrong-secret" not in done.stderr


def test_the_loop_goes_on_during_a_call_and_a_cancel_ends_it_at_once() -> None:
    async def call_and_cancel(client: mct.Client) -> int:
        call = asyncio.create_task(asyncio.to_thread(client.publish_tokens.list_all))
        beats = 0
        while beats < 20:
            await asyncio.sleep(0.005)
            beats += 1
        assert not call.done()
        client.cancel()
        with pytest.raises(mct.CallCancelledError):
            await call
        return beats

    began = time.monotonic()
    with silent() as server, mct.Client("secret", base_url=server.url) as client:
        assert asyncio.run(call_and_cancel(client)) == 20
    assert time.monotonic() - began < 5


def test_many_calls_at_once_share_a_client(client: mct.Client) -> None:
    async def change(number: int) -> str | None:
        made = await asyncio.to_thread(client.subscribe_tokens.create, f"label {number}", ["s"])
        changed = await asyncio.to_thread(client.subscribe_tokens.update, made.id, label=f"changed {number}")
        await asyncio.to_thread(client.subscribe_tokens.delete, made.id)
        return changed.label

    async def change_all() -> list[str | None]:
        return await asyncio.gather(*(change(number) for number in range(40)))

    assert asyncio.run(change_all()) == [f"changed {number}" for number in range(40)]
