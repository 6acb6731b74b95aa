"""The finance house with its desk, and a second person."""

from __future__ import annotations

from datetime import date

import pytest

from kernel.actor import Actor
from kernel.ids import new_id
from ledger.papers.operations import receive_range
from tests.ledger.finance.conftest import desk, house

__all__ = ["desk", "house", "paid", "receive", "second"]


@pytest.fixture
def second() -> Actor:
    """Somebody else with every right."""
    return Actor(new_id(), "Second", is_system=True)


def receive(session, actor, clock, project_id, *, kind="receipt", first="0001", last="0005", **about):
    """A range of five receipts, unless said otherwise."""
    usual = {"prefix": "A", "received_on": date(2026, 3, 2), **about}
    return receive_range(session, actor, clock, project_id=project_id, kind=kind, first=first, last=last, **usual)


@pytest.fixture
def paid(desk, house):
    """A way to have money confirmed for a sale: a receipt's id."""
    sale = house.sale()
    desk.deposit(sale)
    return lambda fen=100_00, **about: desk.pay(about.pop("sale", sale), fen, **about).receipt_id
