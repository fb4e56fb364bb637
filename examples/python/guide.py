#!/usr/bin/env python3
"""Makes every call of the Token API guide, in its order, and signs a subscribe token locally.

    MILLICAST_API_SECRET=... python guide.py
    python guide.py --api-secret-file secret.txt --base-url http://127.0.0.1:8080

The API secret comes from a file or from the environment, never as an argument: arguments are visible to everybody on
the machine. The tokens that this makes are deleted at the end, and token strings are not shown whole.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from pathlib import Path

import millicast_tokens as mct

THIRTY_DAYS = 2592000
A_MONTH = 2628000


def main() -> int:
    """Makes the calls; 1 when one of them fails."""
    arguments = parse_arguments()
    try:
        with mct.Client(api_secret(arguments), base_url=arguments.base_url) as client, contextlib.ExitStack() as tidy:
            publish_tokens(client, tidy)
            subscribe_tokens(client, tidy)
    except (mct.MillicastError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def parse_arguments() -> argparse.Namespace:
    """The options, with what the environment says where one is not given."""
    parser = argparse.ArgumentParser(description="Makes every call of the Millicast Token API guide.")
    parser.add_argument(
        "--base-url",
        default=os.environ.get("MILLICAST_API_URL") or None,
        help="the API's address; default: MILLICAST_API_URL, else the platform's own",
    )
    parser.add_argument(
        "--api-secret-file",
        type=Path,
        metavar="FILE",
        help="a file that holds the API secret; default: the environment variable MILLICAST_API_SECRET",
    )
    return parser.parse_args()


def api_secret(arguments: argparse.Namespace) -> str:
    """The API secret, from a file or from the environment."""
    if arguments.api_secret_file is not None:
        return str(arguments.api_secret_file.read_text(encoding="utf-8").strip())
    secret = os.environ.get("MILLICAST_API_SECRET")
    if not secret:
        raise OSError("no API secret: give --api-secret-file FILE or set MILLICAST_API_SECRET")
    return secret


def publish_tokens(client: mct.Client, tidy: contextlib.ExitStack) -> None:
    """Creating and managing publish tokens."""
    tokens = client.publish_tokens

    title("Create a publish token for three streams, valid for 30 days")
    cameras = tokens.create("DevTestToken", ["MainCam", "BackupCam", "StageCam"], expires=THIRTY_DAYS)
    delete_at_the_end(tidy, tokens.delete, cameras)
    show(cameras)

    title("Create a publish token for any stream name, from Poland and South Africa")
    anywhere = tokens.create(
        "DevTestToken",
        [mct.Stream(".*", is_regex=True)],
        allowed_countries=["PL", "ZA"],
        expires=A_MONTH,
    )
    delete_at_the_end(tidy, tokens.delete, anywhere)
    show(anywhere)

    title("Read the first one")
    show(tokens.read(cameras.id))

    title("List the 30 newest publish tokens")
    show_list(tokens.list_page(sort_by=mct.SortBy.ADDED_ON, page=1, items_on_page=30, descending=True))

    title("Delete a publish token")
    tokens.delete(cameras.id)
    print(f"  {cameras.id} is deleted")


def subscribe_tokens(client: mct.Client, tidy: contextlib.ExitStack) -> None:
    """Creating, self-signing and managing subscribe tokens."""
    tokens = client.subscribe_tokens

    title("Create a subscribe token for one stream")
    stage = tokens.create("DevTestToken", ["StageCamera"], expires=A_MONTH)
    delete_at_the_end(tidy, tokens.delete, stage)
    show(stage)

    title("Create a subscribe token for any stream, bound to the first address that uses it")
    bound = tokens.create("DevTestToken", [mct.Stream(".*", is_regex=True)], bind_ips_on_usage=1, expires=A_MONTH)
    delete_at_the_end(tidy, tokens.delete, bound)
    show(bound)

    title("Create a subscribe token with a tracking id")
    tracked = tokens.create("DevTestToken", ["StageCam"], tracking_id="Tracking_ID_1")
    delete_at_the_end(tidy, tokens.delete, tracked)
    show(tracked)

    title("Read the bandwidth of the tracking id")
    show_bandwidth(client.analytics.tracking_total("2023-02-02", "2023-07-27", ["Tracking_ID_1"]))

    title("Self-sign a token for a viewer, with no call at all")
    self_sign(tracked)

    title("Read the first one")
    show(tokens.read(stage.id))

    title("List the 30 newest subscribe tokens")
    show_list(tokens.list_page(sort_by=mct.SortBy.ADDED_ON, page=1, items_on_page=30, descending=True))

    title("Delete a subscribe token")
    tokens.delete(stage.id)
    print(f"  {stage.id} is deleted")


def self_sign(parent: mct.SubscribeToken) -> None:
    """Signs a token that is good for a minute, and verifies it as the platform would."""
    claims = mct.Claims("StageCam", 60, tracking_id=parent.tracking_id, custom_viewer_data="viewer 1")
    with mct.Signer.from_token(parent) as signer:
        signed = signer.sign(claims)
        jwt = signer.verify(signed.jwt)
    print(
        f"  {fingerprint(signed.jwt)} of {len(signed.jwt)} characters, signed with {mct.Algorithm(jwt.algorithm).name}"
    )
    print(f"  parent {jwt.token_id}, stream {jwt.stream_name}, tracking id {jwt.tracking_id}")
    print(f"  good until {when(signed.expires_at)}; a viewer that connects again after that needs a new one")


def delete_at_the_end(
    tidy: contextlib.ExitStack, delete: Callable[[int], None], token: mct.PublishToken | mct.SubscribeToken
) -> None:
    """Deletes a token when all is done, or when something failed on the way."""

    def delete_if_there() -> None:
        with contextlib.suppress(mct.NotFoundError):
            delete(token.id)

    tidy.callback(delete_if_there)


def title(text: str) -> None:
    """What comes next."""
    print(f"\n{text}")


def show(token: mct.PublishToken | mct.SubscribeToken) -> None:
    """A token, in lines for a person."""
    streams = ", ".join(f"{stream.name} (pattern)" if stream.is_regex else stream.name for stream in token.streams)
    print(f"  {token.id} {token.label!r}: {fingerprint(token.value)}, streams {streams}")
    print(f"  {'active' if token.is_active else 'disabled'}, expires {when(token.expires_on)}")
    if token.allowed_countries:
        print(f"  from {', '.join(token.allowed_countries)} only")
    if token.bind_ips_on_usage:
        print(f"  bound to the first {token.bind_ips_on_usage} address(es)")
    if isinstance(token, mct.SubscribeToken) and token.tracking_id is not None:
        print(f"  tracking id {token.tracking_id}")


def show_list(tokens: Iterable[mct.PublishToken | mct.SubscribeToken]) -> None:
    """Tokens, one a line."""
    for token in tokens:
        print(f"  {token.id} {token.label!r}, created {when(token.added_on)}")


def show_bandwidth(report: mct.BandwidthReport) -> None:
    """The rows of a report."""
    for row in report.rows:
        kind = row.traffic.name if isinstance(row.traffic, mct.Traffic) else str(row.traffic)
        print(f"  {row.tracking_id} {row.stream_name} {kind}: {row.bytes_in} bytes in, {row.bytes_out} bytes out")
    if not report.rows:
        print("  nothing was counted on those days")


def fingerprint(secret: str | None) -> str:
    """Enough of a secret to tell it from others."""
    return "no token string" if secret is None else f"{secret[:6]}…"


def when(seconds: int | None) -> str:
    """A moment, for a person."""
    return "never" if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


if __name__ == "__main__":
    sys.exit(main())
