"""Lists by name and by cluster, lists of everything, and the iterator, while tokens come and go."""

from __future__ import annotations

import contextlib
import itertools
import random
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import millicast_tokens as mct
import pytest

from proxy import ProxiedEmulator
from servers import Answer, Asked, Recorder, failure, query, recording, success

KINDS = ["publish", "subscribe"]
BY = mct.FilterBy


@pytest.fixture(params=KINDS)
def calls(request: pytest.FixtureRequest, client: mct.Client) -> Iterator[Any]:
    """The calls for a kind of token; what a test made is deleted after it."""
    tokens: Any = getattr(client, f"{request.param}_tokens")
    before = {token.id for token in tokens.iterate()}
    yield tokens
    for token in tokens.list_all():
        if token.id not in before:
            tokens.delete(token.id)


def labels(tokens: Any) -> list[str]:
    return [token.label for token in tokens]


def test_a_list_by_name_looks_where_it_is_told_to(calls: Any) -> None:
    mark = uuid.uuid4().hex
    calls.create(f"{mark} label", ["other"])
    calls.create("other", [f"{mark} stream"])
    calls.create(f"{mark} both", [f"{mark} stream"])
    calls.create("neither", ["other"])
    calls.create("pattern", [mct.Stream(f"{mark}.*", is_regex=True)])
    in_label, in_both, in_stream = f"{mark} label", f"{mark} both", "other"
    expected = {
        BY.TOKEN_NAME: [in_both, in_label],
        BY.STREAM_NAME: [in_both, in_stream],
        BY.TOKEN_OR_STREAM_NAME: [in_both, in_label, in_stream],
        None: [in_both, in_label, in_stream],
    }
    for filter_by, found in expected.items():
        given = {"name": mark, "filter_by": filter_by, "sort_by": mct.SortBy.NAME}
        assert labels(calls.list_page(**given)) == sorted(found)
        assert labels(calls.list_all(**given, items_on_page=1)) == sorted(found)
        assert labels(calls.iterate(**given, items_on_page=2)) == sorted(found)
        assert labels(calls.list_page(**given, descending=True)) == sorted(found, reverse=True)
    assert calls.list_page(name=uuid.uuid4().hex) == []


def test_a_list_by_cluster_is_for_publish_tokens(client: mct.Client) -> None:
    cluster = f"cluster-{uuid.uuid4().hex}"
    there = {client.publish_tokens.create(f"label {n}", ["s"], origin_cluster=cluster).id for n in range(3)}
    client.publish_tokens.create("label", ["s"], origin_cluster=f"{cluster}-2")
    calls = client.publish_tokens
    assert {token.id for token in calls.list_page(cluster=cluster)} == there
    assert {token.id for token in calls.list_all(cluster=cluster, items_on_page=1)} == there
    assert {token.id for token in calls.iterate(cluster=cluster, items_on_page=2)} == there
    for listing in ("list_page", "list_all", "iterate"):
        with pytest.raises(TypeError, match="cluster"):
            getattr(client.subscribe_tokens, listing)(cluster=cluster)


def test_a_list_asks_for_what_was_set(recorded: mct.Client, recorder: Recorder) -> None:
    recorder.answer = success([])
    recorded.publish_tokens.list_page(name="a b&c", filter_by=BY.STREAM_NAME, page=2, items_on_page=5)
    recorded.subscribe_tokens.list_page(name="ü")
    recorded.publish_tokens.list_page(cluster="phx-1", sort_by=mct.SortBy.NAME, descending=False)
    by_name, of_both, by_cluster = recorder.asked
    assert by_name.path.partition("?")[0] == "/api/publish_token/list_by_name"
    assert query(by_name) == {"name": ["a b&c"], "filterBy": ["StreamName"], "page": ["2"], "itemsOnPage": ["5"]}
    assert of_both.path.partition("?")[0] == "/api/subscribe_token/list_by_name"
    assert query(of_both)["filterBy"] == ["TokenOrStreamName"]
    assert by_cluster.path.partition("?")[0] == "/api/publish_token/list_by_cluster"
    assert query(by_cluster) == {
        "cluster": ["phx-1"],
        "sortBy": ["Name"],
        "isDescending": ["false"],
        "page": ["1"],
        "itemsOnPage": ["100"],
    }


@pytest.mark.parametrize("listing", ["list_page", "list_all", "iterate"])
def test_options_that_do_not_go_together_or_are_none_are_refused_before_sending(
    recorded: mct.Client, recorder: Recorder, listing: str
) -> None:
    refusals: list[tuple[str, dict[str, Any]]] = [
        ("cluster", {"name": "n", "cluster": "c"}),
        ("filterBy", {"filter_by": BY.TOKEN_NAME}),
        ("filterBy", {"name": "n", "filter_by": 4}),
        ("filterBy", {"name": "n", "filter_by": 0}),
        ("name", {"name": ""}),
        ("cluster", {"cluster": ""}),
        ("page", {"page": 0}),
        ("itemsOnPage", {"items_on_page": 101}),
    ]
    refusals += [("max_pages", {"max_pages": number}) for number in (0, 2**31, 2**32)] * (listing != "list_page")
    for field, options in refusals:
        with pytest.raises(mct.InvalidArgumentError) as refused:
            getattr(recorded.publish_tokens, listing)(**options)
        assert refused.value.field == field
    for wrong in ({"name": b"n"}, {"cluster": 5}, {"name": "n", "filter_by": "TokenName"}, {"page": True}):
        with pytest.raises(TypeError):
            getattr(recorded.publish_tokens, listing)(**wrong)
    assert not recorder.asked


def test_everything_is_listed_over_several_pages_in_order_and_each_once(calls: Any) -> None:
    mark = uuid.uuid4().hex
    made = [calls.create(f"{mark} {number:03}", [f"{mark} s"]).label for number in range(57)]
    for items in (1, 7, 57, 100):
        given = {"name": mark, "items_on_page": items}
        assert labels(calls.list_all(**given)) == made
        assert labels(calls.iterate(**given)) == made
    assert labels(calls.list_all(name=mark, descending=True, items_on_page=10)) == made[::-1]
    assert labels(calls.list_all(name=mark, page=3, items_on_page=10)) == made[20:]
    assert labels(calls.iterate(name=mark, page=7, items_on_page=10)) == []
    everything = [token.id for token in calls.list_all()]
    assert len(set(everything)) == len(everything) >= len(made)


def test_the_iterator_meets_each_token_once_while_others_come_and_go(calls: Any) -> None:
    mark = uuid.uuid4().hex
    made = {f"{mark} m{number:03}": calls.create(f"{mark} m{number:03}", ["s"]).id for number in range(60)}
    given = {"name": mark, "filter_by": BY.TOKEN_NAME, "items_on_page": 10}
    seen: list[str] = []
    gone: set[str] = set()
    with calls.iterate(**given) as walk:
        for step, token in enumerate(walk):
            seen.append(token.label)
            # One in front of what was read moves what follows back, one that goes there moves it forward.
            calls.create(f"{mark} a{step:03}", ["s"])
            if step % 3 == 0 and token.label in made:
                calls.delete(token.id)
            if step % 7 == 0 and step < 28:
                ahead = f"{mark} m{59 - step:03}"
                calls.delete(made[ahead])
                gone.add(ahead)
    assert seen == sorted(seen)
    assert len(set(seen)) == len(seen)
    assert set(made) - gone <= set(seen)
    assert not gone & set(seen)


def test_an_account_is_emptied_as_it_is_walked_and_that_takes_few_requests(
    calls: Any, emulator: ProxiedEmulator
) -> None:
    mark = uuid.uuid4().hex
    made = [calls.create(f"{mark} {number:03}", ["s"]).id for number in range(200)]
    lines: list[str] = []
    with mct.Client(emulator.secret, base_url=emulator.url, log=lambda _, line: lines.append(line)) as walking:
        others: Any = walking.publish_tokens if "Publish" in type(calls).__name__ else walking.subscribe_tokens
        seen = []
        for token in others.iterate(name=mark, items_on_page=10):
            seen.append(token.id)
            calls.delete(token.id)
    assert seen == made
    assert calls.list_all(name=mark) == []
    assert len(lines) <= 3 * len(made) / 10


def test_a_list_of_everything_holds_what_was_there_all_the_time(calls: Any, emulator: ProxiedEmulator) -> None:
    mark = uuid.uuid4().hex
    stable = {calls.create(f"{mark} {number:03}", ["s"]).id for number in range(40)}
    stop = threading.Event()

    def come_and_go() -> None:
        with mct.Client(emulator.secret, base_url=emulator.own_url) as client:
            others: Any = client.publish_tokens if "Publish" in type(calls).__name__ else client.subscribe_tokens
            for number in itertools.count():
                token = others.create(f"{mark} {number % 40:03}-", ["s"])
                others.delete(token.id)
                if stop.is_set():
                    return

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        for _ in range(10):
            listed = [token.id for token in calls.list_all(name=mark, items_on_page=7)]
            assert len(set(listed)) == len(listed)
            assert set(listed) >= stable
    finally:
        stop.set()
        thread.join()


def test_a_short_list_that_trembles_with_every_request_loses_none() -> None:
    stable = {number: f"{number:03}" for number in range(40)}
    numbers = itertools.count(1000)
    for seed in range(150):
        chance = random.Random(seed)  # noqa: S311  # the same places in every run

        def answer(asked: Asked, chance: random.Random = chance) -> Answer:
            passing = {next(numbers): f"{chance.randrange(40):03}-" for _ in range(chance.randrange(3))}
            there = stable | passing
            page, items = int(query(asked)["page"][0]), int(query(asked)["itemsOnPage"][0])
            ids = sorted(there, key=lambda number: there[number])[(page - 1) * items : page * items]
            return success([{"id": number, "label": there[number]} for number in ids])

        with recording(answer) as recorder, mct.Client("secret", base_url=recorder.url) as client:
            listed = [token.id for token in client.publish_tokens.list_all(items_on_page=7)]
        assert [number for number in listed if number in stable] == list(stable)


class Moving:
    """An account whose tokens, by id, are sorted by their labels, and whose list moves as a test wants it to."""

    def __init__(self, labels: dict[int, str]) -> None:
        self.labels = labels
        self.asked = 0

    def page(self, asked: Asked) -> Answer:
        """A page, as the API pages: by position."""
        self.asked += 1
        page, items = int(query(asked)["page"][0]), int(query(asked)["itemsOnPage"][0])
        ids = sorted(self.labels, key=lambda number: (self.labels[number], number))[(page - 1) * items : page * items]
        return success([{"id": number, "label": self.labels[number]} for number in ids])

    @contextlib.contextmanager
    def walked(self, **given: Any) -> Iterator[Iterator[mct.PublishToken]]:
        """An iterator over it."""
        with recording(self.page) as recorder, mct.Client("secret", base_url=recorder.url) as client:
            yield client.publish_tokens.iterate(**given)


def test_a_token_that_is_renamed_costs_none_of_the_others() -> None:
    account = Moving({number: f"{number:06}" for number in range(1, 1001)})
    with account.walked() as walk:
        seen = []
        for token in walk:
            seen.append(token.id)
            if token.id % 100 == 0:
                # The last one of a page, to a place that comes soon.
                account.labels[token.id] = f"{token.id + 60:06}x"
    assert seen == list(range(1, 1001))


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 1.0])
def test_however_many_tokens_are_renamed_the_others_come_each_once(share: float) -> None:
    for seed in range(4):
        chance = random.Random(seed)  # noqa: S311  # the same places in every run
        account = Moving({number: f"{chance.randrange(10**6):06}" for number in range(1, 1501)})
        renamed: set[int] = set()
        seen: list[int] = []
        with account.walked() as walk:
            for token in walk:
                seen.append(token.id)
                if chance.random() < share:
                    account.labels[token.id] = f"{chance.randrange(10**6):06}"
                    renamed.add(token.id)
        assert len(set(seen)) == len(seen)
        assert set(account.labels) - renamed <= set(seen)
        others = [number for number in seen if number not in renamed]
        assert others == sorted(others, key=lambda number: (account.labels[number], number))


def test_a_prefix_that_is_renamed_as_it_is_walked_comes_once() -> None:
    account = Moving({number: f"cam{number:06}" for number in range(1, 3001)})
    seen = []
    with account.walked() as walk:
        for token in walk:
            seen.append(token.id)
            account.labels[token.id] = "dam" + (token.label or "")[3:]
    assert len(set(seen)) == len(seen) == 3000


def test_what_is_deleted_behind_many_that_stay_repeats_none_of_those() -> None:
    labels = [
        f"{group}{number:06}" for group, count in (("a", 5000), ("b", 2500), ("c", 500)) for number in range(count)
    ]
    account = Moving(dict(enumerate(labels, 1)))
    seen = []
    with account.walked() as walk:
        for token in walk:
            seen.append(token.label)
            if (token.label or "").startswith("b"):
                del account.labels[token.id]
    assert seen == labels
    assert account.asked < 3 * len(labels) / 100


def test_many_that_are_added_in_front_bring_none_that_came_again() -> None:
    account = Moving({number: f"m{number:06}" for number in range(1, 5001)})
    seen = []
    with account.walked() as walk:
        for token in walk:
            seen.append(token.id)
            if len(seen) == 2500:
                account.labels.update({10_000 + number: f"a{number:06}" for number in range(2500)})
    assert seen == list(range(1, 5001))


@pytest.mark.parametrize("items", [1, 2, 5, 10, 30, 50, 100])
def test_bursts_as_large_as_a_page_in_front_of_the_reader_are_no_end(items: int) -> None:
    account = Moving({number: f"m{number:06}" for number in range(1, 1201)})
    bursts = itertools.count(10_000)

    def answer(asked: Asked) -> Answer:
        if 3 <= account.asked <= 8:
            account.labels.update({next(bursts): f"a{number:06}" for number in range(items)})
        return account.page(asked)

    with recording(answer) as recorder, mct.Client("secret", base_url=recorder.url) as client:
        listed = [token.id for token in client.publish_tokens.list_all(items_on_page=items)]
    assert [number for number in listed if number <= 1200] == list(range(1, 1201))


def test_a_list_of_one_page_takes_one_request_more_and_no_other() -> None:
    for count, most in ((0, 1), (1, 2), (37, 2), (99, 2), (100, 2)):
        account = Moving({number: f"{number:03}" for number in range(count)})
        with account.walked() as walk:
            assert len(list(walk)) == count
        assert account.asked <= most


@pytest.mark.parametrize("items", [1, 2, 3, 5, 10, 13, 30])
def test_whatever_the_size_of_pages_a_list_that_moves_with_each_request_loses_none(items: int) -> None:
    for seed in range(6):
        chance = random.Random(seed)  # noqa: S311  # the same places in every run
        account = Moving({number: f"m{number:06}" for number in range(1, 201)})

        def answer(asked: Asked, account: Moving = account, chance: random.Random = chance) -> Answer:
            for _ in range(chance.randrange(4)):
                passing = [number for number in account.labels if number > 200]
                if passing and chance.random() < 0.5:
                    del account.labels[chance.choice(passing)]
                else:
                    account.labels[1000 + chance.randrange(10**6)] = f"m{chance.randrange(200):06}+"
            return account.page(asked)

        with recording(answer) as recorder, mct.Client("secret", base_url=recorder.url) as client:
            listed = [token.id for token in client.publish_tokens.iterate(items_on_page=items)]
        assert [number for number in listed if number <= 200] == list(range(1, 201))


def test_a_list_that_grows_behind_its_end_is_read_in_large_pages_again() -> None:
    account = Moving({1: "m000001"})
    with account.walked() as walk:
        assert next(walk).id == 1
        account.labels.update({number: f"m{number:06}" for number in range(2, 3001)})
        assert [token.id for token in walk] == list(range(2, 3001))
    assert account.asked < 50


def test_what_stands_in_front_of_the_first_page_is_not_read_when_that_is_deleted() -> None:
    account = Moving({number: f"m{number:06}" for number in range(1, 501)})
    seen = []
    with account.walked(page=3) as walk:
        for token in walk:
            seen.append(token.id)
            del account.labels[token.id]
    assert seen == list(range(201, 501))


def test_a_server_whose_pages_grow_is_an_error_and_no_crash() -> None:
    numbers = itertools.count(100)

    def answer(_: Asked) -> Answer:
        return success([{"id": number} for number in range(next(numbers))])

    with recording(answer) as recorder, mct.Client("secret", base_url=recorder.url) as client:
        with pytest.raises(mct.ProtocolError, match="pages grow"):
            client.publish_tokens.list_all()
        assert len(recorder.asked) < 10


def test_tokens_of_one_name_whose_order_is_left_to_chance_are_not_lost_at_the_border_of_pages() -> None:
    # The last two of each page of 100 change places whenever they are asked for.
    order = list(range(1, 401))
    turn = itertools.count()

    def answer(asked: Asked) -> Answer:
        page, items = int(query(asked)["page"][0]), int(query(asked)["itemsOnPage"][0])
        now = order[:]
        if next(turn) % 2:
            now[99], now[100] = now[100], now[99]
        return success([{"id": number, "label": "same"} for number in now[(page - 1) * items : page * items]])

    with recording(answer) as recorder, mct.Client("secret", base_url=recorder.url) as client:
        assert {token.id for token in client.publish_tokens.iterate()} == set(order)


def deaf(pages: Callable[[int, int], range]) -> Callable[[Asked], Answer]:
    """A server that hears of `page` and `itemsOnPage` what it likes."""

    def answer(asked: Asked) -> Answer:
        numbers = pages(int(query(asked)["page"][0]), int(query(asked)["itemsOnPage"][0]))
        return success([{"id": number, "label": f"{number:06}"} for number in numbers if number <= 1000])

    return answer


@pytest.mark.parametrize(
    ("pages", "expected", "most"),
    [
        (lambda page, _: range((page - 1) * 100 + 1, page * 100 + 1), 1000, 25),
        (lambda page, _: range((page - 1) * 150 + 1, page * 150 + 1), 1000, 25),
        (lambda page, items: range((page - 1) * min(items, 50) + 1, page * min(items, 50) + 1), 1000, 60),
        (lambda _, items: range(1, items + 1), 100, 8),
        (lambda *_: range(1, 101), 100, 8),
    ],
    ids=["size ignored", "larger pages", "smaller pages", "page ignored", "both ignored"],
)
def test_a_server_with_pages_of_its_own_loses_none_and_comes_to_an_end(
    pages: Callable[[int, int], range], expected: int, most: int
) -> None:
    with recording(deaf(pages)) as recorder, mct.Client("secret", base_url=recorder.url) as client:
        listed = [token.id for token in client.publish_tokens.list_all()]
        assert listed == sorted(set(listed))
        assert len(listed) >= expected
        assert len(recorder.asked) <= most


def test_pages_that_are_short_in_the_middle_are_no_end() -> None:
    # Places are counted with tokens that are not shown.
    def answer(asked: Asked) -> Answer:
        page, items = int(query(asked)["page"][0]), int(query(asked)["itemsOnPage"][0])
        places = range((page - 1) * items + 1, min(page * items, 1000) + 1)
        return success([{"id": number, "label": f"{number:06}"} for number in places if number % 40])

    with recording(answer) as recorder, mct.Client("secret", base_url=recorder.url) as client:
        listed = [token.id for token in client.publish_tokens.list_all()]
        assert listed == [number for number in range(1, 1001) if number % 40]


def test_a_server_that_says_one_token_for_ever_comes_to_an_end() -> None:
    def answer(asked: Asked) -> Answer:
        return success([{"id": 7, "label": "x"}] * int(query(asked)["itemsOnPage"][0]))

    with recording(answer) as recorder, mct.Client("secret", base_url=recorder.url) as client:
        assert [token.id for token in client.publish_tokens.list_all()] == [7]
        assert len(recorder.asked) <= 5


@contextlib.contextmanager
def endless() -> Iterator[tuple[Recorder, mct.Client]]:
    """A server whose list never ends: each page is full, of tokens that were never there before."""
    numbers = itertools.count(1)

    def answer(asked: Asked) -> Answer:
        items = int(query(asked)["itemsOnPage"][0])
        tokens = [{"id": next(numbers), "label": "l"} for _ in range(items - 1)]
        # A token that was there on the page before: the pages hang together.
        return success([{"id": 10**9}, *tokens])

    with recording(answer) as recorder, mct.Client("secret", base_url=recorder.url) as client:
        yield recorder, client


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_that_never_ends_is_given_up_after_so_many_pages(kind: str) -> None:
    with endless() as (recorder, client):
        calls = getattr(client, f"{kind}_tokens")
        with pytest.raises(mct.ProtocolError, match="did not end within 5 pages"):
            calls.list_all(max_pages=5)
        assert len(recorder.asked) == 5
        walk = calls.iterate(max_pages=3)
        with pytest.raises(mct.ProtocolError, match="did not end within 3 pages"):
            for _ in walk:
                pass
        assert len(recorder.asked) == 8


def test_nothing_is_sent_before_the_first_step_and_pages_are_read_as_they_are_needed() -> None:
    def answer(asked: Asked) -> Answer:
        page, items = int(query(asked)["page"][0]), int(query(asked)["itemsOnPage"][0])
        return success([{"id": number} for number in range(1 + (page - 1) * items, 1 + page * items) if number <= 30])

    with recording(answer) as recorder, mct.Client("secret", base_url=recorder.url) as client:
        walk = client.publish_tokens.iterate(items_on_page=10)
        assert not recorder.asked
        assert next(walk).id == 1
        assert [next(walk).id for _ in range(9)] == list(range(2, 11))
        assert len(recorder.asked) == 1
        assert next(walk).id == 11
        assert len(recorder.asked) == 2
        assert [token.id for token in walk] == list(range(12, 31))
        # The end is the end, also when it is asked again.
        asked = len(recorder.asked)
        assert list(walk) == []
        assert len(recorder.asked) == asked


def test_an_iterator_that_is_closed_says_so_and_one_at_its_end_does_not(client: mct.Client) -> None:
    for number in range(3):
        client.subscribe_tokens.create(f"closed {number}", ["s"])
    walk = client.subscribe_tokens.iterate(items_on_page=1)
    assert repr(walk) == "<TokenIterator of SubscribeTokens, open>"
    with walk as same:
        assert same is walk is iter(walk)
        first = next(walk)
    assert repr(walk).endswith("closed>")
    walk.close()
    with pytest.raises(mct.ClosedError):
        next(walk)
    # What it gave lives on.
    assert first.label is not None
    over = client.subscribe_tokens.iterate(name=uuid.uuid4().hex)
    assert list(over) == []
    over.close()
    assert list(over) == []
    assert repr(over).endswith("at its end>")


def test_an_iterator_of_a_client_that_is_closed_says_so(emulator: ProxiedEmulator) -> None:
    with mct.Client(emulator.secret, base_url=emulator.url) as client:
        client.publish_tokens.create("label", ["s"])
        walk = client.publish_tokens.iterate(items_on_page=1)
        next(walk)
    with pytest.raises(mct.ClosedError):
        next(walk)


def test_after_an_error_the_next_step_tries_the_same_page_again(recorder: Recorder) -> None:
    with mct.Client("secret", base_url=recorder.url, max_retries=0) as client:
        recorder.answer = success([{"id": 1}])
        walk = client.subscribe_tokens.iterate(items_on_page=1)
        assert next(walk).id == 1
        recorder.answer = failure(500, {"message": "no"})
        for _ in range(2):
            with pytest.raises(mct.ServerError):
                next(walk)
        recorder.answer = success([{"id": 2}])
        assert next(walk).id == 2


def test_two_threads_in_one_iterator_at_once_are_an_error_and_no_crash() -> None:
    is_asked, may_answer = threading.Event(), threading.Event()

    def answer(_: Asked) -> Answer:
        is_asked.set()
        may_answer.wait(10)
        return success([{"id": 1}])

    with recording(answer) as recorder, mct.Client("secret", base_url=recorder.url) as client:
        walk = client.publish_tokens.iterate(items_on_page=1)
        found: list[int] = []
        thread = threading.Thread(target=lambda: found.append(next(walk).id))
        thread.start()
        try:
            assert is_asked.wait(10)
            with pytest.raises(RuntimeError, match="another thread"):
                next(walk)
            # Who closes it meanwhile takes nothing from the step that is under way.
            walk.close()
        finally:
            may_answer.set()
            thread.join()
        assert found == [1]
        with pytest.raises(mct.ClosedError):
            next(walk)
