"""A request that is sent twice acts once: its key is kept with the answer, in the transaction of the act."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, make_response, request
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.database import is_sqlite
from kernel.errors import Invalid
from webapp.request_sent import RequestSent

HEADER = "Idempotency-Key"
_LONGEST = 100


@dataclass(frozen=True)
class Kept:
    """An answer that can be given again."""

    status: int
    body: str
    media: str


def replay(session: Session, actor: Actor, clock: Clock, act: Callable[[], Kept]) -> Response:
    """Act, or give the first answer to this key again. Raises `Invalid` for a key used for another request."""
    sent = request.headers.get(HEADER, "").strip()
    if not sent:
        return _response(act())
    if len(sent) > _LONGEST:
        raise Invalid("idempotency_key_too_long", field=HEADER, most=_LONGEST)
    row, is_new = _claim(session, clock, f"{actor.id}:{sent}")
    if is_new:
        kept = act()
        row.status, row.body, row.media = kept.status, kept.body, kept.media
    elif row.asked != _fingerprint():
        raise Invalid("idempotency_key_reused", field=HEADER)
    answer = _response(Kept(row.status, row.body, row.media))
    answer.headers["Idempotent-Replay"] = "false" if is_new else "true"
    return answer


def _claim(session: Session, clock: Clock, key: str) -> tuple[RequestSent, bool]:
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    values = {"key": key, "at": clock.now(), "asked": _fingerprint(), "status": 0, "body": "", "media": ""}
    # A second sender waits here until the first one's transaction has ended.
    mine = insert(RequestSent).values(values).on_conflict_do_nothing().returning(RequestSent.key)
    is_new = session.execute(mine).scalar_one_or_none() is not None
    return session.get_one(RequestSent, key), is_new


def _fingerprint() -> str:
    return hashlib.sha256(f"{request.method} {request.full_path}\n".encode() + request.get_data()).hexdigest()


def _response(kept: Kept) -> Response:
    answer = make_response(kept.body, kept.status)
    answer.mimetype = kept.media
    return answer
