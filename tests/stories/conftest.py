"""The company that the stories of whole processes happen in."""

from __future__ import annotations

import pytest

from kernel.clock import MovedClock
from tests.stories.company import Company, found_company
from webapp.db import Database


@pytest.fixture
def company(database: Database, clock: MovedClock) -> Company:
    """A company on Monday 2 March 2026, nine in the morning."""
    return found_company(database, clock)
