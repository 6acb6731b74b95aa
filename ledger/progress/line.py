"""The whole line of a sale (一条线串联, FEATURES C9): follow-up, subscription, contract, filing, what follows.

Each station has its dates, its due date and who answers for it. A line costs the same queries however long it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.customers.models import Customer
from ledger.organisation.models import Project
from ledger.progress.kinds import FAMILIES
from ledger.progress.models import ProgressStep
from ledger.progress.queries import steps_of
from ledger.sales.queries import LineStep, SaleView, get_sale, sale_line

State = Literal["done", "open", "late", "stopped"]
GROUPS = ("follow_up", "reservation", "subscription", "contract", "filing", *(family.value for family in FAMILIES))
_GROUP_OF = {
    "queued": "reservation",
    "opened": "follow_up",
    "held": "reservation",
    "small_order_taken": "reservation",
    "subscribed": "subscription",
    "terms_approved": "subscription",
    "activated": "subscription",
    "signed": "contract",
}


@dataclass(frozen=True)
class Station:
    """A station: ``kind`` is a code, or ``labels`` name it by language. Owner is a person, or else a role."""

    kind: str
    state: State
    at: datetime | None = None
    on: date | None = None
    due_on: date | None = None
    ended_on: date | None = None
    no: str | None = None
    staff_id: str | None = None
    role: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    round: int = 1
    reason: str | None = None


@dataclass(frozen=True)
class Group:
    """The stations of a part of the line; none while it has not begun."""

    code: str
    stations: tuple[Station, ...]

    @property
    def state(self) -> str:
        """Late if any is, else open if any is, else done; ``ahead`` before it has begun."""
        states = {station.state for station in self.stations}
        return next((state for state in ("late", "open", "stopped", "done") if state in states), "ahead")


def whole_line(session: Session, actor: Actor, clock: Clock, sale_id: str) -> tuple[SaleView, tuple[Group, ...]]:
    """The sale with its line, group by group. Raises `Missing` outside the actor's scope."""
    view = get_sale(session, actor, sale_id)
    zone = session.get_one(Project, view.sale.project_id).zone
    today = business_date(clock, zone)
    found: dict[str, list[Station]] = {code: [] for code in GROUPS}
    found["follow_up"].append(_follow_up(session, view))
    for step in sale_line(session, actor, sale_id):
        group = "filing" if step.kind.startswith("filing") else _GROUP_OF.get(step.kind, "contract")
        found[group].append(_sales_station(view, step, today))
    for one in steps_of(session, [sale_id]).get(sale_id, []):
        found[one.family.value].append(_later_station(one, today))
    return view, tuple(Group(code, tuple(stations)) for code, stations in found.items())


def _follow_up(session: Session, view: SaleView) -> Station:
    customer = session.scalars(select(Customer).where(Customer.id == view.sale.customer_id)).one()
    return Station("registered", "done", at=customer.created_at, staff_id=customer.owner_id or view.sale.owner_id)


def _sales_station(view: SaleView, step: LineStep, today: date) -> Station:
    due_on = _due(view, step.kind)
    is_open = (step.state in ("active", "calling") and step.kind == "held") or step.kind in (
        "filing_due",
        "filing_submitted",
        "filing_returned",
    )
    if step.kind == "subscribed":
        is_open = view.contract is None and view.sale.state == "live"
    late = is_open and due_on is not None and due_on < today
    return Station(
        step.kind,
        "late" if late else "open" if is_open else "done",
        at=step.at,
        on=None if step.kind == "filing_due" else step.on,
        due_on=due_on,
        no=step.no,
        staff_id=None if step.kind == "filing_due" else step.actor_id or view.sale.owner_id,
        role="filing_clerk" if step.kind == "filing_due" else None,
    )


def _due(view: SaleView, kind: str) -> date | None:
    """Until when a station of the sale itself had to be over."""
    if kind == "subscribed" and view.subscription is not None:
        return view.subscription.sign_by
    if kind.startswith("filing") and view.filing is not None:
        return view.filing.deadline
    return None


def _later_station(step: ProgressStep, today: date) -> Station:
    late = step.ended_at is None and (
        step.delayed_at is not None or (step.due_on is not None and step.due_on < today)
    )
    state: State = "late" if late else "open"
    if step.outcome is not None:
        state = "done" if step.outcome.value == "done" else "stopped"
    return Station(
        step.step,
        state,
        at=step.begun_at,
        due_on=step.due_on,
        ended_on=step.ended_on,
        staff_id=step.clerk_id,
        role=step.owner_role,
        labels=dict(step.labels),
        round=step.round,
        reason=step.delay_reason,
    )
