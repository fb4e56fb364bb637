"""What the tests of the hosts share."""

from __future__ import annotations

import pytest

import hosts


@pytest.fixture(scope="session")
def _built() -> None:
    hosts.build()


@pytest.fixture(params=sorted(hosts.GUIDES))
def guide(request: pytest.FixtureRequest, _built: None) -> list[str]:
    """How the guide of each host is run."""
    return hosts.GUIDES[request.param]


@pytest.fixture
def guides(_built: None) -> dict[str, list[str]]:
    """How the guides of all hosts are run."""
    return hosts.GUIDES


@pytest.fixture
def misuses(_built: None) -> dict[str, list[str]]:
    """How the modules of all hosts are misused."""
    return hosts.MISUSES


@pytest.fixture(params=sorted(hosts.MISUSES))
def misuse(request: pytest.FixtureRequest, misuses: dict[str, list[str]]) -> list[str]:
    """How the module of each host is misused."""
    return misuses[request.param]
