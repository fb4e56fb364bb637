"""The vendor's client for Node, as it is published, does all that it can do with tokens against the emulator, over TLS.

It has a setting for the host, and none for the port, which is 443. What to trust Node is told by NODE_EXTRA_CA_CERTS.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from running import ACCOUNT, SECRET, Secured, secured

#: What the client's types have in an answer of the director's.
ADMITTED = {"urls", "jwt", "iceServers", "streamAccountId"}
SCRIPT = Path(__file__).parent / "node" / "calls.js"
HOST, PORT = "127.0.0.1", 443


class RefusedError(Exception):
    """What the client rejects with."""


class Client:
    """The client in a process of its own, which makes one call after the other."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            ["node", str(SCRIPT)],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._send({"host": HOST})

    def call(self, name: str, *arguments: Any) -> Any:
        """What the client makes of a call."""
        self._send({"call": name, "args": arguments})
        assert self._process.stdout is not None
        outcome = json.loads(self._process.stdout.readline())
        if "error" in outcome:
            raise RefusedError(outcome["error"])
        return outcome.get("value")

    def stop(self) -> None:
        """Ends it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        assert self._process.wait(10) == 0
        self._process.stdout.close()

    def _send(self, what: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """An emulator where the client looks for the platform."""
    try:
        socket.create_server((HOST, PORT)).close()
    except OSError as error:
        pytest.skip(f"the client knows no port but {PORT}, and {HOST}:{PORT} is not to be had: {error}")
    with secured(tmp_path_factory.mktemp("tls"), f"{HOST}:{PORT}") as emulator:
        yield emulator


@pytest.fixture(scope="module")
def client(emulator: Secured) -> Iterator[Client]:
    """The client, which trusts the emulator."""
    client = Client({"NODE_EXTRA_CA_CERTS": str(emulator.authority)})
    try:
        yield client
    finally:
        client.stop()


def made(client: Client, kind: str, label: str, *streams: str) -> Any:
    wanted = {"label": label, "streams": [{"streamName": stream} for stream in streams or ("show",)]}
    return client.call(f"{kind}Token.create", SECRET, wanted)


#: Everything that the client's types have for creating a publish token, in two tokens, as some of it excludes other.
PUBLISH_TOKENS = [
    {
        "label": "made by node",
        "expires": 3600,
        "streams": [{"streamName": "show"}, {"streamName": "show-.*", "isRegex": True}],
        "allowedOrigins": ["*.example.com"],
        "allowedIpAddresses": ["192.0.2.0/24"],
        "allowedCountries": ["BE"],
        "originCluster": "lon-1",
        "subscribeRequiresAuth": True,
        "record": True,
        "multisource": False,
        "enableThumbnails": True,
        "displaySrtPassphrase": True,
        "lowLatencyRtmp": False,
        "geoCascade": {"isEnabled": True, "clusters": ["lon-1"]},
        "restream": [{"url": "rtmp://restream.example.com/live", "key": "stream-key"}],
    },
    {
        "label": "the others",
        "streams": [{"streamName": "show"}],
        "bindIpsOnUsage": 2,
        "deniedCountries": ["FR"],
        "clip": True,
    },
]
SUBSCRIBE_TOKENS = [
    {
        "label": "made by node",
        "expires": 3600,
        "streams": [{"streamName": "show"}, {"streamName": "show-.*", "isRegex": True}],
        "allowedOrigins": ["*.example.com"],
        "allowedIpAddresses": ["192.0.2.0/24"],
        "allowedCountries": ["BE"],
        "originCluster": "lon-1",
        "tracking": {"trackingId": "customer-1"},
    },
    {"label": "the others", "streams": [{"streamName": "show"}], "bindIpsOnUsage": 2, "deniedCountries": ["FR"]},
]


def covers(held: Any, wanted: Any) -> bool:
    """Whether what is held has everything that was wanted, whatever else there is."""
    if isinstance(wanted, dict):
        return all(covers(held[name], value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return len(held) == len(wanted) and all(covers(*pair) for pair in zip(held, wanted, strict=True))
    return type(held) is type(wanted) and held == wanted


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("publish", wanted) for wanted in PUBLISH_TOKENS] + [("subscribe", wanted) for wanted in SUBSCRIBE_TOKENS],
    ids=["publish", "publish-others", "subscribe", "subscribe-others"],
)
def test_a_token_is_created_with_everything_that_the_client_can_say(
    kind: str, wanted: dict[str, Any], client: Client, emulator: Secured
) -> None:
    token = client.call(f"{kind}Token.create", SECRET, wanted)
    held = emulator.held(kind, token["id"])
    assert token == held
    assert covers(held, {name: value for name, value in wanted.items() if name != "expires"})
    assert (held["expiresOn"] is not None) == ("expires" in wanted)


@pytest.mark.parametrize("kind", ["publish", "subscribe"])
def test_a_token_is_read(kind: str, client: Client, emulator: Secured) -> None:
    token = made(client, kind, "to read")
    assert client.call(f"{kind}Token.read", SECRET, token["id"]) == token == emulator.held(kind, token["id"])


@pytest.mark.parametrize("kind", ["publish", "subscribe"])
def test_tokens_are_listed(kind: str, client: Client, emulator: Secured) -> None:
    tokens = [made(client, kind, f"zz listed {number}") for number in range(3)]
    assert client.call(f"{kind}Token.list", SECRET, "Name", 1, 2, True) == [tokens[2], tokens[1]]
    listed = client.call(f"{kind}Token.list", SECRET, "AddedOn", 1, 100)
    assert [token for token in listed if token["id"] >= tokens[0]["id"]] == tokens
    assert client.call(f"{kind}Token.list", SECRET, "Name", 50, 100) == []
    assert emulator.held(kind, tokens[0]["id"]) == tokens[0]


CHANGES = {
    "label": "after",
    "isActive": False,
    "addTokenStreams": [{"streamName": "play"}],
    "removeTokenStreams": [{"streamName": "film"}],
    "updateAllowedOrigins": ["example.org"],
    "updateBindIpsOnUsage": 2,
    "updateDeniedCountries": ["FR"],
    "updateOriginCluster": "lon-1",
}
PUBLISH_CHANGES = {
    "subscribeRequiresAuth": True,
    "record": False,
    "multisource": False,
    "lowLatencyRtmp": False,
    "enableThumbnails": True,
    "displaySrtPassphrase": True,
    "updateGeoCascade": {"isEnabled": True, "clusters": ["ams-1"]},
    "clip": True,
    "updateRestream": [{"url": "rtmp://restream.example.com/live", "key": "stream-key"}],
}


@pytest.mark.parametrize("kind", ["publish", "subscribe"])
def test_a_token_is_updated_in_everything_that_the_client_can_say(kind: str, client: Client, emulator: Secured) -> None:
    token = made(client, kind, "before", "show", "film")
    changes = {**CHANGES, **(PUBLISH_CHANGES if kind == "publish" else {})}
    updated = client.call(f"{kind}Token.update", SECRET, token["id"], {**changes, "refreshToken": True})
    held = emulator.held(kind, token["id"])
    assert updated == held
    assert updated["token"] != token["token"]
    as_read = {
        name.removeprefix("update")[:1].lower() + name.removeprefix("update")[1:]: value
        for name, value in changes.items()
        if not name.endswith("TokenStreams")
    }
    assert covers(held, as_read)
    assert [stream["streamName"] for stream in held["streams"]] == ["show", "play"]
    back = {
        "updateBindIpsOnUsage": 0,
        "updateAllowedIpAddresses": ["192.0.2.1"],
        "updateDeniedCountries": [],
        "updateAllowedCountries": ["BE"],
    }
    assert client.call(f"{kind}Token.update", SECRET, token["id"], back) == (held := emulator.held(kind, token["id"]))
    assert (held["allowedIpAddresses"], held["allowedCountries"], held["deniedCountries"]) == (
        ["192.0.2.1"],
        ["BE"],
        [],
    )


@pytest.mark.parametrize("kind", ["publish", "subscribe"])
def test_a_token_is_deleted(kind: str, client: Client, emulator: Secured) -> None:
    token = made(client, kind, "to delete")
    assert client.call(f"{kind}Token.deleteToken", SECRET, token["id"]) is True
    assert emulator.held(kind, token["id"]) is None


def test_publish_tokens_are_disabled(client: Client, emulator: Secured) -> None:
    ids = [made(client, "publish", "to disable")["id"] for _ in range(2)]
    outcome = client.call("publishToken.disable", SECRET, [*ids, 999_999])
    assert outcome["successfulTokens"] == ids
    assert [failed["errorMessage"] for failed in outcome["failedTokens"]] == ["No publish token with id: 999999"]
    assert [emulator.held("publish", token_id)["isActive"] for token_id in ids] == [False, False]


def test_the_publish_tokens_of_live_streams_are_told(client: Client, emulator: Secured) -> None:
    one, other = made(client, "publish", "live", "news"), made(client, "publish", "live too", "sport")
    emulator.set_live(one["id"], "news", True)
    emulator.set_live(other["id"], "sport", True)
    told = client.call("publishToken.getActivePublishTokenId", SECRET, f"{ACCOUNT}/news")
    assert told == {"tokenIds": [one["id"]]}
    assert client.call("publishToken.getAllActivePublishTokenId", SECRET) == {"tokenIds": [one["id"], other["id"]]}
    assert client.call("publishToken.getActivePublishTokenId", SECRET, f"{ACCOUNT}/nothing") == {"tokenIds": []}


def test_the_clusters_are_told(client: Client, emulator: Secured) -> None:
    bearer = {"Authorization": f"Bearer {SECRET}"}
    _, answer = emulator.ask("/api/cluster", None, bearer, method="GET")
    assert client.call("cluster.read", SECRET) == answer["data"]


def test_the_director_lets_a_viewer_in_who_has_a_token(client: Client) -> None:
    # A stream of its own, as countries of its publish tokens hold for viewers too.
    token = made(client, "subscribe", "a viewer's", "watched")["token"]
    admitted = client.call("director.subscribe", "watched", ACCOUNT, token)
    assert admitted.keys() == ADMITTED
    assert admitted["streamAccountId"] == ACCOUNT
    with pytest.raises(RefusedError, match=r"response code 400 .*stream"):
        client.call("director.subscribe", "film", ACCOUNT, token)


def test_the_director_lets_a_viewer_in_without_a_token_where_none_is_needed(client: Client, emulator: Secured) -> None:
    needed = client.call(
        "publishToken.create",
        SECRET,
        {"label": "closed", "streams": [{"streamName": "closed"}], "subscribeRequiresAuth": True},
    )
    emulator.set_live(made(client, "publish", "open", "open")["id"], "open", True)
    emulator.set_live(needed["id"], "closed", True)
    assert client.call("director.subscribe", "open", ACCOUNT).keys() == ADMITTED
    with pytest.raises(RefusedError, match="response code 401"):
        client.call("director.subscribe", "closed", ACCOUNT)


def test_the_director_lets_a_publisher_in_who_has_a_token(client: Client) -> None:
    token = made(client, "publish", "a publisher's", "show")["token"]
    admitted = client.call("director.publish", token, "show")
    assert admitted.keys() == {*ADMITTED, "subscribeRequiresAuth"}
    assert admitted["streamAccountId"] == ACCOUNT
    assert admitted["subscribeRequiresAuth"] is False
    assert admitted["urls"]
    assert admitted["jwt"]
    with pytest.raises(RefusedError, match=r"response code 40[01]"):
        client.call("director.publish", token, "film")


def test_a_wrong_secret_is_told(client: Client) -> None:
    with pytest.raises(RefusedError, match=r'response code 401 and description: .*"message":"Unauthorized"'):
        client.call("publishToken.read", "another-secret", 1000)


def test_a_refusal_names_the_field(client: Client) -> None:
    with pytest.raises(RefusedError, match=r'response code 400 and description: .*"label":'):
        made(client, "subscribe", "")
    with pytest.raises(RefusedError, match=r'"tokenId":"No publish token with id: 999999"'):
        client.call("subscribeToken.read", SECRET, 999_999)


def test_without_the_emulators_root_nothing_is_sent(emulator: Secured, client: Client) -> None:
    mistrustful = Client({"NODE_EXTRA_CA_CERTS": ""})
    try:
        with pytest.raises(RefusedError, match=r"unable to verify|self-signed|unable to get"):
            made(mistrustful, "publish", "zzz not made")
    finally:
        mistrustful.stop()
    assert client.call("publishToken.list", SECRET, "Name", 1, 1, True)[0]["label"] != "zzz not made"
    assert emulator.url


def test_another_default_cluster_is_refused(client: Client) -> None:
    """`PUT /api/cluster` is none of the Token API's operations."""
    with pytest.raises(RefusedError, match="response code 405"):
        client.call("cluster.update", SECRET, "lon-1")
