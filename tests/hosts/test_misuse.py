"""What a module can't hand over as it is, it refuses by name; and nothing that a program does with it is a crash."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from millicast_tokens.testing import Emulator

import hosts


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def said(misuse: list[str], mode: str, emulator: Emulator) -> list[str]:
    """What a program said, which ended well."""
    # What is freed is overwritten, so that its use does not go well by chance.
    variables = hosts.access(emulator.secret, emulator.url) | {"MALLOC_PERTURB_": "165"}
    ended = hosts.run([*misuse, mode], variables)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert emulator.secret not in ended.stdout
    return ended.stdout.splitlines()


def refusals(lines: list[str], problem: str) -> list[str]:
    """What each line names as the argument at fault, and as what was given."""
    found = [re.fullmatch(rf"MCT_ERR_INVALID_ARGUMENT, field (\w+): \1: {problem}", line) for line in lines]
    assert all(found), lines
    return [" ".join(match.groups()) for match in found if match]


def test_a_text_that_c_would_cut_is_refused_by_name_and_not_shown(misuse: list[str], emulator: Emulator) -> None:
    lines = said(misuse, "refused", emulator)
    named = refusals(lines[: lines.index("numbers")], r"must not hold U\+0000")
    created = ["label", "streamName"]
    assert named == ["api_secret", "base_url", *created, *created, "streamName", "customViewerData"]
    assert "s3cret" not in "".join(lines)
    assert [entry["operation"] for entry in emulator.journal().entries] == ["subscribe.create"]


WHOLE = r"must be (?:a whole number|whole milliseconds)[^\n]*from -?\d+ to \d+.*, given is (\S+)"
NUMBERS = {
    "csharp": ["timeout_ms -00:00:05", "timeout_ms 00:00:00.0000001", "timeout_ms 50.00:00:00"],
    "go": [
        *("timeout_ms -1ns", "timeout_ms -1s", "timeout_ms 1µs", "timeout_ms 1193h2m47.301s"),
        *("expires 1193046h29m16s", "expires 500ms", "expires -2562047h47m16.854775808s", "lifetime_seconds 1.5s"),
    ],
    "lua": [
        *("timeout_ms -1", "timeout_ms 4294967296", "timeout_ms 1.5", "timeout_ms nan", "timeout_ms -5LL"),
        *("expires 4294967356", "expires -1", "lifetime_seconds 60.5", "iat 1.5"),
        *("tokenId -1", "tokenId 9.007199254741e+15", "tokenId 1.5", "tokenId -1LL", "tokenId inf"),
    ],
    "node": [
        *("timeout_ms -1", "timeout_ms 4294967296", "timeout_ms 1.5", "timeout_ms NaN", "timeout_ms -5"),
        *("expires 4294967356", "expires -1", "lifetime_seconds 60.5", "iat 1.5"),
        *("tokenId -1", "tokenId 9007199254740992", "tokenId 1.5", "tokenId -1", "tokenId 18446744073709551616"),
        "tokenId Infinity",
    ],
}


@pytest.mark.parametrize("host", NUMBERS)
def test_a_number_that_c_would_change_is_refused_with_its_limits(
    host: str, misuses: dict[str, list[str]], emulator: Emulator
) -> None:
    lines = said(misuses[host], "refused", emulator)
    numbers = lines[lines.index("numbers") + 1 :]
    texts = numbers[numbers.index("texts") :] if "texts" in numbers else []
    of_another_type = [line for line in numbers if "must be a number, given is" in line]
    numbers = numbers[: len(numbers) - len(texts)]
    assert refusals([line for line in numbers if line not in of_another_type], WHOLE) == NUMBERS[host]
    assert len(of_another_type) == (host in {"lua", "node"})
    assert refusals(texts[1:], r"must (?:not hold a lone surrogate|be a string, given is of type number)") == (
        {"csharp": ["label"], "node": ["label", "label"]}.get(host, [])
    )


NULL = "MCT_ERR_NULL_ARGUMENT"
WORN = {
    "csharp": ["100 ended", *["is disposed"] * 3],
    "go": ["map[done:100]", "100 ended", NULL, NULL, NULL],
    "lua": [NULL, NULL, NULL],
    "node": ["MCT_ERR_CANCELLED 0 0 0"],
}


@pytest.mark.parametrize("host", WORN)
def test_collecting_closing_twice_and_closing_under_calls_crash_nothing(
    host: str, misuses: dict[str, list[str]], emulator: Emulator
) -> None:
    lines = said(misuses[host], "stress", emulator)
    assert [line.partition(": ")[0] for line in lines] == WORN[host]
