#!/usr/bin/env python3
"""How long a call takes from Python, for this library and for requests.

    calls_python.py BASE_URL

One round: each contestant in turn, several times, for a fixed number of calls on a connection that is kept. Prints a
line each time: a name and the nanoseconds that a call took. The same request for all.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import millicast_tokens as mct
import requests

SECRET = "0123456789abcdef" * 4
TOKEN_ID = 1234567
LABEL = "Evening show"
TURNS = 5
CALLS = 200
WARM_UP = 20


def session_of(*, trust_env: bool) -> requests.Session:
    """A session that sends what a client of this library does."""
    session = requests.Session()
    session.trust_env = trust_env
    session.headers.update({"Authorization": f"Bearer {SECRET}", "Accept": "application/json"})
    return session


def contestants(base_url: str) -> dict[str, Callable[[], object]]:
    """A call of each. Both have to answer the same token."""
    url = f"{base_url}/api/publish_token/{TOKEN_ID}"
    client = mct.Client(SECRET, base_url=base_url)
    session, without_environment = session_of(trust_env=True), session_of(trust_env=False)
    token, answer = client.publish_tokens.read(TOKEN_ID), session.get(url).json()
    if (token.id, token.label) != (answer["data"]["id"], answer["data"]["label"]) or token.label != LABEL:
        raise SystemExit("the contestants do not read the same token")
    return {
        "python_ours": lambda: client.publish_tokens.read(TOKEN_ID),
        "python_requests": lambda: session.get(url).json(),
        # It reads no proxies and no .netrc from the environment, which this library never does.
        "python_requests_alone": lambda: without_environment.get(url).json(),
    }


def report(name: str, call: Callable[[], object]) -> None:
    """One turn."""
    started = time.perf_counter_ns()
    for _ in range(CALLS):
        call()
    print(f"{name} {(time.perf_counter_ns() - started) / CALLS:.1f}")


def main() -> None:
    """One round."""
    calls = contestants(sys.argv[1])
    for _ in range(WARM_UP):
        for call in calls.values():
            call()
    for _ in range(TURNS):
        for name, call in calls.items():
            report(name, call)


if __name__ == "__main__":
    main()
