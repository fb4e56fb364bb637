"""The configuration file: profiles, each with where the platform is and where its secret comes from."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .exits import CONFIGURATION, CommandError

NAME = "millicast-tokens"
FILE_VARIABLE = "MILLICAST_CONFIG"
PROFILE_VARIABLE = "MILLICAST_PROFILE"

#: What others may not do to a file that says where secrets are, or holds them.
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


#: No configuration is longer than this.
_LONGEST = 1 << 20


@dataclass(frozen=True)
class Profile:
    """What a profile says; None is what it does not say."""

    base_url: str | None = None
    account_id: str | None = None
    api_secret: str | None = None
    api_secret_file: str | None = None
    api_secret_keyring: str | None = None
    api_secret_env: str | None = None
    timeout: float | None = None
    connect_timeout: float | None = None
    max_retries: int | None = None
    proxy: str | None = None
    ca_file: str | None = None
    allow_insecure_http: bool | None = None

    def __repr__(self) -> str:
        """Nothing of it: it may hold a secret."""
        return "<Profile>"


SECRETS = ("api_secret", "api_secret_file", "api_secret_keyring", "api_secret_env")

_NUMBERS = {"timeout": (int, float), "connect_timeout": (int, float), "max_retries": (int,)}


def default_file() -> Path:
    """Where the file is, unless something names another: $XDG_CONFIG_HOME/millicast-tokens/config.toml on Linux."""
    import platformdirs  # noqa: PLC0415  # Only where it is needed: a command starts sooner.

    return platformdirs.user_config_path(NAME, appauthor=False) / "config.toml"


def read(file: Path | None, environ: Mapping[str, str]) -> dict[str, Any]:
    """The whole file. A file that nobody named need not be there."""
    named = file or (Path(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else None)
    path = named or default_file()
    try:
        with open(path, "rb", opener=_without_waiting) as opened:  # Path.open takes no opener.
            _refuse_what_is_unsafe(path, os.fstat(opened.fileno()))
            content = opened.read(_LONGEST + 1)
    except FileNotFoundError:
        if named is None:
            return {}
        raise CommandError(CONFIGURATION, f"there is no configuration file {path}") from None
    except OSError as error:
        raise CommandError(CONFIGURATION, f"{path} can't be read: {error.strerror}") from None
    if len(content) > _LONGEST:
        raise CommandError(CONFIGURATION, f"{path} is too large to be a configuration")
    return _parsed(path, content)


def _without_waiting(path: str, flags: int) -> int:
    """Opens also a pipe at once, which else waits until somebody writes to it."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


def _refuse_what_is_unsafe(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise CommandError(CONFIGURATION, f"{path} is no regular file, which a configuration has to be")
    mode = stat.S_IMODE(status.st_mode)
    if mode & _OTHERS:
        raise CommandError(
            CONFIGURATION,
            f"{path} can be read or changed by others (mode {mode:04o}), and is for secrets: chmod 600 {path}",
        )
    if status.st_uid not in (os.geteuid(), 0):
        raise CommandError(CONFIGURATION, f"{path} belongs to another user (uid {status.st_uid})")


def _parsed(path: Path, content: bytes) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415
    else:
        import tomli as tomllib  # noqa: PLC0415
    try:
        return tomllib.loads(content.decode())
    except UnicodeDecodeError:
        raise CommandError(CONFIGURATION, f"{path} is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        # What it says ends with the place, "(at line 3, column 7)", and may quote a value before.
        place = str(error).rpartition("(")[2].rstrip(")")
        raise CommandError(CONFIGURATION, f"{path} is not TOML: {place}") from None


def names(content: dict[str, Any]) -> list[str]:
    """The names of the profiles."""
    profiles = content.get("profiles")
    return sorted(profiles) if isinstance(profiles, dict) else []


def profile(content: dict[str, Any], name: str | None) -> Profile:
    """The profile of this name; without one that which the file has as its default, or an empty one."""
    unknown = sorted(set(content) - {"default_profile", "profiles"})
    if unknown:
        raise CommandError(CONFIGURATION, f"the configuration has no {unknown[0]!r}; it has default_profile, profiles")
    profiles = content.get("profiles", {})
    if not isinstance(profiles, dict):
        raise CommandError(CONFIGURATION, "profiles in the configuration is no table")
    wanted = name or content.get("default_profile")
    if wanted is None:
        return Profile()
    if not isinstance(wanted, str) or wanted not in profiles:
        have = ", ".join(names(content)) or "none"
        raise CommandError(CONFIGURATION, f"there is no profile {wanted!r} in the configuration; there is: {have}")
    return _checked(wanted, profiles[wanted])


def _checked(name: str, given: Any) -> Profile:
    if not isinstance(given, dict):
        raise CommandError(CONFIGURATION, f"the profile {name!r} is no table")
    known = {field.name for field in fields(Profile)}
    for key, value in given.items():
        if key not in known:
            have = ", ".join(sorted(known))
            raise CommandError(
                CONFIGURATION, f"the profile {name!r} has a {key!r} that is not known; known are: {have}"
            )
        kinds: tuple[type, ...] = (bool,) if key == "allow_insecure_http" else _NUMBERS.get(key, (str,))
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            # The value is not quoted: it may be a secret.
            raise CommandError(CONFIGURATION, f"{key} of the profile {name!r} is of a wrong type")
    sources = [source for source in SECRETS if source in given]
    if len(sources) > 1:
        raise CommandError(CONFIGURATION, f"the profile {name!r} has several secrets: {', '.join(sources)}")
    return Profile(**given)
