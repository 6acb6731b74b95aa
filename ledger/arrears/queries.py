"""Lists and pages of chasing arrears: proposals to send, cases, and one case with everything that happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.arrears.errors import CaseMissing
from ledger.arrears.expected import expected_interest
from ledger.arrears.finding import Line, find_lines
from ledger.arrears.holding import running_block
from ledger.arrears.kinds import Channel, EventKind, ProposalState, Role, Suspension
from ledger.arrears.models import (
    ArrearsBlock,
    ArrearsCase,
    ArrearsDispute,
    ArrearsEvent,
    ArrearsLegalStep,
    ArrearsPromise,
    ArrearsProposal,
    ArrearsReach,
    ArrearsStep,
)
from ledger.arrears.promises import broken_promises, running_promise
from ledger.finance.models import Receivable
from ledger.finance.queries import paid_on_line
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission

COUNT_CAP = 1000


@dataclass(frozen=True)
class ProposalFilter:
    """What the list of proposals is cut to. ``ready_on``: those that may be sent on that day."""

    project_id: str | None = None
    role: Role | None = None
    channel: Channel | None = None
    level: int | None = None
    ready_on: date | None = None
    failed: bool = False


@dataclass(frozen=True)
class ProposalRow:
    """A proposed level; fen still open of its lines, days late of the oldest, interest of the whole sale."""

    id: str
    case_id: str
    sale_id: str
    project_id: str
    role: Role
    level: int
    channel: Channel
    template: str
    task_role: str
    earliest_on: date
    open_fen: int
    interest_fen: int
    days: int
    suspended_by: Suspension | None
    failure: str | None


def list_proposals(
    session: Session, actor: Actor, where: ProposalFilter, *, on: date, limit: int = 50, offset: int = 0
) -> list[ProposalRow]:
    """Proposals that wait to be sent, the earliest first, highest level first within a day."""
    query = (
        select(ArrearsProposal, ArrearsCase.sale_id, ArrearsCase.suspended_by)
        .join(ArrearsCase, ArrearsCase.id == ArrearsProposal.case_id)
        .where(
            visible(actor, ArrearsProposal, Permission.FINANCE_VIEW),
            ArrearsProposal.state == ProposalState.OPEN,
            *_conditions(where),
        )
        .order_by(ArrearsProposal.earliest_on, ArrearsProposal.level.desc(), ArrearsProposal.id)
    )
    found = session.execute(query.limit(limit).offset(offset)).all()
    sums = _open_sums(session, [proposal.id for proposal, *_ in found], on)
    interest = expected_interest(session, {sale_id for _, sale_id, _ in found}, on)
    return [
        ProposalRow(
            proposal.id,
            proposal.case_id,
            sale_id,
            proposal.project_id,
            proposal.role,
            proposal.level,
            proposal.channel,
            proposal.template,
            proposal.task_role,
            proposal.earliest_on,
            sums.get(proposal.id, (0, 0))[0],
            interest.get(sale_id, 0),
            sums.get(proposal.id, (0, 0))[1],
            suspended_by,
            proposal.failure,
        )
        for proposal, sale_id, suspended_by in found
    ]


def count_proposals(session: Session, actor: Actor, where: ProposalFilter) -> int:
    """How many proposals the list holds, up to the cap."""
    some = (
        select(ArrearsProposal.id)
        .where(
            visible(actor, ArrearsProposal, Permission.FINANCE_VIEW),
            ArrearsProposal.state == ProposalState.OPEN,
            *_conditions(where),
        )
        .limit(COUNT_CAP)
    )
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _conditions(where: ProposalFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if where.project_id is not None:
        conditions.append(ArrearsProposal.project_id == where.project_id)
    if where.role is not None:
        conditions.append(ArrearsProposal.role == where.role)
    if where.channel is not None:
        conditions.append(ArrearsProposal.channel == where.channel)
    if where.level is not None:
        conditions.append(ArrearsProposal.level == where.level)
    if where.ready_on is not None:
        conditions.append(ArrearsProposal.earliest_on <= where.ready_on)
    if where.failed:
        conditions.append(ArrearsProposal.failure.is_not(None))
    return conditions


def _open_sums(session: Session, proposal_ids: Sequence[str], on: date) -> dict[str, tuple[int, int]]:
    """Fen open now and days late of the oldest line, by proposal; contested parts are taken off."""
    rejected = select(ArrearsEvent.subject_id).where(ArrearsEvent.kind == EventKind.DISPUTE_REJECTED)
    contested = (
        select(func.coalesce(func.sum(ArrearsDispute.amount_fen), 0))
        .where(ArrearsDispute.receivable_id == Receivable.id, ArrearsDispute.id.not_in(rejected))
        .scalar_subquery()
    )
    query = (
        select(
            ArrearsReach.proposal_id,
            func.sum(Receivable.amount_fen - paid_on_line() - contested),
            func.min(Receivable.due_on),
        )
        .join(Receivable, Receivable.id == ArrearsReach.receivable_id)
        .where(ArrearsReach.proposal_id.in_(proposal_ids))
        .group_by(ArrearsReach.proposal_id)
    )
    return {
        proposal_id: (max(int(fen), 0), (on - due_on).days)
        for proposal_id, fen, due_on in session.execute(query)
        if due_on is not None
    }


@dataclass(frozen=True)
class CaseFilter:
    """What the list of cases is cut to; closed ones only if asked for."""

    project_id: str | None = None
    level: int | None = None
    suspended_by: Suspension | None = None
    closed: bool = False


@dataclass(frozen=True)
class CaseRow:
    """A case; fen late now, and days of its oldest line."""

    id: str
    sale_id: str
    project_id: str
    level: int
    state: str
    close_reason: str | None
    suspended_by: Suspension | None
    suspended_until: date | None
    opened_at: datetime
    late_fen: int
    days: int


def list_cases(
    session: Session, actor: Actor, where: CaseFilter, *, on: date, limit: int = 50, offset: int = 0
) -> list[CaseRow]:
    """Cases, the highest level first, the oldest first within a level."""
    query = scoped(actor, ArrearsCase, Permission.FINANCE_VIEW).where(
        ArrearsCase.state == ("closed" if where.closed else "open")
    )
    if where.project_id is not None:
        query = query.where(ArrearsCase.project_id == where.project_id)
    if where.level is not None:
        query = query.where(ArrearsCase.level == where.level)
    if where.suspended_by is not None:
        query = query.where(ArrearsCase.suspended_by == where.suspended_by)
    order = (ArrearsCase.closed_at.desc(),) if where.closed else (ArrearsCase.level.desc(),)
    query = query.order_by(*order, ArrearsCase.opened_at, ArrearsCase.id)
    cases = list(session.scalars(query.limit(limit).offset(offset)))
    sums = _late_sums(session, [case.sale_id for case in cases], on)
    return [
        CaseRow(
            case.id,
            case.sale_id,
            case.project_id,
            case.level,
            case.state,
            case.close_reason,
            case.suspended_by,
            case.suspended_until,
            case.opened_at,
            *sums.get(case.sale_id, (0, 0)),
        )
        for case in cases
    ]


def _late_sums(session: Session, sale_ids: Sequence[str], on: date) -> dict[str, tuple[int, int]]:
    query = (
        select(
            Receivable.sale_id,
            func.sum(Receivable.amount_fen - paid_on_line()),
            func.min(Receivable.due_on),
        )
        .where(
            Receivable.sale_id.in_(sale_ids),
            Receivable.state == "planned",
            Receivable.due_on < on,
            Receivable.amount_fen > paid_on_line(),
        )
        .group_by(Receivable.sale_id)
    )
    return {
        str(sale_id): (int(fen), (on - due_on).days)
        for sale_id, fen, due_on in session.execute(query)
        if due_on is not None
    }


@dataclass(frozen=True)
class Happening:
    """One entry of a case's story: what it was, when, by whom, and what it says besides."""

    kind: str
    at: datetime
    by: str
    details: dict[str, object]


@dataclass(frozen=True)
class CaseDetail:
    """A case with its lines that are late or near, what waits in it, and its story, the latest first."""

    case: ArrearsCase
    lines: tuple[Line, ...]
    interest_fen: int
    proposals: tuple[ArrearsProposal, ...]
    promise: ArrearsPromise | None
    block: ArrearsBlock | None
    broken: int
    disputes: tuple[ArrearsDispute, ...]
    story: tuple[Happening, ...]
    letters: tuple[tuple[str, str], ...]

    @property
    def late_fen(self) -> int:
        """Fen late and chased."""
        return sum(line.open_fen for line in self.lines if line.days > 0)


def get_case(session: Session, actor: Actor, case_id: str, *, on: date) -> CaseDetail:
    """One case for its page. Raises `CaseMissing` outside the actor's scope."""
    query = scoped(actor, ArrearsCase, Permission.FINANCE_VIEW).where(ArrearsCase.id == case_id)
    case = session.scalars(query).one_or_none()
    if case is None:
        raise CaseMissing(id=case_id)
    lines = find_lines(session, case.path, on, ahead_days=31, sale_id=case.sale_id)
    open_ones = select(ArrearsProposal).where(
        ArrearsProposal.case_id == case.id, ArrearsProposal.state == ProposalState.OPEN
    )
    events = list(session.scalars(select(ArrearsEvent).where(ArrearsEvent.case_id == case.id)))
    disputes = list(session.scalars(select(ArrearsDispute).where(ArrearsDispute.case_id == case.id)))
    decided = {e.subject_id for e in events if e.kind in (EventKind.DISPUTE_REJECTED, EventKind.DISPUTE_UPHELD)}
    return CaseDetail(
        case=case,
        lines=tuple(sorted(lines, key=lambda line: (line.due_on, line.receivable_id))),
        interest_fen=expected_interest(session, [case.sale_id], on).get(case.sale_id, 0),
        proposals=tuple(session.scalars(open_ones.order_by(ArrearsProposal.earliest_on, ArrearsProposal.id))),
        promise=running_promise(session, case.id),
        block=running_block(session, case.id),
        broken=broken_promises(session, case.id),
        disputes=tuple(dispute for dispute in disputes if dispute.id not in decided),
        story=tuple(_story(session, case, events, disputes)),
        letters=tuple(
            (str(event.details["document_id"]), str(event.details["number"]))
            for event in events
            if event.kind is EventKind.LETTER_MADE
        ),
    )


def _story(
    session: Session, case: ArrearsCase, events: Iterable[ArrearsEvent], disputes: Iterable[ArrearsDispute]
) -> list[Happening]:
    steps = session.scalars(select(ArrearsStep).where(ArrearsStep.case_id == case.id))
    promises = session.scalars(select(ArrearsPromise).where(ArrearsPromise.case_id == case.id))
    blocks = session.scalars(select(ArrearsBlock).where(ArrearsBlock.case_id == case.id))
    legal = session.scalars(select(ArrearsLegalStep).where(ArrearsLegalStep.case_id == case.id))
    found = [
        Happening(
            "sent",
            step.at,
            step.by,
            {
                "level": step.level,
                "role": step.role.value,
                "channel": step.channel.value,
                "amount_fen": step.amount_fen,
            },
        )
        for step in steps
    ]
    found += [
        Happening(
            "promised", row.at, row.by, {"amount_fen": row.amount_fen, "due_on": row.due_on, "remark": row.note}
        )
        for row in promises
    ]
    found += [
        Happening("blocked", row.at, row.by, {"due_on": row.until_on, "remark": row.reason}) for row in blocks
    ]
    found += [
        Happening("disputed", row.at, row.by, {"amount_fen": row.amount_fen, "remark": row.reason})
        for row in disputes
    ]
    found += [
        Happening("legal", row.at, row.by, {"legal": row.kind.value, "due_on": row.taken_on, "remark": row.note})
        for row in legal
    ]
    found += [Happening(event.kind.value, event.at, event.by, dict(event.details)) for event in events]
    return sorted(found, key=lambda happening: happening.at, reverse=True)


def open_case_ids(session: Session, sale_ids: Iterable[str]) -> dict[str, str]:
    """The open case of each sale that has one."""
    query = select(ArrearsCase.sale_id, ArrearsCase.id).where(
        ArrearsCase.sale_id.in_(list(sale_ids)), ArrearsCase.state == "open"
    )
    return {row.sale_id: row.id for row in session.execute(query)}


def count_levels(session: Session, actor: Actor) -> dict[int, int]:
    """Open cases by level."""
    query = (
        select(ArrearsCase.level, func.count())
        .where(visible(actor, ArrearsCase, Permission.FINANCE_VIEW), ArrearsCase.state == "open")
        .group_by(ArrearsCase.level)
    )
    counts: dict[int, int] = defaultdict(int)
    for level, count in session.execute(query):
        counts[level] = count
    return dict(sorted(counts.items()))
