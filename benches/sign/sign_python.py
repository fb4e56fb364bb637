#!/usr/bin/env python3
"""How long signing takes in Python, for this library and for PyJWT.

One round: each contestant in turn, for a fixed number of tokens. Prints a line for each: its name and the nanoseconds
that a token took. The same claims for all, and the same as in sign.c.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
import millicast_tokens as mct
import numpy
import pyarrow  # type: ignore[import-untyped, unused-ignore]

KEY = "9b1a3d0c5e7f2468ace013579bdf02468ace13579bdf02468ace13579bdf0246"
TOKEN_ID = 1234567
STREAM = "evening-show"
TRACKING_ID = "premium"
VIEWER = "viewer-0000000001"
LIFETIME = 60
SIGNS = 20_000
PACKED = 100_000


def payload() -> dict[str, Any]:
    """The claims for PyJWT, with new times: what a program has to make of them for each token."""
    issued_at = int(time.time())
    return {
        "streaming": {
            "tokenType": "Subscribe",
            "streamName": STREAM,
            "tracking": {"trackingId": TRACKING_ID},
            "customViewerData": VIEWER,
            "tokenId": TOKEN_ID,
        },
        "iat": issued_at,
        "exp": issued_at + LIFETIME,
    }


def demand_equal(signer: mct.Signer, claims: mct.Claims) -> None:
    """Both sign the same: the claims of each other's tokens are equal, but for a second that may pass in between."""
    theirs = signer.verify(jwt.encode(payload(), KEY, algorithm="HS256"))
    ours = jwt.decode(signer.sign(claims).jwt, KEY, algorithms=["HS256"])
    if ours["streaming"] != payload()["streaming"] or theirs.custom_viewer_data != VIEWER:
        raise SystemExit("the contestants do not sign the same claims")


def report_each(name: str, sign: Callable[[], object]) -> None:
    """One token after the other."""
    started = time.perf_counter_ns()
    for _ in range(SIGNS):
        sign()
    print(f"{name} {(time.perf_counter_ns() - started) / SIGNS:.1f}")


def report_batch(name: str, sign: Callable[[], Any]) -> None:
    """All tokens at once, after a batch that no one measures: the first one gets its memory from the system."""
    sign()
    started = time.perf_counter_ns()
    tokens = sign()
    taken = time.perf_counter_ns() - started
    if len(tokens) != PACKED:
        raise SystemExit(f"{name} made {len(tokens)} tokens")
    print(f"{name} {taken / PACKED:.1f}")


def main() -> None:
    """One round."""
    signer = mct.Signer(TOKEN_ID, KEY)
    claims = mct.Claims(STREAM, LIFETIME, tracking_id=TRACKING_ID, custom_viewer_data=VIEWER)
    demand_equal(signer, claims)
    report_each("python_single", lambda: signer.sign(claims))
    report_each("pyjwt_single", lambda: jwt.encode(payload(), KEY, algorithm="HS256"))
    viewers = [f"viewer-{number:010}" for number in range(PACKED)]
    as_arrow, as_numpy = pyarrow.array(viewers, pyarrow.large_string()), numpy.array(viewers)
    report_batch("python_batch", lambda: signer.sign_batch(claims, viewers))
    report_batch("python_batch_arrow", lambda: signer.sign_batch(claims, as_arrow))
    report_batch("python_batch_numpy", lambda: signer.sign_batch(claims, as_numpy))


if __name__ == "__main__":
    main()
