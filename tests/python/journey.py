"""Every operation of the contract by the package's own calls, with everything that each of them takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import millicast_tokens as mct
from millicast_tokens.testing import Emulator

#: A call of a client for one token, by its id.
Call = Callable[[mct.Client, int], Any]

STREAMS = [mct.Stream("MainCam"), mct.Stream("Cam.*", is_regex=True)]
DAYS = ("2024-01-01", "2024-01-03")
RESTREAM = [mct.Restream("rtmp://example.com/live", "12345", "label", enabled=False)]
LIMITS: dict[str, Any] = {"allowed_origins": ["example.com"], "origin_cluster": "phx-1"}
#: What excludes what is in two calls.
THESE: dict[str, Any] = {**LIMITS, "allowed_ip_addresses": ["192.0.2.1"], "allowed_countries": ["PL"]}
THOSE: dict[str, Any] = {**LIMITS, "bind_ips_on_usage": 2, "denied_countries": ["ZA"]}
NONE_OF_THESE: dict[str, Any] = {"allowed_ip_addresses": [], "allowed_countries": []}
FLAGS = {
    "subscribe_requires_auth": True,
    "record": True,
    "clip": False,
    "multisource": True,
    "enable_thumbnails": True,
    "display_srt_passphrase": True,
    "low_latency_rtmp": True,
    "enable_utc_insertion": True,
    "drm": True,
}
PUBLISH: dict[str, Any] = {
    **FLAGS,
    "priority": 5,
    "encoder_profile_id": "profile",
    "geo_cascade": mct.GeoCascade(True, ["phx-1"]),
    "restream": RESTREAM,
}
CHANGE: dict[str, Any] = {
    "label": "other",
    "is_active": True,
    "add_streams": [mct.Stream("More.*", is_regex=True)],
    "remove_streams": ["nothing"],
    "refresh_token": True,
}
PAGE: dict[str, Any] = {"page": 1, "items_on_page": 5, "sort_by": mct.SortBy.ADDED_ON, "descending": True}
BY_NAME: dict[str, Any] = {**PAGE, "name": "Cam", "filter_by": mct.FilterBy.STREAM_NAME}

#: The calls that an operation is reached by. Those that delete come last.
CALLS: dict[str, list[Call]] = {
    "PublishTokenV1_CreateToken": [
        lambda client, _: client.publish_tokens.create("label", STREAMS, expires=60, **THESE, **PUBLISH),
        lambda client, _: client.publish_tokens.create("label", STREAMS, expires=60, **THOSE, **PUBLISH),
    ],
    "SubscribeTokenV1_CreateToken": [
        lambda client, _: client.subscribe_tokens.create("label", STREAMS, expires=60, tracking_id="t", **THESE),
        lambda client, _: client.subscribe_tokens.create("label", STREAMS, expires=60, tracking_id="t", **THOSE),
    ],
    "PublishTokenV1_ReadToken": [lambda client, token: client.publish_tokens.read(token)],
    "SubscribeTokenV1_ReadToken": [lambda client, token: client.subscribe_tokens.read(token)],
    "PublishTokenV2_UpdateToken": [
        lambda client, token: client.publish_tokens.update(token, **CHANGE, **THESE, **PUBLISH),
        lambda client, token: client.publish_tokens.update(token, **THOSE, **NONE_OF_THESE),
    ],
    "SubscribeTokenV2_UpdateToken": [
        lambda client, token: client.subscribe_tokens.update(token, **CHANGE, **THESE),
        lambda client, token: client.subscribe_tokens.update(token, **THOSE, **NONE_OF_THESE),
    ],
    "PublishTokenV1_ListTokens": [lambda client, _: client.publish_tokens.list_page(**PAGE)],
    "SubscribeTokenV1_ListTokens": [lambda client, _: client.subscribe_tokens.list_page(**PAGE)],
    "PublishTokenV1_ListTokensByName": [lambda client, _: client.publish_tokens.list_page(**BY_NAME)],
    "SubscribeTokenV1_ListTokensByName": [lambda client, _: client.subscribe_tokens.list_page(**BY_NAME)],
    "PublishTokenV1_ListTokensByCluster": [
        lambda client, _: client.publish_tokens.list_page(**PAGE, cluster="phx-1"),
    ],
    "PublishTokenV1_GetActiveTokenByStreamId": [
        lambda client, _: client.publish_tokens.active_ids("emulator/MainCam"),
    ],
    "PublishTokenV1_GetAllActiveTokensByAccount": [lambda client, _: client.publish_tokens.active_ids()],
    "PublishTokenV1_DisableTokens": [lambda client, token: client.publish_tokens.disable([token])],
    "PublishTokenV1_SyncRestream": [lambda client, token: client.publish_tokens.sync_restream(token)],
    "Cluster_GetClustersInfo": [lambda client, _: client.clusters()],
    "Analytics_GetTotalBandwidthForTrackingId": [
        lambda client, _: client.analytics.tracking_total(*DAYS, ["t", "u"]),
    ],
    "Analytics_GetSeriesBandwidthForTrackingId": [
        lambda client, _: client.analytics.tracking_series(*DAYS, ["t", "u"], mct.Resolution.HOUR),
    ],
    "Analytics_GetTrackingTotalForStreams": [lambda client, _: client.analytics.streams_total(*DAYS, ["s", "t"])],
    "Analytics_GetTrackingSeriesForStreams": [
        lambda client, _: client.analytics.streams_series(*DAYS, ["s", "t"], mct.Resolution.DAY),
    ],
    "PublishTokenV1_DeleteToken": [lambda client, token: client.publish_tokens.delete(token)],
    "SubscribeTokenV1_DeleteToken": [lambda client, token: client.subscribe_tokens.delete(token)],
}


def go(emulator: Emulator) -> None:
    """Makes every call, and leaves nothing behind."""
    with mct.Client(emulator.secret, base_url=emulator.url) as client:
        publish = client.publish_tokens.create("label", ["MainCam"])
        subscribe = client.subscribe_tokens.create("label", ["MainCam"])
        before = {token.id for token in client.publish_tokens.iterate()}
        before |= {token.id for token in client.subscribe_tokens.iterate()}
        for name, calls in CALLS.items():
            for call in calls:
                call(client, subscribe.id if name.startswith("Subscribe") else publish.id)
        for tokens in (client.publish_tokens, client.subscribe_tokens):
            for token in tokens.list_all():
                if token.id not in before:
                    tokens.delete(token.id)
