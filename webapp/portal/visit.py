"""A buyer's visit: opened by a link, kept by a cookie of its own, over one sale and nothing else.

Every view of the portal begins with `reading_visit` or `acting_visit`; they are the only way to the sale.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import g, request
from flask_babel import refresh
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.customers.models import Customer
from ledger.organisation.models import Project
from ledger.organisation.parameters import PORTAL_SESSION_MINUTES
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale
from webapp.acting import clock
from webapp.language import COOKIE, LANGUAGES
from webapp.portal.errors import LinkExpired, LinkReplaced, LinkUnknown, LinkUsed, VisitOver
from webapp.portal.models import PortalLink, PortalSession
from webapp.portal.sending import buyer_actor, require_buyer
from webapp.portal.tokens import find_link, find_session, open_session
from webapp.request_log import request_id
from webapp.security import database

VISIT = "keyturn_portal"
_LONGEST = 200


@dataclass(frozen=True)
class Visit:
    """A buyer at his page. ``actor`` acts for him on this sale: with the system's rights, so pass his ids."""

    sale: Sale
    project: Project
    buyer: Customer

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return buyer_actor(self.buyer.id)


@contextmanager
def reading_visit() -> Iterator[tuple[Session, Visit]]:
    """A reading session and the visit. Raises `VisitOver`, `NotABuyer`."""
    with database().reading() as session:
        yield session, _visit(session)


@contextmanager
def acting_visit() -> Iterator[tuple[Session, Visit]]:
    """One unit of work of the visit's buyer. Raises `VisitOver`, `NotABuyer`."""
    with database().reading() as session:
        actor = _visit(session).actor
    with database().unit_of_work(actor, request_id=request_id()) as session:
        yield session, _visit(session)


def look_at(session: Session, token: str, *, lock: bool = False) -> PortalLink:
    """A link that may be opened. Raises `LinkUnknown`, `LinkUsed`, `LinkReplaced`, `LinkExpired`, `NotABuyer`."""
    link = find_link(session, token, lock=lock) if len(token) <= _LONGEST else None
    if link is None:
        raise LinkUnknown
    speak_to(session, link.customer_id)
    if link.used_at is not None:
        raise LinkUsed(at=link.used_at)
    if link.revoked_at is not None:
        raise LinkReplaced
    if clock().now() >= link.expires_at:
        raise LinkExpired(at=link.expires_at)
    require_buyer(session, link.sale_id, link.customer_id)
    return link


def begin_visit(session: Session, now: Clock, link: PortalLink) -> tuple[str, int]:
    """Use a link up and begin a visit; returns what the cookie holds and for how many seconds."""
    sale = session.get_one(Sale, link.sale_id)
    zone = session.get_one(Project, sale.project_id).zone
    minutes = parameter(session, sale.path, PORTAL_SESSION_MINUTES, business_date(now, zone))
    link.used_at = now.now()
    cookie = open_session(session, now, link, minutes)
    note(session, now, buyer_actor(link.customer_id), sale, "open", {"link_id": link.id})
    return cookie, minutes * 60


def end_visit(session: Session) -> None:
    """Let the visit of this browser end."""
    held = held_session(session)
    if held is not None and held.ended_at is None:
        held.ended_at = clock().now()


def held_session(session: Session) -> PortalSession | None:
    """The session that this browser's cookie names, even when it is over."""
    cookie = request.cookies.get(VISIT, "")
    return find_session(session, cookie) if 0 < len(cookie) <= _LONGEST else None


def is_visiting(session: Session, sale_id: str) -> bool:
    """Whether this browser has a visit of a sale that goes on."""
    held = held_session(session)
    return held is not None and held.sale_id == sale_id and _goes_on(held)


def speak_to(session: Session, customer_id: str) -> None:
    """In the language of the buyer, unless one was chosen on this device."""
    buyer = session.get(Customer, customer_id)
    if buyer is not None and request.cookies.get(COOKIE) not in LANGUAGES:
        g.actor_language = buyer.language
        refresh()


def note(
    session: Session, now: Clock, actor: Actor, sale: Sale, verb: str, after: dict[str, object] | None = None
) -> None:
    """The audit row of what a buyer did at his page."""
    audit.record(session, actor, now, f"portal:{verb}", "sale", sale.id, path=sale.path, after=after)


def _visit(session: Session) -> Visit:
    held = held_session(session)
    if held is None or not _goes_on(held):
        if held is not None:
            speak_to(session, held.customer_id)
        raise VisitOver
    speak_to(session, held.customer_id)
    buyer = require_buyer(session, held.sale_id, held.customer_id)
    sale = session.get_one(Sale, held.sale_id)
    return Visit(sale, session.get_one(Project, sale.project_id), buyer)


def _goes_on(held: PortalSession) -> bool:
    return held.ended_at is None and clock().now() < held.expires_at
