"""Facts in a query, as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from kernel.errors import Invalid
from webapp.facts import read_facts


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("amount_fen>=100000", {"amount_fen": (">=", 100_000)}),
        ("unit = 3栋 1201", {"unit": ("=", "3栋 1201")}),
        ("due<2026-03-02", {"due": ("<", date(2026, 3, 2))}),
        ("below_floor=true", {"below_floor": ("=", True)}),
        ("note=a=b", {"note": ("=", "a=b")}),
        ("day=2026-13-99", {"day": ("=", "2026-13-99")}),
    ],
)
def test_a_fact_is_compared_by_its_kind(written: str, read: dict[str, object]) -> None:
    assert read_facts([written]) == read


@pytest.mark.parametrize("written", ["", "unit", "=3", "a~b"])
def test_what_compares_nothing_is_refused(written: str) -> None:
    with pytest.raises(Invalid, match="fact_unreadable"):
        read_facts([written])
