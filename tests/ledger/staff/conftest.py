"""A group with a city and a project, and an account in it."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.organisation import operations as organisation
from ledger.organisation.models import Project
from ledger.staff import operations, passwords
from ledger.staff.models import Staff

PASSWORD = "a long sentence"


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stories tell of the rules, not of the cost of a hash."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64)
    monkeypatch.setattr(passwords, "_hasher", cheap)
    monkeypatch.setattr(passwords, "_NOBODY", cheap.hash("nobody"))


@pytest.fixture
def project(session: Session, admin: Actor, clock: MovedClock) -> Project:
    """A project in Shanghai."""
    organisation.add_node(session, admin, clock, kind="group", code="keyturn", name="集团")
    organisation.add_node(session, admin, clock, kind="city", code="shanghai", name="上海", parent="/keyturn/")
    return organisation.create_project(session, admin, clock, name="云栖", code="yunxi")


@pytest.fixture
def li(session: Session, admin: Actor, clock: MovedClock, project: Project) -> Staff:
    """A consultant of the project."""
    return operations.add_staff(
        session,
        admin,
        clock,
        username="li.na",
        display_name="李娜",
        password=PASSWORD,
        email="li@example.com",
        phone="13812345678",
        roles=[("sales_consultant", project.path)],
        must_change_password=False,
    )
