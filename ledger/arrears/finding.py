"""The one statement that finds what is late and ages it: every open line that is due, with where its case stands.

By instalment, never by document. What is due today is not late: its days are 0. Days before the due date are
negative, so that friendly reminders come from the same statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    Select,
    String,
    Subquery,
    Table,
    and_,
    cast,
    func,
    select,
    union,
)
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session

from ledger.arrears.kinds import EventKind, Role, Suspension
from ledger.arrears.models import ArrearsCase, ArrearsDispute, ArrearsEvent, ArrearsReach
from ledger.finance.kinds import Debtor, ReceivableKind, ReceivableState
from ledger.finance.models import Receivable
from ledger.finance.queries import paid_on_line
from ledger.inventory.models import Unit, table_of
from ledger.mortgages.models import MortgageLoan
from ledger.organisation.models import PresalePermit
from ledger.sales.models import Sale

_NOT_CHASED = (ReceivableKind.EARNEST, ReceivableKind.FORFEIT)
_ROLE_OF = {Debtor.BUYER: Role.BUYER, Debtor.BANK: Role.BANK, Debtor.FUND_CENTRE: Role.FUND_CENTRE}


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is open at a date. ``open_fen`` is without what is contested; ``days`` is negative before due.

    ``reached`` is the highest level it was proposed at for its role in the open case, ``reached_on`` when.
    """

    receivable_id: str
    sale_id: str
    kind: ReceivableKind
    role: Role
    open_fen: int
    due_on: date
    days: int
    case_id: str | None
    suspended_by: Suspension | None
    jump: int
    reached: int | None
    reached_on: date | None


def find_lines(
    session: Session, path: str, on: date, *, ahead_days: int = 0, sale_id: str | None = None
) -> Iterator[Line]:
    """The open lines of live sales at or below a path that are due until ``ahead_days`` after ``on``.

    A sale before its permit (预售许可证) makes its lines our own fault. A bank's line is the buyer's while its
    loan is late through him (`ledger.mortgages`), or once papers failed through him.
    """
    rows = session.execute(late_lines(path, on, ahead_days=ahead_days, sale_id=sale_id))
    for row in rows:
        yield Line(
            row.id,
            row.sale_id,
            row.kind,
            Role(row.role),
            int(row.amount_fen - row.paid - row.disputed),
            row.due_on,
            (on - row.due_on).days,
            row.case_id,
            row.suspended_by,
            row.jump or 0,
            row.reached,
            row.reached_on,
        )


def late_lines(
    path: str, on: date, *, ahead_days: int = 0, sale_id: str | None = None
) -> Select[*tuple[Any, ...]]:
    """The statement: lines with what is paid and contested of them, their case and the level they have reached."""
    line, sale, unit, permit = (table_of(model) for model in (Receivable, Sale, Unit, PresalePermit))
    case, contested, fault = table_of(ArrearsCase), _contested(sale_id), through_the_buyer().subquery("fault")
    reach, paid, role = table_of(ArrearsReach), paid_on_line(), _role(line, permit, fault)

    def most(what: ColumnElement[Any]) -> ScalarSelect[Any]:
        # Levels are counted for each role: a line that has become the buyer’s begins anew with him. They are
        # asked for line by line, by the index that keeps them unique: a join over all would be planned by guesses.
        same = (reach.c.case_id == case.c.id, reach.c.receivable_id == line.c.id, reach.c.role == role)
        return select(func.max(what)).where(*same).correlate(line, permit, case, fault).scalar_subquery()

    query = (
        select(
            line.c.id,
            line.c.sale_id,
            line.c.kind,
            line.c.amount_fen,
            line.c.due_on,
            paid.label("paid"),
            role.label("role"),
            case.c.id.label("case_id"),
            case.c.suspended_by,
            case.c.jump,
            func.coalesce(contested.c.fen, 0).label("disputed"),
            most(reach.c.level).label("reached"),
            most(reach.c.on_date).label("reached_on"),
        )
        .select_from(line)
        .join(sale, sale.c.id == line.c.sale_id)
        .join(unit, unit.c.id == sale.c.unit_id)
        .outerjoin(permit, and_(permit.c.id == unit.c.permit_id, permit.c.granted_on <= on))
        .outerjoin(case, and_(case.c.sale_id == sale.c.id, case.c.state == "open"))
        .outerjoin(contested, contested.c.receivable_id == line.c.id)
        .outerjoin(fault, fault.c.receivable_id == line.c.id)
        .where(
            sale.c.state == "live",
            line.c.state == ReceivableState.PLANNED,
            line.c.due_on <= on + timedelta(days=ahead_days),
            line.c.kind.not_in(_NOT_CHASED),
            line.c.amount_fen > paid + func.coalesce(contested.c.fen, 0),
        )
    )
    if path != "/":
        query = query.where(line.c.path.startswith(path, autoescape=True))
    return query if sale_id is None else query.where(line.c.sale_id == sale_id)


def _role(line: Table, permit: Table, fault: Subquery) -> ColumnElement[Any]:
    """Who is late with a line, as a word."""
    return sql_case(
        (permit.c.id.is_(None), Role.US.value),
        (fault.c.receivable_id.is_not(None), Role.BUYER.value),
        *((line.c.debtor == debtor, role.value) for debtor, role in _ROLE_OF.items()),
    )


def _contested(sale_id: str | None) -> Subquery:
    """Fen of each line that are contested and not decided against the debtor."""
    dispute, event, case = table_of(ArrearsDispute), table_of(ArrearsEvent), table_of(ArrearsCase)
    rejected = select(event.c.subject_id).where(event.c.kind == EventKind.DISPUTE_REJECTED)
    return (
        select(dispute.c.receivable_id, func.sum(dispute.c.amount_fen).label("fen"))
        .join(case, case.c.id == dispute.c.case_id)
        .where(dispute.c.id.not_in(rejected), *([] if sale_id is None else [case.c.sale_id == sale_id]))
        .group_by(dispute.c.receivable_id)
        .subquery("contested")
    )


def through_the_buyer() -> CompoundSelect[tuple[str]]:
    """The ids of the bank's lines late through the buyer: as somebody found out, or as the mortgage says now."""
    event, line, loan = table_of(ArrearsEvent), table_of(Receivable), table_of(MortgageLoan)
    found_out = select(event.c.subject_id.label("receivable_id")).where(event.c.kind == EventKind.BUYER_AT_FAULT)
    at_fault = (
        select(line.c.id)
        .join(loan, and_(loan.c.sale_id == line.c.sale_id, cast(loan.c.kind, String) == cast(line.c.kind, String)))
        .where(loan.c.state == "open", loan.c.late_through == "buyer")
    )
    return union(found_out, at_fault)
