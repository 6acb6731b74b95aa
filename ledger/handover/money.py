"""The money check before keys: open lines of the price, the area and what is collected for others (DOMAIN §2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from kernel.actor import SYSTEM, Actor
from kernel.clock import Clock
from kernel.errors import Stale
from ledger.finance.kinds import ReceivableClass
from ledger.finance.queries import AccountLine, sale_account
from ledger.handover.cases import lock_case, move, note, require_state, today_at
from ledger.handover.kinds import CaseState, EventKind
from ledger.handover.models import MoveInCase
from ledger.staff.permissions import Permission

_STOPS = (ReceivableClass.PRICE, ReceivableClass.COLLECTED)


def open_lines(session: Session, sale_id: str, on: date) -> list[AccountLine]:
    """What stops the keys, whoever owes it; what the developer owes back (a negative line) does not."""
    account = sale_account(session, SYSTEM, sale_id, on)
    return [line for line in account.lines if line.class_ in _STOPS and line.open_fen > 0]


def seal(lines: Sequence[AccountLine]) -> str:
    """The hash of what is open, line by line: an approval holds for exactly this."""
    told = sorted((line.receivable_id, line.open_fen) for line in lines)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def is_allowed(case: MoveInCase, lines: Sequence[AccountLine]) -> bool:
    """Whether keys may be given with this open: nothing, or no line above what was approved."""
    return all(line.open_fen <= int(case.allowed.get(line.receivable_id, 0)) for line in lines)


def check_money(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> tuple[MoveInCase, str]:
    """Note how much is open, or let the inspection begin; returns the case and the seal of what is open."""
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    lines = open_lines(session, case.sale_id, today_at(session, clock, case.project_id))
    before, case.open_fen = case.open_fen, sum(line.open_fen for line in lines)
    require_state(case, "check_money", CaseState.MONEY, CaseState.INSPECTION)
    if is_allowed(case, lines):
        if case.state is CaseState.MONEY:
            move(case, clock, CaseState.INSPECTION)
            note(session, actor, clock, case, EventKind.MONEY_CLEAR, details={"open_fen": case.open_fen})
    elif case.open_fen != before or case.state is CaseState.INSPECTION:
        move(case, clock, CaseState.MONEY)
        note(session, actor, clock, case, EventKind.MONEY_OPEN, details={"open_fen": case.open_fen})
    return case, seal(lines)


def allow_arrears(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, approved_hash: str, deciders: Sequence[str]
) -> MoveInCase:
    """Keys are allowed with exactly what was approved (DOMAIN §9, row "keys with arrears").

    Raises `Stale` when more or something else is open by now.
    """
    case = lock_case(session, actor, Permission.HANDOVER_WORK, case_id)
    require_state(case, "allow", CaseState.MONEY)
    lines = open_lines(session, case.sale_id, today_at(session, clock, case.project_id))
    if seal(lines) != approved_hash:
        raise Stale("move_in_money_changed", case_id=case_id)
    case.allowed = {line.receivable_id: line.open_fen for line in lines}
    case.allowed_hash = approved_hash
    move(case, clock, CaseState.INSPECTION)
    details = {"open_fen": case.open_fen, "deciders": list(deciders)}
    note(session, actor, clock, case, EventKind.ARREARS_ALLOWED, details=details)
    return case
