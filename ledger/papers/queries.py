"""Papers in number ranges as clerks look them up: ranges with their counts, papers, days against receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from kernel.actor import Actor
from ledger.finance.kinds import EventKind
from ledger.finance.models import Receipt, ReceiptEvent
from ledger.papers.errors import PaperMissing
from ledger.papers.kinds import PaperKind, PaperState
from ledger.papers.models import Paper, PaperExchange, PaperRange, PaperRangeReturn, PaperVoid
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission


def void_condition() -> ColumnElement[bool]:
    """Whether the paper of the enclosing query is void."""
    return exists().where(PaperVoid.paper_id == Paper.id).correlate(Paper)


def exchanged_condition() -> ColumnElement[bool]:
    """Whether the paper of the enclosing query was handed in for an invoice that stands."""
    gone = exists().where(PaperVoid.paper_id == PaperExchange.new_id).correlate(PaperExchange)
    return exists().where(PaperExchange.old_id == Paper.id, ~gone).correlate(Paper)


def is_void(session: Session, paper_id: str) -> bool:
    """Whether a paper is void."""
    return session.get(PaperVoid, paper_id) is not None


def is_exchanged(session: Session, paper_id: str) -> bool:
    """Whether a receipt was handed in for an invoice that stands."""
    return session.scalar(select(Paper.id).where(Paper.id == paper_id, exchanged_condition())) is not None


def live_paper_of(session: Session, receipt_id: str) -> Paper | None:
    """The paper that acknowledges a receipt and is not void, handed in or not."""
    query = select(Paper).where(Paper.receipt_id == receipt_id, ~void_condition())
    return session.scalars(query).one_or_none()


@dataclass(frozen=True)
class RangeRow:
    """A range with how many of its numbers are issued (exchanged ones among them), void, left, given back."""

    range: PaperRange
    issued: int
    void: int
    returned: int
    issued_fen: int

    @property
    def left(self) -> int:
        """Numbers that can still be issued."""
        return self.range.last - self.range.first + 1 - self.issued - self.void - self.returned

    @property
    def next_label(self) -> str | None:
        """The number that comes next."""
        return self.range.label(self.range.first + self.issued + self.void) if self.left else None


def list_ranges(
    session: Session, actor: Actor, project_id: str, *, limit: int = 50, offset: int = 0
) -> list[RangeRow]:
    """The ranges of a project, the latest first, with their counts, in one query."""
    voided = func.sum(case((PaperVoid.paper_id.is_not(None), 1), else_=0))
    counts = (
        select(
            Paper.range_id,
            func.count().label("used"),
            voided.label("void"),
            func.sum(case((PaperVoid.paper_id.is_(None), Paper.amount_fen), else_=0)).label("fen"),
        )
        .outerjoin(PaperVoid, PaperVoid.paper_id == Paper.id)
        .where(Paper.project_id == project_id)
        .group_by(Paper.range_id)
        .subquery()
    )
    query = (
        select(PaperRange, counts.c.used, counts.c.void, counts.c.fen, PaperRangeReturn.first)
        .outerjoin(counts, counts.c.range_id == PaperRange.id)
        .outerjoin(PaperRangeReturn, PaperRangeReturn.range_id == PaperRange.id)
        .where(PaperRange.project_id == project_id, visible(actor, PaperRange, Permission.FINANCE_VIEW))
        .order_by(PaperRange.received_on.desc(), PaperRange.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        RangeRow(
            received,
            int(used or 0) - int(void or 0),
            int(void or 0),
            received.last - returned + 1 if returned is not None else 0,
            int(fen or 0),
        )
        for received, used, void, fen, returned in session.execute(query)
    ]


@dataclass(frozen=True)
class PaperFilter:
    """What the list of papers is cut to; days are inclusive."""

    project_id: str | None = None
    range_id: str | None = None
    sale_id: str | None = None
    receipt_id: str | None = None
    kind: PaperKind | None = None
    state: PaperState | None = None
    first: date | None = None
    last: date | None = None
    search: str = ""


@dataclass(frozen=True)
class PaperRow:
    """A paper, where it stands, and the reason when it is void."""

    paper: Paper
    state: PaperState
    reason: str | None


def list_papers(
    session: Session, actor: Actor, where: PaperFilter, *, limit: int = 50, offset: int = 0
) -> list[PaperRow]:
    """Papers, the latest first, in one query."""
    query = (
        select(Paper, PaperVoid.reason, exchanged_condition())
        .outerjoin(PaperVoid, PaperVoid.paper_id == Paper.id)
        .where(visible(actor, Paper, Permission.FINANCE_VIEW), *_conditions(where))
        .order_by(Paper.on_date.desc(), Paper.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        PaperRow(paper, _state(paper, reason, exchanged), reason)
        for paper, reason, exchanged in session.execute(query)
    ]


def _state(paper: Paper, reason: str | None, exchanged: bool) -> PaperState:
    if reason is not None:
        return PaperState.SPOILED if paper.blank else PaperState.VOID
    return PaperState.EXCHANGED if exchanged else PaperState.ISSUED


def _conditions(where: PaperFilter) -> list[ColumnElement[bool]]:
    states: dict[PaperState, ColumnElement[bool]] = {
        PaperState.ISSUED: ~void_condition() & ~exchanged_condition(),
        PaperState.EXCHANGED: exchanged_condition(),
        PaperState.VOID: void_condition() & ~Paper.blank,
        PaperState.SPOILED: Paper.blank.is_(True),
    }
    words = where.search.strip()
    equal = {
        Paper.project_id: where.project_id,
        Paper.range_id: where.range_id,
        Paper.sale_id: where.sale_id,
        Paper.receipt_id: where.receipt_id,
        Paper.kind: where.kind,
    }
    conditions: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value]
    if where.state:
        conditions.append(states[where.state])
    if where.first:
        conditions.append(Paper.on_date >= where.first)
    if where.last:
        conditions.append(Paper.on_date <= where.last)
    if words:
        named = Paper.payer.icontains(words, autoescape=True)
        conditions.append(Paper.label.icontains(words, autoescape=True) | named)
    return conditions


@dataclass(frozen=True)
class PaperDetail:
    """A paper with its range, what it was exchanged from and what for; void invoices included."""

    row: PaperRow
    range: PaperRange
    void: PaperVoid | None
    made_of: tuple[Paper, ...]
    went_into: tuple[PaperRow, ...]


def get_paper(session: Session, actor: Actor, paper_id: str) -> PaperDetail:
    """One paper; raises `PaperMissing` outside the actor's scope."""
    paper = session.scalars(
        scoped(actor, Paper, Permission.FINANCE_VIEW).where(Paper.id == paper_id)
    ).one_or_none()
    if paper is None:
        raise PaperMissing(id=paper_id)
    old = aliased(Paper)
    made_of = session.scalars(
        select(old).join(PaperExchange, PaperExchange.old_id == old.id).where(PaperExchange.new_id == paper_id)
    )
    into = session.execute(
        select(Paper, PaperVoid.reason)
        .join(PaperExchange, PaperExchange.new_id == Paper.id)
        .outerjoin(PaperVoid, PaperVoid.paper_id == Paper.id)
        .where(PaperExchange.old_id == paper_id)
    )
    void = session.get(PaperVoid, paper_id)
    state = _state(paper, void.reason if void else None, is_exchanged(session, paper_id))
    return PaperDetail(
        PaperRow(paper, state, void.reason if void else None),
        session.get_one(PaperRange, paper.range_id),
        void,
        tuple(sorted(made_of, key=lambda one: one.number)),
        tuple(PaperRow(one, _state(one, reason, False), reason) for one, reason in into),
    )


@dataclass(frozen=True)
class DayRow:
    """A day's confirmed money against the papers that acknowledge it: fen and counts."""

    on_date: date
    receipts: int
    received_fen: int
    papered: int
    papered_fen: int

    @property
    def missing(self) -> int:
        """Receipts without a paper."""
        return self.receipts - self.papered

    @property
    def missing_fen(self) -> int:
        """Fen without a paper."""
        return self.received_fen - self.papered_fen


def days_against_receipts(
    session: Session, actor: Actor, project_id: str, *, first: date, last: date
) -> list[DayRow]:
    """For each day of a period, what was confirmed and stands, and what of it is on papers that are not void."""
    reversed_ = aliased(ReceiptEvent)
    gone = exists().where(reversed_.receipt_id == Receipt.id, reversed_.kind == EventKind.REVERSED)
    on_paper = exists().where(Paper.receipt_id == Receipt.id, ~void_condition())
    query = (
        select(
            ReceiptEvent.on_date,
            func.count(),
            func.sum(Receipt.amount_fen),
            func.sum(case((on_paper, 1), else_=0)),
            func.sum(case((on_paper, Receipt.amount_fen), else_=0)),
        )
        .join(Receipt, Receipt.id == ReceiptEvent.receipt_id)
        .where(
            visible(actor, Receipt, Permission.FINANCE_VIEW),
            Receipt.project_id == project_id,
            ReceiptEvent.kind == EventKind.CONFIRMED,
            ReceiptEvent.on_date.between(first, last),
            ~gone,
        )
        .group_by(ReceiptEvent.on_date)
        .order_by(ReceiptEvent.on_date.desc())
    )
    return [DayRow(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in session.execute(query)]
