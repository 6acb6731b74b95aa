"""Reminders that did not arrive: the level counts as sent, and somebody has to reach the buyer in another way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.arrears.models import ArrearsCase, ArrearsStep
from ledger.messages.models import Message, MessageEvent
from ledger.scope import visible
from ledger.staff.permissions import Permission

KEY = "arrears:"
"""How the keys of messages begin that carry a level: the step's id follows, then the recipient's."""
_ID = 36


@dataclass(frozen=True)
class Undelivered:
    """A text message or mail that was given up; ``why`` is a code, sometimes with the other side's number."""

    case_id: str
    sale_id: str
    level: int
    channel: str
    recipient_id: str
    on_date: date
    why: str


def list_undelivered(session: Session, actor: Actor, *, limit: int = 20) -> list[Undelivered]:
    """Messages of open cases within reach that did not arrive, of the last level sent only, latest first."""
    step_id = func.substr(Message.key, len(KEY) + 1, _ID)
    why = (
        select(MessageEvent.detail)
        .where(MessageEvent.message_id == Message.id, MessageEvent.state == "failed")
        .order_by(MessageEvent.at.desc(), MessageEvent.id.desc())
        .limit(1)
        .correlate(Message)
        .scalar_subquery()
    )
    query = (
        select(ArrearsStep, ArrearsCase.sale_id, Message.channel, Message.recipient_id, why.label("why"))
        .join(ArrearsCase, ArrearsCase.id == ArrearsStep.case_id)
        .join(Message, step_id == ArrearsStep.id)
        .where(
            Message.state == "failed",
            Message.key.startswith(KEY, autoescape=True),
            ArrearsCase.state == "open",
            ArrearsStep.level == ArrearsCase.level,
            visible(actor, ArrearsCase, Permission.FINANCE_VIEW),
        )
        .order_by(ArrearsStep.at.desc(), ArrearsStep.id.desc())
        .limit(limit)
    )
    return [
        Undelivered(step.case_id, sale_id, step.level, channel, recipient_id, step.on_date, reason or "")
        for step, sale_id, channel, recipient_id, reason in session.execute(query)
    ]
