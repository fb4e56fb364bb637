"""Prints README.md's table of operations, made from the contract; with --write puts it into README.md."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "tests" / "contract" / "token-api-schema.json"
BEGIN, END = "<!-- operations:begin -->", "<!-- operations:end -->"

#: Each operation's functions in C, without `mct_`, and methods in Python, of a client.
REACHED_BY: dict[str, tuple[list[str], list[str]]] = {
    "Analytics_GetSeriesBandwidthForTrackingId": (["analytics_tracking_series"], ["analytics.tracking_series"]),
    "Analytics_GetTrackingSeriesForStreams": (["analytics_tracking_streams_series"], ["analytics.streams_series"]),
    "Analytics_GetTrackingTotalForStreams": (["analytics_tracking_streams_total"], ["analytics.streams_total"]),
    "Analytics_GetTotalBandwidthForTrackingId": (["analytics_tracking_total"], ["analytics.tracking_total"]),
    "Cluster_GetClustersInfo": (["cluster_list"], ["clusters"]),
    "PublishTokenV1_GetActiveTokenByStreamId": (["publish_token_active_ids"], ["publish_tokens.active_ids"]),
    "PublishTokenV1_GetAllActiveTokensByAccount": (["publish_token_active_ids"], ["publish_tokens.active_ids"]),
    "PublishTokenV1_DisableTokens": (["publish_token_disable"], ["publish_tokens.disable"]),
    "PublishTokenV1_SyncRestream": (["publish_token_sync_restream"], ["publish_tokens.sync_restream"]),
}
for _kind in ("publish", "subscribe"):
    _name, _calls = f"{_kind.title()}Token", f"{_kind}_tokens"
    REACHED_BY |= {
        f"{_name}V1_{operation}Token": ([f"{_kind}_token_{call}"], [f"{_calls}.{call}"])
        for operation, call in (("Create", "create"), ("Read", "read"), ("Delete", "delete"))
    }
    REACHED_BY[f"{_name}V2_UpdateToken"] = ([f"{_kind}_token_update_apply"], [f"{_calls}.update"])
    for _list in ("ListTokens", "ListTokensByName", *["ListTokensByCluster"] * (_kind == "publish")):
        REACHED_BY[f"{_name}V1_{_list}"] = (
            [f"{_kind}_token_{call}" for call in ("list_page", "list_all", "iter_new")],
            [f"{_calls}.{call}" for call in ("list_page", "list_all", "iterate")],
        )

#: What the functions and methods are given to reach just this operation.
GIVEN = {
    "ListTokensByName": (" with `mct_list_options_set_name`", " with `name=`"),
    "ListTokensByCluster": (" with `mct_list_options_set_cluster`", " with `cluster=`"),
    "GetActiveTokenByStreamId": (" with a stream id", " with a stream id"),
    "GetAllActiveTokensByAccount": (" with NULL", " with nothing"),
}

#: Operations that are not used, and what is instead.
NOT_USED = {
    "PublishTokenV1_UpdateToken": "deprecated; `PublishTokenV2_UpdateToken` is used",
    "SubscribeTokenV1_UpdateToken": "deprecated; `SubscribeTokenV2_UpdateToken` is used",
}


def rows() -> list[tuple[str, str, str, str]]:
    """The table: operation, request, C, Python."""
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    found = []
    for path, methods in document["paths"].items():
        for method, node in methods.items():
            operation, request = node["operationId"], f"`{method.upper()} {path}`"
            if operation in NOT_USED:
                found.append((f"`{operation}`", request, NOT_USED[operation], ""))
                continue
            functions, calls = REACHED_BY[operation]
            with_in_c, with_in_python = GIVEN.get(operation.partition("_")[2], ("", ""))
            in_c = ", ".join(f"`mct_{name}`" for name in functions) + with_in_c
            in_python = ", ".join(f"`client.{call}`" for call in calls) + with_in_python
            found.append((f"`{operation}`", request, in_c, in_python))
    return found


def table() -> str:
    """The same in Markdown."""
    head = ["| operation | request | C | Python |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows())])


def section(text: str) -> str | None:
    """What stands between the marks of a text; None without them."""
    if BEGIN not in text or END not in text:
        return None
    return text.partition(BEGIN)[2].partition(END)[0].strip()


def main() -> int:
    """Prints it, or writes it."""
    if sys.argv[1:] != ["--write"]:
        print(table())
        return 0
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    if section(text) is None:
        print(f"README.md has no {BEGIN} and {END}", file=sys.stderr)
        return 1
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    readme.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
