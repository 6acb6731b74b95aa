"""Diagrams that change while cases run."""

from __future__ import annotations

import pytest

from tests.engine.changing.versions import Versions
from tests.engine.conftest import House


@pytest.fixture
def versions(house: House) -> Versions:
    """One process and its versions."""
    return Versions(house)
