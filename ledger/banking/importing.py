"""Taking a statement in: known lines stay, new ones are added, one refused line keeps the whole file out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.ids import new_id
from kernel.vault import vault_of
from ledger.accounting.periods import books_of
from ledger.banking.accounts import lock_bank_account, save_columns, saved_columns
from ledger.banking.errors import Problem, StatementRefused
from ledger.banking.joining import Gap, gaps_of_file
from ledger.banking.kinds import Column, LineState
from ledger.banking.models import BankAccount, BankStatement, LineStanding, StatementLine
from ledger.banking.statement_rows import ParsedLine, ParsedStatement, read_statement
from ledger.banking.values import masked, same_account
from ledger.finance.parties import today_at

V = TypeVar("V")
_AT_ONCE = 1000


@dataclass(frozen=True)
class ImportPlan:
    """What a file would do: its lines that are new and known, and why it cannot go in."""

    parsed: ParsedStatement
    new: tuple[ParsedLine, ...]
    known: tuple[ParsedLine, ...]
    problems: tuple[Problem, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class ImportOutcome:
    """What a file did; ``statement_id`` is None when every line was known."""

    statement_id: str | None
    added: int
    known: int


def plan_import(
    session: Session,
    clock: Clock,
    account: BankAccount,
    *,
    content: bytes,
    file_name: str,
    columns: Mapping[str, str] | None = None,
) -> ImportPlan:
    """Read a file for an account and compare it with the lines that are there; writes nothing.

    Raises `StatementRefused` where it cannot be read at all.
    """
    parsed = read_statement(content, file_name, saved_columns(account, columns))
    problems = list(parsed.problems)
    if parsed.number and not same_account(parsed.number, account.number):
        params = {"stated": masked(parsed.number), "expected": account.number}
        problems.insert(0, Problem(None, None, "statement_other_account", params))
    there = _there(session, account, [one.serial for one in parsed.lines])
    new: list[ParsedLine] = []
    known: list[ParsedLine] = []
    for one in parsed.lines:
        row = there.get(one.serial)
        (known if row else new).append(one)
        problems += _differing(one, row) if row else []
    problems += _days(session, clock, account, new)
    gaps = gaps_of_file(session, account.id, parsed.lines) if new and not problems else ()
    return ImportPlan(parsed, tuple(new), tuple(known), tuple(problems), tuple(gaps))


def _there(session: Session, account: BankAccount, serials: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in in_parts(serials):
        query = select(
            StatementLine.serial, StatementLine.amount_fen, StatementLine.balance_fen, StatementLine.booked_on
        ).where(StatementLine.account_id == account.id, StatementLine.serial.in_(part))
        found |= {row.serial: row for row in session.execute(query)}
    return found


def in_parts(values: Sequence[V]) -> Iterator[Sequence[V]]:
    """Values in pieces that a statement can name at once."""
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


def _differing(one: ParsedLine, row: Any) -> list[Problem]:
    """Why a line is not the one that is there under its serial number."""
    if row.amount_fen != one.amount_fen:
        params = {"kept_fen": row.amount_fen}
        return [Problem(one.row, Column.CREDIT, "statement_serial_other_amount", params)]
    if row.balance_fen != one.balance_fen:
        params = {"kept_fen": row.balance_fen}
        return [Problem(one.row, Column.BALANCE, "statement_serial_other_balance", params)]
    if row.booked_on != one.booked_on:
        return [Problem(one.row, Column.DAY, "statement_serial_other_day", {"kept": row.booked_on})]
    return []


def _days(session: Session, clock: Clock, account: BankAccount, lines: Sequence[ParsedLine]) -> list[Problem]:
    """New lines of days that are still to come, or whose period is locked: what was reported stays as it was."""
    today, books = today_at(session, clock, account.project_id), books_of(session, account.project_id)
    problems = []
    for one in lines:
        if one.booked_on > today:
            problems.append(Problem(one.row, Column.DAY, "statement_day_to_come", {"latest": today}))
        elif books.locked_through is not None and one.booked_on <= books.locked_through:
            params = {"first_open": books.first_open(one.booked_on)}
            problems.append(Problem(one.row, Column.DAY, "statement_day_locked", params))
    return problems


def import_statement(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    account_id: str,
    content: bytes,
    file_name: str,
    columns: Mapping[str, str] | None = None,
) -> ImportOutcome:
    """Take a file in whole, or raise `StatementRefused` with every reason and leave nothing behind.

    Lines that are there are passed over, so the same file again adds nothing. What the columns were taken for is
    remembered for the account.
    """
    account = lock_bank_account(session, actor, account_id)
    plan = plan_import(session, clock, account, content=content, file_name=file_name, columns=columns)
    if plan.problems:
        raise StatementRefused(plan.problems)
    save_columns(session, actor, clock, account, plan.parsed.columns)
    if not plan.new:
        return ImportOutcome(None, 0, len(plan.known))
    statement = _statement(account, plan, content, file_name)
    statement.imported_at, statement.imported_by = clock.now(), actor.id
    session.add(statement)
    session.flush()  # The lines refer to it.
    _add_lines(session, actor, clock, statement, plan.new)
    after = {"added": statement.added, "known": statement.known, "sha256": statement.sha256}
    audit.record(
        session, actor, clock, "banking:import", "bank_statement", statement.id, path=account.path, after=after
    )
    return ImportOutcome(statement.id, statement.added, statement.known)


def _statement(account: BankAccount, plan: ImportPlan, content: bytes, file_name: str) -> BankStatement:
    lines = plan.parsed.lines
    return BankStatement(
        account_id=account.id,
        project_id=account.project_id,
        path=account.path,
        file_name=file_name[-160:],
        sha256=hashlib.sha256(content).hexdigest(),
        first_on=min(one.booked_on for one in lines),
        last_on=max(one.booked_on for one in lines),
        opening_fen=plan.parsed.opening_fen,
        closing_fen=lines[-1].balance_fen,
        added=len(plan.new),
        known=len(plan.known),
    )


def _add_lines(
    session: Session, actor: Actor, clock: Clock, statement: BankStatement, lines: Sequence[ParsedLine]
) -> None:
    now = clock.now()
    place = {"account_id": statement.account_id, "project_id": statement.project_id, "path": statement.path}
    rows: list[dict[str, Any]] = []
    standings: list[dict[str, Any]] = []
    for one in lines:
        line_id = new_id()
        state = LineState.OPEN if one.amount_fen > 0 else LineState.PAID_OUT
        rows.append(
            {"id": line_id, "statement_id": statement.id, "serial": one.serial, "booked_on": one.booked_on,
             "booked_time": one.booked_time, "summary": one.summary, "amount_fen": one.amount_fen,
             "balance_fen": one.balance_fen, "payer": one.payer or None, "memo": one.memo,
             **place, **payer_columns(session, one.payer_account)}
        )  # fmt: skip
        standings.append(
            {"line_id": line_id, "booked_on": one.booked_on, "state": state, "rounds": 0,
             "changed_at": now, "changed_by": actor.id, **place}
        )  # fmt: skip
    session.execute(insert(StatementLine), rows)
    session.execute(insert(LineStanding), standings)


def payer_columns(session: Session, number: str) -> dict[str, str | None]:
    """What is kept of a payer's account: a keyed fingerprint of the whole number, and its last four digits."""
    if not number:
        return {"payer_index": None, "payer_tail": None}
    # A number that the bank has masked stands for many accounts.
    index = None if "*" in number else vault_of(session).index("bank_account", number)
    return {"payer_index": index, "payer_tail": number[-4:]}
