"""Whom messages do not reach, in words: for themselves and for whoever keeps the staff's addresses."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from ledger.messages.queries import Undelivered, undelivered
from webapp.wording import is_worded, word


def not_reached(session: Session, staff_ids: Iterable[str]) -> dict[str, list[str]]:
    """What does not arrive, and why, as sentences by person; nothing for who is reached."""
    return {person: [_said(one) for one in several] for person, several in undelivered(session, staff_ids).items()}


def _said(one: Undelivered) -> str:
    code, _, number = one.reason.partition(" ")
    reason = word(code, dict.fromkeys(("reply", "status", "limit"), number)) if is_worded(code) else one.reason
    return word(f"undelivered.{one.channel}", {"at": one.at, "reason": reason})
