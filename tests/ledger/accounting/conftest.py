"""The finance house with its desk, and a second person."""

from __future__ import annotations

import pytest

from kernel.actor import Actor
from kernel.ids import new_id
from tests.ledger.finance.conftest import desk, house

__all__ = ["desk", "house", "second"]


@pytest.fixture
def second() -> Actor:
    """Somebody else with every right."""
    return Actor(new_id(), "Second", is_system=True)
