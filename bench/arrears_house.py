"""A company with many sales, each with paid, late and coming instalments; its late ones stand at their level."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

import webapp.models
from bench.databases import analyze
from kernel.actor import SYSTEM
from kernel.clock import MovedClock
from kernel.vault import new_vault
from ledger.customers.operations import register_customer
from ledger.finance.kinds import Account, Debtor, Method, ReceivableClass, ReceivableKind, TriggerKind
from ledger.finance.models import Receipt, Receivable
from ledger.inventory.models import Building, PriceVersion, Unit
from ledger.organisation.operations import add_node, add_permit, create_project
from ledger.sales.models import Sale
from webapp.db import Database
from webapp.definitions import deploy_shipped

TODAY = date(2026, 6, 1)
LINES, PAID, LATE = 20, 9, 9
LEVEL, DAYS = 3, 20
# Sales that a figure adds have lower numbers, so that a run comes to them first.
OLD = 10_000_000
_TABLES = ("unit", "sale", "receivable", "allocation", "arrears_case", "arrears_proposal", "arrears_reach")
_ID = {
    "sqlite": "substr('{zeros}' || ({n}), -36)".replace("{zeros}", "0" * 36),
    "postgresql": "lpad(({n})::text, 36, '0')",
}
_NUMBERS = {
    "sqlite": "(WITH RECURSIVE s(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM s WHERE n < :last)"
    " SELECT n FROM s)",
    "postgresql": "(SELECT generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n)",
}


class ArrearsHouse:
    """The company on a database; close it when done."""

    def __init__(self, url: str, sales: int) -> None:
        self.clock = MovedClock(datetime(2026, 6, 1, 2, 0, tzinfo=UTC))
        self.database = Database(url, new_vault(), self.clock)
        self.engine: Engine = self.database.engine
        self.kind = self.engine.dialect.name
        webapp.models.metadata.create_all(self.engine)
        self._without_triggers()
        with self.database.unit_of_work() as session:
            self._found(session)
        self.add(OLD, sales, at_level=True)
        analyze(self.engine)

    def close(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()

    def add(self, first: int, count: int, *, at_level: bool) -> None:
        """Sales with their instalments; ``at_level`` has their late ones chased already."""
        if not count:
            return
        sale = _ID[self.kind].format(n="n + 1000")
        with self.database.unit_of_work() as session:
            self._copy(session, "unit", {"id": sale, "unit_no": "CAST(n + 1000 AS varchar(20))"}, first, count)
            own = {
                "id": sale,
                "no": "'S-' || CAST(n + 1000 AS varchar(20))",
                "unit_id": sale,
                "state": "'live'",
                "stage": "'subscribing'",
                "closed_at": "NULL",
            }
            self._copy(session, "sale", own, first, count)
            line = _ID[self.kind].format(n=f"(n + 1000) * {LINES} + t.sequence")
            self._copy(session, "receivable", {"id": line, "key": line, "sale_id": sale}, first, count)
            mine = "r.sale_id >= :low AND r.sale_id <= :high"
            bounds = {"low": f"{first + 1000:036}", "high": f"{first + count + 999:036}", "on": TODAY.isoformat()}
            session.execute(
                text(
                    "INSERT INTO allocation (id, receipt_id, receivable_id, amount_fen, on_date, at, by)"
                    " SELECT r.id, (SELECT id FROM receipt), r.id, r.amount_fen, r.due_on, r.created_at, 'bench'"
                    f" FROM receivable r WHERE {mine} AND r.sequence < {PAID}"
                ),
                bounds,
            )
            if at_level:
                self._chase(session, mine, bounds)

    def _chase(self, session: Session, mine: str, bounds: dict[str, str]) -> None:
        late = f"FROM receivable r JOIN sale s ON s.id = r.sale_id WHERE {mine} AND r.sequence = {LATE}"
        session.execute(
            text(
                "INSERT INTO arrears_case (id, sale_id, project_id, path, owner_id, state, level, jump, opened_at)"
                f" SELECT s.id, s.id, s.project_id, s.path, s.owner_id, 'open', {LEVEL}, 0, s.opened_at {late}"
            ),
            bounds,
        )
        session.execute(
            text(
                "INSERT INTO arrears_proposal (id, case_id, project_id, path, owner_id, role, level, channel,"
                " template, task_role, earliest_on, state, proposed_at, decided_at, decided_by)"
                f" SELECT s.id, s.id, s.project_id, s.path, s.owner_id, 'buyer', {LEVEL}, 'letter', 'second',"
                f" 'finance_clerk', r.due_on, 'sent', s.opened_at, s.opened_at, 'bench' {late}"
            ),
            bounds,
        )
        session.execute(
            text(
                "INSERT INTO arrears_reach (id, proposal_id, case_id, receivable_id, role, level, open_fen, days,"
                f" on_date) SELECT r.id, s.id, s.id, r.id, 'buyer', {LEVEL}, r.amount_fen, {DAYS}, r.due_on {late}"
            ),
            bounds,
        )

    def _copy(self, session: Session, table: str, own: dict[str, str], first: int, count: int) -> None:
        """Copies of what the first sale has, under ids of their own."""
        names = [column.name for column in webapp.models.metadata.tables[table].columns]
        quoted = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(own.get(name, f't."{name}"') for name in names)
        template = {"unit": "t.id = :unit", "sale": "t.id = :sale", "receivable": "t.sale_id = :sale"}[table]
        numbers = {"first": first, "last": first + count - 1, "unit": self.unit_id, "sale": self.sale_id}
        names_used = {key: numbers[key] for key in ("first", "last", "unit" if table == "unit" else "sale")}
        session.execute(
            text(
                f"INSERT INTO {table} ({quoted}) SELECT {values} FROM {table} t, {_NUMBERS[self.kind]} numbers"
                f" WHERE {template}"
            ),
            names_used,
        )

    def _without_triggers(self) -> None:
        """Rows are copied by the million; what guards single ones is tested elsewhere."""
        with self.engine.begin() as connection:
            if self.kind == "postgresql":
                for table in _TABLES:
                    connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
                return
            triggers = connection.exec_driver_sql(
                "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
            )
            for name, table in triggers.all():
                if table in _TABLES:
                    connection.exec_driver_sql(f'DROP TRIGGER "{name}"')

    def _found(self, session: Session) -> None:
        clock, now = self.clock, self.clock.now()
        add_node(session, SYSTEM, clock, kind="group", code="bench", name="集团")
        project = create_project(session, SYSTEM, clock, name="云溪", code="yunxi", parent="/bench/")
        permit = add_permit(
            session, SYSTEM, clock, project_id=project.id, no="2026-1", granted_on=date(2025, 1, 1)
        )
        customer = register_customer(
            session, SYSTEM, clock, name="王磊", project_id=project.id, phones=["13800138000"], owner_id=SYSTEM.id
        )
        at = {"project_id": project.id, "path": project.path}
        building = Building(**at, code="1", name="1栋")
        version = PriceVersion(**at, no=1, state="draft", proposed_by=SYSTEM.id, proposed_at=now)
        session.add_all([building, version])
        session.flush()
        unit = Unit(
            **at, building_id=building.id, unit_no="1", building_area_hundredths=10_000, permit_id=permit.id,
            changed_at=now,
        )  # fmt: skip
        session.add(unit)
        session.flush()
        sale = Sale(
            **at, no="S-0", unit_id=unit.id, customer_id=customer.id, entry="walk_in", stage="subscribing",
            owner_id=SYSTEM.id, list_price_fen=100_000_00, price_version_id=version.id,
            opened_at=now, changed_at=now,
        )  # fmt: skip
        session.add(sale)
        session.flush()
        session.add_all(self._line(project.id, project.path, sale.id, number) for number in range(LINES))
        session.add(
            Receipt(
                **at,
                key="r",
                sale_id=sale.id,
                amount_fen=10**12,
                method=Method.TRANSFER,
                paid_on=TODAY,
                payer="王磊",
                payer_role=Debtor.BUYER,
                account=Account.SUPERVISED,
                captured_at=now,
                captured_by=SYSTEM.id,
            )
        )
        self.unit_id, self.sale_id, self.project = unit.id, sale.id, project.path
        deploy_shipped(session, SYSTEM, clock)
        session.flush()
        # The first sale is what the others are copied from; nothing of it is chased.
        sale.state, sale.stage, sale.closed_at = "closed", "closed", now
        session.flush()

    def _line(self, project_id: str, path: str, sale_id: str, number: int) -> Receivable:
        due_on = TODAY - timedelta(days=DAYS) + timedelta(days=30 * (number - LATE))
        return Receivable(
            key=f"template:{number}", sale_id=sale_id, project_id=project_id, path=path, sequence=number,
            kind=ReceivableKind.INSTALMENT, class_=ReceivableClass.PRICE, debtor=Debtor.BUYER, amount_fen=1_000_00,
            due_on=due_on, trigger_kind=TriggerKind.ON_DATE, created_at=self.clock.now(),
        )  # fmt: skip
