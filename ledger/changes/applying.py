"""Applying for a change: previewed, submitted with its content, mended after a return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.changes.contents import LONGEST_REASON, Content, turn_of, work_out
from ledger.changes.errors import ChangeOwn, ChangeRefused, ChangeRunning
from ledger.changes.events import about, move
from ledger.changes.facts import ChangeOpened
from ledger.changes.kind import ChangeKind, Standing, standing_of
from ledger.changes.models import OPEN_STATES, ChangeOrder
from ledger.changes.modes import mode_on
from ledger.changes.registry import find_kind
from ledger.changes.scope import lock_order
from ledger.documents.numbers import next_number
from ledger.sales.acts import Act
from ledger.sales.models import Sale
from ledger.scope import get_scoped
from ledger.staff.permissions import Permission


def preview_change(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    kind: str,
    sale_id: str,
    wanted: Mapping[str, Any],
    fault: str | None = None,
    order_id: str | None = None,
) -> Content:
    """What a change would do, before it is asked for; nothing changes. Raises as `submit_change`."""
    sale = get_scoped(session, actor, Sale, Permission.SALES_VIEW, sale_id)
    actor.require(Permission.CHANGES_APPLY, sale.path)
    require_none_runs(session, sale.id, besides=order_id)
    found = find_kind(kind)
    return work_out(found, stand(session, actor, clock, found, sale, fault), wanted)


def submit_change(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    kind: str,
    sale_id: str,
    wanted: Mapping[str, Any],
    reason: str,
    fault: str | None = None,
    files: Sequence[str] = (),
    instance_id: str | None = None,
) -> ChangeOrder:
    """Ask for a change of a sale; nothing takes effect until others approve and execute it.

    ``wanted`` is JSON by the names of the kind's form; ``files`` are ids of documents. Raises `ChangeRunning`
    while another change of the sale is open, `ChangeRefused` and what the kind's guards raise, `Missing`,
    `NotAllowed`.
    """
    found = find_kind(kind)
    get_scoped(session, actor, Sale, Permission.SALES_VIEW, sale_id)
    sale, _unit = Act(session, actor, clock).lock(sale_id, Permission.CHANGES_APPLY)
    require_none_runs(session, sale.id)
    standing = stand(session, actor, clock, found, sale, fault)
    reason = _words(reason)
    content = work_out(found, standing, wanted)
    mode = mode_on(session, kind, sale.path, standing.today)
    order = ChangeOrder(
        no=next_number(session, "change_order", sale.path, standing.today),
        sale_id=sale.id,
        project_id=sale.project_id,
        path=sale.path,
        owner_id=sale.owner_id,
        kind=kind,
        fault=fault,
        reason=reason,
        wanted=dict(wanted),
        files=list(files),
        mode=mode.name,
        mode_version=mode.version,
        state="submitted",
        instance_id=instance_id,
        applied_by=actor.id,
        applied_for=actor.on_behalf_of,
        applied_at=clock.now(),
        result={},
    )
    _fill(order, content)
    _store(session, order)
    move(session, actor, clock, order, "submitted", reason=reason, details=_said(order))
    tell(session, ChangeOpened(*about(order)))
    return order


def mend_change(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    order_id: str,
    wanted: Mapping[str, Any],
    reason: str,
    fault: str | None = None,
    files: Sequence[str] | None = None,
) -> ChangeOrder:
    """Ask again after a return: the content is worked out anew, and former approvals no longer count.

    Raises as `submit_change`, and `ChangeOwn` for anybody but the applicant.
    """
    order = lock_order(session, actor, order_id, "returned")
    if not {actor.id, actor.on_behalf_of} & {order.applied_by, order.applied_for} - {None}:
        raise ChangeOwn("change_order_not_yours", no=order.no)
    found = find_kind(order.kind)
    sale, _unit = Act(session, actor, clock).lock(order.sale_id, Permission.CHANGES_APPLY)
    standing = stand(session, actor, clock, found, sale, fault or order.fault)
    content = work_out(found, standing, wanted, turn=turn_of(session, order) + 1)
    order.wanted, order.reason, order.fault = dict(wanted), _words(reason), fault or order.fault
    order.files = list(files) if files is not None else order.files
    _fill(order, content)
    move(session, actor, clock, order, "mended", "submitted", reason=order.reason, details=_said(order))
    return order


def stand(
    session: Session, actor: Actor, clock: Clock, kind: ChangeKind, sale: Sale, fault: str | None
) -> Standing:
    """The sale as it stands. Raises `ChangeRefused` at a stage at which this kind cannot be."""
    standing = standing_of(session, actor, clock, sale, fault)
    if standing is None or sale.state != "live" or sale.stage not in kind.stages:
        raise ChangeRefused(
            "change_stage",
            field="sale_id",
            stage=f"sale.{sale.stage}",
            wanted=[f"sale.{one}" for one in kind.stages],
        )
    if standing.filing is not None and standing.filing.state == "submitted":
        # What lies with the authority must not change under its eyes: its answer comes first.
        raise ChangeRefused("change_filing_submitted", field="sale_id")
    return standing


def open_order(session: Session, sale_id: str) -> ChangeOrder | None:
    """The open change of a sale, if there is one."""
    query = select(ChangeOrder).where(ChangeOrder.sale_id == sale_id, ChangeOrder.state.in_(OPEN_STATES))
    return session.scalars(query).one_or_none()


def require_none_runs(session: Session, sale_id: str, *, besides: str | None = None) -> None:
    """Raise `ChangeRunning`, saying who and since when, while another change of the sale is open."""
    running = open_order(session, sale_id)
    if running is not None and running.id != besides:
        raise ChangeRunning(
            field="sale_id",
            by=running.applied_by,
            at=running.applied_at,
            no=running.no,
            kind=f"change_kind.{running.kind}",
        )


def _store(session: Session, order: ChangeOrder) -> None:
    """Let the unique index speak: somebody may have asked for a change of the same sale in the same moment."""
    try:
        with session.begin_nested():
            session.add(order)
    except IntegrityError as clash:
        require_none_runs(session, order.sale_id)
        raise ChangeRunning(field="sale_id") from clash


def _fill(order: ChangeOrder, content: Content) -> None:
    order.before, order.after = content.preview.before, content.preview.after
    order.money, order.route, order.content_hash = content.money, content.route, content.seal


def _said(order: ChangeOrder) -> dict[str, Any]:
    """What the order says now, for its history: mending overwrites the order itself."""
    names = ("wanted", "before", "after", "money", "route", "files", "content_hash", "mode", "mode_version")
    return {name: getattr(order, name) for name in names}


def _words(reason: str) -> str:
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise ChangeRefused("change_order_reason_needed", field="reason")
    if len(reason) > LONGEST_REASON:
        raise ChangeRefused("answer_too_long", field="reason", limit=LONGEST_REASON)
    return reason
