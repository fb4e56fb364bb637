"""What the options, the environment and the profile say together, and the client that follows from it."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from .. import Client, LogLevel, __version__
from . import config, credentials
from .exits import CONFIGURATION, FILE, CommandError

_URL_VARIABLE = "MILLICAST_API_URL"

#: All the authorities of a system are a small part of this; a device has no end.
_MOST_CERTIFICATES = 1 << 24

#: Options that say which platform is asked, for which account, and on which way. None of them holds a secret.
_WHOM = (
    "profile",
    "config",
    "base_url",
    "api_secret_file",
    "api_secret_keyring",
    "proxy",
    "ca_file",
    "allow_insecure_http",
)


class Settings:
    """What was given, on whatever level of the command line; what stands further behind takes its place."""

    def __init__(self, taken: dict[str, str], environ: Mapping[str, str]) -> None:
        """`taken` is what was secret in the environment."""
        self.given: dict[str, Any] = {}
        self.taken = taken
        self._environ = environ

    def get(self, name: str) -> Any:
        """An option's value; None where it was not given."""
        return self.given.get(name)

    def whom(self) -> list[str]:
        """The options that make another command ask the same platform for the same account, as they were given."""
        words: list[str] = []
        for name in _WHOM:
            value = self.get(name)
            if value:
                option = f"--{name.replace('_', '-')}"
                words += [option] if value is True else [option, str(value)]
        return words

    @functools.cached_property
    def _profile_name(self) -> str | None:
        return self.get("profile") or self._environ.get(config.PROFILE_VARIABLE) or None

    @functools.cached_property
    def profile(self) -> config.Profile:
        """The profile: the one that was named, or the configuration's default."""
        file = self.get("config")
        return config.profile(config.read(Path(file) if file else None, self._environ), self._profile_name)

    def value(self, name: str, variable: str | None = None) -> Any:
        """An option, else a profile that was named, else the variable, else the default profile."""
        if self.get(name) is not None:
            return self.get(name)
        from_profile = getattr(self.profile, name)
        if self._profile_name and from_profile is not None:
            return from_profile
        given = (self.taken.get(variable) or self._environ.get(variable)) if variable else None
        return given or from_profile

    def api_secret(self) -> str:
        """The API secret, in the same order."""
        if self.get("api_secret_file"):
            return credentials.read_text(self.get("api_secret_file"), "the API secret")
        if self.get("api_secret_keyring"):
            return credentials.from_keyring(self.get("api_secret_keyring"))
        from_variable = self.taken.get(credentials.SECRET_VARIABLE)
        secret = from_variable if not self._profile_name else None
        secret = secret or credentials.of_profile(self.profile, self.taken) or from_variable
        if not secret:
            raise CommandError(CONFIGURATION, f"there is no API secret: {credentials.WAYS}")
        return secret

    def account_id(self) -> str | None:
        """The account, as far as anything says it."""
        account: str | None = self.value("account_id", "MILLICAST_ACCOUNT_ID")
        return account

    def client(self) -> Client:
        """A client of the platform. Nothing is sent."""
        options: dict[str, Any] = {
            "base_url": self.value("base_url", _URL_VARIABLE),
            "timeout": self.value("timeout"),
            "connect_timeout": self.value("connect_timeout"),
            "max_retries": self.value("max_retries"),
            "proxy": self.value("proxy", credentials.PROXY_VARIABLE),
            "allow_insecure_http": self.value("allow_insecure_http"),
            "user_agent_suffix": f"cli/{__version__}",
        }
        authorities = self.value("ca_file")
        if authorities:
            options["ca_pem"] = _pem(Path(authorities).expanduser())
        if self.get("verbose"):
            options.update(log=_log, log_level=LogLevel.DEBUG)
        return Client(self.api_secret(), **options)


def _pem(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST_CERTIFICATES + 1)
        text = content.decode("ascii")
    except (OSError, UnicodeDecodeError):
        raise CommandError(FILE, f"the certificates in {file} can't be read") from None
    if len(content) > _MOST_CERTIFICATES:
        raise CommandError(FILE, f"{file} is too large to hold certificates")
    return text


def _log(level: LogLevel, message: str) -> None:
    from .output import complain  # noqa: PLC0415

    complain(f"{level.name.lower()}: {message}")


def current() -> Settings:
    """The settings of the command that runs."""
    settings = click.get_current_context().obj
    return settings if isinstance(settings, Settings) else Settings({}, os.environ)
