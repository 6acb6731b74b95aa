"""The one-time link that a message about a hand-over carries: made when the message leaves, for its one reader."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import SYSTEM
from kernel.clock import Clock, business_date
from ledger.handover.models import MoveInCase
from ledger.messages.models import Message
from ledger.organisation.models import Project
from ledger.organisation.parameters import PORTAL_LINK_HOURS
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale
from webapp.portal.models import PortalLink
from webapp.portal.sending import require_buyer
from webapp.portal.tokens import mint

ABOUT = "move_in_id"


def invites(session: Session, message_id: str) -> bool:
    """Whether a message that waits leads its reader to his hand-over."""
    message = session.get(Message, message_id)
    return message is not None and message.state == "queued" and bool(message.params.get(ABOUT))


def link_of_message(session: Session, clock: Clock, message_id: str) -> str | None:
    """The id of a message's link, made at the first try to send it; None where its sale is gone.

    Raises `NotABuyer` for somebody who has left the sale since.
    """
    message = session.get_one(Message, message_id)
    case = session.get(MoveInCase, str(message.params[ABOUT]))
    if case is None:
        return None
    mine = (PortalLink.sale_id == case.sale_id) & (PortalLink.message_id == message_id)
    if (known := session.scalar(select(PortalLink.id).where(mine))) is not None:
        return known
    buyer = require_buyer(session, case.sale_id, message.recipient_id)
    sale = session.get_one(Sale, case.sale_id)
    zone = session.get_one(Project, sale.project_id).zone
    hours = parameter(session, sale.path, PORTAL_LINK_HOURS, business_date(clock, zone))
    link = mint(
        session, clock, sale_id=sale.id, customer_id=buyer.id, channel=message.channel, by=SYSTEM.id, hours=hours
    )
    link.message_id = message.id
    after = {"link_id": link.id, "customer_id": buyer.id, "channel": message.channel}
    audit.record(session, SYSTEM, clock, "portal:send", "sale", sale.id, path=sale.path, after=after)
    return link.id
