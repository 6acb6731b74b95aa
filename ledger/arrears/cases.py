"""Opening and closing a case, and how its acts find it: locked, in scope, open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.arrears.errors import ArrearsInvalid, CaseClosed, CaseMissing
from ledger.arrears.facts import ArrearsSettled
from ledger.arrears.finding import find_lines
from ledger.arrears.kinds import EventKind, ProposalState, Suspension
from ledger.arrears.models import ArrearsCase, ArrearsDispute, ArrearsEvent, ArrearsProposal
from ledger.finance.parties import lock_sale_row, today_at
from ledger.locking import locked
from ledger.sales.models import Sale
from ledger.scope import scoped
from ledger.staff.permissions import Permission

LONGEST = 500


def open_case(session: Session, actor: Actor, clock: Clock, *, sale_id: str, instance_id: str) -> ArrearsCase:
    """Open the case of a sale; one that is open already is returned as it is."""
    lock_sale_row(session, sale_id)
    found = open_case_of(session, sale_id)
    if found is not None:
        return found
    sale = session.get_one(Sale, sale_id)
    case = ArrearsCase(
        sale_id=sale.id,
        project_id=sale.project_id,
        path=sale.path,
        owner_id=sale.owner_id,
        instance_id=instance_id,
        opened_at=clock.now(),
    )
    session.add(case)
    session.flush()  # Proposals refer to the id, and the unique open case must speak now.
    note_audit(session, actor, clock, case, "open")
    return case


def open_case_of(session: Session, sale_id: str) -> ArrearsCase | None:
    """The open case of a sale, if there is one."""
    query = select(ArrearsCase).where(ArrearsCase.sale_id == sale_id, ArrearsCase.state == "open")
    return session.scalars(query).one_or_none()


def close_case(session: Session, actor: Actor, clock: Clock, *, case_id: str, reason: str) -> None:
    """Close a case (``paid``, ``sale_over``, ``ended``); what is still proposed is withdrawn. Again: nothing."""
    case = session.get_one(ArrearsCase, case_id)
    if case.state == "closed":
        return
    case.state, case.closed_at, case.close_reason = "closed", clock.now(), reason
    case.suspended_by = case.suspended_until = None
    for proposal in session.scalars(
        select(ArrearsProposal).where(
            ArrearsProposal.case_id == case_id, ArrearsProposal.state == ProposalState.OPEN
        )
    ):
        proposal.state, proposal.decided_at, proposal.decided_by = ProposalState.WITHDRAWN, clock.now(), actor.id
    note_audit(session, actor, clock, case, "close", reason=reason)


def is_settled(session: Session, case: ArrearsCase, on: date) -> bool:
    """Whether nothing that is late is open any more, contested parts included."""
    return not has_dispute(session, case.id) and not any(find_lines(session, case.path, on, sale_id=case.sale_id))


def settle(session: Session, actor: Actor, clock: Clock, *, case_id: str) -> bool:
    """Tell that a case is settled, if it is: its process stops at once."""
    case = session.get_one(ArrearsCase, case_id)
    today = today_at(session, clock, case.project_id)
    if case.state == "closed" or not is_settled(session, case, today):
        return False
    tell(session, ArrearsSettled(case.id))
    return True


def has_dispute(session: Session, case_id: str) -> bool:
    """Whether a dispute of the case is not decided."""
    decided = select(ArrearsEvent.subject_id).where(
        ArrearsEvent.kind.in_((EventKind.DISPUTE_REJECTED, EventKind.DISPUTE_UPHELD)),
        ArrearsEvent.case_id == case_id,
    )
    query = select(ArrearsDispute.id).where(ArrearsDispute.case_id == case_id, ArrearsDispute.id.not_in(decided))
    return session.scalar(query.limit(1)) is not None


def lock_case(session: Session, actor: Actor, case_id: str) -> ArrearsCase:
    """An open case that the actor may work on, locked. Raises `CaseMissing`, `CaseClosed`, `NotAllowed`."""
    query = scoped(actor, ArrearsCase, Permission.FINANCE_VIEW).where(ArrearsCase.id == case_id)
    case = session.scalars(locked(query, ArrearsCase)).one_or_none()
    if case is None:
        raise CaseMissing(id=case_id)
    actor.require(Permission.FINANCE_CHASE, case.path)
    if case.state == "closed":
        raise CaseClosed(reason=case.close_reason)
    return case


def suspend(case: ArrearsCase, by: Suspension, until: date | None) -> None:
    """Hold the levels of a case back."""
    case.suspended_by, case.suspended_until = by, until


def go_on(case: ArrearsCase) -> None:
    """Let the levels of a case go on."""
    case.suspended_by = case.suspended_until = None


def note_event(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: ArrearsCase,
    kind: EventKind,
    *,
    key: str,
    subject_id: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> bool:
    """Write what happened, once per key; returns whether it is new."""
    if session.scalar(select(ArrearsEvent.id).where(ArrearsEvent.key == key)) is not None:
        return False
    session.add(
        ArrearsEvent(
            case_id=case.id,
            kind=kind,
            key=key,
            subject_id=subject_id,
            details=dict(details or {}),
            on_date=today_at(session, clock, case.project_id),
            at=clock.now(),
            by=actor.id,
        )
    )
    session.flush()  # The unique key must speak now, and sums of this transaction read the event.
    note_audit(session, actor, clock, case, kind.value, after={"subject_id": subject_id, **dict(details or {})})
    return True


def note_audit(
    session: Session,
    actor: Actor,
    clock: Clock,
    case: ArrearsCase,
    verb: str,
    *,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """The audit row of an act on a case."""
    audit.record(
        session,
        actor,
        clock,
        f"arrears:{verb}",
        "arrears_case",
        case.id,
        path=case.path,
        after=after,
        reason=reason,
    )


def require_text(text: str, field: str) -> str:
    """The text without blanks around it. Raises `ArrearsInvalid` when it is missing or too long."""
    plain = text.strip()
    if not plain:
        raise ArrearsInvalid("required", field=field)
    if len(plain) > LONGEST:
        raise ArrearsInvalid("text_missing_or_long", field=field, longest=LONGEST)
    return plain
