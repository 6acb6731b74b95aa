"""API tokens: shown once when issued, kept as a hash, refused when expired, revoked or the person has left."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import NotAllowed
from ledger.staff.errors import StaffInvalid, TokenMissing
from ledger.staff.models import ApiToken, Staff
from ledger.staff.permissions import Permission

_PREFIX = "keyturn_"


@dataclass(frozen=True)
class IssuedToken:
    """A new token; ``secret`` cannot be shown again."""

    id: str
    secret: str
    expires_at: datetime | None


def issue_token(session: Session, actor: Actor, clock: Clock, *, name: str, days: int | None = 90) -> IssuedToken:
    """Issue a token to the actor, for ``days`` days or (None) until revoked. Needs ``api:use`` somewhere."""
    if not actor.may_anywhere(Permission.API_USE):
        raise NotAllowed("permission_missing", permission=Permission.API_USE.value)
    if not name.strip():
        raise StaffInvalid("name_empty", field="name")
    secret = _PREFIX + secrets.token_urlsafe(32)
    expires_at = clock.now() + timedelta(days=days) if days is not None else None
    token = ApiToken(
        staff_id=actor.id,
        name=name.strip()[:60],
        token_hash=_hash(secret),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()  # The audit row names the token's id.
    audit.record(session, actor, clock, "staff:issue_token", "api_token", token.id, after={"name": token.name})
    return IssuedToken(token.id, secret, expires_at)


def revoke_token(session: Session, actor: Actor, clock: Clock, *, token_id: str) -> None:
    """Revoke one of the actor's own tokens. Raises `TokenMissing`."""
    token = session.get(ApiToken, token_id)
    if token is None or token.staff_id != actor.id:
        raise TokenMissing(id=token_id)
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        audit.record(session, actor, clock, "staff:revoke_token", "api_token", token.id)


def account_of_token(session: Session, clock: Clock, secret: str) -> Staff | None:
    """The active member of staff a valid token belongs to, else None."""
    if not secret.startswith(_PREFIX):
        return None
    query = (
        select(Staff)
        .join(ApiToken, ApiToken.staff_id == Staff.id)
        .where(
            ApiToken.token_hash == _hash(secret),
            ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > clock.now()),
            Staff.active,
        )
    )
    return session.scalars(query).one_or_none()


def staff_of_token(session: Session, clock: Clock, secret: str) -> str | None:
    """The id of the active member of staff a valid token belongs to, else None."""
    staff = account_of_token(session, clock, secret)
    return None if staff is None else staff.id


def list_tokens(session: Session, actor: Actor) -> list[ApiToken]:
    """The actor's own tokens, newest first."""
    rule = ApiToken.staff_id == actor.id
    return list(session.scalars(select(ApiToken).where(rule).order_by(ApiToken.created_at.desc(), ApiToken.id)))


def _hash(secret: str) -> str:
    # A token holds 256 bits of chance, so a plain hash is as good as a slow one.
    return hashlib.sha256(secret.encode()).hexdigest()
