"""What refunds and compensations have in common: the content that is approved, and its approval."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from ledger.accounting.periods import require_open_day
from ledger.finance.errors import DateInvalid, OwnAct, PayoutStale, PayoutUnapproved
from ledger.finance.parties import today_at
from ledger.finance.payout_models import PayoutApproval

LONGEST = 200


def content_hash(**content: object) -> str:
    """What approvers see, as one number: an approval holds for this content and no other."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def require_words(text: str | None, field: str) -> str:
    """Words that people read later; raises `Invalid` when they are missing or too long."""
    words = (text or "").strip()
    if not words or len(words) > LONGEST:
        raise Invalid("text_missing_or_long", field=field, longest=LONGEST)
    return words


def require_day_of_payment(session: Session, clock: Clock, project_id: str, paid_on: date) -> date:
    """Today at the project, when money may have left on ``paid_on``.

    Raises `DateInvalid` for a day to come, `PeriodLocked` for a locked one.
    """
    today = today_at(session, clock, project_id)
    if paid_on > today:
        raise DateInvalid("paid_in_future", field="paid_on", latest=today.isoformat())
    require_open_day(session, project_id, paid_on, "paid_on")
    return today


def require_other_payer(actor: Actor, requested_by: str) -> None:
    """Who asked for a payout does not pay it: raises `OwnAct`."""
    if not actor.is_system and requested_by in (actor.id, actor.on_behalf_of):
        raise OwnAct("payout_own_payment")


def note_approval(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    subject: dict[str, str],
    requested_by: str,
    standing_hash: str,
    approved_hash: str,
    approvers: Sequence[str],
    reference: str,
) -> PayoutApproval:
    """Note that people approved this very content; noting it again returns the first.

    ``subject`` is ``refund_id`` or ``compensation_id``. Raises `PayoutStale` for another content, `OwnAct` when
    the one who asked is among the approvers or one person took two steps, `PayoutUnapproved` without any.
    """
    if standing_hash != approved_hash:
        raise PayoutStale(**subject)
    if existing := approval_of(session, subject):
        return existing
    if not approvers:
        raise PayoutUnapproved(field="approvers")
    if requested_by in approvers or len(set(approvers)) != len(approvers):
        raise OwnAct("payout_own", field="approvers")
    approval = PayoutApproval(
        **subject,
        content_hash=approved_hash,
        approvers=list(approvers),
        reference=reference[:80],
        at=clock.now(),
        by=actor.id,
    )
    session.add(approval)
    session.flush()  # The rule of the database looks for it when the money is paid.
    return approval


def approval_of(session: Session, subject: dict[str, str]) -> PayoutApproval | None:
    """The approval of a refund or a compensation, if there is one."""
    return session.scalars(select(PayoutApproval).filter_by(**subject)).one_or_none()


def require_approved(
    session: Session, subject: dict[str, str], standing_hash: str, stored_hash: str | None, *, needed: bool
) -> None:
    """Before money leaves: raises `PayoutUnapproved` without an approval, `PayoutStale` with another's."""
    if not needed:
        return
    approval = approval_of(session, subject)
    if approval is None:
        raise PayoutUnapproved
    if not approval.content_hash == standing_hash == stored_hash:
        raise PayoutStale(**subject)
