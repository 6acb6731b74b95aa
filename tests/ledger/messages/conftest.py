"""Recipients of messages."""

import pytest
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.customers.models import Customer
from ledger.customers.operations import register_customer
from ledger.organisation.models import Project
from ledger.staff.models import Staff


@pytest.fixture
def customer(session: Session, admin: Actor, clock: MovedClock, project: Project) -> Customer:
    """张三 of Yunxi, who has a phone and an e-mail address."""
    details = {"phones": ["13812345678"], "email": "zhang@example.com"}
    return register_customer(session, admin, clock, name="张三", project_id=project.id, **details)


@pytest.fixture
def consultant(session: Session, clock: MovedClock) -> Staff:
    """A consultant who reads English."""
    staff = Staff(
        username="li", display_name="Li", password_hash="", data_key=b"", language="en", created_at=clock.now()
    )
    session.add(staff)
    session.flush()
    return staff
