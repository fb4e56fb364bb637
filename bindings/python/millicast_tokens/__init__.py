"""Publish and subscribe tokens of Dolby Millicast (OptiView Real-time Streaming).

    import millicast_tokens as mct

    with mct.Client(api_secret) as client:
        parent = client.subscribe_tokens.create("website", ["StageCam"], expires=86400)

    with mct.Signer.from_token(parent) as signer:
        signed = signer.sign(mct.Claims("StageCam", 60))
        hand_to_the_viewer(signed.jwt)
        tokens = signer.sign_batch(mct.Claims("StageCam", 60), ["viewer-1", "viewer-2"])

`Client` makes the calls of the Token API, `AsyncClient` makes them from asyncio, `Signer` signs and verifies subscribe
tokens without the network. Every error is a `MillicastError`, a TypeError for an argument of a wrong type, or
`MissingFunctionError` where the library was made for signing only. Read on with `help(millicast_tokens.Client)`,
`AsyncClient`, `Signer`, `Claims` and `MillicastError`. The C header millicast_tokens.h is the manual of what stands
behind this package; everything in it is reachable here.

The native library is looked for in the file that the environment variable MILLICAST_TOKENS_LIBRARY names, in the folder
of this package, in the build folders of the source tree that it lies in, and on the system. ImportError: it is nowhere.
"""

from __future__ import annotations

from ._library import library_path, library_version, library_version_number, status_name
from ._version import HEADER_VERSION, HEADER_VERSION_NUMBER, __version__
from .account import Cluster, ClusterFeatures, Clusters, DisableFailure, DisableResult, Location
from .analytics import Analytics, BandwidthReport, BandwidthRow
from .async_client import (
    AsyncAnalytics,
    AsyncClient,
    AsyncOperations,
    AsyncPublishTokens,
    AsyncSubscribeTokens,
    AsyncTokenIterator,
)
from .client import Client
from .enums import Algorithm, FilterBy, LogLevel, Outcome, Reason, Resolution, SortBy, Status, Traffic
from .errors import (
    BufferTooSmallError,
    CallCancelledError,
    CallTimeoutError,
    ClosedError,
    ConnectError,
    ForkedError,
    InvalidArgumentError,
    InvalidUtf8Error,
    MillicastError,
    MissingFunctionError,
    NotFoundError,
    NotReadyError,
    NullArgumentError,
    OsRefusedError,
    PanicError,
    ProtocolError,
    RateLimitedError,
    RejectedError,
    ServerError,
    TlsError,
    TokenInvalidError,
    UnauthorizedError,
)
from .listing import TokenIterator
from .publish import PublishTokens
from .signing import Claims, Jwt, SignedToken, Signer, Written
from .specs import PublishTokenSpec, SubscribeTokenSpec
from .subscribe import SubscribeTokens
from .tokens import PublishToken, SubscribeToken, TokenList
from .updates import PublishTokenUpdate, SubscribeTokenUpdate
from .values import UNSET, GeoCascade, Restream, RestreamEntry, Stream, Unset

__all__ = [
    "HEADER_VERSION",
    "HEADER_VERSION_NUMBER",
    "UNSET",
    "Algorithm",
    "Analytics",
    "AsyncAnalytics",
    "AsyncClient",
    "AsyncOperations",
    "AsyncPublishTokens",
    "AsyncSubscribeTokens",
    "AsyncTokenIterator",
    "BandwidthReport",
    "BandwidthRow",
    "BufferTooSmallError",
    "CallCancelledError",
    "CallTimeoutError",
    "Claims",
    "Client",
    "ClosedError",
    "Cluster",
    "ClusterFeatures",
    "Clusters",
    "ConnectError",
    "DisableFailure",
    "DisableResult",
    "FilterBy",
    "ForkedError",
    "GeoCascade",
    "InvalidArgumentError",
    "InvalidUtf8Error",
    "Jwt",
    "Location",
    "LogLevel",
    "MillicastError",
    "MissingFunctionError",
    "NotFoundError",
    "NotReadyError",
    "NullArgumentError",
    "OsRefusedError",
    "Outcome",
    "PanicError",
    "ProtocolError",
    "PublishToken",
    "PublishTokenSpec",
    "PublishTokenUpdate",
    "PublishTokens",
    "RateLimitedError",
    "Reason",
    "RejectedError",
    "Resolution",
    "Restream",
    "RestreamEntry",
    "ServerError",
    "SignedToken",
    "Signer",
    "SortBy",
    "Status",
    "Stream",
    "SubscribeToken",
    "SubscribeTokenSpec",
    "SubscribeTokenUpdate",
    "SubscribeTokens",
    "TlsError",
    "TokenInvalidError",
    "TokenIterator",
    "TokenList",
    "Traffic",
    "UnauthorizedError",
    "Unset",
    "Written",
    "__version__",
    "library_path",
    "library_version",
    "library_version_number",
    "status_name",
]
