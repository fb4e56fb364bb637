"""Tokens for many viewers, from a file to a file."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import stat
import time
from pathlib import Path
from typing import Any

import millicast_tokens as mct
import pyarrow as pa
import pytest
from millicast_tokens.cli import files
from millicast_tokens.testing import Emulator
from pyarrow import ipc, parquet
from pyarrow import json as arrow_json

from running import Cli

VIEWERS = ["ann", 'Ünïcode, "quoted"', "", "line\nbreak", "=1+1", "NULL"]


@pytest.fixture
def offline(cli: Cli, parent: Any) -> None:
    """Lets the parent's key come from the environment."""
    cli.more["MILLICAST_SUBSCRIBE_TOKEN"] = parent.json


@pytest.fixture
def bulk(cli: Cli, parent: Any, offline: None) -> Any:  # noqa: ARG001
    """The command with its parent, which is not asked for at the platform."""

    def run(source: object, target: object, *arguments: object, **options: Any) -> Any:
        return cli("sign-bulk", parent.id, source, target, "--stream", "show", *arguments, **options)

    return run


def csv_of(*rows: list[str]) -> str:
    """CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def viewers_in(folder: Path, form: str, viewers: list[str]) -> Path:
    """A file of viewers."""
    file = folder / f"viewers.{form}"
    table = pa.table({"viewer_data": viewers})
    if form == "csv":
        file.write_bytes(csv_of(["viewer_data"], *([viewer] for viewer in viewers)).encode())
    elif form == "jsonl":
        file.write_text("".join(json.dumps({"viewer_data": viewer}) + "\n" for viewer in viewers))
    elif form == "parquet":
        parquet.write_table(table, file)
    else:
        with (ipc.new_file if form == "arrow" else ipc.new_stream)(file, table.schema) as writer:
            writer.write_table(table)
    return file


def tokens_in(file: Path) -> list[dict[str, str]]:
    """What was written."""
    if file.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(file.read_text(), newline="")))
    if file.suffix == ".jsonl":
        return [json.loads(line) for line in file.read_text().splitlines()]
    table = parquet.read_table(file) if file.suffix == ".parquet" else ipc.open_file(file.read_bytes()).read_all()
    return list(table.to_pylist())


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("csv", "csv"),
        ("csv", "arrow"),
        ("jsonl", "jsonl"),
        ("arrow", "csv"),
        ("arrows", "parquet"),
        ("parquet", "jsonl"),
    ],
)
def test_every_viewer_gets_a_token_in_each_format(
    bulk: Any, tmp_path: Path, parent: Any, source: str, target: str
) -> None:
    out = tmp_path / f"tokens.{target}"
    bulk(viewers_in(tmp_path, source, VIEWERS), out, *(["--allow-line-breaks"] if source == "csv" else []))
    rows = tokens_in(out)
    assert [row["viewer_data"] for row in rows] == VIEWERS
    with mct.Signer.from_token(parent) as signer:
        assert [signer.verify(row["token"]).custom_viewer_data or "" for row in rows] == VIEWERS
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert {file.name for file in tmp_path.iterdir() if file.name.startswith(".")} == set()


def test_addresses_lifetimes_and_columns_to_keep(bulk: Any, tmp_path: Path, parent: Any) -> None:
    rows = [
        ["viewer_data", "allowed_ip_address", "order", "lifetime"],
        ["a", "192.0.2.1", "001", "30"],
        ["b", "2001:db8::1", "", ""],
    ]
    (tmp_path / "v.csv").write_text(csv_of(*rows))
    bulk("v.csv", "t.csv", "--keep", "order", "--lifetime", "2m", "--tracking-id", "partner", "--threads", 2)
    first, second = tokens_in(tmp_path / "t.csv")
    assert list(first) == ["viewer_data", "allowed_ip_address", "order", "lifetime", "token"]
    assert (first["order"], first["lifetime"]) == ("001", "30")
    with mct.Signer.from_token(parent) as signer:
        one, two = (signer.verify(row["token"]) for row in (first, second))
    assert [jwt.expires_at - jwt.issued_at for jwt in (one, two)] == [30, 120]
    assert (one.allowed_ip_addresses, two.allowed_ip_addresses) == (("192.0.2.1",), ("2001:db8::1",))
    assert one.tracking_id == "partner"


def test_arrow_with_dictionaries_and_lifetimes_that_are_missing(bulk: Any, tmp_path: Path, parent: Any) -> None:
    table = pa.table(
        {
            "viewer_data": pa.array(["ann", "bob"]).dictionary_encode(),
            "lifetime": pa.array([None, 7], pa.int8()),
            "seat": pa.array([[1], [2]]),
        }
    )
    parquet.write_table(table, tmp_path / "v.parquet")
    with ipc.new_file(tmp_path / "v.arrow", table.schema) as writer:
        writer.write_table(table)
    for source in ("v.arrow", "v.parquet"):
        assert "csv" in bulk(source, "u.csv", "--keep", "seat", code=3).err
        bulk(source, "t.csv", "--ignore-other-columns", "--lifetime", "1h", "--force")
        with mct.Signer.from_token(parent) as signer:
            jwts = [signer.verify(row["token"]) for row in tokens_in(tmp_path / "t.csv")]
        assert [(jwt.custom_viewer_data, jwt.expires_at - jwt.issued_at) for jwt in jwts] == [("ann", 3600), ("bob", 7)]
        bulk(source, "t.jsonl", "--keep", "seat", "--force")
        assert tokens_in(tmp_path / "t.jsonl")[0]["seat"] == [1]
    (tmp_path / "t.csv").rename(tmp_path / "again.csv")
    assert "'token'" in bulk("again.csv", "t.csv", "--keep", "token", code=3).err


def test_columns_of_other_names(bulk: Any, tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("customer,where,other\nann,192.0.2.1,x\n")
    named = ("--viewer-data-column", "customer", "--address-column", "where")
    assert "'other'" in bulk("v.csv", "t.csv", *named, code=3).err
    bulk("v.csv", "t.csv", *named, "--ignore-other-columns")
    assert list(tokens_in(tmp_path / "t.csv")[0]) == ["customer", "where", "token"]


def test_a_column_that_may_be_a_typo_is_an_error(bulk: Any, tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("viewer_data,alowed_ip_address\nann,192.0.2.1\n")
    assert "'alowed_ip_address'" in bulk("v.csv", "t.csv", code=3).err
    (tmp_path / "v.jsonl").write_text('{"viewer_data": "a"}\n{"viewer_data": "b", "lifetme": 3}\n')
    assert "'lifetme'" in bulk("v.jsonl", "t.csv", code=3).err
    (tmp_path / "w.csv").write_text("name\nann\n")
    assert "none of the columns" in bulk("w.csv", "t.csv", "--ignore-other-columns", code=3).err
    assert not (tmp_path / "t.csv").exists()


def test_lifetimes_alone_are_enough(bulk: Any, tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("lifetime\n5\n6\n")
    bulk("v.csv", "t.jsonl")
    assert len({row["token"] for row in tokens_in(tmp_path / "t.jsonl")}) == 2


MANY_GOOD = 20_000


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("x" * 1025, "customViewerData"),
        ("b,not-an-address", "allowedIpAddresses"),
        ("b,", "allowedIpAddresses"),
        ("b,192.0.2.1,0", "lifetime"),
    ],
)
def test_a_viewer_that_can_not_be_signed_for_is_named_by_row_and_line_and_nothing_is_written(
    bulk: Any, tmp_path: Path, bad: str, said: str
) -> None:
    columns = ["viewer_data", "allowed_ip_address", "lifetime"]
    cells = [*bad.split(","), *["192.0.2.1", "60"][len(bad.split(",")) - 1 :]]
    good = ['"line\nbreak"', "192.0.2.1", "60"]
    lines = [columns, *([good] * MANY_GOOD), [], cells, good]
    (tmp_path / "v.csv").write_text("".join(",".join(line) + "\n" for line in lines))
    failed = bulk("v.csv", "t.csv", "--allow-line-breaks", code=3)
    assert f"row {MANY_GOOD + 1} (line {1 + 2 * MANY_GOOD + 2} of v.csv)" in failed.err
    assert said in failed.err
    assert len(failed.err.splitlines()) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["v.csv"]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('viewer_data\nann\n\n"bob\ncarl\n', "row 2 (line 4 of v.csv)"),
        ('viewer_data\nann\n"bob\n"carl"\n', "row 2 (line 3 of v.csv)"),
        ('viewer_data,seat\nann,1\nbob,"2\ncarl,"3"\n', "row 2 (line 3 of v.csv)"),
        ('viewer_data\r\nann\r\n"bob\rcarl"\r\n', "row 2 (line 3 of v.csv)"),
        ("viewer_data\n" + "ann\n" * 300_000 + '"bob\n' + "carl\n" * 9, "row 300001 (line 300002 of v.csv)"),
        ("viewer_data\n" + '"bob\n' + "carl\n" * 90_000, "row 1 (line 2 of v.csv)"),
        ('"viewer_data\n",seat\nann,1\n', "the name of a column"),
    ],
)
def test_a_closing_quote_that_is_lost_makes_no_viewer_of_the_rest(
    bulk: Any, tmp_path: Path, content: str, place: str
) -> None:
    (tmp_path / "v.csv").write_bytes(content.encode())
    refused = bulk("v.csv", "t.csv", "--ignore-other-columns", code=3)
    assert place in refused.err
    assert "--allow-line-breaks" in refused.err
    assert len(refused.err) < 200
    assert not (tmp_path / "t.csv").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 3 of v.jsonl is not JSON"),
        ("[]", "no JSON object"),
        ('{"viewer_data": 1}', "no text"),
        ('{"viewer_data": "x", "lifetime": true}', "whole number"),
        ('{"viewer_data": "\\ud800"}', "UTF-8"),
    ],
)
def test_a_line_of_json_that_is_wrong_is_named(bulk: Any, tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "v.jsonl").write_text(f'{{"viewer_data": "a"}}\n\n{line}\n')
    assert said.replace("no text", "not a text") in bulk("v.jsonl", "t.csv", code=3).err


def test_a_row_of_json_lines_that_can_not_be_signed_for_is_named(bulk: Any, tmp_path: Path) -> None:
    (tmp_path / "v.jsonl").write_text('{"viewer_data": "a"}\n\n{"viewer_data": "b", "lifetime": 0}\n')
    assert "line 3 of v.jsonl has 'lifetime'" in bulk("v.jsonl", "t.csv", code=3).err
    rows = '{"viewer_data": "a", "lifetime": null}\n\n{"lifetime": 0}\n'
    (tmp_path / "v.jsonl").write_text(rows)
    assert "row 2 (line 3 of v.jsonl)" in bulk("v.jsonl", "t.csv", code=3).err
    (tmp_path / "v.jsonl").write_text(rows.replace("0", "1"))
    bulk("v.jsonl", "t.csv")


def test_csv_that_is_none_is_told(bulk: Any, tmp_path: Path) -> None:
    for content in (
        b"viewer_data,lifetime\na,b\n",
        b"viewer_data\na,b\n",
        b"viewer_data\n\xff\xfe\n",
        b"viewer_data,viewer_data\na,b\n",
        b"",
    ):
        (tmp_path / "v.csv").write_bytes(content)
        assert len(bulk("v.csv", "t.csv", code=3).err.splitlines()) == 1
    for name in ("v.parquet", "v.arrow"):
        (tmp_path / name).write_bytes(b"nothing of the kind")
        assert len(bulk(name, "t.csv", code=3).err.splitlines()) == 1
    bulk("missing.csv", "t.csv", code=19)
    assert "--input-format" in bulk("viewers", "t.csv", code=3).err


def test_what_is_there_is_replaced_with_force_only_and_a_link_stays(bulk: Any, tmp_path: Path) -> None:
    source = viewers_in(tmp_path, "csv", ["ann"])
    target = tmp_path / "tokens.csv"
    target.write_text("precious")
    target.chmod(0o644)
    assert "--force" in bulk(source, target, code=19).err
    assert target.read_text() == "precious"
    link = tmp_path / "link.csv"
    link.symlink_to(target)
    bulk(source, link, "--force")
    assert link.is_symlink()
    assert "ann" in target.read_text()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    (tmp_path / "folder.csv").mkdir()
    bulk(source, "folder.csv", "--force", code=19)


def test_in_a_pipe(cli: Cli, bulk: Any, parent: Any) -> None:
    pipe = ("-", "-", "--input-format", "csv", "--format")
    for form in ("jsonl", "csv"):
        assert "ann" in bulk(*pipe, form, stdin="viewer_data\nann\n").out
    assert "row 2: a value has a line break" in bulk(*pipe, "csv", stdin='viewer_data\nann\n"bob\n', code=3).err
    words = f"sign-bulk {parent.id} - - --input-format csv --format arrow --stream show"
    arrow = cli.shell(f"printf 'viewer_data\\nann\\n' | $CLI {words} | wc -c")
    assert int(arrow.out) > 400
    assert "from a file" in bulk("-", "-", "--input-format", "parquet", "--format", "csv", code=3).err
    assert "standard input" in bulk(*pipe, "csv", "--token-file", "-", code=2).err


@pytest.mark.usefixtures("offline")
def test_a_reader_that_goes_ends_it_quietly_and_a_full_disk_is_one_line(cli: Cli, parent: Any) -> None:
    (cli.home / "v.csv").write_text("viewer_data\n" + "ann\n" * 100_000)
    line = f"$CLI sign-bulk {parent.id} v.csv - --format %s --stream show"
    for form in ("csv", "jsonl", "arrow"):
        done = cli.shell(f"{line % form} | head -c 10 > /dev/null")
        assert (done.code, done.err) == (141, "")
    done = cli.shell(f"{line % 'csv'} > /dev/full")
    assert (done.code, len(done.err.splitlines())) == (19, 1)
    done = cli.shell(f"$CLI sign-bulk {parent.id} v.csv /dev/full --format csv --stream show")
    assert (done.code, len(done.err.splitlines())) == (19, 1)
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("offline")
def test_a_signal_in_the_midst_leaves_no_half_file(cli: Cli, parent: Any, number: signal.Signals) -> None:
    target = cli.home / "out"
    target.mkdir()
    # A pipe that never ends: it is in the midst for as long as it takes.
    running = cli.start(
        *("sign-bulk", parent.id, "-", target / "tokens.csv", "--input-format", "csv", "--stream", "show"), stdin=-1
    )
    running.stdin.write(b"viewer_data\n" + b"ann\n" * 1_000_000)
    running.stdin.flush()
    until = time.monotonic() + 20
    while not any(file.stat().st_size for file in target.iterdir()):
        assert time.monotonic() < until
        assert running.poll() is None
    (part,) = target.iterdir()
    assert part.name.startswith(".tokens.csv.")
    running.send_signal(number)
    running.stdin.close()
    assert running.wait(10) == 128 + number
    assert list(target.iterdir()) == []


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("form", ["csv", "jsonl", "arrow"])
def test_closed_input_is_one_line_and_an_error(cli: Cli, parent: Any, form: str) -> None:
    done = cli.shell(f"$CLI sign-bulk {parent.id} - t.csv --input-format {form} --stream show <&-")
    assert (done.code, done.err) == (19, "millicast-tokens: standard input is closed\n")
    assert list(cli.home.iterdir()) == []


def test_the_parent_is_read_from_the_platform_where_nothing_else_has_it(
    cli: Cli, emulator: Emulator, parent: Any
) -> None:
    (cli.home / "v.jsonl").write_text('{"viewer_data": "ann"}\n')
    cli("sign-bulk", parent.id, "v.jsonl", "t.jsonl", "--stream", "show")
    (row,) = tokens_in(cli.home / "t.jsonl")
    assert emulator.verdict("show", row["token"]) == "admitted"
    assert arrow_json.read_json(cli.home / "t.jsonl").column_names == ["viewer_data", "token"]
    assert cli("sign-bulk", parent.id, "v.jsonl", "u.jsonl", "--stream", "other", code=15).out == ""


@pytest.mark.parametrize("form", ["csv", "jsonl", "arrow", "parquet"])
@pytest.mark.usefixtures("offline")
def test_no_half_file_is_left_or_taken_for_a_whole_one_where_there_is_no_room(
    cli: Cli, parent: Any, tmp_path: Path, form: str
) -> None:
    # The last write takes a part of what it is given, and the system calls that a success.
    source = viewers_in(tmp_path, "csv", ["ann"] * 2000)
    target = tmp_path / f"tokens.{form}"
    command = f"$CLI sign-bulk {parent.id} {source} {target} --stream show --force"
    assert cli.shell(command).code == 0
    room = target.stat().st_size - 100
    target.unlink()
    limited = cli.shell(f"prlimit --fsize={room} {command}", PYTHONDONTWRITEBYTECODE="1")
    assert limited.code == 19
    assert limited.err == f"millicast-tokens: {target} can't be written: File too large\n"
    assert list(tmp_path.iterdir()) == [source]


def test_a_write_that_takes_a_part_goes_on_with_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda to, content: whole(to, content[:7]))
    with files.written(str(tmp_path / "x"), force=False) as sink:
        assert sink.write(b"a text that is longer than seven") == 32
    assert (tmp_path / "x").read_bytes() == b"a text that is longer than seven"


def test_without_any_viewer_the_columns_are_those_of_the_input(bulk: Any, tmp_path: Path) -> None:
    for form in ("csv", "arrow", "parquet"):
        source = tmp_path / f"none.{form}"
        table = pa.table({"viewer_data": pa.array([], pa.string())})
        if form == "csv":
            source.write_text("viewer_data\n")
        elif form == "parquet":
            parquet.write_table(table, source)
        else:
            with ipc.new_file(source, table.schema) as writer:
                writer.write_table(table)
        bulk(source, tmp_path / f"of_{form}.csv")
        assert (tmp_path / f"of_{form}.csv").read_text() == '"viewer_data","token"\n'


def test_texts_as_views_and_lifetimes_of_no_type_are_read(bulk: Any, tmp_path: Path) -> None:
    source = tmp_path / "viewers.arrow"
    table = pa.table({"viewer_data": pa.array(["ann"], pa.string_view()), "lifetime": pa.nulls(1)})
    with ipc.new_file(source, table.schema) as writer:
        writer.write_table(table)
    bulk(source, tmp_path / "tokens.csv")
    assert [row["viewer_data"] for row in tokens_in(tmp_path / "tokens.csv")] == ["ann"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("utf16.csv", "viewer_data\nann\n".encode("utf-16")),
        ("deep.jsonl", b'{"viewer_data":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"),
        ("cut.arrow", b"ARROW1\0\0" + b"\xff" * 1000 + b"\xff\xff\0\0ARROW1"),
    ],
)
def test_what_is_no_such_file_is_told_with_its_name(bulk: Any, tmp_path: Path, name: str, content: bytes) -> None:
    source = tmp_path / name
    source.write_bytes(content)
    assert str(source) in bulk(source, tmp_path / "tokens.csv", code=3).err
    assert list(tmp_path.iterdir()) == [source]
