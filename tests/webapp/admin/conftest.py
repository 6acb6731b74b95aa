"""An administrator of the whole house at the administration's pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.webapp.house import Browser


@pytest.fixture
def admin(browser_of: Callable[..., Browser]) -> Browser:
    """The browser of somebody who manages everything."""
    return browser_of("administrator", "ada", "/")
