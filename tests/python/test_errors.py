"""Every way in which a call fails, with its class and all that it tells."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens import errors
from millicast_tokens.testing import Emulator

from servers import Answer, Recorder, failure, recording, silent, success, unused_port

CLASSES: dict[mct.Status, type[mct.MillicastError]] = {
    mct.Status.NULL_ARGUMENT: mct.NullArgumentError,
    mct.Status.INVALID_UTF8: mct.InvalidUtf8Error,
    mct.Status.INVALID_ARGUMENT: mct.InvalidArgumentError,
    mct.Status.UNAUTHORIZED: mct.UnauthorizedError,
    mct.Status.NOT_FOUND: mct.NotFoundError,
    mct.Status.REJECTED: mct.RejectedError,
    mct.Status.RATE_LIMITED: mct.RateLimitedError,
    mct.Status.SERVER: mct.ServerError,
    mct.Status.TIMEOUT: mct.CallTimeoutError,
    mct.Status.CONNECT: mct.ConnectError,
    mct.Status.TLS: mct.TlsError,
    mct.Status.PROTOCOL: mct.ProtocolError,
    mct.Status.CANCELLED: mct.CallCancelledError,
    mct.Status.FORKED: mct.ForkedError,
    mct.Status.TOKEN_INVALID: mct.TokenInvalidError,
    mct.Status.BUFFER_TOO_SMALL: mct.BufferTooSmallError,
    mct.Status.PANIC: mct.PanicError,
    mct.Status.NOT_READY: mct.NotReadyError,
    mct.Status.SYSTEM: mct.OsRefusedError,
}


def error_of(answer: Answer, **options: Any) -> mct.MillicastError:
    """What a list raises when the server answers so."""
    with recording(answer) as recorder, mct.Client("secret", base_url=recorder.url, max_retries=0, **options) as client:
        with pytest.raises(mct.MillicastError) as failed:
            client.publish_tokens.list_page()
        return failed.value


def test_there_is_one_exception_class_for_each_status() -> None:
    assert set(CLASSES) == set(mct.Status) - {mct.Status.OK}
    assert len(set(CLASSES.values())) == len(CLASSES)
    for status, kind in CLASSES.items():
        assert errors.class_of(status) is kind
        assert issubclass(kind, mct.MillicastError)
        assert kind().status is status
    assert errors.class_of(4711) is mct.MillicastError
    assert issubclass(mct.ClosedError, mct.CallCancelledError)


def test_numbers_of_a_newer_library_stay_numbers() -> None:
    error = errors.class_of(4711)("m", status=4711, outcome=9, reason=99)
    assert (error.status, error.outcome, error.reason) == (4711, 9, 99)
    assert not isinstance(error.status, mct.Status)


@pytest.mark.parametrize("kind", CLASSES.values())
def test_an_exception_crosses_processes_whole(kind: type[mct.MillicastError]) -> None:
    error = kind(
        "message",
        field="f",
        http_status=418,
        details="{}",
        retry_after_ms=5,
        outcome=mct.Outcome.UNKNOWN,
        reason=mct.Reason.CLAIM,
        index=3,
    )
    for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):  # noqa: S301  # pickled just here
        assert type(again) is kind
        assert str(again) == again.message == "message"
        assert vars(again) == vars(error)
    too_small = mct.BufferTooSmallError("m")
    too_small.needed = 218
    assert pickle.loads(pickle.dumps(too_small)).needed == 218  # noqa: S301  # pickled just here


def test_a_wrong_secret_is_unauthorized_and_stands_in_no_message(emulator: Emulator) -> None:
    secret = "a-wrong-secret-that-nobody-may-see"
    with mct.Client(secret, base_url=emulator.url) as client:
        calls: list[Any] = [client.publish_tokens.list_page, lambda: client.subscribe_tokens.create("l", ["s"])]
        for call in calls:
            with pytest.raises(mct.UnauthorizedError) as refused:
                call()
            error = refused.value
            assert error.http_status == 401
            assert error.outcome is mct.Outcome.REJECTED
            told = [str(error), repr(error), *map(str, vars(error).values()), repr(client)]
            assert not any(secret in text for text in told)


def test_a_server_that_says_the_secret_back_does_not_bring_it_into_the_error() -> None:
    secret = "a-secret-that-comes-back"
    answer = failure(400, {"message": f"Bearer {secret} is no good"})
    with recording(answer) as recorder, mct.Client(secret, base_url=recorder.url) as client:
        with pytest.raises(mct.RejectedError) as refused:
            client.publish_tokens.list_page()
        assert secret not in str(vars(refused.value))


@pytest.mark.parametrize("http_status", [401, 403])
def test_401_and_403_are_unauthorized(http_status: int) -> None:
    error = error_of(failure(http_status, {"message": "Unauthorized"}))
    assert isinstance(error, mct.UnauthorizedError)
    assert error.http_status == http_status


def test_the_api_refusing_names_the_field_and_keeps_the_apis_words() -> None:
    error = error_of(failure(400, {"label": "The label is not to our liking."}))
    assert isinstance(error, mct.RejectedError)
    assert error.field == "label"
    assert "not to our liking" in str(error)
    assert "not to our liking" in json.dumps(json.loads(error.details or ""))


def test_too_many_requests_tell_how_long_to_wait() -> None:
    error = error_of(failure(429, {"message": "Slow down"}, {"Retry-After": "7"}))
    assert isinstance(error, mct.RateLimitedError)
    assert (error.retry_after_ms, error.http_status) == (7000, 429)
    assert error_of(failure(429, {"message": "Slow down"})).retry_after_ms is None


def test_a_fault_of_the_server_is_told_as_one() -> None:
    envelope = json.dumps({"status": "error", "message": "Oops", "code": 500, "data": None}).encode()
    for answer in (Answer(500, envelope, {"Content-Type": "application/json"}), Answer(503, b"", {})):
        error = error_of(answer)
        assert isinstance(error, mct.ServerError)
        assert error.http_status == answer.status


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html><body>Please log in to the wifi</body></html>", {"Content-Type": "text/html"}),
        Answer(200, b"", {}),
        Answer(200, b'{"status":"success","data":[', {"Content-Type": "application/json"}),
        Answer(302, b"", {"Location": "https://example.com/"}),
        Answer(200, b'{"status":"success","data":[{"id":1,"id":2}]}', {"Content-Type": "application/json"}),
    ],
    ids=["a proxy's page", "nothing", "half", "a redirect", "a name twice"],
)
def test_an_answer_that_is_not_the_apis_is_a_protocol_error(answer: Answer) -> None:
    error = error_of(answer)
    assert isinstance(error, mct.ProtocolError)
    assert error.http_status == answer.status


def test_a_token_that_is_missing_from_the_answer_is_a_protocol_error(recorder: Recorder) -> None:
    recorder.answer = Answer(200, b'{"status":"success"}', {"Content-Type": "application/json"})
    with mct.Client("secret", base_url=recorder.url) as client:
        for call in (lambda: client.publish_tokens.read(1), lambda: client.subscribe_tokens.create("l", ["s"])):
            with pytest.raises(mct.ProtocolError):
                call()


def test_an_answer_over_the_limit_is_a_protocol_error() -> None:
    answer = Answer(200, json.dumps({"status": "success", "data": ["x" * 2000]}).encode(), {})
    assert isinstance(error_of(answer, max_answer_bytes=1000), mct.ProtocolError)


def test_a_server_that_cannot_be_reached_is_a_connect_error_and_nothing_was_sent() -> None:
    with mct.Client("secret", base_url=f"http://127.0.0.1:{unused_port()}", max_retries=0) as client:
        with pytest.raises(mct.ConnectError) as failed:
            client.subscribe_tokens.create("l", ["s"])
        assert failed.value.outcome is mct.Outcome.NOT_SENT
        assert failed.value.http_status == 0
        with pytest.raises(mct.ConnectError):
            client.subscribe_tokens.read(1)


def test_a_create_that_is_not_answered_has_an_unknown_outcome_and_is_sent_once() -> None:
    with silent() as server, mct.Client("secret", base_url=server.url, timeout=0.3) as client:
        with pytest.raises(mct.CallTimeoutError) as failed:
            client.subscribe_tokens.create("l", ["s"])
        assert failed.value.outcome is mct.Outcome.UNKNOWN
        assert len(server.connections) == 1


def test_a_create_is_not_repeated_after_a_bad_gateway_and_a_read_is() -> None:
    gateway = recording(Answer(502, b"", {}))
    with gateway as recorder, mct.Client("secret", base_url=recorder.url, max_retries=2) as client:
        with pytest.raises(mct.ServerError) as failed:
            client.publish_tokens.create("l", ["s"])
        assert failed.value.outcome is mct.Outcome.UNKNOWN
        assert len(recorder.asked) == 1
        with pytest.raises(mct.ServerError):
            client.publish_tokens.read(1)
        assert len(recorder.asked) == 4


def test_a_field_of_an_answer_that_is_of_a_wrong_type_is_told_without_its_value(recorder: Recorder) -> None:
    recorder.answer = success({"id": 1, "token": {"secret": "hidden-value"}})
    with mct.Client("secret", base_url=recorder.url) as client, pytest.raises(mct.ProtocolError) as failed:
        client.subscribe_tokens.read(1)
    assert "hidden-value" not in str(vars(failed.value))


def test_a_wrong_field_is_a_value_error_to_code_that_knows_nothing_of_this_package() -> None:
    with pytest.raises(ValueError, match="label"):
        mct.PublishTokenSpec("", ["s"])
