"""Clusters, active tokens, and what a bulk disable did."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import _check
from ._native import handles as h
from ._native.calls import Owned, lib, sent, text
from ._prepared import Prepared, nothing


@dataclass(frozen=True)
class Location:
    """Where a cluster is; None is what the API did not send.

    Attributes:
        city: the city.
        region: the region.
        country: the country.
    """

    city: str | None
    region: str | None
    country: str | None


@dataclass(frozen=True)
class ClusterFeatures:
    """What a cluster can do; None is what the API did not send.

    Attributes:
        transcoding: can it transcode?
    """

    transcoding: bool | None


@dataclass(frozen=True)
class Cluster:
    """A cluster that the account can use; None is what the API did not send.

    Attributes:
        id: its id, as specs, updates and claims take it.
        name: its name for people.
        rtmp: the domain that it takes RTMP at.
        srt: the domain that it takes SRT at.
        location: where it is.
        features: what it can do.
    """

    id: str | None
    name: str | None
    rtmp: str | None
    srt: str | None
    location: Location
    features: ClusterFeatures


@dataclass(frozen=True)
class Clusters:
    """The clusters that the account can use.

    Attributes:
        default_id: the id of the cluster that is used when none is set, or None.
        clusters: the clusters.
        json: the API's answer as JSON, with the fields that have no attribute. It does not count in comparisons.
    """

    default_id: str | None
    clusters: tuple[Cluster, ...]
    json: str = field(default="{}", repr=False, compare=False)


@dataclass(frozen=True)
class DisableFailure:
    """A token that was not disabled.

    Attributes:
        id: its id; 0 when the API left it out.
        message: why, in the API's words; None when it sent none.
    """

    id: int
    message: str | None


@dataclass(frozen=True)
class DisableResult:
    """What a bulk disable did, token by token.

    Attributes:
        successes: the ids of the tokens that were disabled.
        failures: the tokens that were not, and why.
        json: the API's answer as JSON, with the fields that have no attribute. It does not count in comparisons.
    """

    successes: tuple[int, ...]
    failures: tuple[DisableFailure, ...]
    json: str = field(default="{}", repr=False, compare=False)


def clusters() -> Prepared[Clusters]:
    """Asks for the clusters."""
    return Prepared("mct_cluster_list", (), h.mct_clusters, _clusters)


def _clusters(owned: Owned) -> Clusters:
    entries = (_cluster(owned, index) for index in range(lib.mct_clusters_count(owned.pointer)))
    default = text(lib.mct_clusters_default_id(owned.pointer))
    return Clusters(default, tuple(entries), text(lib.mct_clusters_json(owned.pointer)) or "{}")


def _cluster(owned: Owned, index: int) -> Cluster:
    def entry(name: str) -> str | None:
        return text(getattr(lib, f"mct_clusters_{name}")(owned.pointer, index))

    transcoding = sent(ctypes.c_bool, lib.mct_clusters_features_transcoding, owned.pointer, index)
    return Cluster(
        id=entry("id"),
        name=entry("name"),
        rtmp=entry("rtmp"),
        srt=entry("srt"),
        location=Location(entry("location_city"), entry("location_region"), entry("location_country")),
        features=ClusterFeatures(transcoding),
    )


def disable(token_ids: Iterable[int]) -> Prepared[DisableResult]:
    """Disables publish tokens."""
    ids = _check.integers("tokenIds", token_ids, _check.U64)
    given = (ctypes.c_uint64 * len(ids))(*ids)
    return Prepared("mct_publish_token_disable", (given, len(ids)), h.mct_disable_result, _disabled)


def _disabled(owned: Owned) -> DisableResult:
    result = owned.pointer
    successes = range(lib.mct_disable_result_success_count(result))
    failures = range(lib.mct_disable_result_failure_count(result))
    return DisableResult(
        successes=tuple(lib.mct_disable_result_success_id(result, index) for index in successes),
        failures=tuple(
            DisableFailure(
                id=lib.mct_disable_result_failure_id(result, index),
                message=text(lib.mct_disable_result_failure_message(result, index)),
            )
            for index in failures
        ),
        json=text(lib.mct_disable_result_json(result)) or "{}",
    )


def active_ids(stream_id: str | None) -> Prepared[list[int]]:
    """Asks for the publish tokens whose streams are live."""
    given = None if stream_id is None else _check.text("streamId", stream_id)
    return Prepared("mct_publish_token_active_ids", (given,), h.mct_id_list, _ids)


def _ids(owned: Owned) -> list[int]:
    return [lib.mct_id_list_get(owned.pointer, index) for index in range(lib.mct_id_list_len(owned.pointer))]


def sync_restream(token_id: int) -> Prepared[None]:
    """Applies a token's restream configuration to its running streams."""
    number = _check.integer("token_id", token_id, _check.U64)
    return Prepared("mct_publish_token_sync_restream", (number,), None, nothing)
