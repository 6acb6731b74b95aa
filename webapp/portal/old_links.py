"""The lasting links to a hand-over of earlier notices (``/h/…``): they show nothing and offer a new link."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, url_for

from kernel.errors import KeyturnError
from kernel.vault import Vault
from ledger.handover.models import MoveInCase
from ledger.progress.telling import buyers_of_sale
from webapp.acting import clock
from webapp.errors import status_of
from webapp.portal.errors import LinkUnknown, NoAddress
from webapp.portal.sending import ask_for_link, buyer_actor
from webapp.portal.views import keep_pace, keep_secret
from webapp.request_log import request_id
from webapp.security import database
from webapp.wording import word

pages = Blueprint("old_links", __name__, url_prefix="/h")
pages.before_request(keep_pace)
pages.after_request(keep_secret)
_NAME_BYTES, _SEAL_BYTES = 16, 16
_GONE = 410


@pages.errorhandler(KeyturnError)
def refused(refusal: KeyturnError) -> Response:
    """Say why, and offer nothing."""
    sentence = word(refusal.code, refusal.params, field=refusal.field)
    page = render_template("portal/refused.html", sentence=sentence, again=None, code=refusal.code)
    return make_response(page, status_of(refusal))


@pages.get("/<token>")
def show(token: str) -> Response:
    """That such links open nothing any more, with the button that sends new ones."""
    _sale_of(token)
    again = url_for("old_links.ask", token=token)
    page = render_template("portal/refused.html", sentence=word("portal_link_old"), again=again, code="")
    return make_response(page, _GONE)


@pages.post("/<token>")
def ask(token: str) -> str:
    """Send each buyer a link of his own, to what is registered and nowhere else. It says the same whoever asks."""
    sale_id = _sale_of(token)
    with database().reading() as session:
        buyers = [buyer.id for buyer in buyers_of_sale(session, sale_id)]
    channels, refusals = [], []
    for customer_id in buyers:
        try:
            with database().unit_of_work(buyer_actor(customer_id), request_id=request_id()) as session:
                channels.append(ask_for_link(session, clock(), sale_id=sale_id, customer_id=customer_id).channel)
        except KeyturnError as refusal:
            refusals.append(refusal)
    if not channels:
        raise refusals[0] if refusals else NoAddress()
    return render_template("portal/sent.html", channel=channels[0])


def _sale_of(token: str) -> str:
    """The sale of a link that was ours. Raises `LinkUnknown`."""
    case_id = _case_of(database().vault, token)
    with database().reading() as session:
        case = session.get(MoveInCase, case_id) if case_id else None
        if case is None:
            raise LinkUnknown
        return case.sale_id


def _case_of(vault: Vault, token: str) -> str | None:
    try:
        content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    name, seal = content[:_NAME_BYTES], content[_NAME_BYTES:]
    if len(name) != _NAME_BYTES or not hmac.compare_digest(seal, seal_of(vault, name)):
        return None
    return str(UUID(bytes=name))


def seal_of(vault: Vault, name: bytes) -> bytes:
    """What stood behind the case's id in such a link."""
    return hmac.new(vault.signing, b"move in:" + name, hashlib.sha256).digest()[:_SEAL_BYTES]
