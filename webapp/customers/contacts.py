"""Noting contacts (跟进记录) and reading a hidden value, which is logged."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.clock import DEFAULT_ZONE
from kernel.errors import Invalid
from ledger.customers.contacts import add_contact
from ledger.customers.reveal import reveal
from webapp.acting import acting, clock
from webapp.customers.desk import pages
from webapp.once import once


@pages.post("/<customer_id>/contacts")
def contact(customer_id: str) -> Response:
    """Note a contact."""
    with acting() as (session, actor):
        address = once(session, actor, clock(), lambda: _note(session, actor, customer_id))
    flash(_("The contact is noted."), "success")
    return redirect(address)


def _note(session: Session, actor: Actor, customer_id: str) -> str:
    add_contact(
        session,
        actor,
        clock(),
        customer_id=customer_id,
        channel=request.form.get("channel", ""),
        note=request.form.get("note", ""),
        at=_instant(request.form.get("at", "")),
        project_id=request.form.get("project_id") or None,
    )
    return url_for("customers.show", customer_id=customer_id)


def _instant(text: str) -> datetime | None:
    """A local date and time as typed, in the house's usual zone; None for now."""
    if not text.strip():
        return None
    try:
        typed = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid("not_a_date", field="at") from error
    return (typed if typed.tzinfo else typed.replace(tzinfo=ZoneInfo(DEFAULT_ZONE))).astimezone(UTC)


@pages.post("/<customer_id>/reveal")
def show_hidden(customer_id: str) -> Response | str:
    """One value in the clear for a moment; who looked, and when, is kept."""
    field = request.form.get("field", "")
    with acting() as (session, actor):
        value = reveal(
            session,
            actor,
            clock(),
            customer_id=customer_id,
            field=field,
            phone_id=request.form.get("phone_id") or None,
        )
    if request.headers.get("HX-Request"):
        return render_template("customers/revealed.html", value=value)
    flash(value or "—", "info")
    return redirect(url_for("customers.show", customer_id=customer_id))
