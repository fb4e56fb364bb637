"""Shows a director letting in a self-signed token, and turning away an expired one and one for another stream.

A subscribe token is created as the parent, three tokens are signed from it without a call, and each is shown to the
director as a player would. Base URL and secret come from MILLICAST_API_URL and MILLICAST_API_SECRET; the director is
asked at --director-url, by default the base URL, as an emulator serves both.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request

import millicast_tokens as mt

STREAM = "StageCam"


def ask_director(url: str, stream: str, token: str) -> tuple[bool, str]:
    """Asks to subscribe, as a player does, and answers the verdict and the reason."""
    request = urllib.request.Request(
        f"{url}/api/director/subscribe",
        data=json.dumps({"streamName": stream}).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status == 200, "let in"
    except urllib.error.HTTPError as refusal:
        said = json.load(refusal).get("data", {})
        return False, f"turned away: {said.get('message', said)} (rule: {said.get('rule', 'not told')})"


def signed(signer: mt.Signer, stream: str, issued_at: int) -> str:
    """A token for one viewer, good for a minute from `issued_at` on."""
    return signer.sign(mt.Claims(stream, 60, issued_at=issued_at, custom_viewer_data="viewer-1")).jwt


def show(client: mt.Client, director_url: str) -> bool:
    """Creates the parent, asks for each token, and deletes the parent. Answers whether every verdict was right."""
    parent = client.subscribe_tokens.create("director demo", [STREAM], expires=3600)
    try:
        now = int(time.time())
        # A signer that knows its parent would refuse the third: this one knows its id and its string alone.
        with mt.Signer(parent.id, parent.value or "") as signer:
            tokens = [
                ("a fresh token", signed(signer, STREAM, now), True),
                ("an expired token", signed(signer, STREAM, now - 3600), False),
                ("a token for another stream", signed(signer, "BackupCam", now), False),
            ]
        right = True
        for what, token, expected in tokens:
            is_let_in, said = ask_director(director_url, STREAM, token)
            print(f"{what:28} {said}")
            right = right and is_let_in == expected
        return right
    finally:
        client.subscribe_tokens.delete(parent.id)


def main() -> int:
    """Runs the example."""
    parser = argparse.ArgumentParser(description="Self-signed tokens before a director.")
    parser.add_argument("--base-url", default=os.environ.get("MILLICAST_API_URL", "https://api.millicast.com"))
    parser.add_argument("--director-url", help="by default the base URL")
    options = parser.parse_args()
    secret = os.environ.get("MILLICAST_API_SECRET")
    if not secret:
        print("set MILLICAST_API_SECRET to the account's API secret", file=sys.stderr)
        return 1
    try:
        with mt.Client(secret, base_url=options.base_url) as client:
            return 0 if show(client, options.director_url or options.base_url) else 1
    except (mt.MillicastError, OSError) as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
