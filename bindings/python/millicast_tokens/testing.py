"""The platform on your own machine, for the tests of your own program.

    from millicast_tokens.testing import Emulator

    with Emulator() as emulator, emulator.client() as client:
        token = client.subscribe_tokens.create("website", ["StageCam"], expires=60)
        assert emulator.verdict("StageCam", token.value) == "admitted"
        emulator.advance_clock(61)
        assert emulator.verdict("StageCam", token.value) == "token-expired"

`Emulator` starts the program millicast-emulator, which answers as the Token API and the director of Dolby Millicast do,
on loopback and in memory. With pytest the fixture `millicast_emulator` is such an emulator, a new one for each test:

    @pytest.mark.millicast_emulator(first_id=7)
    def test_mine(millicast_emulator):
        ...

The mark takes the options of `Emulator`. Those of all tests stand in pytest's configuration file, such as pytest.ini:

    [pytest]
    millicast_emulator =
        account_id = mine
        trust_forwarded = true
        country_of = {"203.0.113.0/24": "PL"}
        faults = ["503@publish.list:count=1", "429@subscribe.create:nth=2"]
        secret = "12345"

Each line is NAME=VALUE. VALUE is read as JSON, and as text where it is no JSON; a text that would be JSON too stands in
quotation marks, such as "12345". `only_live`, `trust_forwarded` and `tls` are also true with True and yes, and false
with False and no, in whatever case. A path is meant from the folder of the file.

In `setUp` of a unittest it is `self.emulator = Emulator().start()`, then `self.addCleanup(self.emulator.stop)`. Nothing
here needs pytest.

The program is looked for in the file that the environment variable MILLICAST_EMULATOR names, in the folder of this
package (a wheel can carry it), in the build folders of the source tree that this package lies in, and on PATH.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import secrets
import shutil
import ssl
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Union
from urllib.parse import urlencode, urlsplit

from . import _emulator
from ._emulator import EmulatorError, EmulatorNotFoundError, Hidden
from .async_client import AsyncClient
from .client import Client

__all__ = ["Emulator", "EmulatorError", "EmulatorNotFoundError", "Journal", "fault"]

AnyPath = Union[str, "os.PathLike[str]"]

#: How long the control endpoints may take to answer, in seconds, besides what they are told to wait.
_ANSWER_SECONDS = 10.0

#: How many tokens are asked for at once.
_ITEMS_ON_PAGE = 100

_PATH = (str, os.PathLike)
_NONE = type(None)

#: What an option may be, in types and in words. What is not here the program gets as it is, and judges.
_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "program": ((*_PATH, _NONE), "a path"),
    "secret_files": (_PATH, "a path, or several"),
    "listen": ((str,), 'a text such as "127.0.0.1:0"'),
    "trust_forwarded": ((bool,), "true or false"),
    "country_of": ((Mapping, _NONE), 'a mapping such as {"203.0.113.0/24": "PL"}'),
    "tls": ((bool, *_PATH), "true, false or the path of a folder"),
    "seed": ((*_PATH, Mapping, _NONE), "a path or a mapping"),
    "state": ((*_PATH, _NONE), "a path"),
    "latency": ((Real, _NONE), "a number of seconds"),
    "faults": ((str,), 'a text such as "503@publish.list", or several'),
    "journal": ((*_PATH, _NONE), "a path"),
    "only_live": ((bool,), "true or false"),
    "start_timeout": ((Real,), "a number of seconds"),
}

#: What a request is made of. What http.client refuses itself, it repeats in its error, and that may be a token.
_VISIBLE = re.compile(r"[!-~]+")
_HTTP_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


class Journal(NamedTuple):
    """What the emulator was asked, as far as it keeps it.

    An entry has "seq", "time" (of the emulator's clock, as ISO 8601), "peer", "method", "path", "query", "status" and
    "ms", and where there is something to say "operation", "verdict" ("admitted" or "refused"), "rule", "reason",
    "message", "stream", "trackingId", "tokenId", "origin", "address", "refusal" and "fault". No entry holds a secret, a
    token string, a body or a header.
    """

    #: The number of the newest entry; where to read on after. 0: there was none yet.
    last: int
    #: How many of the entries that were asked for are no longer kept.
    missed: int
    #: The entries, oldest first.
    entries: list[dict[str, Any]]


def fault(
    name: str,
    operation: str | None = None,
    *,
    probability: float | None = None,
    count: int | None = None,
    nth: int | None = None,
    ms: int | None = None,
    retry_after: int | None = None,
    location: str | None = None,
    bytes: int | None = None,  # noqa: A002  # The emulator's own name.
) -> dict[str, Any]:
    """A rule for `Emulator.set_faults`: what goes wrong, when and how often.

    Args:
        name: what goes wrong, such as "503", "502-after", "reset-before", "reset-after", "silence" or "slow".
        operation: with what, such as "publish.list" or "subscribe.*". Default every operation of the platform's. A
            client does not send a create again after a 503, which may have made a token; it does after a "429".
        probability: 0 to 1, default 1.
        count: at most this many times. Default without end.
        nth: only with the request of this number among those that match, from 1.
        ms: milliseconds, for the faults that take their time.
        retry_after: seconds, for a status.
        location: where to, for a redirect.
        bytes: how many, for the faults that count them.
    """
    rule = {
        "fault": name,
        "operation": operation,
        "probability": probability,
        "count": count,
        "nth": nth,
        "ms": ms,
        "retryAfter": retry_after,
        "location": location,
        "bytes": bytes,
    }
    return _given(rule)


class Emulator:
    """A platform of its own: a process that is started and stopped here, and what a test does to it.

    As a context manager it is started at the beginning and stopped at the end. When this process ends in whatever way,
    killed included, the emulator ends too, but not before the children that this process forked while it ran: each
    holds it until the child ends, runs another program or calls `stop()`. Its methods may be called on any number of
    threads at once; they block their thread. In a forked child it can be used, and `stop()` only lets go of it there.
    It keeps no connection: what a call of yours opened is all that there is.

    Args:
        program: the program to start. Default where the package finds it; see `millicast_tokens.testing`.
        secret: the API secret, printable ASCII without blanks, not empty. Default a random one. The program gets it by
            its environment; no command line, error or repr shows it.
        secret_files: files that hold further API secrets, one or several.
        listen: "address:port". Default "127.0.0.1:0", which takes a free port.
        account_id: the account. Default: any is accepted, and the director names "emulator".
        first_id: the id of the first token, 1 to 2**52, default 1000.
        trust_forwarded: takes a viewer's address from the first entry of X-Forwarded-For. Default False.
        country_of: the country of each block of addresses, such as {"203.0.113.0/24": "PL"}; the smallest decides.
        tls: True: https, with a certificate that is made in a folder of its own. A path: the same in that folder, which
            is kept. `certificate` is what has to be trusted; `client()` does so. Default False.
        seed: what is there from the start: the path of a JSON file, or what it holds as a mapping with "publishTokens",
            "subscribeTokens", "usage" and "live". Default nothing.
        state: a file that the platform is kept in, and found in at the next start. Default: all is gone at the end.
        rate_limit: how many requests a second are answered before 429. Default no limit.
        latency: seconds that every answer takes at the least, to the millisecond. Default 0.
        faults: what goes wrong from the start: one text or several, such as "503@publish.list:count=1,retry-after=2".
        clock: the time that the clock stands at, in Unix seconds. Default: it goes with the system's. A token ends by
            this clock. What a client or a signer of yours takes for now stays the system's time: for the emulator's,
            sign with `Claims(..., issued_at=emulator.now())` and `Signer(id, value)`, which does not know when the
            parent ends.
        journal: a file that an entry for each request is written to, a line of JSON. Default none; see `journal()`.
        only_live: viewers get only streams that `set_live` or the seed started. Default False: they get every stream.
        start_timeout: seconds that it may take to start, default 10.

    Raises:
        EmulatorNotFoundError: when it is started, there is no program. It says where was looked.
        EmulatorError: when it is started, it does not come up; it says why. From every method below: the emulator does
            not run, does not answer, or refuses what is asked, or it can't be asked so.
        TypeError: an option is not known, or is of a type that it can't be; the name is told, and what is expected.
        ValueError: `secret` is not printable ASCII without blanks, or is empty.

    Attributes:
        secret: the API secret.
    """

    def __init__(
        self,
        *,
        program: AnyPath | None = None,
        secret: str | None = None,
        secret_files: AnyPath | Iterable[AnyPath] = (),
        listen: str = "127.0.0.1:0",
        account_id: str | None = None,
        first_id: int | None = None,
        trust_forwarded: bool = False,
        country_of: Mapping[str, str] | None = None,
        tls: bool | AnyPath = False,
        seed: AnyPath | Mapping[str, Any] | None = None,
        state: AnyPath | None = None,
        rate_limit: int | None = None,
        latency: float | None = None,
        faults: str | Iterable[str] = (),
        clock: int | None = None,
        journal: AnyPath | None = None,
        only_live: bool = False,
        start_timeout: float = 10.0,
    ) -> None:
        """See `Emulator`. Nothing is started."""
        __tracebackhide__ = True
        self.secret: str = secrets.token_urlsafe(24) if secret is None else _checked(secret)
        del secret
        _check_kinds(
            program=program,
            listen=listen,
            trust_forwarded=trust_forwarded,
            country_of=country_of,
            tls=tls,
            seed=seed,
            state=state,
            latency=latency,
            journal=journal,
            only_live=only_live,
            start_timeout=start_timeout,
        )
        self._program = None if program is None else Path(program)
        self._tls = tls
        self._seed = seed
        self._start_timeout = start_timeout
        self._arguments = [f"--listen={listen}"]
        values = {
            "--account-id": account_id,
            "--first-id": first_id,
            "--state": None if state is None else os.fspath(state),
            "--rate-limit": rate_limit,
            "--latency": None if latency is None else round(latency * 1000),
            "--clock": clock,
            "--journal": None if journal is None else os.fspath(journal),
        }
        for option, value in _given(values).items():
            self._arguments.append(f"{option}={value}")
        files = _several("secret_files", secret_files)
        self._arguments += [f"--api-secret-file={os.fspath(file)}" for file in files]
        self._arguments += [f"--country-of={block}={country}" for block, country in (country_of or {}).items()]
        self._arguments += [f"--faults={rule}" for rule in _several("faults", faults)]
        self._arguments += ["--trust-forwarded"] * trust_forwarded + ["--only-live"] * only_live
        self._lock = threading.Lock()
        self._running: _emulator.Program | None = None
        self._context: ssl.SSLContext | None = None
        self._folder: Path | None = None
        self._removal: Callable[[], object] = _nothing
        self._certificate: Path | None = None

    def start(self) -> Emulator:
        """Starts it, and waits until it answers. Itself, so that it can be made and started in one line.

        After `stop()` it can be started again: with the same options and secret, on another port unless one was named,
        and with nothing of what was there before, unless `state` is given. Raises EmulatorError if it runs already.
        """
        with self._lock:
            if self._running is not None:
                raise EmulatorError("the emulator runs already")
            program = _emulator.find() if self._program is None else _emulator.named(self._program, "program=")
            try:
                command = [str(program), *self._arguments, *self._files()]
                self._running = _emulator.Program(command, Hidden(self.secret), self._start_timeout)
                if self._certificate is not None:
                    self._context = ssl.create_default_context(cafile=str(self._certificate))
            except BaseException:
                self._end()
                raise
        return self

    def stop(self) -> int | None:
        """Ends it and waits for that. Its exit status, 0 unless something went wrong; None if it did not run."""
        with self._lock:
            return self._end()

    @property
    def url(self) -> str:
        """Where it listens, such as "http://127.0.0.1:40123": the `base_url` of a client."""
        return self._own_url()

    @property
    def certificate(self) -> Path | None:
        """The certificate to trust, as a PEM file, while it runs with `tls`; else None."""
        return self._certificate

    def client(self, **options: Any) -> Client:
        """A client of it, with the options of `Client`. It trusts the emulator's certificate, and is yours to close."""
        return Client(Hidden(self.secret), **self._client_options(options))

    def async_client(self, **options: Any) -> AsyncClient:
        """The same for asyncio."""
        return AsyncClient(Hidden(self.secret), **self._client_options(options))

    def status(self) -> dict[str, Any]:
        """What it says of itself: "version", "url", "accountId", "now", "clockStands", "publishTokens" and more."""
        return dict(self._control("GET", "/_emulator/status"))

    def now(self) -> int:
        """The time by its clock, in Unix seconds."""
        return int(self._control("GET", "/_emulator/clock")["now"])

    def set_clock(self, now: int | None) -> int:
        """Stops its clock at a moment in Unix seconds; None lets it go with the system's. What it shows then.

        A token ends by this clock. What a client or a signer of yours takes for now stays the system's time; see
        `clock` of `Emulator`.
        """
        return int(self._control("POST", "/_emulator/clock", {"now": now})["now"])

    def advance_clock(self, seconds: int) -> int:
        """Moves its clock on. What it shows then, in Unix seconds."""
        return int(self._control("POST", "/_emulator/clock", {"advance": seconds})["now"])

    def add_usage(
        self,
        stream: str,
        tracking_id: str = "",
        time: int | None = None,
        bytes_in: int = 0,
        bytes_out: int = 0,
        *,
        kind: str | None = None,
        duration: int | None = None,
    ) -> None:
        """Traffic for the analytics to report.

        Args:
            stream: the stream's name.
            tracking_id: whom it counts for. Default nobody.
            time: when it was, in Unix seconds. Default now by the emulator's clock.
            bytes_in: how much came in.
            bytes_out: how much went out.
            kind: "standardStream", "restream" or "geoCascade". Default the first.
            duration: how long a restream took.
        """
        usage = {"streamName": stream, "trackingId": tracking_id, "bytesIn": bytes_in, "bytesOut": bytes_out}
        more = _given({"time": time, "kind": kind, "duration": duration})
        self._control("POST", "/_emulator/usage", {**usage, **more})

    def usage(self) -> list[dict[str, Any]]:
        """Who used what: "trackingId", "streamName", "admissions", "bytesIn" and "bytesOut" of each pair."""
        return list(self._control("GET", "/_emulator/usage"))

    def set_form(self, form: str) -> None:
        """How analytics tell figures from now on: "totals", "breakdown" or "both", as at the start."""
        self._control("POST", "/_emulator/analytics", {"form": form})

    def set_live(self, token_id: int, stream: str, is_live: bool = True) -> None:
        """Starts or stops a live stream under a publish token that is good for it."""
        self._control("POST", "/_emulator/publish", {"tokenId": token_id, "streamName": stream, "isLive": is_live})

    def set_active(self, kind: str, token_id: int, is_active: bool) -> None:
        """Disables a token or enables it again. `kind` is "publish" or "subscribe"."""
        self._control("POST", f"/_emulator/token/{kind}/{token_id}", {"isActive": is_active})

    def tokens(self, kind: str, name: str | None = None) -> list[dict[str, Any]]:
        """All tokens, as a read answers them, but without what is secret.

        Args:
            kind: "publish", whose tokens also have "live", a list of streams, or "subscribe", with "bound" addresses.
            name: only those whose label or stream holds this. Default all.
        """
        tokens: list[dict[str, Any]] = []
        page = 1
        while True:
            asked = {"kind": kind, "page": page, "itemsOnPage": _ITEMS_ON_PAGE, "name": name}
            answer = self._control("GET", f"/_emulator/tokens?{urlencode(_given(asked))}")
            tokens += answer["tokens"]
            if len(tokens) >= answer["total"] or not answer["tokens"]:
                return tokens
            page += 1

    def faults(self) -> list[dict[str, Any]]:
        """The rules that hold, each with how often it was "asked" and how often it was "done"."""
        return list(self._control("GET", "/_emulator/faults")["faults"])

    def set_faults(self, *rules: Mapping[str, Any], seed: int | None = None) -> None:
        """What goes wrong from now on, instead of what went wrong until now. See `fault`.

        Args:
            rules: what `fault()` makes. None of them: nothing goes wrong.
            seed: what chance follows from, where a rule has a probability. Default the one before.
        """
        self._control("POST", "/_emulator/faults", {**_given({"seed": seed}), "faults": [dict(rule) for rule in rules]})

    def clear_faults(self) -> None:
        """Nothing goes wrong from now on."""
        self._control("DELETE", "/_emulator/faults")

    def journal(self, after: int = 0, wait: float = 0) -> Journal:
        """What it was asked. What this object asks it for a test alone is not in it.

        Args:
            after: only entries with a larger number than this, such as the `last` of the journal before.
            wait: how many seconds to wait for one, whole ones, 30 at the most. Default 0: it answers at once.
        """
        asked = urlencode({"after": after, "wait": round(wait)})
        answer = self._control("GET", f"/_emulator/journal?{asked}", patience=wait)
        return Journal(answer["last"], answer["missed"], answer["entries"])

    def verdict(
        self, stream: str, token: str | None, origin: str | None = None, *, account_id: str | None = None
    ) -> str:
        """What the director says to a viewer: "admitted", or the name of the rule that is broken, such as "expired".

        Args:
            stream: the stream that the viewer wants.
            token: a subscribe token's string, or a self-signed token. None: the viewer has none, and gets only streams
                that require none, with `account_id`.
            origin: the page that the viewer is on, such as "https://www.example.com". Default none.
            account_id: the account that the viewer names. Default none; only without a token it has to be one.
        """
        __tracebackhide__ = True
        wanted = _given({"streamName": stream, "streamAccountId": account_id})
        return self._ask_director("/api/director/subscribe", wanted, token, origin)

    def publish_verdict(self, stream: str, token: str | None, origin: str | None = None) -> str:
        """The same for a broadcaster with a publish token's string. None: the broadcaster has none."""
        __tracebackhide__ = True
        return self._ask_director("/api/director/publish", {"streamName": stream}, token, origin)

    def ask(
        self, path: str, body: Any = None, headers: Mapping[str, str] | None = None, method: str = "POST"
    ) -> tuple[int, Any]:
        """Any request, past the library: the HTTP status, and what the answer's JSON says; its text if it is no JSON.

            offer = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
            status, text = emulator.ask("/api/whip/StageCam", "v=0...", offer)

        Args:
            path: such as "/api/cluster", with the query, if there is one.
            body: text (as UTF-8) and bytes are sent as they are, with the Content-Type that `headers` name; everything
                else is sent as JSON. Default nothing.
            headers: such as {"Authorization": f"Bearer {emulator.secret}"}. Default none.
            method: default "POST".
        """
        __tracebackhide__ = True
        return self._exchange(method, path, body, dict(headers or {}), _ANSWER_SECONDS)

    def __enter__(self) -> Emulator:
        """Starts it, unless it runs."""
        return self if self._running is not None else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stops it."""
        self.stop()

    def __repr__(self) -> str:
        """Where it listens; nothing of the secret."""
        running = self._running
        return f"<{type(self).__name__} {'stopped' if running is None else running.url}>"

    def _own_url(self) -> str:
        running = self._running
        if running is None:
            raise EmulatorError("the emulator does not run: start() it, or use it in a with statement")
        return running.url

    def _files(self) -> list[str]:
        """The options that name what is written for this run alone."""
        arguments: list[str] = []
        if self._tls is not False:
            folder = self._own_folder() / "tls" if self._tls is True else Path(self._tls)
            arguments.append(f"--tls={folder}")
            self._certificate = folder / "ca.pem"
        if isinstance(self._seed, Mapping):
            file = self._own_folder() / "seed.json"
            file.write_text(json.dumps(self._seed), encoding="utf-8")
            arguments.append(f"--seed={file}")
        elif self._seed is not None:
            arguments.append(f"--seed={os.fspath(self._seed)}")
        return arguments

    def _own_folder(self) -> Path:
        """A folder that goes when it stops, and that others can't look into."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="millicast-emulator-"))
            self._removal = weakref.finalize(self, _remove, self._folder, os.getpid())
        return self._folder

    def _end(self) -> int | None:
        running, self._running = self._running, None
        try:
            return None if running is None else running.stop()
        finally:
            self._removal()
            self._folder = self._certificate = self._context = None

    def _client_options(self, options: dict[str, Any]) -> dict[str, Any]:
        options.setdefault("base_url", self.url)
        if self._certificate is not None:
            options.setdefault("ca_pem", self._certificate.read_text(encoding="utf-8"))
        return options

    def _ask_director(self, path: str, body: Any, token: str | None, origin: str | None) -> str:
        __tracebackhide__ = True
        headers = _given({"Authorization": None if token is None else f"Bearer {token}", "Origin": origin})
        status, answer = self._exchange("POST", path, body, headers, _ANSWER_SECONDS)
        if status == http.client.OK:
            return "admitted"
        try:
            return str(answer["data"]["rule"])
        except (TypeError, KeyError):
            raise EmulatorError(f"the director answered with HTTP {status} and named no rule") from None

    def _control(self, method: str, path: str, body: Any = None, patience: float = 0) -> Any:
        status, answer = self._exchange(method, path, body, {}, _ANSWER_SECONDS + patience)
        if status != http.client.OK:
            raise EmulatorError(f"{method} {path} was refused with HTTP {status}: {answer}")
        if not isinstance(answer, dict) or "data" not in answer:
            raise EmulatorError(f"{method} {path} was not answered as the emulator answers, but: {answer}")
        return answer["data"]

    def _exchange(self, method: str, path: str, body: Any, headers: dict[str, str], timeout: float) -> tuple[int, Any]:
        __tracebackhide__ = True
        where = urlsplit(self._own_url())
        _check_request(method, path, headers)
        data, usual = _content(body)
        if any(name.lower() == "content-type" for name in headers):
            usual = {}
        # Without urllib, which asks the environment for a proxy.
        connection = (
            http.client.HTTPConnection(where.netloc, timeout=timeout)
            if self._context is None
            else http.client.HTTPSConnection(where.netloc, timeout=timeout, context=self._context)
        )
        with contextlib.closing(connection):
            try:
                connection.request(method, path, data, {**usual, **headers})
                answer = connection.getresponse()
                status, said = answer.status, answer.read()
            except (OSError, http.client.HTTPException) as error:
                where_to = path.partition("?")[0]
                raise EmulatorError(f"{method} {where_to} was not answered: {error or type(error).__name__}") from None
        try:
            return status, json.loads(said)
        except ValueError:
            return status, said.decode(errors="replace")


# `__tracebackhide__` keeps pytest from showing the arguments of a frame, which hold tokens, when a test fails.


def _checked(secret: str) -> str:
    """An API secret that the program takes and a header can carry."""
    __tracebackhide__ = True
    rule = "it has to be printable ASCII without blanks, not empty"
    if not isinstance(secret, str):
        raise TypeError(f"secret is no text but of type {type(secret).__name__}: {rule}")
    if not _VISIBLE.fullmatch(secret):
        raise ValueError(f"secret is no API secret: {rule}")
    return secret


def _check_kinds(**options: Any) -> None:
    """Refuses what an option can't be, by the option's name."""
    __tracebackhide__ = True
    for name, value in options.items():
        kinds, words = _KINDS[name]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            # What is more than a word may hold a token.
            given = repr(value) if isinstance(value, (str, bool, Real, _NONE)) else f"of type {type(value).__name__}"
            raise TypeError(f"{name} has to be {words}, and is {given}")


def _several(name: str, value: Any) -> list[Any]:
    """The values of an option that takes one or several."""
    __tracebackhide__ = True
    kinds = (*_KINDS[name][0], Mapping)
    values = [value] if isinstance(value, kinds) or not isinstance(value, Iterable) else list(value)
    for each in values:
        _check_kinds(**{name: each})
    return values


def _check_request(method: str, path: str, headers: Mapping[str, str]) -> None:
    """Refuses what HTTP can't carry, and shows nothing that may be a token."""
    __tracebackhide__ = True
    if not _HTTP_NAME.fullmatch(method):
        raise EmulatorError("the method of the request is no HTTP method")
    if not _VISIBLE.fullmatch(path):
        raise EmulatorError(
            "the path of the request is not printable ASCII without blanks; urllib.parse.quote() escapes what is in it"
        )
    for name, value in headers.items():
        if not isinstance(name, str) or not _HTTP_NAME.fullmatch(name):
            raise EmulatorError("a header of the request has a name that no header can have")
        if not isinstance(value, str):
            raise EmulatorError(f"the header {name!r} of the request is no text but of type {type(value).__name__}")
        if not _HEADER_VALUE.fullmatch(value):
            raise EmulatorError(
                f"the header {name!r} of the request has a character that no header can carry: an end of a line, "
                "another control character, or one that is not Latin-1"
            )


def _content(body: Any) -> tuple[bytes | None, dict[str, str]]:
    """What is sent of a body, and the headers that say what it is, unless the caller does."""
    if isinstance(body, bytes):
        return body, {}
    if isinstance(body, str):
        return body.encode(errors="surrogatepass"), {}
    return None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"}


def _nothing() -> None:
    """What is to be removed where nothing was made."""


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # A forked child leaves its parent's alone.
        shutil.rmtree(folder, ignore_errors=True)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
