"""A project on sale with a few licensed and released units, customers, and a consultant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM, Actor
from kernel.clock import MovedClock
from ledger.customers.models import Customer
from ledger.customers.operations import register_customer
from ledger.inventory.models import Unit
from ledger.inventory.operations import Permit, import_units
from ledger.inventory.price_list.reader import read_price_list
from ledger.inventory.price_list.rows import PriceList
from ledger.organisation import operations as organisation
from ledger.organisation.models import Project

LIST = "price-list-harbour-towers.csv"
CONSULTANT = "00000000-0000-0000-0000-00000000c001"
MANAGER = "00000000-0000-0000-0000-00000000c002"


def open_for_sale(session: Session, admin: Actor, clock: MovedClock, *, units: int = 6) -> Project:
    """A project whose first units are for sale; unit A-0301 lists at 1,628,300 yuan."""
    organisation.add_node(session, admin, clock, kind="group", code="keyturn", name="集团")
    project = organisation.create_project(session, admin, clock, code="harbour", name="海港城")
    few = replace(price_list(), units=tuple(u for u in price_list().units if u.withheld_reason is None)[:units])
    permit = Permit("0188", date(2026, 1, 15))
    import_units(session, admin, clock, project_id=project.id, price_list=few, permit=permit, release=True)
    session.flush()
    return project


@cache
def price_list() -> PriceList:
    """The sample list of one tower's units, read once."""
    return read_price_list((files("demo") / "data" / LIST).read_bytes(), LIST)


def make_customer(session: Session, project: Project, clock: MovedClock, name: str) -> Customer:
    """Somebody the project knows."""
    phone = f"1380000{session.scalar(select(func.count()).select_from(Customer)) or 0:04d}"
    return register_customer(
        session, SYSTEM, clock, name=name, project_id=project.id, phones=[phone], confirmed=True
    )


@pytest.fixture
def project(session: Session, admin: Actor, clock: MovedClock) -> Project:
    return open_for_sale(session, admin, clock)


@pytest.fixture
def units(session: Session, project: Project) -> list[Unit]:
    return list(session.scalars(select(Unit).where(Unit.project_id == project.id).order_by(Unit.unit_no)))


@pytest.fixture
def customer(session: Session, project: Project, clock: MovedClock) -> Callable[[str], Customer]:
    return lambda name="王芳": make_customer(session, project, clock, name)


@pytest.fixture
def buyer(customer: Callable[..., Customer]) -> Customer:
    return customer("王芳")
