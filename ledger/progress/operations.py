"""Beginning, delaying and ending the steps that buyers see.

They follow from the acts of processes, so they ask for no right of their own; each told twice is once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.facts import tell
from ledger.finance.parties import today_at
from ledger.locking import locked
from ledger.organisation.models import Project
from ledger.progress.errors import ProgressInvalid
from ledger.progress.facts import StepBegun, StepDelayed, StepEnded
from ledger.progress.kinds import Family, Outcome, known_labels
from ledger.progress.models import ProgressStep
from ledger.sales.models import Sale
from ledger.staff.models import Staff
from ledger.staff.queries import holders
from ledger.staff.roles import ROLES

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_REASON = 200


def begin_step(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    family: str,
    step: str,
    owner_role: str,
    key: str,
    due_on: date | None = None,
    clerk_id: str | None = None,
    instance_id: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> ProgressStep:
    """Begin a step once per ``key``; after it has ended, another key begins its next round.

    While the step is open it is not begun a second time: a new ``due_on`` moves its due date, and a step that was
    late is late no longer. ``labels`` (en, zh) name a step that the house does not know. Raises `ProgressInvalid`.
    """
    of = _checked(family, step, owner_role)
    sale = session.scalars(locked(select(Sale).where(Sale.id == sale_id), Sale)).one_or_none()
    if sale is None:
        raise ProgressInvalid("sale_missing", field="sale_id", id=sale_id)
    known = session.scalars(select(ProgressStep).where(ProgressStep.key == key)).one_or_none()
    if known is not None:
        return known
    going = find_open(session, sale_id, of, step)
    if going is not None:
        _move_due(going, due_on, today_at(session, clock, sale.project_id))
        return going
    begun = ProgressStep(
        key=key,
        sale_id=sale.id,
        project_id=sale.project_id,
        path=sale.path,
        owner_id=sale.owner_id,
        family=of,
        step=step,
        round=1 + _last_round(session, sale_id, of, step),
        labels=dict(known_labels(of, step) or labels or {"en": step.replace("_", " ").capitalize()}),
        owner_role=owner_role,
        clerk_id=clerk_id or _clerk(session, clock, sale, owner_role),
        instance_id=instance_id,
        due_on=due_on,
        begun_at=clock.now(),
    )
    session.add(begun)
    session.flush()  # The fact names the id, and the unique open step must speak now.
    _note(session, actor, clock, begun, "begin")
    tell(session, StepBegun(begun.id, sale.id))
    return begun


def delay_step(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    family: str,
    step: str,
    reason: str | None = None,
) -> ProgressStep | None:
    """Say that the open step is late, once; the buyers are told. Without an open step nothing happens."""
    going = find_open(session, sale_id, _family(family), step, lock=True)
    if going is not None:
        mark_delayed(session, actor, clock, going, reason)
    return going


def mark_delayed(
    session: Session, actor: Actor, clock: Clock, going: ProgressStep, reason: str | None = None
) -> bool:
    """Mark an open step late; returns whether that is new."""
    if reason and reason.strip():
        going.delay_reason = reason.strip()[:LONGEST_REASON]
    if going.delayed_at is not None or going.ended_at is not None:
        return False
    going.delayed_at = clock.now()
    _note(session, actor, clock, going, "delay", reason=going.delay_reason)
    tell(session, StepDelayed(going.id, going.sale_id))
    return True


def end_step(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, family: str, step: str, outcome: str = "done"
) -> ProgressStep | None:
    """End the open step as done or stopped. Without an open step nothing happens. Raises `ProgressInvalid`."""
    if outcome not in set(Outcome):
        raise ProgressInvalid("progress_outcome_unknown", field="outcome", known=list(Outcome))
    going = find_open(session, sale_id, _family(family), step, lock=True)
    if going is None:
        return None
    today, is_staff = today_at(session, clock, going.project_id), session.get(Staff, actor.id) is not None
    going.ended_at, going.ended_on, going.ended_by = clock.now(), today, actor.id
    going.outcome = Outcome(outcome)
    if going.clerk_id is None and is_staff:
        going.clerk_id = actor.id
    session.flush()  # The same step may begin again in this transaction.
    _note(session, actor, clock, going, "end", outcome=outcome)
    tell(session, StepEnded(going.id, going.sale_id, outcome))
    return going


def stop_steps(session: Session, actor: Actor, clock: Clock, *, sale_id: str, family: str | None = None) -> int:
    """Stop all open steps of a sale, or of one family of it; returns how many there were."""
    query = select(ProgressStep).where(ProgressStep.sale_id == sale_id, ProgressStep.ended_at.is_(None))
    if family is not None:
        query = query.where(ProgressStep.family == _family(family))
    going = list(session.scalars(query))
    for one in going:
        end_step(session, actor, clock, sale_id=sale_id, family=one.family, step=one.step, outcome=Outcome.STOPPED)
    return len(going)


def find_open(
    session: Session, sale_id: str, family: Family, step: str, *, lock: bool = False
) -> ProgressStep | None:
    """The open step of a sale, if there is one."""
    query = select(ProgressStep).where(
        ProgressStep.sale_id == sale_id,
        ProgressStep.family == family,
        ProgressStep.step == step,
        ProgressStep.ended_at.is_(None),
    )
    return session.scalars(locked(query, ProgressStep) if lock else query).one_or_none()


def _checked(family: str, step: str, owner_role: str) -> Family:
    if not _CODE.fullmatch(step):
        raise ProgressInvalid("progress_step_unknown", field="step", step=step[:40])
    if owner_role not in ROLES:
        raise ProgressInvalid("progress_role_unknown", field="owner_role", role=owner_role[:40])
    return _family(family)


def _family(family: str) -> Family:
    if family not in set(Family):
        raise ProgressInvalid("progress_family_unknown", field="family", known=list(Family))
    return Family(family)


def _move_due(going: ProgressStep, due_on: date | None, today: date) -> None:
    if due_on is None or due_on == going.due_on:
        return
    going.due_on = due_on
    if due_on >= today:
        going.delayed_at = going.delay_reason = None


def _clerk(session: Session, clock: Clock, sale: Sale, role: str) -> str | None:
    """Who answers for it: the sale's consultant, or the only one who holds the role there."""
    if role == "sales_consultant":
        return sale.owner_id
    zone = session.get_one(Project, sale.project_id).zone
    found = holders(session, role, sale.path, business_date(clock, zone))
    return found[0] if len(found) == 1 else None


def _last_round(session: Session, sale_id: str, family: Family, step: str) -> int:
    query = select(func.max(ProgressStep.round)).where(
        ProgressStep.sale_id == sale_id, ProgressStep.family == family, ProgressStep.step == step
    )
    return session.scalar(query) or 0


def _note(
    session: Session,
    actor: Actor,
    clock: Clock,
    step: ProgressStep,
    verb: str,
    *,
    reason: str | None = None,
    outcome: str | None = None,
) -> None:
    after = {
        "sale_id": step.sale_id,
        "family": step.family.value,
        "step": step.step,
        "round": step.round,
        "due_on": step.due_on.isoformat() if step.due_on else None,
        "outcome": outcome,
    }
    audit.record(
        session,
        actor,
        clock,
        f"progress:{verb}",
        "progress_step",
        step.id,
        path=step.path,
        after=after,
        reason=reason,
    )
