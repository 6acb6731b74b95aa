"""The demo company: the same seed makes the same company, and what it shows is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, func, select

from demo.build import build, last_evening
from demo.cast import CAST, shown_accounts
from demo.command import demo_settings
from engine.tables.instances import IncidentRow
from handlers.jobs import use_office
from kernel.clock import MovedClock
from kernel.database import connect
from kernel.vault import Vault
from ledger.changes.models import ChangeOrder
from ledger.finance.models import JournalEntry
from ledger.inventory.models import PriceVersion, Unit
from ledger.sales.models import Sale
from ledger.staff.roles import ROLES
from webapp.db import Database
from webapp.models import metadata
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.settings import Settings
from webapp.startup import NotReady

pytestmark = pytest.mark.timeout(300)
ENDS = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
# Ciphertext, salted hashes and the bytes of papers differ; content and ids do not.
SECRET = {"password_hash", "sha256", "size"}
Make = Callable[[str], Database]


@pytest.fixture
def make(tmp_path: Path, vault: Vault) -> Make:
    """Build a small demo company in a file of its own."""

    def made(name: str) -> Database:
        clock = MovedClock(ENDS)
        url = f"sqlite:///{tmp_path / name}.db"
        database = Database(url, vault, clock)
        metadata.create_all(database.engine)
        use_office(PaperOffice(database, outlets_of(Settings(database_url=url), database)))
        build(database, clock, ENDS, most=14, say=lambda _line: None)
        assert clock.now() == ENDS
        return database

    return made


def content(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables without what is random on purpose."""
    engine = connect(str(database.engine.url))
    with engine.connect() as connection:
        found = {}
        for table in metadata.sorted_tables:
            columns = [c for c in table.c if c.name not in SECRET and not isinstance(c.type, LargeBinary)]
            rows = connection.execute(select(*columns)).all() if columns else []
            found[table.name] = sorted(map(repr, rows))
    engine.dispose()
    return found


def test_the_same_seed_and_end_make_the_same_company(make: Make) -> None:
    first, second = content(make("first")), content(make("second"))
    assert {name for name in first if first[name] != second[name]} == set()
    assert len(first["sale"]) == 14


def test_the_company_stands_as_it_should(make: Make) -> None:
    database = make("one")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Unit)) == 681
        assert session.scalar(select(func.sum(JournalEntry.amount_fen))) in (0, None)
        assert session.scalar(select(func.count()).select_from(IncidentRow)) == 0
        stages = set(session.scalars(select(Sale.stage)))
        assert set(session.scalars(select(PriceVersion.state))) == {"in_force", "submitted"}
        assert "executed" in set(session.scalars(select(ChangeOrder.state)))
    assert {"subscribing", "held", "small_ordered"} <= stages


def test_every_role_is_held_and_every_approver_role_by_two() -> None:
    held: dict[str, set[str]] = {}
    for member in CAST:
        for role, _path in member.grants:
            held.setdefault(role, set()).add(member.username)
    approvers = {
        "sales_manager",
        "project_gm",
        "city_marketing",
        "city_finance",
        "city_gm",
        "group_pricing",
        "legal",
        "finance_manager",
    }
    assert approvers <= {role for role, people in held.items() if len(people) >= 2}
    assert {role for role, _ in shown_accounts()} == set(held)
    assert set(held) <= set(ROLES)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "demo.example"])  # noqa: S104 - must be refused
def test_the_demo_listens_on_the_loopback_address_only(host: str) -> None:
    with pytest.raises(NotReady, match="loopback"):
        demo_settings(Settings(host=host))


def test_the_story_ends_in_the_morning_that_has_been() -> None:
    for hour, day in ((0, 11), (1, 12), (23, 12)):
        end = last_evening(datetime(2026, 6, 12, hour, 0, tzinfo=UTC))
        assert (end.day, end.hour, end.minute) == (day, 8, 30)
