"""A keyring for the tests: what PYTHON_KEYRING_BACKEND names."""

from __future__ import annotations

import os

from keyring.backend import KeyringBackend
from keyring.errors import KeyringError


class Keyring(KeyringBackend):
    """One entry, and one that can't be opened."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        """The secret of the tests for their name."""
        if username == "locked":
            raise KeyringError("the keyring is locked, and its-password-is-this")
        if username == "broken":
            raise OSError(5, "its-password-is-this")
        return os.environ["SECRET_OF_THE_KEYRING"] if (service, username) == ("millicast-tokens", "live") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Not to be called."""
        raise NotImplementedError
