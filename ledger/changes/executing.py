"""Executing an approved order: once, by somebody who neither asked nor approved, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.changes.deciding import (
    BEFORE_EXECUTION,
    applicants_of,
    approval_of,
    approvers_of,
    require_as_approved,
    require_state,
)
from ledger.changes.errors import ChangeOwn, ChangeUnapproved
from ledger.changes.events import about, move
from ledger.changes.facts import ChangeExecuted
from ledger.changes.kind import Execution
from ledger.changes.models import ChangeOrder
from ledger.changes.refusals import typed_refusals
from ledger.changes.registry import find_kind
from ledger.changes.scope import lock_order
from ledger.sales.acts import Act
from ledger.staff.permissions import Permission


def execute_change(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    order_id: str,
    signed_on: date | None = None,
    given: Mapping[str, Any] | None = None,
) -> ChangeOrder:
    """Put an approved change into effect; executing again returns the first.

    Guards are asked again, and the content is worked out again from what stands now: another hash than the
    approved one is refused. Everything happens in one transaction or not at all: a refusal leaves what stood,
    even if the caller goes on. ``signed_on`` is the day a supplement was signed, ``given`` what else he said.
    Raises `ChangeUnapproved`, `ChangeStale`, `ChangeOwn`, `ChangeNotReady`, and what the kind raises, by field.
    """
    order = lock_order(session, actor, order_id)
    actor.require(Permission.CHANGES_EXECUTE, order.path)
    if order.state == "executed":
        return order
    _require_other_person(session, actor, order)
    if approval_of(session, order) is None:
        raise ChangeUnapproved(no=order.no)
    require_state(order, *BEFORE_EXECUTION)
    told = list(session.info.get("facts", ()))
    try:
        with session.begin_nested(), typed_refusals(order.no):
            _carry_out(session, actor, clock, order, signed_on, given or {})
    except Exception:
        # The savepoint took the rows back; the facts that were noted on the way go with them.
        session.info["facts"] = told
        session.expire_all()
        raise
    return order


def _require_other_person(session: Session, actor: Actor, order: ChangeOrder) -> None:
    if actor.is_system:
        raise ChangeOwn("executor_is_nobody", no=order.no)
    selves = {one for one in (actor.id, actor.on_behalf_of) if one}
    if selves & applicants_of(order):
        raise ChangeOwn("executor_is_applicant", no=order.no)
    if selves & set(approvers_of(session, order)):
        raise ChangeOwn("executor_is_approver", no=order.no)


def _carry_out(
    session: Session,
    actor: Actor,
    clock: Clock,
    order: ChangeOrder,
    signed_on: date | None,
    given: Mapping[str, Any],
) -> None:
    standing, content = require_as_approved(session, actor, clock, order)
    execution = Execution(
        order.id, order.no, order.reason, tuple(approvers_of(session, order)), signed_on or standing.today, given
    )
    order.state = "executing"
    session.flush()  # Whoever looks at the order within this transaction sees that it runs.
    sale = standing.sale
    result = dict(find_kind(order.kind).execute(standing, order.wanted, execution))
    details = {
        "order": order.no,
        "kind": order.kind,
        "before": content.preview.before,
        "after": content.preview.after,
    }
    Act(session, standing.actor, clock).note(
        sale, f"changed_{order.kind}"[:30], reason=order.reason[:200], details=details
    )
    order.result, order.executed_by, order.executed_at = result, actor.id, clock.now()
    order.ended_at = clock.now()
    move(session, actor, clock, order, "executed", "executed", details=result)
    tell(session, ChangeExecuted(*about(order)))
