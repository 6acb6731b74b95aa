"""The clerk's side: sending a buyer a link from the sale's page, and the log of links there."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from ledger.customers.models import Customer
from ledger.progress.telling import buyers_of_sale
from ledger.sales.models import Sale
from ledger.scope import get_scoped
from ledger.staff.permissions import Permission
from ledger.staff.queries import names
from webapp.acting import clock, reading
from webapp.carrying_out import carried_out
from webapp.portal.sending import Sent, log_of, send_link, state_of

desk = Blueprint("portal_desk", __name__, url_prefix="/sales")


@desk.post("/<sale_id>/portal-links")
def send(sale_id: str) -> Response:
    """Send a buyer a link."""
    customer_id = request.form.get("customer_id", "")

    def act(session: Session, actor: Actor) -> None:
        send_link(session, actor, clock(), sale_id=sale_id, customer_id=customer_id)

    return carried_out(
        act, leads_to=url_for("sales.sale", sale_id=sale_id) + "#portal", done=_("The link is on its way.")
    )


def links_of_sale(sale_id: str) -> dict[str, object]:
    """For the card of a sale's page: its buyers, the log of links, and whether the reader may send one."""
    with reading() as (session, actor):
        sale = get_scoped(session, actor, Sale, Permission.SALES_VIEW, sale_id)
        may_send = actor.may(Permission.PORTAL_SEND, sale.path) and not (
            actor.only_own(Permission.PORTAL_SEND, sale.path)
            and sale.owner_id not in (actor.id, actor.on_behalf_of)
        )
        buyers: list[Customer] = buyers_of_sale(session, sale_id)
        log: list[Sent] = log_of(session, [sale_id])
        now = clock().now()
        return {
            "buyers": [(buyer.id, buyer.name) for buyer in buyers],
            "log": [(sent, state_of(sent.link, now)) for sent in log],
            "may_send": may_send,
            "names": names(session, {sent.link.created_by for sent in log}),
        }
