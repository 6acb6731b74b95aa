"""The desk and the house of finance, for stories of its reports."""

from __future__ import annotations

from tests.ledger.finance.conftest import desk, house

__all__ = ["desk", "house"]
