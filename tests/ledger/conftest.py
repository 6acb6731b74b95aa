"""Places that stories of the ledger happen in."""

import pytest
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.organisation import operations as organisation
from ledger.organisation.models import Project


@pytest.fixture
def project(session: Session, admin: Actor, clock: MovedClock) -> Project:
    """A project in Shanghai: ``/keyturn/shanghai/yunxi/``."""
    organisation.add_node(session, admin, clock, kind="group", code="keyturn", name="集团")
    organisation.add_node(session, admin, clock, kind="city", code="shanghai", name="上海", parent="/keyturn/")
    return organisation.create_project(session, admin, clock, name="云栖", code="yunxi")


@pytest.fixture
def harbour(session: Session, admin: Actor, clock: MovedClock, project: Project) -> Project:
    """A second project of the city: ``/keyturn/shanghai/harbour/``."""
    return organisation.create_project(session, admin, clock, name="海港", code="harbour")
