"""Reads of mortgages: the board by bank and step, lists of loans, one case, and banks with their lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.mortgages.errors import LoanMissing
from ledger.mortgages.kinds import LoanKind, LoanState, Step
from ledger.mortgages.models import (
    MortgageBank,
    MortgageCase,
    MortgageEvent,
    MortgageLoan,
    MortgagePaper,
    MortgagePaperKind,
    MortgageProduct,
)
from ledger.organisation.models import OrgNode
from ledger.scope import paths_above, visible
from ledger.staff.permissions import Permission

C = TypeVarTuple("C")
NO_BANK = "none"


@dataclass(frozen=True)
class LoanFilter:
    """What a list is cut to; ``bank_id`` may be `NO_BANK`, ``late_on`` keeps what is late on that day."""

    project_id: str | None = None
    bank_id: str | None = None
    clerk_id: str | None = None
    step: Step | None = None
    late_on: date | None = None
    state: LoanState = LoanState.OPEN


@dataclass(frozen=True)
class LoanRow:
    """A loan in a list. Amounts are fen, ``days`` those in the step, ``late`` those after its last day."""

    id: str
    case_id: str
    sale_id: str
    project_id: str
    path: str
    kind: LoanKind
    bank_id: str | None
    bank: str | None
    amount_fen: int
    state: LoanState
    step: Step
    days: int
    late: int
    due_on: date | None
    late_through: str | None
    clerk_id: str | None
    waits_for: str | None
    ended_because: str | None


@dataclass(frozen=True)
class BoardCell:
    """Loans of one bank at one step: how many, how many of them are late, their sum, the most days in the step."""

    count: int
    late: int
    fen: int
    days: int


def list_loans(
    session: Session, actor: Actor, where: LoanFilter, *, on: date, limit: int = 50, offset: int = 0
) -> list[LoanRow]:
    """Loans that the actor may see, the latest first, then the longest in their step."""
    query = _filtered(
        select(MortgageLoan, MortgageBank.name, MortgageCase.clerk_id, MortgageCase.waits_for), actor, where
    )
    query = query.order_by(
        MortgageLoan.step_due_on.is_(None), MortgageLoan.step_due_on, MortgageLoan.step_since, MortgageLoan.id
    )
    return [_row(*found, on=on) for found in session.execute(query.limit(limit).offset(offset))]


def _row(
    loan: MortgageLoan, bank: str | None, clerk_id: str | None, waits_for: str | None, *, on: date
) -> LoanRow:
    is_open = loan.state is LoanState.OPEN
    late = (on - loan.step_due_on).days if is_open and loan.step_due_on else 0
    return LoanRow(
        id=loan.id,
        case_id=loan.case_id,
        sale_id=loan.sale_id,
        project_id=loan.project_id,
        path=loan.path,
        kind=loan.kind,
        bank_id=loan.bank_id,
        bank=bank,
        amount_fen=loan.approved_fen or loan.amount_fen,
        state=loan.state,
        step=loan.step,
        days=(on - loan.step_since).days if is_open else 0,
        late=max(0, late),
        due_on=loan.step_due_on if is_open else None,
        late_through=loan.late_through,
        clerk_id=clerk_id,
        waits_for=waits_for,
        ended_because=loan.ended_because,
    )


def _filtered(query: Select[*C], actor: Actor, where: LoanFilter) -> Select[*C]:
    query = (
        query.select_from(MortgageLoan)
        .join(MortgageCase, MortgageCase.id == MortgageLoan.case_id)
        .outerjoin(MortgageBank, MortgageBank.id == MortgageLoan.bank_id)
        .where(visible(actor, MortgageCase, Permission.SALES_VIEW), MortgageLoan.state == where.state)
    )
    for condition in _conditions(where):
        query = query.where(condition)
    return query


def _conditions(where: LoanFilter) -> Iterable[ColumnElement[bool]]:
    if where.project_id:
        yield MortgageLoan.project_id == where.project_id
    if where.bank_id == NO_BANK:
        yield MortgageLoan.bank_id.is_(None)
    elif where.bank_id:
        yield MortgageLoan.bank_id == where.bank_id
    if where.clerk_id:
        yield MortgageCase.clerk_id == where.clerk_id
    if where.step:
        yield MortgageLoan.step == where.step
    if where.late_on:
        yield MortgageLoan.step_due_on < where.late_on


def board(session: Session, actor: Actor, where: LoanFilter, *, on: date) -> dict[tuple[str, Step], BoardCell]:
    """Open loans by bank (`NO_BANK` before one is chosen) and step, in one query."""
    columns = select(
        MortgageLoan.bank_id,
        MortgageLoan.step,
        func.count(),
        func.count().filter(MortgageLoan.step_due_on < on),
        func.sum(func.coalesce(MortgageLoan.approved_fen, MortgageLoan.amount_fen)),
        func.min(MortgageLoan.step_since),
    )
    query = _filtered(columns, actor, where).group_by(MortgageLoan.bank_id, MortgageLoan.step)
    return {
        (bank_id or NO_BANK, step): BoardCell(count, late, int(fen), (on - since).days)
        for bank_id, step, count, late, fen, since in session.execute(query)
    }


@dataclass(frozen=True)
class BankView:
    """A bank with its products and its list of papers; ``place`` is the node for whose projects it lends."""

    bank: MortgageBank
    place: str
    products: list[MortgageProduct]
    papers: list[MortgagePaperKind]


def list_banks(session: Session, actor: Actor, *, active_only: bool = False) -> list[BankView]:
    """The banks that the actor may see: those of his nodes and of the nodes above them."""
    seen = actor.scope_paths(Permission.SALES_VIEW) or actor.scope_paths(Permission.MORTGAGES_MANAGE)
    above = {node for path in seen for node in paths_above(path)}
    query = select(MortgageBank, OrgNode.name).join(OrgNode, OrgNode.path == MortgageBank.path)
    if active_only:
        query = query.where(MortgageBank.active)
    rows = session.execute(query.order_by(MortgageBank.kind, MortgageBank.name)).all()
    rows = [row for row in rows if actor.is_system or _reaches(row[0].path, seen, above)]
    ids = [bank.id for bank, _ in rows]
    products: dict[str, list[MortgageProduct]] = defaultdict(list)
    for product in session.scalars(
        select(MortgageProduct).where(MortgageProduct.bank_id.in_(ids)).order_by(MortgageProduct.name)
    ):
        products[product.bank_id].append(product)
    papers: dict[str, list[MortgagePaperKind]] = defaultdict(list)
    lines = select(MortgagePaperKind).where(MortgagePaperKind.bank_id.in_(ids), MortgagePaperKind.active)
    for paper in session.scalars(lines.order_by(MortgagePaperKind.position)):
        papers[paper.bank_id].append(paper)
    return [BankView(bank, place, products[bank.id], papers[bank.id]) for bank, place in rows]


def _reaches(path: str, seen: Iterable[str], above: set[str]) -> bool:
    return path in above or any(path.startswith(one) for one in seen)


def products_at(session: Session, path: str) -> list[tuple[MortgageProduct, MortgageBank]]:
    """What is lent at a project today, bank by bank."""
    query = (
        select(MortgageProduct, MortgageBank)
        .join(MortgageBank, MortgageBank.id == MortgageProduct.bank_id)
        .where(MortgageProduct.active, MortgageBank.active, MortgageBank.path.in_(paths_above(path)))
    )
    return [
        (product, bank)
        for product, bank in session.execute(query.order_by(MortgageBank.name, MortgageProduct.name))
    ]


@dataclass(frozen=True)
class LoanView:
    """One loan with its bank, product and papers."""

    loan: MortgageLoan
    bank: MortgageBank | None
    product: MortgageProduct | None
    papers: list[MortgagePaper]


@dataclass(frozen=True)
class CaseView:
    """A case with its loans and its story, the newest first."""

    case: MortgageCase
    loans: list[LoanView]
    story: list[MortgageEvent]


def get_case(session: Session, actor: Actor, case_id: str) -> CaseView:
    """One case. Raises `LoanMissing` when there is none or it lies outside the scope."""
    query = select(MortgageCase).where(
        MortgageCase.id == case_id, visible(actor, MortgageCase, Permission.SALES_VIEW)
    )
    case = session.scalars(query).one_or_none()
    if case is None:
        raise LoanMissing("mortgage_case_missing", id=case_id)
    return _view(session, case)


def cases_of_sale(session: Session, actor: Actor, sale_id: str) -> list[CaseView]:
    """The cases of a sale that the actor may see, the newest first."""
    query = select(MortgageCase).where(
        MortgageCase.sale_id == sale_id, visible(actor, MortgageCase, Permission.SALES_VIEW)
    )
    return [
        _view(session, case)
        for case in session.scalars(query.order_by(MortgageCase.opened_at.desc(), MortgageCase.id.desc()))
    ]


def _view(session: Session, case: MortgageCase) -> CaseView:
    loans = list(
        session.scalars(
            select(MortgageLoan).where(MortgageLoan.case_id == case.id).order_by(MortgageLoan.kind.desc())
        )
    )
    banks = {
        bank.id: bank
        for bank in session.scalars(select(MortgageBank).where(MortgageBank.id.in_([x.bank_id for x in loans])))
    }
    products = {
        one.id: one
        for one in session.scalars(
            select(MortgageProduct).where(MortgageProduct.id.in_([x.product_id for x in loans]))
        )
    }
    papers: dict[tuple[str, int], list[MortgagePaper]] = defaultdict(list)
    wanted = select(MortgagePaper).where(MortgagePaper.loan_id.in_([x.id for x in loans]))
    for paper in session.scalars(wanted.order_by(MortgagePaper.position)):
        papers[paper.loan_id, paper.attempt].append(paper)
    story = select(MortgageEvent).where(MortgageEvent.case_id == case.id)
    return CaseView(
        case,
        [
            LoanView(
                loan,
                banks.get(loan.bank_id or ""),
                products.get(loan.product_id or ""),
                papers[loan.id, loan.attempt],
            )
            for loan in loans
        ],
        list(session.scalars(story.order_by(MortgageEvent.at.desc(), MortgageEvent.id.desc()))),
    )


def clerks(session: Session, actor: Actor) -> list[str]:
    """The ids of those who have open cases."""
    query = select(MortgageCase.clerk_id).where(
        MortgageCase.clerk_id.is_not(None),
        MortgageCase.state == "open",
        visible(actor, MortgageCase, Permission.SALES_VIEW),
    )
    return [str(clerk) for clerk in session.scalars(query.distinct())]
