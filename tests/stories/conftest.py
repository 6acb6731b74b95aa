"""The company that the stories of whole processes happen in."""

from __future__ import annotations

import pytest

from kernel.clock import MovedClock
from tests.stories.company import Company, company_in
from webapp.db import Database


@pytest.fixture
def company(database: Database, clock: MovedClock) -> Company:
    """A company on Monday 2 March 2026, nine in the morning."""
    return company_in(database, clock)
