"""A way to register customers, and ID numbers that pass the checks."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.customers import operations
from ledger.customers.identity import resident_check_sign
from ledger.customers.models import Customer
from ledger.organisation.models import Project

Register = Callable[..., Customer]


def resident_id(born: str = "19900101", serial: str = "123", region: str = "310101") -> str:
    """A resident identity number that checks."""
    first = f"{region}{born}{serial}"
    return first + resident_check_sign(first)


@pytest.fixture
def register(session: Session, admin: Actor, clock: MovedClock, project: Project) -> Register:
    """Register a customer at Yunxi; a phone of their own unless one is given."""
    count = 0

    def make(name: str = "张三", *, by: Actor = admin, **details: object) -> Customer:
        nonlocal count
        count += 1
        details = {"phones": [f"1381234{count:04d}"], "project_id": project.id} | details
        return operations.register_customer(session, by, clock, name=name, **details)

    return make
