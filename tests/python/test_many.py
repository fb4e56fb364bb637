"""An account of 100,000 tokens is walked in flat memory, while tokens come and go."""

from __future__ import annotations

import bisect
import json
import random
from collections.abc import Iterator

import millicast_tokens as mct
import pytest

from servers import Answer, Asked, Recorder, query, recording
from test_memory import SLACK, STATM, resident

MANY = 100_000
JSON = {"Content-Type": "application/json"}


class Account:
    """Tokens by their labels, in order. A label is the number of a token that is there from the beginning, or more."""

    def __init__(self) -> None:
        self.labels = [f"{number:06}" for number in range(MANY)]
        self.chance = random.Random(2024)  # noqa: S311  # the same places in every run
        self.added = 0

    def page(self, asked: Asked) -> Answer:
        """A page, as the API pages: by position."""
        wanted = query(asked)
        page, items = int(wanted["page"][0]), int(wanted["itemsOnPage"][0])
        labels = self.labels[(page - 1) * items : page * items]
        tokens = [{"id": self.id_of(label), "label": label, "token": f"{label:>064}"} for label in labels]
        return Answer(200, json.dumps({"status": "success", "data": tokens}).encode(), JSON)

    @staticmethod
    def id_of(label: str) -> int:
        number, _, more = label.partition("+")
        return int(number) + (int(more) * 10**7 if more else 0)

    def add(self, number: int) -> None:
        """A token behind the one that has this number."""
        self.added += 1
        bisect.insort(self.labels, f"{number:06}+{self.added:06}")

    def delete(self, label: str) -> None:
        """A token of this label."""
        del self.labels[bisect.bisect_left(self.labels, label)]

    def move(self) -> None:
        """Adds one anywhere and deletes one of those that were added, so that there are always about as many."""
        self.add(self.chance.randrange(MANY))
        place = self.chance.randrange(len(self.labels))
        added = next((label for label in self.labels[place : place + 500] if "+" in label), None)
        if added is not None:
            self.delete(added)


@pytest.fixture
def account() -> Iterator[tuple[Account, Recorder]]:
    """A server of an account whose tokens are many."""
    account = Account()
    for _ in range(2000):
        account.add(account.chance.randrange(MANY))

    def answer(asked: Asked) -> Answer:
        # The recorder remembers what it was asked, and that is not what is measured here.
        recorder.asked.clear()
        return account.page(asked)

    with recording(answer) as recorder:
        yield account, recorder


def test_a_hundred_thousand_tokens_are_walked_in_order_each_once_while_others_come_and_go(
    account: tuple[Account, Recorder],
) -> None:
    tokens, recorder = account
    expected, early = 0, 0
    others: set[str] = set()
    with mct.Client("secret", base_url=recorder.url) as client, client.publish_tokens.iterate() as walk:
        for step, token in enumerate(walk):
            label = token.label or ""
            if "+" in label:
                assert label not in others
                others.add(label)
            else:
                # Of those that are there from the beginning every single one comes, once and in its turn.
                assert int(label) == expected
                expected += 1
            if step % 5 == 0:
                tokens.move()
            if step % 10 == 0:
                # One that was met is deleted: what follows moves forward.
                tokens.delete(label)
            if step == 50_000:
                # Many in front of what was met are deleted, or added: more than pages overlap.
                del tokens.labels[10_000:10_500]
            if step == 70_000:
                for _ in range(500):
                    tokens.add(500)
            if step == 10_000 and STATM.exists():
                early = resident()
    assert expected == MANY
    assert len(others) > 1000
    if STATM.exists():
        assert resident() - early < SLACK


def test_a_hundred_thousand_tokens_are_listed_at_once(account: tuple[Account, Recorder]) -> None:
    tokens, recorder = account
    with mct.Client("secret", base_url=recorder.url, timeout=60) as client:
        listed = client.publish_tokens.list_all()
    assert [token.label for token in listed] == tokens.labels
