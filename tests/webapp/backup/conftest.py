"""A machine that works and one that is empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.vault import Vault
from tests.webapp.backup.site import Site, empty_site, found


@pytest.fixture
def site(tmp_path: Path, vault: Vault) -> Iterator[Site]:
    """An installation with nothing but its schema."""
    with empty_site(tmp_path / "old") as site:
        found(site, vault)
        yield site


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Site]:
    """A machine on which nothing was done yet."""
    with empty_site(tmp_path / "new") as site:
        yield site
