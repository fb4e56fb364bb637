"""The fixture for pytest: what it gives, what it is told by, and what it costs where it is not used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import millicast_tokens as mct
import pytest

PACKAGES = Path(mct.__file__).parent.parent


def run(folder: Path, test: str, *arguments: str, **variables: str) -> str:
    """What pytest says of a test file in an empty folder, its last line first."""
    (folder / "test_mine.py").write_text(test)
    environment = {**os.environ, "PYTHONPATH": str(PACKAGES), "PYTEST_PLUGINS": "pytest_millicast_tokens", **variables}
    options = ["-q", "-p", "no:cacheprovider", "-W", "error", "--strict-markers", *arguments]
    command = [sys.executable, "-m", "pytest", *options]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=100
    )
    return "\n".join([*done.stdout.strip().splitlines()[-1:], done.stdout, done.stderr])


def test_each_test_has_a_fresh_emulator_of_its_own(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        "import pytest\n"
        "@pytest.mark.parametrize('turn', [1, 2])\n"
        "def test_it(millicast_emulator, turn):\n"
        "    with millicast_emulator.client() as client:\n"
        "        assert client.publish_tokens.create('a', ['s']).id == 1000\n"
        "class TestIt:\n"
        "    def test_it(self, millicast_emulator):\n"
        "        assert millicast_emulator.verdict('s', 'x') == 'token-unknown'\n",
    )
    assert said.startswith("3 passed"), said


def test_marks_and_the_configuration_file_say_what_it_is_started_with(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmillicast_emulator =\n    first_id = 5\n    account_id = mine\n    program = here/emulator\n"
    )
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "emulator").symlink_to(os.environ["MILLICAST_EMULATOR"])
    said = run(
        tmp_path,
        "import pytest\n"
        "pytestmark = pytest.mark.millicast_emulator(first_id=6)\n"
        "def first_id(emulator):\n"
        "    assert emulator._program.parent.name == 'here'\n"
        "    with emulator.client() as client:\n"
        "        return client.publish_tokens.create('a', ['s']).id\n"
        "def test_module(millicast_emulator):\n"
        "    assert first_id(millicast_emulator) == 6\n"
        "@pytest.mark.millicast_emulator(first_id=7, secret='of-the-class')\n"
        "class TestIt:\n"
        "    def test_class(self, millicast_emulator):\n"
        "        assert (millicast_emulator.secret, first_id(millicast_emulator)) == ('of-the-class', 7)\n"
        "    @pytest.mark.millicast_emulator(first_id=8)\n"
        "    def test_own(self, millicast_emulator):\n"
        "        assert (millicast_emulator.secret, first_id(millicast_emulator)) == ('of-the-class', 8)\n",
        MILLICAST_EMULATOR="not-this-one",
    )
    assert said.startswith("3 passed"), said


def test_every_path_in_the_configuration_file_is_meant_from_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(
        '[pytest]\nmillicast_emulator =\n    tls = certs\n    secret_files = ["first", "second"]\n'
        "    seed = seed.json\n    state = state\n    journal = journal\n"
    )
    for file, text in (("first", "secret-1"), ("second", "secret-2"), ("seed.json", "{}")):
        (tmp_path / file).write_text(text)
    (tmp_path / "elsewhere").mkdir()
    test = (
        "import os, millicast_tokens\n"
        "def test_it(millicast_emulator, monkeypatch):\n"
        "    assert os.path.basename(os.getcwd()) == 'elsewhere'\n"
        "    ca = millicast_emulator.certificate.read_text()\n"
        "    for secret in ('secret-1', 'secret-2'):\n"
        "        with millicast_tokens.Client(secret, base_url=millicast_emulator.url, ca_pem=ca) as client:\n"
        "            client.publish_tokens.create('a', ['s'])\n"
    )
    said = run(tmp_path / "elsewhere", test, "-c", str(tmp_path / "pytest.ini"))
    assert said.startswith("1 passed"), said
    for name in ("certs/ca.pem", "state", "journal"):
        assert (tmp_path / name).is_file(), name
    assert [file.name for file in (tmp_path / "elsewhere").iterdir() if file.suffix != ".py"] in ([], ["__pycache__"])


def test_one_file_of_a_secret_and_a_folder_that_is_not_named_are_taken_too(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmillicast_emulator =\n    tls = true\n    secret_files = only\n")
    (tmp_path / "only").write_text("of-the-file")
    said = run(
        tmp_path,
        "import millicast_tokens\n"
        "def test_it(millicast_emulator):\n"
        "    ca = millicast_emulator.certificate.read_text()\n"
        "    with millicast_tokens.Client('of-the-file', base_url=millicast_emulator.url, ca_pem=ca) as client:\n"
        "        client.publish_tokens.list_page()\n",
    )
    assert said.startswith("1 passed"), said
    assert not (tmp_path / "true").exists()


def test_values_in_the_configuration_file_are_json_words_for_flags_and_otherwise_text(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmillicast_emulator =\n    account_id = mine=1\n    only_live = Yes\n    trust_forwarded = True\n"
        '    tls = NO\n    country_of = {"203.0.113.0/24": "PL"}\n    secret = "12345"\n'
        '    faults = ["503@publish.list:count=1", "429@clusters"]\n'
    )
    said = run(
        tmp_path,
        "def test_it(millicast_emulator):\n"
        "    assert millicast_emulator.secret == '12345'\n"
        "    assert millicast_emulator.url.startswith('http:')\n"
        "    assert millicast_emulator.status()['accountId'] == 'mine=1'\n"
        "    assert len(millicast_emulator.faults()) == 2\n"
        "    arguments = millicast_emulator._arguments\n"
        "    assert {'--only-live', '--trust-forwarded', '--country-of=203.0.113.0/24=PL'} <= set(arguments)\n",
    )
    assert said.startswith("1 passed"), said
    assert not (tmp_path / "NO").exists()


def test_a_list_in_pyproject_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\nmillicast_emulator = ["account_id=mine", "first_id=7", "only_live=no"]\n'
    )
    said = run(
        tmp_path,
        "def test_it(millicast_emulator):\n"
        "    assert millicast_emulator.status()['accountId'] == 'mine'\n"
        "    assert '--first-id=7' in millicast_emulator._arguments\n"
        "    assert '--only-live' not in millicast_emulator._arguments\n",
    )
    assert said.startswith("1 passed"), said


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("only_live = maybe", "TypeError: only_live has to be true or false, and is 'maybe'"),
        ("trust_forwarded = 1", "TypeError: trust_forwarded has to be true or false, and is 1"),
        ("tls = 1", "TypeError: tls has to be true, false or the path of a folder, and is 1"),
        ("country_of = 203.0.113.0/24=PL", "TypeError: country_of has to be a mapping such as {"),
        ("first_id = seven", "--first-id"),
        ("only_live", "UsageError: line 2 of the option millicast_emulator has to be NAME=VALUE"),
        ("hid-den-too", "UsageError: line 2 of the option millicast_emulator has to be NAME=VALUE"),
        ("= hid-den-too", "UsageError: line 2 of the option millicast_emulator has to be NAME=VALUE"),
    ],
)
def test_a_line_that_is_wrong_is_told_by_its_name_and_with_what_is_expected(
    tmp_path: Path, line: str, expected: str
) -> None:
    (tmp_path / "pytest.ini").write_text(f"[pytest]\nmillicast_emulator =\n    secret = hid-den\n    {line}\n")
    said = run(tmp_path, "def test_it(millicast_emulator): pass\n", "--full-trace", "-l", "-vv")
    assert "1 error" in said, said
    assert expected in said, said
    assert "hid-den" not in said, said


def test_help_says_how_a_value_is_read(tmp_path: Path) -> None:
    said = " ".join(run(tmp_path, "", "--help").split())
    assert "lines of NAME=VALUE. VALUE is JSON, or else text" in said


def test_a_secret_that_is_no_text_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmillicast_emulator =\n    secret = 12345\n")
    said = run(tmp_path, "def test_it(millicast_emulator): pass\n", "--tb=long", "-l")
    assert "TypeError: secret is no text but of type int" in said
    assert "12345" not in said


@pytest.mark.parametrize("options", [["--tb=long", "-l", "-vv"], ["--full-trace", "-l", "-vv"]])
@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 3\n", "#!/bin/sh\nexec sleep 60\n", "#!/no/such/shell\n"])
def test_a_start_that_fails_shows_no_secret_however_much_pytest_tells(
    tmp_path: Path, options: list[str], script: str
) -> None:
    program = tmp_path / "program"
    program.write_text(script)
    program.chmod(0o755)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmillicast_emulator =\n    secret = hidden-in-the-file\n    start_timeout = 0.2\n"
    )
    said = run(
        tmp_path,
        "import pytest\nfrom millicast_tokens.testing import Emulator\n"
        # In two parts, so that no line of the source shows it.
        "HIDDEN = 'hidden-' + 'in-the-test'\n"
        "def test_file(millicast_emulator): pass\n"
        "@pytest.mark.millicast_emulator(secret=HIDDEN)\n"
        "def test_mark(millicast_emulator): pass\n"
        "def test_started():\n    Emulator(secret=HIDDEN, start_timeout=0.2).start()\n",
        *options,
        MILLICAST_EMULATOR=str(program),
    )
    assert "1 failed, 2 errors" in said, said
    assert "EmulatorError" in said
    for hidden in ("hidden-in-the-file", "hidden-in-the-test"):
        assert hidden not in said, said


def test_options_that_are_refused_show_no_secret(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        "import pytest\nfrom millicast_tokens.testing import Emulator\n"
        "HIDDEN = 'hidden-' + 'secret'\n"
        "@pytest.mark.millicast_emulator(secret=HIDDEN, colour='red')\n"
        "def test_not_known(millicast_emulator): pass\n"
        "@pytest.mark.millicast_emulator('red', secret=HIDDEN)\n"
        "def test_not_named(millicast_emulator): pass\n"
        "@pytest.mark.millicast_emulator(secret=HIDDEN + ' ')\n"
        "def test_blank(millicast_emulator): pass\n"
        "def test_latency():\n    Emulator(secret=HIDDEN, latency='long')\n"
        "def test_client():\n    with Emulator(secret=HIDDEN) as emulator:\n        emulator.client(timeout='long')\n"
        "def test_token():\n    with Emulator() as emulator:\n        emulator.verdict('s', HIDDEN + '\\n')\n",
        "--tb=long",
        "-l",
        "-vv",
    )
    assert "3 failed, 3 errors" in said, said
    assert "hidden-secret" not in said, said


def test_an_option_that_is_not_known_fails_the_test_alone(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        "import pytest\n"
        "@pytest.mark.millicast_emulator(colour='red')\n"
        "def test_named(millicast_emulator): pass\n"
        "@pytest.mark.millicast_emulator('red')\n"
        "def test_not_named(millicast_emulator): pass\n"
        "def test_other(): pass\n",
    )
    assert said.startswith("1 passed, 2 errors"), said
    assert "colour" in said
    assert "takes options by name" in said


def test_without_a_program_the_test_fails_in_a_few_clear_lines(tmp_path: Path) -> None:
    said = run(tmp_path, "def test_it(millicast_emulator): pass\n", MILLICAST_EMULATOR=str(tmp_path / "missing"))
    assert "1 error" in said
    assert "MILLICAST_EMULATOR names" in said
    assert "Traceback" not in said
    assert "testing.py" not in said


def test_where_it_is_not_used_the_library_is_not_even_looked_for(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        "import sys\ndef test_it():\n    assert 'pytest_millicast_tokens' in sys.modules\n"
        "    assert not {'millicast_tokens', 'ctypes', 'ssl', 'subprocess'} & loaded_by_the_plugin()\n"
        "def loaded_by_the_plugin():\n"
        "    import subprocess\n"
        "    code = 'import sys, pytest; before = set(sys.modules); import pytest_millicast_tokens;' \\\n"
        "        'print(*set(sys.modules) - before)'\n"
        "    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)\n"
        "    return set(done.stdout.split())\n",
        MILLICAST_TOKENS_LIBRARY=str(tmp_path / "missing"),
    )
    assert said.startswith("1 passed"), said


def test_importing_what_is_for_tests_needs_no_pytest(tmp_path: Path) -> None:
    code = "import sys; sys.modules['pytest'] = None; import millicast_tokens.testing; print('imported')"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGES)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("imported\n", "")


def test_it_works_on_several_workers_of_xdist_at_once(tmp_path: Path) -> None:
    said = run(
        tmp_path,
        "import pytest\n"
        "@pytest.mark.parametrize('turn', range(8))\n"
        "def test_it(millicast_emulator, turn):\n"
        "    with millicast_emulator.client() as client:\n"
        "        assert client.publish_tokens.create('a', ['s']).id == 1000\n",
        "-n",
        "2",
    )
    assert said.startswith("8 passed"), said
