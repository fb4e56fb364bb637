"""The client of the Token API."""

from __future__ import annotations

import atexit
import time
import weakref
from collections.abc import Iterable
from types import TracebackType
from typing import ClassVar, TypeVar

from . import _check, _log, account
from ._connection import Connection
from ._log import Log
from ._native import handles as h
from ._native.calls import Owned, call, lib, make
from .account import Clusters
from .analytics import Analytics
from .enums import LogLevel
from .publish import PublishTokens
from .subscribe import SubscribeTokens


class AnyClient:
    """What both kinds of client share: how they are made, and what ends their calls."""

    __slots__ = ("__weakref__", "_connection")

    #: Do calls go on on threads of the library's?
    _HAS_THREADS: ClassVar[bool]
    _connection: Connection

    def __init__(
        self,
        api_secret: str,
        *,
        base_url: str | None = None,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        idle_timeout: float | None = None,
        max_retries: int | None = None,
        max_connections: int | None = None,
        max_answer_bytes: int | None = None,
        requests_per_second: int | None = None,
        allow_insecure_http: bool | None = None,
        proxy: str | None = None,
        ca_pem: str | Iterable[str] = (),
        user_agent_suffix: str | None = None,
        log: Log | None = None,
        log_level: LogLevel = LogLevel.INFO,
    ) -> None:
        """See `Client`. Nothing is sent."""
        config = make(h.mct_client_config, lib.mct_client_config_new, _check.text("api_secret", api_secret))
        for name, value in (("base_url", base_url), ("proxy", proxy), ("user_agent_suffix", user_agent_suffix)):
            if value is not None:
                _set(config, f"set_{name}", _check.text(name, value))
        limits = (("timeout", timeout), ("connect_timeout", connect_timeout), ("idle_timeout", idle_timeout))
        for name, seconds in limits:
            if seconds is not None:
                _set(config, f"set_{name}_ms", _check.milliseconds(name, seconds))
        for name, number in (
            ("max_retries", max_retries),
            ("max_connections", max_connections),
            ("max_answer_bytes", max_answer_bytes),
            ("requests_per_second", requests_per_second),
        ):
            if number is not None:
                _set(config, f"set_{name}", _check.integer(name, number, _check.U32))
        if allow_insecure_http is not None:
            _set(config, "set_allow_insecure_http", _check.flag("allow_insecure_http", allow_insecure_http))
        for pem in _check.texts("ca_pem", [ca_pem] if isinstance(ca_pem, str) else ca_pem):
            _set(config, "add_ca_pem", pem)
        if log is None:
            client = make(h.mct_client, lib.mct_client_new, config.pointer)
        else:
            client = _log.client_with_log(config, log, log_level, has_threads=self._HAS_THREADS)
        self._begin(client)

    def _begin(self, client: Owned) -> None:
        """Makes the calls of this handle be there."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Ends every call of this client with CallCancelledError, those in flight and those to come, until `resume()`.

        From any thread. Raises ClosedError after `close()`.
        """
        client = self._connection.open()
        lib.mct_client_cancel(client.pointer)

    def resume(self) -> None:
        """Lets calls be made again after `cancel()`. Raises ClosedError after `close()`."""
        client = self._connection.open()
        lib.mct_client_resume(client.pointer)

    def __repr__(self) -> str:
        """Open or closed; nothing of the secret."""
        return f"<{type(self).__name__} {'closed' if self._connection.is_closed else 'open'}>"


class Client(AnyClient):
    """Makes calls to the Token API. May be used from any number of threads at once.

    A call blocks its thread (and no other Python thread) until the answer is there or the deadline has passed. A Python
    signal handler, Ctrl-C included, runs when the call is over; `cancel()` from another thread ends it at once.

    After a fork the child can't use a client of the parent's: each call raises ForkedError. It can close it there, and
    make a new one; the parent's goes on.

    As a context manager it is closed at the end. A client that nobody refers to any more closes itself.

    Args:
        api_secret: the account's API secret, printable ASCII without blanks. It is in no error, log line or repr.
        base_url: the API's address, up to where "/api" begins. Default "https://api.millicast.com". http:// is for
            loopback only, unless `allow_insecure_http` is True.
        timeout: the deadline of a call in seconds: waiting in line, look-up, connecting, sending, reading, retries and
            pauses together. 0.001 to 4294967.295, default 30.
        connect_timeout: seconds for a connection to come about, TLS included. Same range, default 5.
        idle_timeout: seconds after which a connection that was not used is used no more. It has to be less than what
            servers close idle connections after. Same range, default 4.
        max_retries: how often a request that failed is sent again, 0 to 100, default 3. A create is sent again only
            when it is certain that the server did not process it.
        max_connections: how many calls go out at once; further ones wait in line. 1 to 1024, default 8.
        max_answer_bytes: the largest answer that is read, 1 to 2**32-1, default 33554432.
        requests_per_second: no more than this many requests go out in a second. 0 to 1000000; 0, the default, sets no
            limit.
        allow_insecure_http: lets http:// be used for hosts other than loopback. The API secret is then readable on the
            way. Default False.
        proxy: a proxy that knows HTTP CONNECT, as "http://[user:password@]host:port". Default none; the environment is
            not read.
        ca_pem: root certificates as PEM text, one str or several, trusted beside the system's.
        user_agent_suffix: appended to the User-Agent: the host's name and version, printable ASCII, 1 to 256.
        log: a callable of level and message, or a `logging.Logger`. It is called on the thread that makes the call,
            perhaps on several at once, and may call this library. No line holds a secret, a token string or a body. An
            Exception that it raises is shown as an ignored one; what ends a program (Ctrl-C) is raised after the call.
        log_level: the most detailed level. Default INFO. TRACE lines come to a logger with level 5.

    Raises:
        InvalidArgumentError: a value is outside its limits; `field` names it.
        InvalidUtf8Error, TypeError: an argument is no such text, or of another type.
        TlsError, OsRefusedError: the client could not be made.

    Calls raise UnauthorizedError, NotFoundError, RejectedError, RateLimitedError, ServerError, CallTimeoutError,
    ConnectError, TlsError, ProtocolError, CallCancelledError, ForkedError, OsRefusedError, and ClosedError after
    `close()`; all of them are MillicastError.

    Attributes:
        publish_tokens: the calls for publish tokens.
        subscribe_tokens: the calls for subscribe tokens.
        analytics: the calls for bandwidth.
    """

    __slots__ = {
        "analytics": "The calls for bandwidth.",
        "publish_tokens": "The calls for publish tokens.",
        "subscribe_tokens": "The calls for subscribe tokens.",
    }

    _HAS_THREADS = False

    def _begin(self, client: Owned) -> None:
        self._connection = opened(Connection(client))
        # These refer to the connection and not to this client: a circle would keep it open until the next collection.
        self.publish_tokens: PublishTokens = PublishTokens(self._connection)
        self.subscribe_tokens: SubscribeTokens = SubscribeTokens(self._connection)
        self.analytics: Analytics = Analytics(self._connection)

    def clusters(self) -> Clusters:
        """The clusters that the account can use, and its default."""
        return self._connection.make(account.clusters())

    def close(self) -> None:
        """Closes the client, from any thread. Again is no matter.

        Calls that other threads are in end with CallCancelledError, later ones with ClosedError.
        """
        self._connection.close()

    def __enter__(self) -> Client:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()


def _set(config: Owned, setter: str, value: object) -> None:
    call(getattr(lib, f"mct_client_config_{setter}"), config.pointer, value)


#: How long a program's end waits for calls that were just cancelled. They need milliseconds.
_PATIENCE_SECONDS = 2.0

C = TypeVar("C", bound=Connection)

_open: weakref.WeakSet[Connection] = weakref.WeakSet()


def opened(connection: C) -> C:
    """A connection that is closed before the interpreter ends."""
    _open.add(connection)
    return connection


@atexit.register
def _close_all() -> None:
    """Ends all calls while there is a whole interpreter.

    C calls back with log lines. An interpreter that is ending takes no call back: it ends the thread that makes it in
    the midst of C, and with it the process. Daemon threads can be in such a call, and C's own threads write lines.
    """
    connections = list(_open)
    for connection in connections:
        connection.close()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    for connection in connections:
        connection.wait(deadline)
    _log.wait_for_last_lines(deadline)
