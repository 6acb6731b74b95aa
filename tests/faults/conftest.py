"""The company that faults befall, and its gateway to the outside. All fault tests share one test process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kernel.vault import Vault
from tests.faults import gateway as gateways
from tests.faults import relay
from tests.faults.company import House, found_house
from tests.faults.gateway import Gateway
from tests.machine import POSTGRES


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Processes of several tests at once would only wait for each other. Without PostgreSQL its tests are left out."""
    here = str(Path(__file__).parent)
    ours = [item for item in items if str(item.path).startswith(here)]
    for item in ours:
        item.add_marker(pytest.mark.xdist_group("faults"))
        if not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(300))
    if not POSTGRES:
        out = [item for item in ours if item.get_closest_marker("postgres")]
        items[:] = [item for item in items if item not in out]
        config.hook.pytest_deselected(items=out)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """The outside world."""
    with gateways.opened() as gateway:
        yield gateway


@pytest.fixture
def found(database_url: str, vault: Vault, tmp_path: Path, gateway: Gateway) -> Iterator[Callable[..., House]]:
    """Founds a company with so many homes in the test's database."""
    houses: list[House] = []

    def found_here(homes: int = 8, url: str = database_url) -> House:
        houses.append(found_house(url, vault, tmp_path, gateway.port, homes=homes))
        return houses[-1]

    with relay.installed():
        yield found_here
    for house in houses:
        house.database.engine.dispose()


@pytest.fixture
def house(found: Callable[..., House]) -> House:
    """A company with a few homes."""
    return found()
