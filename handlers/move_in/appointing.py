"""Appointments: reminded, missed, decided on."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import Context, handler
from handlers.move_in.start import CaseIn, tell_buyers
from kernel.clock import business_date
from ledger.handover import appointments, keys
from ledger.handover.kinds import CaseState
from ledger.handover.models import MoveInCase
from ledger.organisation.parameters import MOVE_IN_NO_SHOWS
from ledger.organisation.queries import parameter


@handler("move_in.remind", again=True)
def remind(data: CaseIn, ctx: Context) -> None:
    """No appointment yet: the buyers are told until when."""
    case = ctx.session.get_one(MoveInCase, data.case_id)
    if case.state is CaseState.NOTIFIED:
        tell_buyers(ctx, case, "move_in_reminder", by_on=case.appoint_by.isoformat())


@dataclass(frozen=True)
class NoShowOut:
    """Whether a person has to decide."""

    too_often: bool


@handler("move_in.no_show", again=True)
def no_show(data: CaseIn, ctx: Context) -> NoShowOut:
    """Nobody came: the place is free again, the buyers may choose another."""
    case = appointments.miss(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)
    tell_buyers(ctx, case, "move_in_missed")
    limit = parameter(ctx.session, case.path, MOVE_IN_NO_SHOWS, business_date(ctx.clock))
    return NoShowOut(case.no_shows >= limit)


@dataclass(frozen=True)
class JudgeIn:
    """Whether a refusal, or staying away, had cause, and why."""

    case_id: str
    justified: bool
    reason: str


@handler("move_in.judge", again=True)
def judge(data: JudgeIn, ctx: Context) -> None:
    """Note the judgement; without cause the risk passed on the notified day, and the buyers are told so."""
    act = (ctx.session, ctx.ledger_actor, ctx.clock)
    case = keys.judge_refusal(*act, case_id=data.case_id, justified=data.justified, reason=data.reason)
    if not data.justified and case.risk_passed_on is not None:
        tell_buyers(ctx, case, "move_in_risk_passed", risk_on=case.risk_passed_on.isoformat())
