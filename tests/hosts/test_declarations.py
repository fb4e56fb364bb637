"""What each host was told of the C interface is what the header says. Go reads the header itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import declarations
from hosts import EXAMPLES

SOURCES = {
    "csharp": (EXAMPLES / "csharp" / "MillicastTokens.cs", declarations.csharp),
    "lua": (EXAMPLES / "lua" / "millicast_tokens.lua", declarations.lua),
    "node": (EXAMPLES / "node" / "millicast_tokens.js", declarations.node),
}

#: What a slip makes of a source, which has to be told.
SLIPS = [
    ("csharp", "ClientHandle client, ulong id", "ClientHandle client, uint id"),
    ("csharp", "ClientHandle client, ulong id", "ulong id"),
    ("csharp", "extern ulong mct_subscribe_token_id", "extern long mct_subscribe_token_id"),
    ("csharp", "mct_publish_token_delete", "mct_publish_token_remove"),
    ("csharp", "[MarshalAs(UnmanagedType.U1)] bool", "bool"),
    ("csharp", "[MarshalAs(UnmanagedType.LPUTF8Str)] string label", "string label"),
    ("csharp", "out ClientHandle client", "out SignerHandle client"),
    ("csharp", "out long expires_at", "out int expires_at"),
    ("csharp", "UIntPtr index", "int index"),
    ("csharp", "internal static extern int mct_client_new", "private static extern int mct_client_new"),
    ("csharp", "MCT_HS256 = 256", "MCT_HS256 = 257"),
    ("lua", "uint64_t mct_publish_token_id", "uint32_t mct_publish_token_id"),
    ("lua", "_delete(mct_client *client, uint64_t id", "_delete(mct_client *client, double id"),
    ("lua", "_delete(mct_client *client, uint64_t id,", "_delete(mct_client *client,"),
    ("lua", "bool is_regex", "int is_regex"),
    ("lua", "void mct_string_free", "void mct_text_free"),
    ("lua", "typedef int32_t mct_status", "typedef int64_t mct_status"),
    ("lua", "const mct_client_config *config", "mct_client_config *config"),
    ("lua", "MCT_HS256 = 256", "MCT_HS256 = 384"),
    ("node", "_delete(mct_client *client, uint64_t id", "_delete(mct_client *client, uint32_t id"),
    ("node", "uint64_t mct_subscribe_token_id", "int64_t mct_subscribe_token_id"),
    ("node", "_Out_ mct_owned_text *jwt", "_Out_ mct_owned_text jwt"),
    ("node", "_Out_ mct_client **out", "mct_client **out"),
    ("node", "void mct_client_cancel(", "void mct_client_stop("),
    ("node", "'mct_algorithm', 'int32_t'", "'mct_algorithm', 'int64_t'"),
    ("node", "'claims', 'signer'", "'claims', 'singer'"),
    ("node", "MCT_OK = 0", "MCT_OK = 1"),
]


def checked(host: str) -> tuple[str, Callable[[str], list[str]]]:
    """The source of a host, and its check."""
    path, check = SOURCES[host]
    return path.read_text(encoding="utf-8"), check


@pytest.mark.parametrize("host", SOURCES)
def test_every_declaration_is_the_headers(host: str) -> None:
    source, check = checked(host)
    assert check(source) == []


@pytest.mark.parametrize(("host", "right", "slip"), SLIPS)
def test_a_slip_in_a_declaration_is_told(host: str, right: str, slip: str) -> None:
    source, check = checked(host)
    assert right in source
    assert check(source.replace(right, slip)) != []
