"""Saying why a step is late, in words for its buyers."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.progress.errors import ProgressInvalid, StepMissing
from ledger.progress.models import ProgressStep
from ledger.progress.operations import LONGEST_REASON
from ledger.scope import require_on, scoped
from ledger.staff.permissions import Permission


def explain_delay(session: Session, actor: Actor, clock: Clock, *, step_id: str, reason: str) -> ProgressStep:
    """Note why an open step is late. Raises `StepMissing`, `NotAllowed`, `ProgressInvalid`."""
    query = scoped(actor, ProgressStep, Permission.SALES_VIEW).where(ProgressStep.id == step_id)
    step = session.scalars(query.with_for_update()).one_or_none()
    if step is None or step.ended_at is not None:
        raise StepMissing(id=step_id)
    require_on(actor, Permission.PORTAL_SEND, path=step.path, owner_id=step.owner_id)
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise ProgressInvalid("progress_reason_missing_or_long", field="reason", longest=LONGEST_REASON)
    before, step.delay_reason = step.delay_reason, words
    audit.record(
        session, actor, clock, "progress:explain", "progress_step", step.id, path=step.path,
        before={"reason": before}, after={"reason": words},
    )  # fmt: skip
    return step
