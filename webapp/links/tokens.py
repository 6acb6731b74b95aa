"""Links are minted with a token that follows from the link's id and the house's key, and is kept as a hash alone.

So the database, or a copy of it, gives nobody a link, and a message that waits holds none either: its address is
written when it is sent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.ids import new_id
from kernel.vault import Vault, vault_of
from ledger.staff.models import Staff
from webapp.links.models import TaskLink
from webapp.links.offers import Offer

LASTS = timedelta(hours=72)
_CHARACTERS = 22


def mint(session: Session, clock: Clock, person: Staff, offer: Offer, channel: str) -> TaskLink:
    """A new link by which one person does what is offered, as things are now; the address is `token_of` its id."""
    link_id = new_id()
    link = TaskLink(
        id=link_id,
        token_hash=hash_of(token_of(vault_of(session), link_id)),
        staff_id=person.id,
        epoch=person.sign_in_epoch,
        task_id=offer.task_id,
        revision=offer.revision,
        purpose=offer.purpose,
        subject_id=offer.subject_id,
        channel=channel,
        created_at=clock.now(),
        expires_at=clock.now() + LASTS,
    )
    session.add(link)
    return link


def token_of(vault: Vault, link_id: str) -> str:
    """The secret part of a link's address."""
    return sealed_token(vault, b"task link:", link_id)


def sealed_token(vault: Vault, purpose: bytes, link_id: str) -> str:
    """A token that follows from an id and the house's key; one made for a purpose is good for no other."""
    name = UUID(link_id).bytes
    seal = hmac.new(vault.signing, purpose + name, hashlib.sha256).digest()
    return _text(name) + _text(seal)[:_CHARACTERS]


def hash_of(token: str) -> str:
    """What is kept of a token; it holds 128 bits of chance, so a plain hash is as good as a slow one."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_link(session: Session, token: str, *, lock: bool = False) -> TaskLink | None:
    """The link of a token."""
    query = select(TaskLink).where(TaskLink.token_hash == hash_of(token))
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def revoke_links(session: Session, actor: Actor, clock: Clock) -> int:
    """Take back every link of the actor's own that is still good; returns how many."""
    good = (TaskLink.staff_id == actor.id) & TaskLink.used_at.is_(None) & TaskLink.revoked_at.is_(None)
    good &= TaskLink.expires_at > clock.now()
    taken = session.execute(update(TaskLink).where(good).values(revoked_at=clock.now()).returning(TaskLink.id))
    return len(taken.all())


def forget_links(session: Session, before: datetime) -> None:
    """Take away links that ended before an instant."""
    session.query(TaskLink).where(TaskLink.expires_at < before).delete()


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
