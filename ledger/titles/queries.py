"""The reads of titles: the board by building and step, a building's cases, one case with its events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.finance.receivables import current_schedule
from ledger.inventory.models import Building, Unit
from ledger.organisation.models import Project
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission
from ledger.titles.clocks import Liability, liability, rate_of
from ledger.titles.errors import TitleCaseMissing
from ledger.titles.kinds import CLOSED, TitleState
from ledger.titles.models import BuildingTitle, TitleCase, TitleEvent

STEPS = (
    TitleState.MEASURED,
    TitleState.REGISTERED,
    TitleState.PAPERS,
    TitleState.PAID,
    TitleState.SUBMITTED,
    TitleState.ISSUED,
    TitleState.HANDED_OVER,
)


@dataclass(frozen=True)
class BoardCell:
    """How many cases of a building stand at a step, and since when the longest of them."""

    count: int
    since: date

    def days(self, on: date) -> int:
        """How many days the longest has stood there."""
        return (on - self.since).days


@dataclass(frozen=True)
class BoardRow:
    """A building on the board; ``late`` are cases whose statutory day is over without a certificate."""

    building: Building
    project_name: str
    title: BuildingTitle | None
    cells: dict[TitleState, BoardCell]
    late: int


def list_board(session: Session, actor: Actor, *, on: date, limit: int = 200) -> list[BoardRow]:
    """The board by building and step, in three queries however many there are."""
    query = (
        scoped(actor, Building, Permission.SALES_VIEW)
        .add_columns(Project.name, BuildingTitle)
        .join(Project, Project.id == Building.project_id)
        .outerjoin(BuildingTitle, BuildingTitle.building_id == Building.id)
    )
    found = session.execute(query.order_by(Building.path, Building.code).limit(limit)).all()
    ids = [building.id for building, _, _ in found]
    counted = (
        select(TitleCase.building_id, TitleCase.state, func.count(), func.min(TitleCase.since))
        .where(TitleCase.building_id.in_(ids), TitleCase.state != TitleState.WITHDRAWN)
        .group_by(TitleCase.building_id, TitleCase.state)
    )
    cells: dict[str, dict[TitleState, BoardCell]] = {}
    for building_id, state, count, since in session.execute(counted):
        cells.setdefault(building_id, {})[state] = BoardCell(count, since)
    overdue = (
        select(TitleCase.building_id, func.count())
        .where(
            TitleCase.building_id.in_(ids),
            TitleCase.due_on < on,
            TitleCase.state.not_in((*CLOSED, TitleState.ISSUED)),
        )
        .group_by(TitleCase.building_id)
    )
    late = dict(session.execute(overdue).all())
    return [
        BoardRow(building, project, title, cells.get(building.id, {}), late.get(building.id, 0))
        for building, project, title in found
    ]


@dataclass(frozen=True)
class CaseRow:
    """A case in the list of its building."""

    case: TitleCase
    unit_no: str


def list_cases(
    session: Session, actor: Actor, building_id: str, *, state: TitleState | None = None
) -> list[CaseRow]:
    """The live cases of a building, by floor and unit."""
    query = (
        select(TitleCase, Unit.unit_no)
        .join(Sale, Sale.id == TitleCase.sale_id)
        .join(Unit, Unit.id == Sale.unit_id)
        .where(
            TitleCase.building_id == building_id,
            TitleCase.state != TitleState.WITHDRAWN,
            visible(actor, TitleCase, Permission.SALES_VIEW),
        )
    )
    if state is not None:
        query = query.where(TitleCase.state == state)
    return [CaseRow(*row) for row in session.execute(query.order_by(Unit.floor, Unit.unit_no))]


def untitled_sales(session: Session, building_id: str) -> list[str]:
    """The contracted sales that a run begins or moves on: without a case, or waiting for the building."""
    beyond = select(TitleCase.sale_id).where(
        TitleCase.building_id == building_id,
        TitleCase.state.not_in((TitleState.WITHDRAWN, TitleState.MEASURED)),
    )
    query = (
        select(Sale.id)
        .join(Unit, Unit.id == Sale.unit_id)
        .join(Contract, Contract.sale_id == Sale.id)
        .where(Unit.building_id == building_id, Sale.state == "live", Sale.id.not_in(beyond))
    )
    return list(session.scalars(query.order_by(Unit.floor, Unit.unit_no)))


def get_case(session: Session, actor: Actor, case_id: str) -> TitleCase:
    """A case in the actor's scope. Raises `TitleCaseMissing`."""
    query = scoped(actor, TitleCase, Permission.SALES_VIEW).where(TitleCase.id == case_id)
    case = session.scalars(query).one_or_none()
    if case is None:
        raise TitleCaseMissing(id=case_id)
    return case


def list_events(session: Session, case_id: str) -> list[TitleEvent]:
    """What happened in a case, the newest first."""
    query = select(TitleEvent).where(TitleEvent.case_id == case_id)
    return list(session.scalars(query.order_by(TitleEvent.at.desc(), TitleEvent.id.desc())))


def liability_of(session: Session, case: TitleCase, on: date) -> Liability:
    """What the developer is liable for by a day, or up to the day on which the certificate was issued."""
    terms = price_and_rate(session, case)
    if terms is None:
        return Liability(0, Fraction(0), 0)
    price_fen, rate = terms
    return liability(price_fen, rate, case.due_on, case.issued_on or on)


def price_and_rate(session: Session, case: TitleCase) -> tuple[int, Fraction] | None:
    """What a late certificate is reckoned from: the price in fen and the contract's daily rate.

    The price is the total, after an area settlement the settled one; that of a sale which was closed is its
    contract's.
    """
    contract = session.scalars(select(Contract).where(Contract.sale_id == case.sale_id)).one_or_none()
    if contract is None:
        return None
    schedule = current_schedule(session, case.sale_id)
    settled = schedule.total_fen if schedule and schedule.total_fen else contract.total_fen
    return settled, rate_of(contract.clauses)
