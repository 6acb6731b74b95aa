"""Proposing a level (催缴建议) and sending it: each line once at each level, however often a run comes.

A level that may be sent takes those below it off the list: nobody is gently reminded of what is months late.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.arrears.cases import lock_case, note_audit, note_event, require_text
from ledger.arrears.errors import CaseSuspended, NothingOpen, ProposalDecided, ProposalMissing, TooEarly
from ledger.arrears.expected import expected_interest
from ledger.arrears.facts import WorkAsked
from ledger.arrears.finding import Line, find_lines
from ledger.arrears.kinds import Channel, EventKind, ProposalState, Role
from ledger.arrears.models import ArrearsCase, ArrearsProposal, ArrearsReach, ArrearsStep
from ledger.finance.parties import today_at
from ledger.locking import locked
from ledger.scope import scoped
from ledger.staff.permissions import Permission

AHEAD_DAYS = 31
WORK_OF = {Role.BUYER: "call", Role.BANK: "chase_bank", Role.FUND_CENTRE: "chase_bank", Role.US: "clear_way"}


@dataclass(frozen=True)
class Wanted:
    """A level as the decision table has it, for lines of one role."""

    role: Role
    level: int
    channel: Channel
    template: str
    task_role: str
    earliest_on: date
    receivable_ids: Sequence[str]


def propose(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, wanted: Wanted
) -> ArrearsProposal | None:
    """Propose a level for those of the lines that are open and have not reached it; None when none is left.

    What goes to a role of the house needs no tick and is sent at once.
    """
    case = session.get_one(ArrearsCase, case_id)
    today = today_at(session, clock, case.project_id)
    lines = [
        line
        for line in find_lines(session, case.path, today, ahead_days=AHEAD_DAYS, sale_id=case.sale_id)
        if line.receivable_id in wanted.receivable_ids
        and line.role is wanted.role
        and (line.reached is None or line.reached < wanted.level)
    ]
    if not lines:
        return None
    proposal = _write(session, clock, case, wanted, lines, today)
    case.level = max(case.level, wanted.level)
    after = {"role": wanted.role, "level": wanted.level, "lines": len(lines)}
    note_audit(session, actor, clock, case, "propose", after=after)
    if wanted.earliest_on <= today:
        _pass_over(session, actor, clock, proposal)
    if wanted.channel is Channel.TASK:
        _carry_out(session, actor, clock, case, proposal, lines, today)
    return proposal


def _write(
    session: Session, clock: Clock, case: ArrearsCase, wanted: Wanted, lines: list[Line], today: date
) -> ArrearsProposal:
    proposal = ArrearsProposal(
        case_id=case.id,
        project_id=case.project_id,
        path=case.path,
        owner_id=case.owner_id,
        role=wanted.role,
        level=wanted.level,
        channel=wanted.channel,
        template=wanted.template,
        task_role=wanted.task_role,
        earliest_on=wanted.earliest_on,
        proposed_at=clock.now(),
    )
    session.add(proposal)
    session.flush()  # The lines refer to the id.
    for line in lines:
        session.add(
            ArrearsReach(
                proposal_id=proposal.id,
                case_id=case.id,
                receivable_id=line.receivable_id,
                role=wanted.role,
                level=wanted.level,
                open_fen=line.open_fen,
                days=line.days,
                on_date=today,
            )
        )
    session.flush()  # The unique level of each line must speak now.
    return proposal


def send_proposal(session: Session, actor: Actor, clock: Clock, *, proposal_id: str) -> ArrearsStep:
    """Send a proposed level; letters and messages leave after the commit.

    Raises `ProposalMissing`, `ProposalDecided`, `TooEarly`, `CaseSuspended`, `NothingOpen` and `NotAllowed`.
    """
    proposal = _lock(session, actor, proposal_id)
    case = lock_case(session, actor, proposal.case_id)
    today = today_at(session, clock, case.project_id)
    if proposal.earliest_on > today:
        raise TooEarly(earliest_on=proposal.earliest_on.isoformat())
    if case.suspended_by is not None:
        raise CaseSuspended(by=f"suspension.{case.suspended_by}")
    lines = open_lines(session, proposal, case, today)
    if not lines:
        raise NothingOpen()
    return _carry_out(session, actor, clock, case, proposal, lines, today)


def open_lines(session: Session, proposal: ArrearsProposal, case: ArrearsCase, today: date) -> list[Line]:
    """The lines of a proposal that are open now, with what is open of each."""
    wanted = set(
        session.scalars(select(ArrearsReach.receivable_id).where(ArrearsReach.proposal_id == proposal.id))
    )
    found = find_lines(session, case.path, today, ahead_days=AHEAD_DAYS, sale_id=case.sale_id)
    lines = [line for line in found if line.receivable_id in wanted and line.role is proposal.role]
    return sorted(lines, key=lambda line: (line.due_on, line.receivable_id))


def _carry_out(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: ArrearsCase,
    proposal: ArrearsProposal,
    lines: list[Line],
    today: date,
) -> ArrearsStep:
    amount = sum(line.open_fen for line in lines)
    step = ArrearsStep(
        case_id=case.id,
        proposal_id=proposal.id,
        path=case.path,
        role=proposal.role,
        level=proposal.level,
        instalments=_set_of(line.receivable_id for line in lines),
        channel=proposal.channel,
        template=proposal.template,
        amount_fen=amount,
        interest_fen=expected_interest(session, [case.sale_id], today).get(case.sale_id, 0),
        on_date=today,
        at=clock.now(),
        by=actor.id,
    )
    session.add(step)
    _decide(proposal, actor, clock, ProposalState.SENT)
    _pass_over(session, actor, clock, proposal)
    session.flush()  # The unique step must speak now; letters and tasks refer to its id.
    note_audit(session, actor, clock, case, "send", after={"level": step.level, "amount_fen": amount})
    if proposal.channel in (Channel.PHONE, Channel.TASK):
        tell(session, WorkAsked(case.id, WORK_OF[proposal.role], step.id, proposal.task_role, amount))
    return step


def withdraw_proposal(session: Session, actor: Actor, clock: Clock, *, proposal_id: str, reason: str) -> None:
    """Leave a level out; it is not proposed again for these lines. Raises as `send_proposal` does."""
    proposal = _lock(session, actor, proposal_id)
    case = lock_case(session, actor, proposal.case_id)
    _decide(proposal, actor, clock, ProposalState.WITHDRAWN)
    details = {"reason": require_text(reason, "reason"), "level": proposal.level}
    note_event(
        session,
        actor,
        clock,
        case,
        EventKind.WITHDRAWN,
        key=f"proposal:{proposal.id}",
        subject_id=proposal.id,
        details=details,
    )


def withdraw_paid(session: Session, actor: Actor, clock: Clock, *, proposal_id: str) -> None:
    """A proposal about which nothing is open any more leaves the list."""
    proposal = session.get_one(ArrearsProposal, proposal_id)
    if proposal.state is ProposalState.OPEN:
        _decide(proposal, actor, clock, ProposalState.WITHDRAWN)


def note_failure(session: Session, *, proposal_id: str, code: str) -> None:
    """A try to send failed: the proposal stays on the list and says why."""
    proposal = session.get(ArrearsProposal, proposal_id)
    if proposal is not None and proposal.state is ProposalState.OPEN:
        proposal.failure = code[:60]


def _pass_over(session: Session, actor: Actor, clock: Clock, proposal: ArrearsProposal) -> None:
    """Lower levels of the same role that nobody has sent leave the list, if all their lines have come further."""
    reached = select(ArrearsReach.receivable_id).where(ArrearsReach.proposal_id == proposal.id)
    alone = aliased(ArrearsReach)
    lines_of_its_own = exists().where(alone.proposal_id == ArrearsProposal.id, alone.receivable_id.not_in(reached))
    lower = select(ArrearsProposal).where(
        ArrearsProposal.case_id == proposal.case_id,
        ArrearsProposal.role == proposal.role,
        ArrearsProposal.state == ProposalState.OPEN,
        ArrearsProposal.level < proposal.level,
        ~lines_of_its_own,
    )
    for passed in session.scalars(lower):
        _decide(passed, actor, clock, ProposalState.WITHDRAWN)


def _decide(proposal: ArrearsProposal, actor: Actor, clock: Clock, state: ProposalState) -> None:
    proposal.state, proposal.decided_at, proposal.decided_by = state, clock.now(), actor.id
    proposal.failure = None


def _lock(session: Session, actor: Actor, proposal_id: str) -> ArrearsProposal:
    query = scoped(actor, ArrearsProposal, Permission.FINANCE_VIEW).where(ArrearsProposal.id == proposal_id)
    proposal = session.scalars(locked(query, ArrearsProposal)).one_or_none()
    if proposal is None:
        raise ProposalMissing(id=proposal_id)
    actor.require(Permission.FINANCE_CHASE, proposal.path)
    if proposal.state is not ProposalState.OPEN:
        raise ProposalDecided(state=f"arrears_proposal.{proposal.state}")
    return proposal


def _set_of(receivable_ids: Iterable[str]) -> str:
    ids = ",".join(sorted(receivable_ids))
    return hashlib.sha256(ids.encode()).hexdigest()
