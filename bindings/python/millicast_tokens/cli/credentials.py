"""Where secrets come from: the environment, files, standard input, the keyring. Never the command line."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import MutableMapping
from pathlib import Path

from .._emulator import Hidden
from .config import NAME, Profile
from .exits import CONFIGURATION, FILE, CommandError

SECRET_VARIABLE = "MILLICAST_API_SECRET"  # noqa: S105  # The name of a variable.
TOKEN_VARIABLE = "MILLICAST_SUBSCRIBE_TOKEN"  # noqa: S105
PROXY_VARIABLE = "MILLICAST_PROXY"

WAYS = (
    f"set {SECRET_VARIABLE}, or name a file (--api-secret-file FILE, - for standard input), an entry of the keyring "
    "(--api-secret-keyring NAME) or a profile of the configuration (--profile NAME)"
)
REFUSED = f"an API secret is not taken from the command line, which every user of this machine can read: {WAYS}"
TOKEN_REFUSED = (
    "a token is not taken from the command line, which every user of this machine can read: name a file "
    f"(--token-file or --jwt-file FILE, - for standard input), set {TOKEN_VARIABLE}, or let it be read by its id"
)

#: No secret is longer than this, and whoever names a disk instead is told so at once.
_LONGEST = 1 << 20

_TAKEN = (SECRET_VARIABLE, TOKEN_VARIABLE, PROXY_VARIABLE)


def take_from(environ: MutableMapping[str, str]) -> dict[str, str]:
    """Takes what is secret out of the environment, so that no child of this process has it."""
    return {name: Hidden(environ.pop(name)) for name in _TAKEN if name in environ}


def read_text(file: str, what: str, *, lasts: bool = True) -> Hidden:
    """What a file holds, without an end of line after it; "-" is standard input. `lasts`: it is a secret for long."""
    try:
        if file == "-":
            if sys.stdin is None:
                raise CommandError(FILE, f"{what} can't be read: standard input is closed")
            content = _typed(what) if sys.stdin.isatty() else sys.stdin.buffer.read(_LONGEST + 1)
        else:
            with Path(file).expanduser().open("rb") as opened:
                if lasts:
                    _warn_of_readers(file, os.fstat(opened.fileno()))
                content = opened.read(_LONGEST + 1)
    except OSError as error:
        raise CommandError(FILE, f"{what} can't be read from {file}: {error.strerror}") from None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise CommandError(FILE, f"{what} in {file} is not UTF-8") from None
    text = text.rstrip("\r\n")
    if not text or len(content) > _LONGEST:
        raise CommandError(FILE, f"{what} can't be read from {file}: it is {'too large' if text else 'empty'}")
    return Hidden(text)


def _typed(what: str) -> bytes:
    """What a person types or pastes, which the terminal does not show."""
    import getpass  # noqa: PLC0415

    try:
        return getpass.getpass(f"{what[0].upper()}{what[1:]} (it is not shown): ", stream=sys.stderr).encode()
    except EOFError:
        return b""


def _warn_of_readers(file: str, status: os.stat_result) -> None:
    """Containers mount secrets so that all can read them, so this is no error."""
    mode = stat.S_IMODE(status.st_mode)
    if stat.S_ISREG(status.st_mode) and mode & (stat.S_IRGRP | stat.S_IROTH) and sys.stderr is not None:
        sys.stderr.write(f"millicast-tokens: others can read {file} (mode {mode:04o})\n")


def from_keyring(entry: str) -> Hidden:
    """The secret that the system's keyring has for this name, with the service "millicast-tokens"."""
    import keyring  # noqa: PLC0415

    try:
        secret = keyring.get_password(NAME, entry)  # It looks for all that could be a keyring, and imports that.
    except Exception as error:  # Backends raise what they like. Its text may hold the secret.
        raise CommandError(CONFIGURATION, f"the keyring can't be read: {type(error).__name__}") from None
    if not secret:
        raise CommandError(
            CONFIGURATION, f"the keyring has no entry {entry!r}; store one by: keyring set {NAME} {entry}"
        )
    return Hidden(secret)


def of_profile(profile: Profile, taken: dict[str, str]) -> Hidden | None:
    """The secret of a profile; None where it names none."""
    if profile.api_secret is not None:
        return Hidden(profile.api_secret)
    if profile.api_secret_file is not None:
        return read_text(profile.api_secret_file, "the API secret")
    if profile.api_secret_keyring is not None:
        return from_keyring(profile.api_secret_keyring)
    if profile.api_secret_env is not None:
        name = profile.api_secret_env
        secret = taken.get(name) or os.environ.pop(name, None)
        if not secret:
            raise CommandError(CONFIGURATION, f"the profile takes the API secret from {name}, which is not set")
        return Hidden(secret)
    return None
