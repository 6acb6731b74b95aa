"""An administrator of the whole house at the administration's pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kernel.actor import SYSTEM
from ledger.organisation.operations import set_parameter
from tests.webapp.house import Browser, House


@pytest.fixture
def admin(browser_of: Callable[..., Browser]) -> Browser:
    """The browser of somebody who manages everything."""
    return browser_of("administrator", "ada", "/")


@pytest.fixture
def unreviewed(house: House) -> None:
    """A house that lets parameters and plans take effect without the review of a second person."""
    with house.database.unit_of_work() as session:
        for name in ("review_parameters", "review_plans"):
            set_parameter(
                session,
                SYSTEM,
                house.database.clock,
                path="/kt/",
                name=name,
                value=False,
                effective_from=house.database.clock.now().date(),
            )
