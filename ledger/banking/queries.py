"""Statements, their lines and where these stand, cut to what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.banking.errors import LineMissing, StatementMissing
from ledger.banking.importing import in_parts
from ledger.banking.kinds import LineState
from ledger.banking.models import BankAccount, BankStatement, LineEvent, LineMatch, LineStanding, StatementLine
from ledger.finance.accounts import has_event
from ledger.finance.kinds import EventKind
from ledger.finance.models import Receipt
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class StatementRow:
    """A statement in the list: its account, its period, and how many of its lines still wait."""

    id: str
    account_id: str
    account_name: str
    account_number: str
    file_name: str
    first_on: date
    last_on: date
    opening_fen: int
    closing_fen: int
    added: int
    known: int
    open: int
    matched: int
    ignored: int
    imported_at: datetime
    imported_by: str
    path: str


@dataclass(frozen=True)
class LineRow:
    """A line with where it stands. ``payer_account`` shows the last four digits alone."""

    id: str
    account_id: str
    project_id: str
    path: str
    serial: str
    booked_on: date
    booked_time: str | None
    summary: str
    amount_fen: int
    balance_fen: int
    payer: str | None
    payer_tail: str | None
    payer_index: str | None
    memo: str
    state: LineState
    reason: str | None
    rounds: int
    statement_id: str


@dataclass(frozen=True)
class LineFilter:
    """What a list of lines is cut to; dates are inclusive."""

    state: LineState | None = None
    project_id: str | None = None
    account_id: str | None = None
    statement_id: str | None = None
    booked_from: date | None = None
    booked_to: date | None = None
    search: str = ""


@dataclass(frozen=True)
class MatchRow:
    """A receipt that a line became, and whether it still stands."""

    receipt_id: str
    sale_id: str | None
    amount_fen: int
    certainty: str
    at: datetime
    by: str
    reversed: bool


def list_statements(
    session: Session, actor: Actor, *, account_id: str | None = None, limit: int = 50, offset: int = 0
) -> list[StatementRow]:
    """Statements, the latest period first, each with the states of the lines that it brought, in two queries."""
    query = (
        select(BankStatement, BankAccount.name, BankAccount.number)
        .join(BankAccount, BankAccount.id == BankStatement.account_id)
        .where(visible(actor, BankStatement, Permission.BANKING_MATCH))
        .order_by(BankStatement.last_on.desc(), BankStatement.id.desc())
    )
    if account_id is not None:
        query = query.where(BankStatement.account_id == account_id)
    rows = session.execute(query.limit(limit).offset(offset)).all()
    counts = _counts(session, [statement.id for statement, _, _ in rows])
    return [_statement_row(statement, name, number, counts) for statement, name, number in rows]


def get_statement(session: Session, actor: Actor, statement_id: str) -> StatementRow:
    """One statement as the list shows it; raises `StatementMissing` outside the actor's scope."""
    query = (
        select(BankStatement, BankAccount.name, BankAccount.number)
        .join(BankAccount, BankAccount.id == BankStatement.account_id)
        .where(visible(actor, BankStatement, Permission.BANKING_MATCH), BankStatement.id == statement_id)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise StatementMissing(id=statement_id)
    return _statement_row(*found, _counts(session, [statement_id]))


def _counts(session: Session, statement_ids: Sequence[str]) -> dict[tuple[str, str], int]:
    query = (
        select(StatementLine.statement_id, LineStanding.state, func.count())
        .join(LineStanding, LineStanding.line_id == StatementLine.id)
        .where(StatementLine.statement_id.in_(statement_ids))
        .group_by(StatementLine.statement_id, LineStanding.state)
    )
    return {(statement_id, state): int(count) for statement_id, state, count in session.execute(query)}


def _statement_row(
    statement: BankStatement, name: str, number: str, counts: dict[tuple[str, str], int]
) -> StatementRow:
    states = (LineState.OPEN, LineState.MATCHED, LineState.IGNORED)
    waiting, matched, ignored = (counts.get((statement.id, state), 0) for state in states)
    return StatementRow(
        statement.id,
        statement.account_id,
        name,
        number,
        statement.file_name,
        statement.first_on,
        statement.last_on,
        statement.opening_fen,
        statement.closing_fen,
        statement.added,
        statement.known,
        waiting,
        matched,
        ignored,
        statement.imported_at,
        statement.imported_by,
        statement.path,
    )


def list_lines(
    session: Session, actor: Actor, where: LineFilter, *, limit: int = 50, offset: int = 0
) -> list[LineRow]:
    """Lines in the order of their days and serial numbers, in one query."""
    query = (
        select(StatementLine, LineStanding)
        .join(LineStanding, LineStanding.line_id == StatementLine.id)
        .where(visible(actor, LineStanding, Permission.BANKING_MATCH), *_cut(where))
        .order_by(LineStanding.booked_on, StatementLine.serial, StatementLine.id)
    )
    return [line_row(line, at) for line, at in session.execute(query.limit(limit).offset(offset))]


def count_lines(session: Session, actor: Actor, where: LineFilter) -> int:
    """How many lines there are of a kind."""
    query = (
        select(func.count())
        .select_from(LineStanding)
        .join(StatementLine, StatementLine.id == LineStanding.line_id)
        .where(visible(actor, LineStanding, Permission.BANKING_MATCH), *_cut(where))
    )
    return session.scalar(query) or 0


def _cut(where: LineFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if where.state is not None:
        conditions.append(LineStanding.state == where.state)
    if where.project_id is not None:
        conditions.append(LineStanding.project_id == where.project_id)
    if where.account_id is not None:
        conditions.append(LineStanding.account_id == where.account_id)
    if where.statement_id is not None:
        conditions.append(StatementLine.statement_id == where.statement_id)
    if where.booked_from is not None:
        conditions.append(LineStanding.booked_on >= where.booked_from)
    if where.booked_to is not None:
        conditions.append(LineStanding.booked_on <= where.booked_to)
    if words := where.search.strip():
        conditions.append(_about(words))
    return conditions


def _about(words: str) -> ColumnElement[bool]:
    return (
        StatementLine.memo.icontains(words, autoescape=True)
        | StatementLine.payer.icontains(words, autoescape=True)
        | StatementLine.serial.icontains(words, autoescape=True)
    )


def line_row(line: StatementLine, at: LineStanding) -> LineRow:
    """A line as lists show it."""
    return LineRow(
        line.id,
        line.account_id,
        line.project_id,
        line.path,
        line.serial,
        line.booked_on,
        line.booked_time,
        line.summary,
        line.amount_fen,
        line.balance_fen,
        line.payer,
        line.payer_tail,
        line.payer_index,
        line.memo,
        LineState(at.state),
        at.reason,
        at.rounds,
        line.statement_id,
    )


def get_line(session: Session, actor: Actor, line_id: str) -> LineRow:
    """One line; raises `LineMissing` outside the actor's scope."""
    query = (
        scoped(actor, LineStanding, Permission.BANKING_MATCH)
        .add_columns(StatementLine)
        .join(StatementLine, StatementLine.id == LineStanding.line_id)
        .where(LineStanding.line_id == line_id)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise LineMissing(field="line_id", id=line_id)
    return line_row(found[1], found[0])


def matches_of(session: Session, line_id: str) -> list[MatchRow]:
    """The receipts that a line became, those taken back included, the latest first."""
    query = (
        select(LineMatch, has_event(EventKind.REVERSED))
        .join(Receipt, Receipt.id == LineMatch.receipt_id)
        .where(LineMatch.line_id == line_id)
        .order_by(LineMatch.at.desc(), LineMatch.id)
    )
    return [
        MatchRow(one.receipt_id, one.sale_id, one.amount_fen, one.certainty, one.at, one.by, bool(reversed_))
        for one, reversed_ in session.execute(query)
    ]


def matched_fen(session: Session, line_ids: Sequence[str]) -> dict[str, int]:
    """Fen of lines that are matched; those of which nothing is are left out."""
    found: dict[str, int] = {}
    for part in in_parts(line_ids):
        query = (
            select(LineMatch.line_id, func.sum(LineMatch.amount_fen))
            .join(Receipt, Receipt.id == LineMatch.receipt_id)
            .where(LineMatch.line_id.in_(part), ~has_event(EventKind.REVERSED))
            .group_by(LineMatch.line_id)
        )
        found |= {line_id: int(fen) for line_id, fen in session.execute(query)}
    return found


def events_of(session: Session, line_id: str) -> list[LineEvent]:
    """What was done with a line, in order."""
    query = select(LineEvent).where(LineEvent.line_id == line_id).order_by(LineEvent.at, LineEvent.id)
    return list(session.scalars(query))


def unmatched_lines(session: Session, actor: Actor, project_id: str, *, older_than: date) -> int:
    """How many lines of money that came in before a day still wait to be matched.

    Whoever chases arrears asks this first: the money may be here already. It names nobody, so that who sees the
    project's money may ask.
    """
    query = select(func.count()).where(
        visible(actor, LineStanding, Permission.FINANCE_VIEW),
        LineStanding.project_id == project_id,
        LineStanding.state == LineState.OPEN,
        LineStanding.booked_on < older_than,
    )
    return session.scalar(query) or 0
