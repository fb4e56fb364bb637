"""Self-signed subscribe tokens: signed and verified locally, without a client and without the network."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Union, overload

from . import _batch, _check
from ._columns import ADDRESSES, LIFETIMES, VIEWER_DATA
from ._native import handles as h
from ._native.calls import Owned, OwnedText, call, lib, make, sent, text, texts
from .enums import Algorithm, Status, named
from .errors import BufferTooSmallError, ClosedError, PanicError
from .tokens import SubscribeToken

if TYPE_CHECKING:
    import numpy  # type: ignore[import-not-found, unused-ignore]
    import pyarrow  # type: ignore[import-not-found, import-untyped, unused-ignore]

    #: What differs from viewer to viewer: a list or any iterable, a numpy array, or an Arrow array.
    NumpyColumn = numpy.ndarray[Any, Any]
    ArrowColumn = Union[pyarrow.Array, pyarrow.ChunkedArray]
    TextColumn = Union[Iterable[str], NumpyColumn, ArrowColumn]
    NumberColumn = Union[Iterable[int], NumpyColumn, ArrowColumn]

#: Room for a token of short names and some addresses. Longer ones are signed again, into memory of the library's.
_ROOM = 1024
_Room = ctypes.c_char * _ROOM
#: NULL. A pointer passes faster than None.
_NO_ERROR = ctypes.POINTER(ctypes.POINTER(h.mct_error))()


class Claims:
    """What a self-signed token shall say. Immutable; any number of tokens can be signed from it, from any thread.

    Each token gets its own times. What is not given is left out of the token. Lengths are counted in UTF-16 units.

    Args:
        stream_name: one complete name, case-sensitive, 1 to 128 units, no wildcard.
        lifetime_seconds: at least 1, at most 2**32-1, counted from the moment of signing (or from `issued_at`). The end
            must be before the year 10000. The vendor's samples use 60 seconds.
        tracking_id: the id that usage is counted under, 1 to 128 units: for groups of viewers, not one for each. A
            parent that has one asks for the same here.
        custom_viewer_data: an identifier of the viewer, at most 1024 units; "" leaves it out. The platform enables it
            by account.
        origin_cluster: a cluster id, not empty; the parent's must be "auto" or the same.
        allowed_origins: domains that may use the token: "example.com", "*.example.com", with ":port" or without; no
            scheme, no path. The parent's own stay required as well.
        allowed_ip_addresses: IPv4 or IPv6 addresses or IPv4 blocks that may use the token. Ranges, wildcards and IPv6
            blocks are refused. The parent's own stay required as well.
        issued_at: the moment that the lifetime counts from, in Unix seconds, 0 to the end of the year 9999. None: the
            clock, when a token is signed.
        cut_to_parent: with a parent that ends before the token would, True shortens the token to the parent's end, and
            False refuses to sign.
        unchecked_stream: True signs without comparing the stream with the parent's names: for a parent whose pattern
            can't be checked here (`Reason.PARENT_PATTERN`).

    Raises:
        InvalidArgumentError: a value is outside its limits; `field` names it.
        InvalidUtf8Error: a text holds a lone surrogate.
        TypeError: an argument is of another type.
    """

    __slots__ = {
        "__weakref__": None,
        "_owned": None,
        "lifetime_seconds": "How many seconds tokens live.",
        "stream_name": "The stream that tokens are for.",
    }

    def __init__(
        self,
        stream_name: str,
        lifetime_seconds: int,
        *,
        tracking_id: str | None = None,
        custom_viewer_data: str | None = None,
        origin_cluster: str | None = None,
        allowed_origins: Iterable[str] = (),
        allowed_ip_addresses: Iterable[str] = (),
        issued_at: int | None = None,
        cut_to_parent: bool = False,
        unchecked_stream: bool = False,
    ) -> None:
        """See the class."""
        self.stream_name: str = stream_name
        self.lifetime_seconds: int = lifetime_seconds
        self._owned: Owned = make(
            h.mct_claims,
            lib.mct_claims_new,
            _check.text("streamName", stream_name),
            _check.integer("lifetime_seconds", lifetime_seconds, _check.U32),
        )
        pointer = self._owned.pointer
        if tracking_id is not None:
            call(lib.mct_claims_set_tracking_id, pointer, _check.text("trackingId", tracking_id))
        if custom_viewer_data is not None:
            call(lib.mct_claims_set_custom_viewer_data, pointer, _check.text("customViewerData", custom_viewer_data))
        if origin_cluster is not None:
            call(lib.mct_claims_set_origin_cluster, pointer, _check.text("originCluster", origin_cluster))
        for origin in _check.texts("allowedOrigins", allowed_origins):
            call(lib.mct_claims_add_allowed_origin, pointer, origin)
        for address in _check.texts("allowedIpAddresses", allowed_ip_addresses):
            call(lib.mct_claims_add_allowed_ip_address, pointer, address)
        if issued_at is not None:
            call(lib.mct_claims_set_issued_at, pointer, _check.integer("iat", issued_at, _check.I64))
        if _check.flag("cut_to_parent", cut_to_parent):
            call(lib.mct_claims_set_cut_to_parent, pointer, True)
        if _check.flag("unchecked_stream", unchecked_stream):
            call(lib.mct_claims_set_unchecked_stream, pointer, True)

    def __repr__(self) -> str:
        """The stream and the lifetime; not the viewer."""
        return f"Claims(stream_name={self.stream_name!r}, lifetime_seconds={self.lifetime_seconds})"


@dataclass(frozen=True)
class SignedToken:
    """A token that was signed.

    Attributes:
        jwt: the token, a secret for as long as it lives; no repr shows it.
        expires_at: its end in Unix seconds. A viewer that reconnects after that needs a new token.
    """

    jwt: str = field(repr=False)
    expires_at: int


class Written(NamedTuple):
    """A token that was written into a buffer."""

    length: int
    expires_at: int


Written.length.__doc__ = "How many bytes the token has; a NUL stands behind them."
Written.expires_at.__doc__ = "Its end in Unix seconds."


@dataclass(frozen=True)
class Jwt:
    """A self-signed token that was read. A claim that it does not have is None, or an empty tuple.

    Attributes:
        algorithm: how it is signed.
        token_id: the id of the parent, `streaming.tokenId`.
        token_type: `streaming.tokenType`; the platform takes "Subscribe" only.
        stream_name: `streaming.streamName`.
        allowed_origins: the domains that may use it.
        allowed_ip_addresses: the addresses and blocks that may use it.
        tracking_id: the id that usage is counted under, `streaming.tracking.trackingId`.
        custom_viewer_data: the viewer.
        origin_cluster: the cluster.
        issued_at: `iat`, in Unix seconds.
        not_before: `nbf`, in Unix seconds.
        expires_at: `exp`, in Unix seconds.
        header_json: the header as JSON, decoded.
        json: the payload as JSON, decoded, claims that this library does not know included.
    """

    algorithm: Algorithm | int
    token_id: int | None
    token_type: str | None
    stream_name: str | None
    allowed_origins: tuple[str, ...]
    allowed_ip_addresses: tuple[str, ...]
    tracking_id: str | None
    custom_viewer_data: str | None
    origin_cluster: str | None
    issued_at: int | None
    not_before: int | None
    expires_at: int | None
    header_json: str
    json: str

    @classmethod
    def parse(cls, jwt: str) -> Jwt:
        """Reads a token and verifies nothing: anybody can have written what it says.

        Raises TokenInvalidError (see its `reason`) for what is no token: not three parts of canonical, unpadded
        base64url, more than 65536 bytes, JSON in which a name appears twice, an `alg` other than HS256, HS384, HS512.
        """
        return cls._of(make(h.mct_jwt, lib.mct_jwt_parse, _check.text("jwt", jwt)))

    @classmethod
    def _of(cls, owned: Owned) -> Jwt:
        jwt = owned.pointer
        return cls(
            algorithm=named(Algorithm, lib.mct_jwt_algorithm(jwt)),
            token_id=sent(ctypes.c_uint64, lib.mct_jwt_token_id, jwt),
            token_type=text(lib.mct_jwt_token_type(jwt)),
            stream_name=text(lib.mct_jwt_stream_name(jwt)),
            allowed_origins=texts(lib.mct_jwt_allowed_origin_count, lib.mct_jwt_allowed_origin, jwt),
            allowed_ip_addresses=texts(lib.mct_jwt_allowed_ip_address_count, lib.mct_jwt_allowed_ip_address, jwt),
            tracking_id=text(lib.mct_jwt_tracking_id(jwt)),
            custom_viewer_data=text(lib.mct_jwt_custom_viewer_data(jwt)),
            origin_cluster=text(lib.mct_jwt_origin_cluster(jwt)),
            issued_at=sent(ctypes.c_int64, lib.mct_jwt_issued_at, jwt),
            not_before=sent(ctypes.c_int64, lib.mct_jwt_not_before, jwt),
            expires_at=sent(ctypes.c_int64, lib.mct_jwt_expires_at, jwt),
            header_json=text(lib.mct_jwt_header_json(jwt)) or "",
            json=text(lib.mct_jwt_json(jwt)) or "",
        )


class Signer:
    """Signs subscribe tokens with the key of one parent, a subscribe token of the account.

    May be used from any number of threads at once, and after a fork in both processes. As a context manager it is
    closed at the end, which wipes its key.

    `Signer(token_id, token)` knows the parent's id and secret string alone, and can't check what depends on more.
    `Signer.from_token(token)` knows its parent and refuses what the platform would refuse: the parent must be enabled
    and not expired, the stream one of its names or matched in full by one of its patterns, the tracking id its own
    (where it has one), the origin cluster its own or its own "auto".

    Args:
        token_id: the parent's id, 0 to 2**64-1.
        token: the parent's `value` as the API gave it, not empty. It is the key as it stands: it looks like hex, and is
            not decoded.
        algorithm: how to sign. Default HS256.

    Raises:
        InvalidArgumentError, InvalidUtf8Error, TypeError: as for `Claims`.
    """

    __slots__ = ("__weakref__", "_owned")

    _owned: Owned | None

    def __init__(self, token_id: int, token: str, algorithm: Algorithm = Algorithm.HS256) -> None:
        """See the class."""
        self._owned = None
        self._owned = make(
            h.mct_signer,
            lib.mct_signer_new,
            _check.integer("token_id", token_id, _check.U64),
            _check.text("token", token),
            _check.integer("algorithm", algorithm, _check.I32),
        )

    @classmethod
    def from_token(cls, token: SubscribeToken, algorithm: Algorithm = Algorithm.HS256) -> Signer:
        """A signer that knows its parent, and checks its rules before it signs. The token is copied.

        Raises InvalidArgumentError also when the token came without its string.
        """
        if not isinstance(token, SubscribeToken):
            raise TypeError(f"token: must be a SubscribeToken, given is a {type(token).__name__}")
        number = _check.integer("algorithm", algorithm, _check.I32)
        signer = object.__new__(cls)
        signer._owned = make(h.mct_signer, lib.mct_signer_from_token, token._owned.pointer, number)
        return signer

    def sign(self, claims: Claims) -> SignedToken:
        """Signs a token: each call a new one with its own times.

        Raises TokenInvalidError where a rule of the parent is broken (see its `reason`), InvalidArgumentError when the
        end would be past the year 9999, ClosedError after `close()`.
        """
        owned, claimed = self._open(), _owned_by(claims)
        room, length, expires_at = _Room(), ctypes.c_size_t(), ctypes.c_int64()
        outs = ctypes.byref(length), ctypes.byref(expires_at)
        # Without an error, which takes as long to make and to free as to sign: few calls need one.
        status = lib.mct_signer_sign_into(owned.pointer, claimed.pointer, room, _ROOM, *outs, _NO_ERROR)
        if status == 0:
            return SignedToken(room.value.decode(), expires_at.value)
        return _sign_with_error(owned, claimed, status)

    def sign_into(self, claims: Claims, buffer: Any) -> Written:
        """Signs a token into memory of the caller's, who can wipe it: a bytearray, a writable memoryview or the like.

        A terminating NUL follows the token, which `length` does not count. Raises BufferTooSmallError when the buffer
        is too small (its `needed` says how many bytes are enough; nothing was written), and what `sign()` raises.
        """
        owned, length, expires_at = self._open(), ctypes.c_size_t(), ctypes.c_int64()
        claimed = _owned_by(claims)
        # The view keeps the memory in its place, and is let go of even where an exception keeps this frame alive: the
        # caller may want to enlarge the buffer at once.
        view = memoryview(buffer)
        try:
            start, outs = _start_of(view), (ctypes.byref(length), ctypes.byref(expires_at))
            call(lib.mct_signer_sign_into, owned.pointer, claimed.pointer, start, view.nbytes, *outs)
        except BufferTooSmallError as error:
            error.needed = length.value + 1
            raise
        finally:
            view.release()
        return Written(length.value, expires_at.value)

    @overload
    def sign_batch(
        self,
        claims: Claims,
        viewer_data: list[str] | tuple[str, ...],
        *,
        allowed_ip_addresses: TextColumn | None = None,
        lifetimes: NumberColumn | None = None,
        threads: int = 1,
    ) -> list[str]: ...

    @overload
    def sign_batch(  # type: ignore[overload-overlap, unused-ignore]  # an array is iterable too, and is no list
        self,
        claims: Claims,
        viewer_data: NumpyColumn,
        *,
        allowed_ip_addresses: TextColumn | None = None,
        lifetimes: NumberColumn | None = None,
        threads: int = 1,
    ) -> numpy.ndarray[Any, numpy.dtype[numpy.bytes_]]: ...

    @overload
    def sign_batch(
        self,
        claims: Claims,
        viewer_data: ArrowColumn,
        *,
        allowed_ip_addresses: TextColumn | None = None,
        lifetimes: NumberColumn | None = None,
        threads: int = 1,
    ) -> pyarrow.LargeStringArray: ...

    @overload
    def sign_batch(
        self,
        claims: Claims,
        viewer_data: Iterable[str],
        *,
        allowed_ip_addresses: TextColumn | None = None,
        lifetimes: NumberColumn | None = None,
        threads: int = 1,
    ) -> list[str]: ...

    @overload
    def sign_batch(self, claims: Claims, viewer_data: None = None, *, count: int, threads: int = 1) -> list[str]: ...

    @overload
    def sign_batch(
        self,
        claims: Claims,
        viewer_data: None = None,
        *,
        allowed_ip_addresses: TextColumn | None = None,
        lifetimes: NumberColumn | None = None,
        threads: int = 1,
    ) -> Any: ...

    def sign_batch(
        self,
        claims: Claims,
        viewer_data: TextColumn | None = None,
        *,
        allowed_ip_addresses: TextColumn | None = None,
        lifetimes: NumberColumn | None = None,
        count: int | None = None,
        threads: int = 1,
    ) -> Any:
        """Signs a token for each of many viewers in one call, which takes a fraction of the time of as many `sign()`.

        What differs from viewer to viewer is given as columns of one length, each a list (or any iterable), a
        one-dimensional numpy array or a pyarrow Array or ChunkedArray. It takes the place of what the claims say of it;
        all else is as they say. All tokens have the same `iat`, and all viewers are checked before one is signed for.

        Args:
            claims: what all tokens have in common.
            viewer_data: an identifier for each viewer, at most 1024 UTF-16 units; "" and an Arrow null leave it out.
                str, numpy's dtypes U, S (UTF-8), StringDType and object, Arrow's string types. A U+0000 is taken, but
                for those at the end of numpy's U and S, which are no part of the text there.
            allowed_ip_addresses: the address that each viewer's token is bound to, of the same types: an IPv4 or IPv6
                address or an IPv4 block, and neither "" nor null, which would be a token that is not bound.
            lifetimes: how many seconds each token lives, 1 to 2**32-1: ints, or an array of any type of integers.
            count: how many viewers there are, 0 to 2**32-1, where there is no column; their tokens are all the same.
            threads: how many threads sign: 1 is the caller's alone, 0 one for each processor, and at most 256. A thread
                gets at least 256 viewers.

        Returns the tokens in the order of the viewers, of the kind that the first of the columns is of (in the order
        above): a list of str; a numpy array of bytes, dtype "S" of the longest token's length (`astype("U")` makes str
        of it); a `pyarrow.LargeStringArray`. They are the caller's alone. Without a column it is a list. Neither numpy
        nor pyarrow is imported here, and without them lists work.

        Other threads of Python's run while tokens are signed. Arrays are read where they are, or copied as a whole:
        nobody may write to them during the call. The memory that it takes is that of the tokens, for lists and for
        numpy arrays of tokens of different lengths twice that, and of a copy of what is not Arrow's large_string.

        Raises what `sign()` raises, InvalidUtf8Error for a text with a lone surrogate (or bytes that are not UTF-8),
        InvalidArgumentError for columns of different lengths and values outside their limits, TypeError for types that
        are not taken. The error of one viewer has its `index`, and the `field` at fault: "customViewerData",
        "allowedIpAddresses", "lifetime_seconds" or "exp".
        """
        owned, claimed = self._open(), _owned_by(claims)
        columns = {VIEWER_DATA: viewer_data, ADDRESSES: allowed_ip_addresses, LIFETIMES: lifetimes}
        return _batch.sign(owned, claimed, columns, count, threads)

    def verify(self, jwt: str, *, now: int | None = None, leeway: int = 0, unchecked_stream: bool = False) -> Jwt:
        """Verifies a token: shape, algorithm (the signer's own), signature, claims, times and the parent's rules.

        Args:
            jwt: the token.
            now: verify as of this moment, in Unix seconds and not negative. None: the clock.
            leeway: take a token for so many seconds before its `nbf` and after its `exp`, 0 to 2**32-1.
            unchecked_stream: True verifies without comparing the stream with the parent's names, as
                `Claims(unchecked_stream=True)` signs.

        Raises TokenInvalidError (see its `reason`), ClosedError after `close()`. What only the platform sees (the
        viewer's address, origin and country) is not checked.
        """
        owned, encoded = self._open(), _check.text("jwt", jwt)
        options = _verify_options(now, leeway, unchecked_stream)
        given = None if options is None else options.pointer
        return Jwt._of(make(h.mct_jwt, lib.mct_signer_verify, owned.pointer, encoded, given))

    def close(self) -> None:
        """Lets go of the key, which is wiped when calls that other threads are in are over. Again is no matter."""
        self._owned = None

    def _open(self) -> Owned:
        owned = self._owned
        if owned is None:
            raise ClosedError("the signer is closed")
        return owned

    def __enter__(self) -> Signer:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()

    def __repr__(self) -> str:
        """Nothing of the key."""
        return f"<{type(self).__name__}{' closed' if self._owned is None else ''}>"


def _owned_by(claims: Claims) -> Owned:
    if not isinstance(claims, Claims):
        raise TypeError(f"claims: must be Claims, given is a {type(claims).__name__}")
    return claims._owned


def _sign_with_error(signer: Owned, claims: Owned, status: int) -> SignedToken:
    """Signs a token of any length, and raises what is wrong."""
    if status == Status.PANIC:
        # What was in a call with a fault is not used again, to learn more of it neither.
        raise PanicError("a fault of the library was caught")
    jwt, expires_at = OwnedText(), ctypes.c_int64()
    outs = ctypes.byref(jwt.pointer), ctypes.byref(expires_at)
    call(lib.mct_signer_sign, signer.pointer, claims.pointer, *outs)
    return SignedToken(jwt.read(), expires_at.value)


def _start_of(view: memoryview) -> Any:
    """Where a writable, contiguous buffer begins; NULL for an empty one. TypeError for any other."""
    if view.nbytes == 0:
        return None
    address = ctypes.addressof(ctypes.c_char.from_buffer(view))
    return ctypes.cast(address, ctypes.POINTER(ctypes.c_char))


def _verify_options(now: int | None, leeway: int, unchecked_stream: bool) -> Owned | None:
    _check.integer("leeway", leeway, _check.U32)
    if now is None and leeway == 0 and not _check.flag("unchecked_stream", unchecked_stream):
        return None
    options = make(h.mct_verify_options, lib.mct_verify_options_new)
    if now is not None:
        call(lib.mct_verify_options_set_now, options.pointer, _check.integer("now", now, _check.I64))
    call(lib.mct_verify_options_set_leeway, options.pointer, leeway)
    call(
        lib.mct_verify_options_set_unchecked_stream, options.pointer, _check.flag("unchecked_stream", unchecked_stream)
    )
    return options
