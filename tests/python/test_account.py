"""Clusters, live streams, disabling in bulk and restreaming."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import millicast_tokens as mct
import pytest
from millicast_tokens.testing import Emulator

from servers import Recorder, failure, query, success


@pytest.fixture
def live(client: mct.Client, emulator: Emulator) -> Iterator[dict[str, int]]:
    """Two tokens with live streams, by the names of these; one of them has a slash in its name."""
    tokens = {}
    for stream in ("MainCam", "stage/left"):
        tokens[stream] = client.publish_tokens.create("live", [stream]).id
        emulator.set_live(tokens[stream], stream, True)
    yield tokens
    for token in tokens.values():
        client.publish_tokens.delete(token)


def test_disabling_tells_of_each_token_whether_it_was_and_why_not(client: mct.Client) -> None:
    tokens = [client.publish_tokens.create(f"label {number}", ["s"]).id for number in range(3)]
    result = client.publish_tokens.disable([tokens[0], 424242, tokens[2]])
    assert result.successes == (tokens[0], tokens[2])
    (failed,) = result.failures
    assert failed.id == 424242
    assert "424242" in (failed.message or "")
    assert [client.publish_tokens.read(token).is_active for token in tokens] == [False, True, False]
    assert client.publish_tokens.update(tokens[0], is_active=True).is_active is True
    # One that is disabled already is a success, and any iterable is a list.
    assert client.publish_tokens.disable(token for token in tokens[1:]).successes == tuple(tokens[1:])


def test_a_running_stream_goes_on_when_its_token_is_disabled(client: mct.Client, live: dict[str, int]) -> None:
    assert client.publish_tokens.disable(live.values()).failures == ()
    assert set(client.publish_tokens.active_ids()) >= set(live.values())


def test_disabling_no_token_at_all_is_refused_before_it_is_sent(recorded: mct.Client, recorder: Recorder) -> None:
    with pytest.raises(mct.InvalidArgumentError) as refused:
        recorded.publish_tokens.disable([])
    assert refused.value.field == "tokenIds"
    for beyond in (-1, 2**64):
        with pytest.raises(mct.InvalidArgumentError) as refused:
            recorded.publish_tokens.disable([5, beyond])
        assert refused.value.field == "tokenIds"
    wrongs: list[Any] = [["5"], [True], [5.0], 5, "5"]
    for wrong in wrongs:
        with pytest.raises(TypeError, match="tokenIds"):
            recorded.publish_tokens.disable(wrong)
    assert not recorder.asked


def test_what_was_disabled_is_told_even_where_the_answer_has_holes(recorded: mct.Client, recorder: Recorder) -> None:
    recorder.answer = success(
        {"successfulTokens": [5, None, "7"], "failedTokens": [None, {"errorMessage": "no"}, {"tokenId": 6}], "more": 1}
    )
    result = recorded.publish_tokens.disable([5, 6, 7])
    assert result.successes == (5, 7)
    assert result.failures == (mct.DisableFailure(0, "no"), mct.DisableFailure(6, None))
    assert json.loads(result.json)["more"] == 1
    for wrong in ([], [[1]], {"successfulTokens": {}}, {"failedTokens": [[6, "no"]]}):
        recorder.answer = success(wrong)
        with pytest.raises(mct.ProtocolError):
            recorded.publish_tokens.disable([5])


def test_ids_are_sent_as_numbers_whole(recorded: mct.Client, recorder: Recorder) -> None:
    recorder.answer = success({})
    assert recorded.publish_tokens.disable([0, 2**53 + 1, 2**64 - 1]) == mct.DisableResult((), ())
    asked = recorder.asked[0]
    assert (asked.method, asked.path) == ("PATCH", "/api/publish_token/disable")
    assert asked.json == {"tokenIds": [0, 2**53 + 1, 2**64 - 1]}


def test_the_tokens_of_one_live_stream_and_of_all(client: mct.Client, emulator: Emulator, live: dict[str, int]) -> None:
    calls = client.publish_tokens
    assert set(calls.active_ids()) >= set(live.values())
    for stream, token in live.items():
        assert calls.active_ids(f"emulator/{stream}") == [token]
    assert calls.active_ids("emulator/another") == calls.active_ids("another-account/MainCam") == []
    emulator.set_live(live["MainCam"], "MainCam", False)
    assert calls.active_ids("emulator/MainCam") == []
    assert live["MainCam"] not in calls.active_ids()


def test_a_stream_that_is_asked_for_is_sent_whole(recorded: mct.Client, recorder: Recorder) -> None:
    recorder.answer = success({"tokenIds": ["7", 2**63]})
    assert recorded.publish_tokens.active_ids("account/a/b c&d=ü") == [7, 2**63]
    assert recorded.publish_tokens.active_ids() == [7, 2**63]
    of_one, of_all = recorder.asked
    assert of_one.path.partition("?")[0] == "/api/publish_token/active"
    assert query(of_one) == {"streamId": ["account/a/b c&d=ü"]}
    assert of_all.path == "/api/publish_token/active/all"


@pytest.mark.parametrize("stream_id", ["", "no-slash", "/name", "account/"])
def test_what_is_no_stream_id_is_refused_before_it_is_sent(
    recorded: mct.Client, recorder: Recorder, stream_id: str
) -> None:
    with pytest.raises(mct.InvalidArgumentError) as refused:
        recorded.publish_tokens.active_ids(stream_id)
    assert refused.value.field == "streamId"
    with pytest.raises(TypeError, match="streamId"):
        recorded.publish_tokens.active_ids(5)  # type: ignore[arg-type]  # what the test is about
    assert not recorder.asked


def test_a_restream_is_synced_and_of_no_token_it_is_not_found(client: mct.Client) -> None:
    token = client.publish_tokens.create("label", ["s"], restream=[mct.Restream("rtmp://example.com/live", "12345")])
    client.publish_tokens.sync_restream(token.id)
    with pytest.raises(mct.NotFoundError):
        client.publish_tokens.sync_restream(424242)
    with pytest.raises(TypeError, match="token_id"):
        client.publish_tokens.sync_restream("5")  # type: ignore[arg-type]  # what the test is about


def test_a_token_of_another_account_is_not_found_by_the_published_words_too(
    recorded: mct.Client, recorder: Recorder
) -> None:
    recorder.answer = failure(400, {"tokenId": "Invalid TokenId (100) for AccountId (200)"})
    with pytest.raises((mct.RejectedError, mct.NotFoundError), match="Invalid TokenId"):
        recorded.publish_tokens.sync_restream(100)
    assert (recorder.asked[0].method, recorder.asked[0].path) == ("POST", "/api/publish_token/100/restream/sync")


def test_the_clusters_of_the_account_have_places_and_one_is_its_default(client: mct.Client) -> None:
    clusters = client.clusters()
    assert clusters.default_id in {cluster.id for cluster in clusters.clusters}
    assert len({cluster.id for cluster in clusters.clusters}) == len(clusters.clusters) > 1
    placed = [cluster for cluster in clusters.clusters if cluster.location.city is not None]
    assert placed
    assert all(cluster.name and cluster.rtmp and cluster.srt for cluster in placed)
    token = client.publish_tokens.create("label", ["s"], origin_cluster=placed[0].id)
    assert token.origin_cluster == placed[0].id


def test_clusters_are_values_and_what_was_not_sent_is_none(recorded: mct.Client, recorder: Recorder) -> None:
    recorder.answer = success({"availableClusters": [{"id": "a", "location": None}, {"features": {}}], "more": 1})
    nothing = mct.Location(None, None, None)
    assert recorded.clusters() == mct.Clusters(
        None,
        (
            mct.Cluster("a", None, None, None, nothing, mct.ClusterFeatures(None)),
            mct.Cluster(None, None, None, None, nothing, mct.ClusterFeatures(None)),
        ),
    )
    assert json.loads(recorded.clusters().json)["more"] == 1
    recorder.answer = success({"defaultCluster": None, "availableClusters": None})
    assert recorded.clusters() == mct.Clusters(None, ())
    with pytest.raises(AttributeError):
        recorded.clusters().default_id = "x"  # type: ignore[misc]  # what the test is about


CALLS: list[Callable[[mct.Client], object]] = [
    mct.Client.clusters,
    lambda client: client.publish_tokens.active_ids(),
    lambda client: client.publish_tokens.disable([5]),
    lambda client: client.publish_tokens.sync_restream(5),
    lambda client: client.publish_tokens.update(5, label="l"),
    lambda client: client.subscribe_tokens.list_all(),
    lambda client: client.subscribe_tokens.iterate(),
    lambda client: client.analytics.streams_total("2024-01-01", "2024-01-02", ["s"]),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_call_of_a_client_that_is_closed_says_so(call: Callable[[mct.Client], object]) -> None:
    client = mct.Client("secret")
    client.close()
    with pytest.raises(mct.ClosedError):
        call(client)


def test_a_result_that_is_not_the_apis_is_a_protocol_error(recorded: mct.Client, recorder: Recorder) -> None:
    answers: list[Any] = [None, 5, {"tokenIds": 5}, {"tokenIds": [-1]}, {"tokenIds": ["x"]}]
    for answer in answers:
        recorder.answer = success(answer)
        with pytest.raises(mct.ProtocolError):
            recorded.publish_tokens.active_ids()
    results: list[Any] = [{"successfulTokens": [1.5]}, {"failedTokens": [[]]}, {"failedTokens": 5}]
    for answer in results:
        recorder.answer = success(answer)
        with pytest.raises(mct.ProtocolError):
            recorded.publish_tokens.disable([5])
