"""A project with a permit, its plans, and homes sold to invented buyers: what stories of finance begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kernel.actor import SYSTEM, Actor
from kernel.clock import MovedClock
from kernel.ids import new_id
from ledger.customers.models import Customer
from ledger.finance.kinds import PlanKind, ReceivableKind, ShareKind, TriggerKind
from ledger.finance.operations import approve_plan, propose_plan
from ledger.finance.plans import PlanLine, Share, Trigger
from ledger.inventory.models import Building, PriceVersion, Unit
from ledger.organisation.models import OrgNode, PresalePermit, Project
from ledger.sales.models import Sale, SaleBuyer, SaleTerms

PERMIT_ON = date(2026, 1, 10)
TODAY = date(2026, 3, 2)
PRICE = 1_236_789_00
DEPOSIT = 50_000_00
APPROVER = Actor(id=new_id(), name="Approver", is_system=True)

DOWN = PlanLine(
    ReceivableKind.DOWN_PAYMENT, Share(ShareKind.REMAINDER), Trigger(TriggerKind.AFTER_SIGNING, days=7)
)
LOAN = PlanLine(
    ReceivableKind.LOAN, Share(ShareKind.BASIS_POINTS, 7000), Trigger(TriggerKind.AFTER_SIGNING, days=60)
)
ROOF = PlanLine(
    ReceivableKind.INSTALMENT,
    Share(ShareKind.BASIS_POINTS, 4000),
    Trigger(TriggerKind.MILESTONE, days=10, milestone="topped_out"),
)


@dataclass
class House:
    """The project and what it takes to sell in it."""

    session: Session
    clock: MovedClock
    project: Project
    building: Building
    version: PriceVersion
    permit: PresalePermit
    plan_id: str
    instalments_id: str
    homes: int = 0

    def customer(self, name: str = "Lin Wan") -> Customer:
        """A buyer."""
        customer = Customer(
            kind="person",
            name=name,
            project_id=self.project.id,
            path=self.project.path,
            created_at=self.clock.now(),
            created_by=SYSTEM.id,
            changed_at=self.clock.now(),
            changed_by=SYSTEM.id,
        )
        self.session.add(customer)
        self.session.flush()
        return customer

    def sale(self, *, price: int = PRICE, buyers: tuple[str, ...] = ("Lin Wan",), **columns: Any) -> Sale:
        """A home sold at a price."""
        customers = [self.customer(name) for name in buyers]
        self.homes += 1
        now = self.clock.now()
        unit = Unit(
            project_id=self.project.id,
            path=self.project.path,
            building_id=self.building.id,
            unit_no=f"{100 + self.homes}",
            building_area_hundredths=10_000,
            permit_id=self.permit.id,
            price_version_id=self.version.id,
            changed_at=now,
        )
        self.session.add(unit)
        self.session.flush()
        sale = Sale(
            no=f"{self.project.code.upper()}-XS-{self.homes:04}",
            project_id=self.project.id,
            path=self.project.path,
            unit_id=unit.id,
            customer_id=customers[0].id,
            entry="walk_in",
            stage="subscribing",
            owner_id=SYSTEM.id,
            list_price_fen=price,
            price_version_id=self.version.id,
            opened_at=now,
            changed_at=now,
        )
        self.session.add(sale)
        self.session.flush()
        self._seal_terms(sale, customers, price)
        sale.deal_price_fen, sale.terms_version = price, 1
        for column, value in columns.items():
            setattr(sale, column, value)
        self.session.flush()
        return sale

    def _seal_terms(self, sale: Sale, customers: list[Customer], price: int) -> None:
        ownership = "sole" if len(customers) == 1 else "joint"
        for position, customer in enumerate(customers, start=1):
            self.session.add(
                SaleBuyer(
                    sale_id=sale.id, version=1, position=position, customer_id=customer.id, ownership=ownership
                )
            )
        self.session.flush()
        self.session.add(
            SaleTerms(
                sale_id=sale.id,
                version=1,
                list_price_fen=price,
                deal_price_fen=price,
                effective_discount_bp=0,
                effective_discount=0,
                below_floor=False,
                content_hash="0" * 64,
                actor_id=SYSTEM.id,
                at=self.clock.now(),
            )
        )
        self.session.flush()

    def close(self, sale: Sale) -> None:
        """End a sale."""
        sale.state, sale.stage, sale.closed_at = "closed", "closed", self.clock.now()
        self.session.flush()


def build_house(session: Session, clock: MovedClock, code: str = "yunxi") -> House:
    """A project with a permit, a building, prices in force and two approved payment plans."""
    now, path = clock.now(), f"/keyturn/{code}/"
    node = OrgNode(id=new_id(), kind="project", code=code, name=code.title(), path=path, created_at=now)
    session.add(node)
    session.flush()
    project = Project(id=node.id, path=path, code=code, name=node.name)
    session.add(project)
    session.flush()
    permit = PresalePermit(project_id=project.id, no="2026-001", granted_on=PERMIT_ON, account="6228-1")
    building = Building(project_id=project.id, path=path, code="1", name="1栋")
    version = PriceVersion(
        project_id=project.id,
        path=path,
        no=1,
        state="in_force",
        proposed_by=new_id(),
        approved_by=new_id(),
        proposed_at=now,
    )
    session.add_all([permit, building, version])
    session.flush()
    plans = [
        _plan(session, clock, project, "loan", PlanKind.LOAN, (DOWN, LOAN)),
        _plan(session, clock, project, "stages", PlanKind.INSTALMENTS, (DOWN, ROOF)),
    ]
    return House(session, clock, project, building, version, permit, *plans)


def _plan(
    session: Session, clock: MovedClock, project: Project, code: str, kind: PlanKind, lines: tuple[PlanLine, ...]
) -> str:
    template = propose_plan(
        session, SYSTEM, clock, project_id=project.id, code=code, kind=kind, labels={"en": code}, lines=lines
    )
    return approve_plan(session, APPROVER, clock, template_id=template.id).id
