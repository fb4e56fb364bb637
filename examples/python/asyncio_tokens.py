#!/usr/bin/env python3
"""Uses the Token API from asyncio: each call is made on a thread by `asyncio.to_thread`, and the loop goes on.

    MILLICAST_API_SECRET=... python asyncio_tokens.py

A call blocks its thread and no other one, and a client may be used from any number of threads at once. The tokens that
this makes are deleted at the end. The API's address is that of MILLICAST_API_URL, else the platform's own.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator

import millicast_tokens as mct

STAGES = ["MainStage", "TentStage", "LakeStage"]


async def create_all(client: mct.Client) -> list[mct.PublishToken]:
    """A token for each stage, all of them at once."""
    creates = (asyncio.to_thread(client.publish_tokens.create, f"{stage} token", [stage]) for stage in STAGES)
    return await asyncio.gather(*creates)


async def walk(tokens: mct.TokenIterator[mct.PublishToken]) -> AsyncIterator[mct.PublishToken]:
    """An iterator's tokens for `async for`. Its steps come one after the other, so one thread at a time is in it."""
    while True:
        # A StopIteration can't leave a thread of asyncio's: `next` is told what to answer at the end.
        token = await asyncio.to_thread(next, tokens, None)
        if token is None:
            return
        yield token


async def tick(beats: list[float]) -> None:
    """Whatever else the program does: it goes on during the calls."""
    while True:
        beats.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.001)


async def run(client: mct.Client) -> None:
    """Creates, changes, lists and deletes."""
    beats: list[float] = []
    ticking = asyncio.create_task(tick(beats))
    made = await create_all(client)
    try:
        print(f"created {len(made)} tokens")
        first = await asyncio.to_thread(
            client.publish_tokens.update, made[0].id, label="Evening show", allowed_countries=["PL", "ZA"]
        )
        print(f"the first one is called {first.label!r} now")

        ours = {token.id for token in made}
        with client.publish_tokens.iterate() as tokens:
            labels = sorted([str(token.label) async for token in walk(tokens) if token.id in ours])
        print(f"found {', '.join(labels)}")

        # Awaiting has a deadline of its own. The call goes on on its thread; the client's `timeout` ends it.
        active = await asyncio.wait_for(asyncio.to_thread(client.publish_tokens.active_ids), timeout=30)
        print(f"{len(ours & set(active))} of them are live")
    finally:
        await asyncio.gather(*(asyncio.to_thread(client.publish_tokens.delete, token.id) for token in made))
        ticking.cancel()
    print("deleted them" if beats else "nothing else could run meanwhile")


def main() -> int:
    """Runs the example; 1 when a call fails."""
    secret = os.environ.get("MILLICAST_API_SECRET")
    if not secret:
        print("error: set MILLICAST_API_SECRET to the account's API secret", file=sys.stderr)
        return 1
    try:
        with mct.Client(secret, base_url=os.environ.get("MILLICAST_API_URL") or None) as client:
            asyncio.run(run(client))
    except (mct.MillicastError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
