#!/usr/bin/env python3
"""Uses the Token API from asyncio: each call is awaited, many are under way at once, and no call takes a thread.

    MILLICAST_API_SECRET=... python asyncio_tokens.py

The tokens that this makes are deleted at the end. The API's address is that of MILLICAST_API_URL, else the platform's
own.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time

import millicast_tokens as mct

STAGES = ["MainStage", "TentStage", "LakeStage"]


async def create(client: mct.AsyncClient, label: str, streams: list[str]) -> mct.PublishToken:
    """Creates a token, and finds it where the answer was lost on the way."""
    # The API's clock is compared with this one, which may be ahead.
    since = int(time.time()) - 60
    try:
        return await client.publish_tokens.create(label, streams)
    except mct.MillicastError as error:
        if error.outcome is not mct.Outcome.UNKNOWN:
            raise
        found = await client.publish_tokens.find_created(label, streams, since=since)
        if not found:
            raise
        return found[0]


async def tick(beats: list[float]) -> None:
    """Whatever else the program does: it goes on during the calls."""
    while True:
        beats.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.001)


async def run(client: mct.AsyncClient) -> None:
    """Creates, changes, lists and deletes."""
    beats: list[float] = []
    ticking = asyncio.create_task(tick(beats))
    # A token for each stage, all of them at once.
    made = await asyncio.gather(*(create(client, f"{stage} token", [stage]) for stage in STAGES))
    try:
        print(f"created {len(made)} tokens")
        first = await client.publish_tokens.update(made[0].id, label="Evening show", allowed_countries=["PL", "ZA"])
        print(f"the first one is called {first.label!r} now")

        ours = {token.id for token in made}
        async with client.publish_tokens.iterate() as tokens:
            labels = sorted([str(token.label) async for token in tokens if token.id in ours])
        print(f"found {', '.join(labels)}")

        # A deadline for this call alone. A task that is cancelled ends its call too.
        active = await client.with_timeout(10).publish_tokens.active_ids()
        print(f"{len(ours & set(active))} of them are live")
    finally:
        await asyncio.gather(*(client.publish_tokens.delete(token.id) for token in made))
        ticking.cancel()
    print("deleted them" if beats else "nothing else could run meanwhile")


async def start(secret: str) -> None:
    """Runs with a client."""
    async with mct.AsyncClient(secret, base_url=os.environ.get("MILLICAST_API_URL") or None) as client:
        await run(client)


def main() -> int:
    """Runs the example; 1 when a call fails."""
    secret = os.environ.get("MILLICAST_API_SECRET")
    if not secret:
        print("error: set MILLICAST_API_SECRET to the account's API secret", file=sys.stderr)
        return 1
    try:
        asyncio.run(start(secret))
    except (mct.MillicastError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
