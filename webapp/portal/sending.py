"""Sending a buyer the link to his page: by a clerk from the sale's page, or because the buyer asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.jobs import order_delivery
from handlers.jobs import DELIVER
from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.customers.models import Customer
from ledger.messages.models import Message
from ledger.organisation.models import Project
from ledger.organisation.parameters import PORTAL_LINK_HOURS
from ledger.organisation.queries import parameter
from ledger.progress.telling import buyers_of_sale, channel_to, write_to
from ledger.sales.models import Sale
from ledger.scope import get_scoped, require_on
from ledger.staff.permissions import Permission
from webapp.portal.errors import AskedTooOften, NoAddress, NotABuyer
from webapp.portal.models import PortalLink
from webapp.portal.tokens import count_asked, mint

TEMPLATE = "portal_link"
ASKED_IN_AN_HOUR, ASKED_IN_A_DAY = 3, 6


@dataclass(frozen=True)
class Sent:
    """A link in the log: to whom, by whom, whether the message arrived and when the link was opened."""

    link: PortalLink
    buyer: str
    message_state: str


def send_link(session: Session, actor: Actor, clock: Clock, *, sale_id: str, customer_id: str) -> PortalLink:
    """A clerk sends a buyer a link. Raises `Missing`, `NotAllowed`, `NotABuyer`, `NoAddress`."""
    sale = get_scoped(session, actor, Sale, Permission.SALES_VIEW, sale_id)
    require_on(actor, Permission.PORTAL_SEND, path=sale.path, owner_id=sale.owner_id)
    return _send(session, actor, clock, sale, customer_id, by=actor.id)


def ask_for_link(session: Session, clock: Clock, *, sale_id: str, customer_id: str) -> PortalLink:
    """A buyer asks for a new link; it goes to the registered number or address and nowhere else.

    Raises `AskedTooOften`, `NotABuyer`, `NoAddress`.
    """
    limits = ((ASKED_IN_AN_HOUR, timedelta(hours=1)), (ASKED_IN_A_DAY, timedelta(days=1)))
    sale = session.get_one(Sale, sale_id, with_for_update=True)
    if any(count_asked(session, sale_id, customer_id, clock.now() - ago) >= most for most, ago in limits):
        raise AskedTooOften
    return _send(session, buyer_actor(customer_id), clock, sale, customer_id, by=customer_id)


def buyer_actor(customer_id: str) -> Actor:
    """A buyer who acts on his own sale: the link is the authorisation."""
    return Actor(customer_id, "buyer", is_system=True)


def require_buyer(session: Session, sale_id: str, customer_id: str) -> Customer:
    """The buyer in force. Raises `NotABuyer`: who has left the sale sees it no more."""
    for buyer in buyers_of_sale(session, sale_id):
        if buyer.id == customer_id:
            return buyer
    raise NotABuyer


def log_of(session: Session, sale_ids: Iterable[str]) -> list[Sent]:
    """The links that were sent for sales the caller may show, the newest first, in one query."""
    query = (
        select(PortalLink, Customer.name, Message.state)
        .join(Customer, Customer.id == PortalLink.customer_id)
        .outerjoin(Message, Message.id == PortalLink.message_id)
        .where(PortalLink.sale_id.in_(list(sale_ids)))
        .order_by(PortalLink.created_at.desc(), PortalLink.id.desc())
        .limit(20)
    )
    return [Sent(link, name, state or "queued") for link, name, state in session.execute(query)]


def state_of(link: PortalLink, now: datetime) -> str:
    """Where a link stands: used, replaced, expired or open."""
    if link.used_at is not None:
        return "used"
    if link.revoked_at is not None:
        return "replaced"
    return "expired" if now >= link.expires_at else "open"


def _send(session: Session, actor: Actor, clock: Clock, sale: Sale, customer_id: str, *, by: str) -> PortalLink:
    buyer = require_buyer(session, sale.id, customer_id)
    channel = channel_to(session, buyer)
    if channel is None:
        raise NoAddress(field="customer_id")
    project = session.get_one(Project, sale.project_id)
    hours = parameter(session, sale.path, PORTAL_LINK_HOURS, business_date(clock, project.zone))
    link = mint(session, clock, sale_id=sale.id, customer_id=buyer.id, channel=channel, by=by, hours=hours)
    params = {"portal_link_id": link.id, "expires_at": link.expires_at.isoformat()}
    of = {"key": f"{TEMPLATE}:{link.id}", "sale_id": sale.id, "asked": True}
    for one in write_to(session, actor, clock, [buyer], TEMPLATE, params, **of):
        link.message_id = one.message.id
        payload = {"message_id": one.message.id}
        order_delivery(session, one.due_at, DELIVER, payload, key=f"{DELIVER}:{one.message.id}")
    audit.record(
        session,
        actor,
        clock,
        "portal:ask" if by == customer_id else "portal:send",
        "sale",
        sale.id,
        path=sale.path,
        after={"link_id": link.id, "customer_id": buyer.id, "channel": channel},
    )
    return link
