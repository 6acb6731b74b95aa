"""Whether statements of one account join: the balance before a first line is the balance after the line before it.

Files may come in any order, so a gap keeps nothing out; it says that lines between are missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from ledger.banking.models import StatementLine
from ledger.banking.statement_rows import ParsedLine


@dataclass(frozen=True)
class Gap:
    """A side on which lines miss: the day and the balance there, and the balance here, in fen."""

    is_before: bool
    day: date
    there_fen: int
    here_fen: int


@dataclass(frozen=True)
class _End:
    """A line at an end of what is looked at."""

    booked_on: date
    serial: str
    amount_fen: int
    balance_fen: int


def gaps_of_file(session: Session, account_id: str, lines: tuple[ParsedLine, ...]) -> list[Gap]:
    """Where the lines of a file do not join those of the account; a file without lines has no gap."""
    if not lines:
        return []
    ends = [_End(one.booked_on, one.serial, one.amount_fen, one.balance_fen) for one in (lines[0], lines[-1])]
    return _gaps(session, account_id, ends[0], ends[1])


def gaps_of_statement(session: Session, account_id: str, statement_id: str) -> list[Gap]:
    """Where the lines that a statement brought do not join those of the account."""
    query = select(StatementLine).where(StatementLine.statement_id == statement_id).limit(1)
    order = (StatementLine.booked_on, StatementLine.serial)
    first = session.scalars(query.order_by(*order)).one_or_none()
    last = session.scalars(query.order_by(*(column.desc() for column in order))).one_or_none()
    if first is None or last is None:
        return []
    ends = [_End(one.booked_on, one.serial, one.amount_fen, one.balance_fen) for one in (first, last)]
    return _gaps(session, account_id, ends[0], ends[1])


def _gaps(session: Session, account_id: str, first: _End, last: _End) -> list[Gap]:
    found = []
    opening = first.balance_fen - first.amount_fen
    if (before := _nearest(session, account_id, first, earlier=True)) and before.balance_fen != opening:
        found.append(Gap(True, before.booked_on, before.balance_fen, opening))
    if after := _nearest(session, account_id, last, earlier=False):
        begins = after.balance_fen - after.amount_fen
        if begins != last.balance_fen:
            found.append(Gap(False, after.booked_on, begins, last.balance_fen))
    return found


def _nearest(session: Session, account_id: str, end: _End, *, earlier: bool) -> StatementLine | None:
    """The account's line next to an end, in the order of the bank."""
    day, serial = StatementLine.booked_on, StatementLine.serial
    if earlier:
        beyond = or_(day < end.booked_on, and_(day == end.booked_on, serial < end.serial))
        order = (day.desc(), serial.desc())
    else:
        beyond = or_(day > end.booked_on, and_(day == end.booked_on, serial > end.serial))
        order = (day.asc(), serial.asc())
    query = select(StatementLine).where(StatementLine.account_id == account_id, beyond)
    return session.scalars(query.order_by(*order).limit(1)).one_or_none()
