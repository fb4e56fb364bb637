"""What a notebook shows of tokens: a table, escaped, without any secret."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import millicast_tokens as mct
import pytest
from IPython.core.formatters import DisplayFormatter

HOSTILE = "<script>alert('1')</script>\"&</td></table> $x$"
TOKENS = (mct.PublishToken, mct.SubscribeToken)


class Table(HTMLParser):
    """The texts of a table's cells, row by row, and every tag that there is."""

    def __init__(self, html: str) -> None:
        """Reads it."""
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A row, or a cell of one."""
        assert not attrs or tag == "table"
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        """The text of a cell, or behind the table."""
        self.rows[-1][-1] += data


def shown(value: Any) -> str:
    """What IPython gives a notebook's page."""
    html: str = DisplayFormatter().format(value)[0].get("text/html", "")
    return html


def token(kind: type[Any] = mct.SubscribeToken, **fields: Any) -> Any:
    """A token that has a secret string."""
    return kind.from_json(json.dumps({"id": 7, "label": "show", "token": "the-token-string", **fields}))


@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_is_a_table_of_what_tells_it_apart(kind: type[Any]) -> None:
    streams = [{"streamName": "Cam", "isRegex": False}, {"streamName": "a.*", "isRegex": True}]
    made = token(kind, streams=streams, isActive=True, expiresOn="2026-01-02T03:04:05Z")
    table = Table(made._repr_html_())
    assert table.rows == [
        ["id", "label", "streams", "state", "expires"],
        ["7", "show", "Cam, a.* (pattern)", "active", "2026-01-02 03:04:05 UTC"],
    ]
    assert shown(made) == made._repr_html_()


@pytest.mark.parametrize(
    ("fields", "state", "expires"),
    [
        ({}, "unknown", "never"),
        ({"isActive": False, "expiresOn": None}, "disabled", "never"),
        ({"isActive": True, "expiresOn": "some day"}, "active", "at a date that can't be read"),
    ],
)
def test_what_the_api_did_not_say_is_told_apart(fields: dict[str, Any], state: str, expires: str) -> None:
    assert Table(token(**fields)._repr_html_()).rows[1][3:] == [state, expires]


def test_a_hostile_label_or_stream_stays_a_text() -> None:
    made = token(label=HOSTILE, streams=[{"streamName": HOSTILE, "isRegex": False}])
    table = Table(shown(made))
    assert table.rows[1][1:3] == [HOSTILE, HOSTILE]
    assert table.tags == {"table", "thead", "tbody", "tr", "th", "td"}
    # A text between two $ would be read as mathematics.
    assert shown(made).startswith('<table class="tex2jax_ignore mathjax_ignore">')


def test_many_streams_and_many_tokens_are_cut_short_and_counted() -> None:
    many = token(streams=[{"streamName": f"s{number}", "isRegex": False} for number in range(9)])
    assert Table(shown(many)).rows[1][2] == "s0, s1, s2, s3, s4, and 4 more"
    listed = mct.TokenList([many] * 53)
    html = shown(listed)
    assert html.endswith("<p>and 3 more</p>")
    assert len(Table(html).rows) == 51
    assert Table(shown(mct.TokenList())).rows == [["id", "label", "streams", "state", "expires"]]


def test_lists_that_calls_answer_are_tables_and_lists(client: mct.Client) -> None:
    made = client.publish_tokens.create("in a notebook", ["s"])
    for listed in (
        client.publish_tokens.list_page(name="in a notebook"),
        client.publish_tokens.list_all(name="in a notebook"),
        client.publish_tokens.find_created("in a notebook", ["s"], since=0),
    ):
        assert [row[0] for row in Table(shown(listed)).rows] == ["id", str(made.id)]
        assert isinstance(listed, list)
        assert repr(listed) == repr(list(listed))
        assert type(listed[:1]) is list
    client.publish_tokens.delete(made.id)


def test_a_notebook_shows_no_secret_of_anything() -> None:
    restream = [{"url": "rtmp://example.com", "key": "the-restream-key"}]
    publish = token(mct.PublishToken, restream=restream, srtPassphrase="the-passphrase")
    client, signer = mct.Client("the-api-secret"), mct.Signer(5, "the-key-of-it")
    claims = mct.Claims("s", 60, custom_viewer_data="a-persons-name")
    signed = signer.sign(claims)
    values: list[Any] = [publish, token(), mct.TokenList([publish, token()]), client, signer, claims, signed]
    values += [publish.restream, mct.Restream("u", "the-restream-key")]
    values += [mct.PublishTokenSpec("l", ["s"], restream=[mct.Restream("u", "the-restream-key")])]
    values += [mct.PublishTokenUpdate(restream=[mct.Restream("u", "the-restream-key")])]
    text = "".join(str(DisplayFormatter().format(value)) for value in values)
    hidden = ["the-token-string", "the-restream-key", "the-passphrase", "the-api-secret", "the-key-of-it", signed.jwt]
    assert "show" in text
    assert not [secret for secret in [*hidden, signed.jwt[:40], "a-persons-name"] if secret in text]
    client.close()
