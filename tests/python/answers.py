"""What an answer of the contract is called in C and in Python: the naming rule, and the names that are exceptions."""

from __future__ import annotations

import re
from typing import Any

from contract import Path_

#: The schemas of what operations answer with, and the family of the handle that C gives for them.
FAMILIES = {
    "PublishTokenResponseV1": "mct_publish_token",
    "PublishTokenResponseV2": "mct_publish_token",
    "SubscribeTokenResponseV1": "mct_subscribe_token",
    "SubscribeTokenResponseV2": "mct_subscribe_token",
    "ClustersInfoModel": "mct_clusters",
    "DisableTokens": "mct_disable_result",
    "TokenIdWrapper": "mct_id_list",
    "TrackingIdTotalAnalyticModel": "mct_bandwidth_report",
    "StreamTrackingTotalAnalyticModel": "mct_bandwidth_report",
}

#: Getters of C that do not follow the rule: what they are called instead, and why.
C_EXCEPTIONS: dict[tuple[str, Path_], tuple[list[str], str]] = {
    **{
        (family, ("token",)): (["value"], "a token's token is its secret string; `_token` would not say so")
        for family in ("mct_publish_token", "mct_subscribe_token")
    },
    ("mct_clusters", ("defaultCluster",)): (["default_id"], "the family says already what it is of"),
    ("mct_clusters", ("availableClusters",)): (["count"], "the family is the list"),
    ("mct_disable_result", ("successfulTokens",)): (["success_count", "success_id"], "what a result is made of"),
    ("mct_disable_result", ("failedTokens",)): (["failure_count"], "what a result is made of"),
    ("mct_disable_result", ("failedTokens", "[]", "tokenId")): (["failure_id"], "what a result is made of"),
    ("mct_disable_result", ("failedTokens", "[]", "errorMessage")): (["failure_message"], "what a result is made of"),
    ("mct_id_list", ("tokenIds",)): (["len", "get"], "the family is the list"),
    **{
        ("mct_bandwidth_report", (part, *inner)): ([inner[0] if inner else "traffic"], "the table has a row for it")
        for part in ("standardStream", "restream", "geoCascade")
        for inner in [(), ("bytesIn",), ("bytesOut",), *[("duration",)] * (part == "restream")]
    },
}

#: What leads to a property of these in names: nothing, or another word.
_PLACES = {"effectiveSettings": "effective", "availableClusters": ""}


def snake(name: str) -> str:
    """A name of the contract in words: `enableUTCInsertion` is `enable_utc_insertion`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def singular(words: str) -> str:
    """One of several."""
    for several, one in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if words.endswith(several):
            return words[: -len(several)] + one
    return words


def _joined(path: Path_) -> str:
    """The words of a path; what leads to a list stands for one of it, and no word is said twice."""
    words = ""
    for place, name in enumerate(path):
        if name in ("[]", "{}"):
            continue
        own = _PLACES.get(name, snake(name))
        own = singular(own) if path[place + 1 : place + 2] == ("[]",) else own
        words = own if not words or own.startswith(f"{words}_") else f"{words}_{own}" if own else words
    return words


def getters(family: str, path: Path_, node: dict[str, Any]) -> list[str]:
    """The getters of C that a property is read by."""
    if (family, path) in C_EXCEPTIONS:
        return [f"{family}_{snake(name)}" for name in C_EXCEPTIONS[family, path][0]]
    kind = node.get("type")
    if kind == "object":
        return []  # Read by what is in it.
    if kind != "array":
        return [f"{family}_{_joined(path)}"]
    entry = _joined((*path, "[]"))
    entries = [] if "properties" in node["items"] or "$ref" in node["items"] else [f"{family}_{entry}"]
    return [f"{family}_{entry}_count", *entries]


#: What properties are called in Python where it is not their own name in words, and why.
PYTHON_EXCEPTIONS = {
    "effectiveSettings": "effective",  # Each of them is an attribute: effective_origin_cluster.
    "token": "value",  # As in C.
    "streamName": "name",  # Of a Stream.
    "defaultCluster": "default_id",  # Of Clusters.
    "availableClusters": "clusters",  # All that there are to an account.
    "successfulTokens": "successes",  # Of a DisableResult.
    "failedTokens": "failures",  # The same.
    "tokenId": "id",  # Of a DisableFailure.
    "errorMessage": "message",  # The same.
}


def value_at(answer: Any, path: tuple[str | int, ...]) -> Any:
    """What an answer says at a place, by its attributes. Some of them take in several names: `geo_cascade_clusters`."""
    if not path:
        return answer
    if isinstance(path[0], int):
        return value_at(answer[path[0]], path[1:])
    for length in range(1, len(path) + 1):
        names = path[:length]
        if any(isinstance(name, int) for name in names):
            break
        for attribute in _attributes([str(name) for name in names]):
            if hasattr(answer, attribute):
                return value_at(getattr(answer, attribute), path[length:])
    raise AttributeError(f"a {type(answer).__name__} has nothing for {'.'.join(map(str, path))}")


def _attributes(names: list[str]) -> list[str]:
    words = [snake(name) for name in names]
    others = [PYTHON_EXCEPTIONS.get(name, word) for name, word in zip(names, words)]
    joined = ["_".join(words), "_".join(others)]
    # What leads to a property is not said twice: tracking.trackingId is tracking_id.
    return [*joined, words[-1]] if len(words) > 1 and words[-1].startswith(words[-2]) else joined
