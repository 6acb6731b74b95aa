"""What becomes of an order before it takes effect: asked, approved, returned, waiting, or over without effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.changes.applying import stand
from ledger.changes.contents import LONGEST_REASON, Content, differing, turn_of, work_out
from ledger.changes.errors import ChangeNotReady, ChangeOwn, ChangeStale, ChangeUnapproved
from ledger.changes.events import about, move
from ledger.changes.facts import ChangeEnded
from ledger.changes.kind import ChangeKind, Standing, TakesUnits
from ledger.changes.models import END_STATES, OPEN_STATES, ChangeApproval, ChangeApprover, ChangeOrder
from ledger.changes.refusals import typed_refusals
from ledger.changes.registry import find_kind
from ledger.changes.scope import lock_order
from ledger.inventory.models import Unit
from ledger.sales.acts import Act
from ledger.sales.models import Sale
from ledger.staff.permissions import Permission

BEFORE_EXECUTION = ("approved", "waiting", "executing")


def ask_approval(
    session: Session, actor: Actor, clock: Clock, *, order_id: str, roles: Sequence[str]
) -> ChangeOrder:
    """Note who is asked, in order; asking again changes nothing. For the process, as the system."""
    order = lock_order(session, actor, order_id)
    actor.require(Permission.CHANGES_APPROVE, order.path)
    if order.state != "approving":
        require_state(order, "submitted")
        move(session, actor, clock, order, "asked", "approving", details={"roles": list(roles)})
    return order


def approve_change(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    order_id: str,
    content_hash: str,
    approvers: Sequence[str],
    reference: str,
) -> ChangeOrder:
    """Note that ``approvers`` (staff ids, in their order) approved this very content; twice is once.

    The permission ``changes:approve`` belongs to no role: the process calls this as the system once the people
    have decided. The content is worked out again first. Raises `ChangeStale` when it is another by now,
    `ChangeOwn` when the applicant is among the approvers, `ChangeUnapproved` without any unless nobody is asked.
    """
    order = lock_order(session, actor, order_id)
    actor.require(Permission.CHANGES_APPROVE, order.path)
    if order.state == "approved" and approval_of(session, order) is not None:
        return order
    require_state(order, "submitted", "approving")
    if order.content_hash != content_hash:
        raise ChangeStale(no=order.no)
    require_as_approved(session, actor, clock, order)
    if not approvers and order.mode != "none":
        raise ChangeUnapproved(no=order.no)
    if set(approvers) & applicants_of(order) or len(set(approvers)) != len(approvers):
        raise ChangeOwn("approver_is_applicant", no=order.no)
    with typed_refusals(order.no):
        for position, staff_id in enumerate(approvers):
            session.add(
                ChangeApprover(order_id=order.id, content_hash=content_hash, position=position, staff_id=staff_id)
            )
        session.flush()  # The approval seals its approvers and so comes after them.
        session.add(
            ChangeApproval(
                order_id=order.id,
                content_hash=content_hash,
                mode=order.mode,
                reference=reference[:80],
                at=clock.now(),
            )
        )
        details = {"approvers": list(approvers), "content_hash": content_hash, "reference": reference}
        move(session, actor, clock, order, "approved", "approved", details=details)
    return order


def wait_change(session: Session, actor: Actor, clock: Clock, *, order_id: str, reason: str) -> ChangeOrder:
    """Something must happen first, such as the filing's cancellation: the order waits. For the process."""
    order = lock_order(session, actor, order_id, *BEFORE_EXECUTION)
    actor.require(Permission.CHANGES_APPROVE, order.path)
    if order.state != "waiting":
        move(session, actor, clock, order, "waiting", "waiting", reason=reason)
    return order


def return_change(session: Session, actor: Actor, clock: Clock, *, order_id: str, reason: str) -> ChangeOrder:
    """It goes back to its applicant: an approver wants it otherwise, or what stands has changed (process)."""
    order = lock_order(session, actor, order_id, *OPEN_STATES)
    actor.require(Permission.CHANGES_APPROVE, order.path)
    if order.state != "returned":
        move(session, actor, clock, order, "returned", "returned", reason=reason[:LONGEST_REASON])
    return order


def withdraw_change(session: Session, actor: Actor, clock: Clock, *, order_id: str, reason: str) -> ChangeOrder:
    """Its applicant, or who may cancel sales there, takes it back. Raises `ChangeNotReady`, `ChangeOwn`."""
    order = lock_order(session, actor, order_id, *OPEN_STATES)
    own = bool({actor.id, actor.on_behalf_of} & {order.applied_by, order.applied_for} - {None})
    if not own and (
        not actor.may(Permission.SALES_CANCEL, order.path) or actor.only_own(Permission.SALES_CANCEL, order.path)
    ):
        raise ChangeOwn("change_order_not_yours", no=order.no)
    return end_change(session, actor, clock, order, "withdrawn", reason)


def end_order(
    session: Session, actor: Actor, clock: Clock, *, order_id: str, state: str, reason: str
) -> ChangeOrder:
    """It is over without effect: rejected, withdrawn, expired or failed; ended twice is once. For the process."""
    order = lock_order(session, actor, order_id)
    actor.require(Permission.CHANGES_APPROVE, order.path)
    return order if order.state in END_STATES else end_change(session, actor, clock, order, state, reason)


def end_change(
    session: Session, actor: Actor, clock: Clock, order: ChangeOrder, state: str, reason: str
) -> ChangeOrder:
    """End a locked open order without effect and tell who waits for it."""
    reason = reason.strip()[:LONGEST_REASON] or state
    order.ended_at, order.ended_because = clock.now(), reason
    move(session, actor, clock, order, state, state, reason=reason)
    tell(session, ChangeEnded(*about(order), state=state))
    return order


def require_as_approved(
    session: Session, actor: Actor, clock: Clock, order: ChangeOrder
) -> tuple[Standing, Content]:
    """The sale, locked, and the change worked out on it now: guards are asked again.

    Raises `ChangeStale` when that is not what the order says, and what the guards refuse.
    """
    kind = find_kind(order.kind)
    system = _as_system(actor)
    _lock_units(session, order, kind)
    sale, _unit = Act(session, system, clock).lock(order.sale_id, Permission.SALES_VIEW)
    standing = stand(session, system, clock, kind, sale, order.fault)
    content = work_out(kind, standing, order.wanted, turn=turn_of(session, order))
    if content.seal != order.content_hash:
        names = {
            *differing(order.before, content.preview.before),
            *differing(order.after, content.preview.after),
        }
        if content.money != order.money:
            names.add("money")
        raise ChangeStale(no=order.no, names=sorted(names))
    return standing, content


def _lock_units(session: Session, order: ChangeOrder, kind: ChangeKind) -> None:
    """Lock the sale's unit and others that the change takes, by their ids: two opposite changes cannot block."""
    if isinstance(kind, TakesUnits):
        own = session.scalars(select(Sale.unit_id).where(Sale.id == order.sale_id)).one()
        wanted = select(Unit.id).where(Unit.id.in_({own, *kind.units(order.wanted)}))
        session.execute(wanted.order_by(Unit.id).with_for_update(key_share=True))


def _as_system(actor: Actor) -> Actor:
    return replace(actor, is_system=True)


def approval_of(session: Session, order: ChangeOrder) -> ChangeApproval | None:
    """The approval of what the order says now, if there is one."""
    query = select(ChangeApproval).where(
        ChangeApproval.order_id == order.id, ChangeApproval.content_hash == order.content_hash
    )
    return session.scalars(query).one_or_none()


def approvers_of(session: Session, order: ChangeOrder) -> list[str]:
    """Who approved what the order says now, in order."""
    query = select(ChangeApprover.staff_id).where(
        ChangeApprover.order_id == order.id, ChangeApprover.content_hash == order.content_hash
    )
    return list(session.scalars(query.order_by(ChangeApprover.position)))


def applicants_of(order: ChangeOrder) -> set[str]:
    """Who asks: whoever applied, for whom, and the sale's consultant; none of them approves."""
    return {one for one in (order.applied_by, order.applied_for, order.owner_id) if one}


def require_state(order: ChangeOrder, *states: str) -> None:
    """Raise `ChangeNotReady` unless the order is in one of the states."""
    if order.state not in states:
        raise ChangeNotReady(no=order.no, state=f"change_order.{order.state}")
