"""A project with its two sample price lists, and people who may do one thing each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.inventory.price_list.reader import read_price_list
from ledger.inventory.price_list.rows import PriceList
from ledger.organisation import operations as organisation
from ledger.organisation.models import Project

GRANTED = date(2026, 1, 15)


@pytest.fixture
def project(session: Session, admin: Actor, clock: MovedClock) -> Project:
    organisation.add_node(session, admin, clock, kind="group", code="keyturn", name="集团")
    organisation.add_node(session, admin, clock, kind="city", code="shanghai", name="上海", parent="/keyturn/")
    return organisation.create_project(session, admin, clock, code="yunxi", name="云溪花园")


@pytest.fixture(scope="session")
def yunxi() -> PriceList:
    return sample("price-list-yunxi-phase-1.xlsx")


@pytest.fixture(scope="session")
def harbour() -> PriceList:
    return sample("price-list-harbour-towers.csv")


@pytest.fixture(scope="session")
def few(harbour: PriceList) -> PriceList:
    """The first floors of one tower: enough for stories that are not about reading lists."""
    return replace(harbour, units=harbour.units[:24])


def sample(name: str) -> PriceList:
    return read_price_list((files("demo") / "data" / name).read_bytes(), name)
