"""Links and sessions by their secrets, of which the database keeps hashes alone.

A link's token follows from its id and the house's key, so a message that waits holds none; a session's cookie is
chance.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kernel.clock import Clock
from kernel.ids import new_id
from kernel.vault import Vault, vault_of
from webapp.links.tokens import hash_of, sealed_token
from webapp.portal.models import PortalLink, PortalSession

_PURPOSE = b"portal link:"


def mint(
    session: Session, clock: Clock, *, sale_id: str, customer_id: str, channel: str, by: str, hours: int
) -> PortalLink:
    """A new link for one buyer of one sale; earlier ones that were not opened open no more."""
    unopened = PortalLink.used_at.is_(None) & PortalLink.revoked_at.is_(None)
    mine = (PortalLink.sale_id == sale_id) & (PortalLink.customer_id == customer_id)
    session.execute(update(PortalLink).where(mine & unopened).values(revoked_at=clock.now()))
    link_id = new_id()
    link = PortalLink(
        id=link_id,
        token_hash=hash_of(token_of(vault_of(session), link_id)),
        sale_id=sale_id,
        customer_id=customer_id,
        channel=channel,
        created_at=clock.now(),
        created_by=by,
        expires_at=clock.now() + timedelta(hours=hours),
    )
    session.add(link)
    session.flush()  # The message's key names the id.
    return link


def token_of(vault: Vault, link_id: str) -> str:
    """The secret part of a link's address."""
    return sealed_token(vault, _PURPOSE, link_id)


def find_link(session: Session, token: str, *, lock: bool = False) -> PortalLink | None:
    """The link of a token."""
    query = select(PortalLink).where(PortalLink.token_hash == hash_of(token))
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def open_session(session: Session, clock: Clock, link: PortalLink, minutes: int) -> str:
    """A session for the buyer of a link; returns what its cookie holds."""
    cookie = secrets.token_urlsafe(32)
    session.add(
        PortalSession(
            cookie_hash=hash_of(cookie),
            link_id=link.id,
            sale_id=link.sale_id,
            customer_id=link.customer_id,
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(minutes=minutes),
        )
    )
    return cookie


def find_session(session: Session, cookie: str) -> PortalSession | None:
    """The session of a cookie, whether it goes on or not."""
    return session.scalars(select(PortalSession).where(PortalSession.cookie_hash == hash_of(cookie))).one_or_none()


def count_asked(session: Session, sale_id: str, customer_id: str, since: datetime) -> int:
    """How many links a buyer has asked for himself since an instant."""
    query = select(func.count()).where(
        PortalLink.sale_id == sale_id,
        PortalLink.customer_id == customer_id,
        PortalLink.created_by == customer_id,
        PortalLink.created_at > since,
    )
    return session.scalar(query) or 0


def forget_portal(session: Session, before: datetime) -> None:
    """Take away sessions that ended before an instant; links stay as the log of what was sent."""
    session.query(PortalSession).where(PortalSession.expires_at < before).delete()
