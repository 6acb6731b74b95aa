"""An account in a project."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
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
