#!/usr/bin/env python3
"""Signs a subscribe token for each viewer of a list, without the network: viewers on stdin, tokens on stdout.

    MILLICAST_SUBSCRIBE_TOKEN_ID=... MILLICAST_SUBSCRIBE_TOKEN=... python sign_many.py --stream NAME < viewers > tokens

A line is a viewer: an identifier and, behind a tab, the address that the token is bound to; all lines have such an
address, or none has. The tokens come in the order of the viewers. Who has one may watch: hand each to its viewer, and
to nobody else.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable

import millicast_tokens as mct


def parse_arguments() -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(description="Signs a subscribe token for each viewer on stdin.")
    parser.add_argument("--stream", required=True, help="the name of the stream")
    parser.add_argument("--lifetime", type=int, default=60, help="how many seconds each token lives; default: 60")
    return parser.parse_args()


def make_signer() -> mct.Signer:
    """A signer for the parent that the environment names: a secret is no argument, which everybody could see."""
    token_id, token = os.environ.get("MILLICAST_SUBSCRIBE_TOKEN_ID"), os.environ.get("MILLICAST_SUBSCRIBE_TOKEN")
    if not token_id or not token_id.isdecimal() or not token:
        raise OSError("set MILLICAST_SUBSCRIBE_TOKEN_ID and MILLICAST_SUBSCRIBE_TOKEN to the parent's id and token")
    return mct.Signer(int(token_id), token)


def read_viewers(lines: Iterable[str]) -> tuple[list[str], list[str] | None]:
    """The column of identifiers, and that of addresses where there is one."""
    rows = [line.rstrip("\n").partition("\t") for line in lines]
    viewers = [viewer for viewer, _, _ in rows]
    addresses = [address for _, _, address in rows]
    return viewers, addresses if any(addresses) else None


def main() -> int:
    """Signs; 1 when that fails, and then no token is written."""
    arguments = parse_arguments()
    viewers, addresses = read_viewers(sys.stdin)
    try:
        with make_signer() as signer:
            claims = mct.Claims(arguments.stream, arguments.lifetime)
            tokens = signer.sign_batch(claims, viewers, allowed_ip_addresses=addresses, threads=0)
    except (mct.MillicastError, OSError) as error:
        index = getattr(error, "index", None)
        print(f"error: {error}" if index is None else f"error: line {index + 1}: {error}", file=sys.stderr)
        return 1
    print(*tokens, sep="\n", end="\n" if tokens else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
