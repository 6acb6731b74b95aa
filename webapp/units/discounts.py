"""Discount offers (优惠方案) of a project: proposed by one person, approved by another, ended with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.clock import business_date
from kernel.errors import Invalid
from ledger.inventory.changes import given_reason
from ledger.organisation.queries import get_project
from ledger.sales import operations
from ledger.sales import queries as sales
from ledger.sales.offer_models import DiscountOffer
from ledger.sales.pricing import Discount, Of
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.entries import Entries, filled, posted_day, typed_basis_points, typed_fen
from webapp.once import once
from webapp.units.asked import chosen_project
from webapp.units.desk import pages

_ORDER = ("submitted", "approved", "ended", "rejected")


@pages.get("/discounts")
def discounts() -> str:
    """The offers of a project, those that wait first, and the form to propose one."""
    return _discounts_page(Entries())


def _discounts_page(entries: Entries) -> str:
    with reading() as (session, actor):
        project, projects = chosen_project(session, actor, Permission.UNITS_VIEW)
        if project is None:
            return render_template("units/no_project.html")
        offers = sales.list_offers(session, actor, project.id)
        people = {who for one in offers for who in (one.proposed_by, one.approved_by) if who}
        return render_template(
            "units/discounts.html",
            project=project,
            projects=projects,
            offers=sorted(offers, key=lambda one: _ORDER.index(one.state)),
            validity=_validity(offers, business_date(clock(), project.zone)),
            names=staff.names(session, people),
            may_propose=actor.may(Permission.PRICES_PROPOSE, project.path),
            may_approve=actor.may(Permission.PRICES_APPROVE, project.path),
            reader_id=actor.id,
            fields=filled(_fields(), entries),
        )


def _validity(offers: Sequence[DiscountOffer], today: date) -> dict[str, str]:
    """What the day says of approved offers: not begun yet, or run out."""
    found = {}
    for one in offers:
        if one.state == "approved" and one.valid_from > today:
            found[one.id] = _("not begun yet")
        elif one.state == "approved" and one.valid_until is not None and one.valid_until < today:
            found[one.id] = _("run out")
    return found


def _fields() -> list[dict[str, Any]]:
    kinds = [("rate", _("A rate")), ("amount", _("An amount"))]
    bases = [("running", _("the price that earlier discounts left")), ("list", _("the list price"))]
    return [
        {"name": "code", "kind": "text", "label": _("Code"), "required": True, "max_length": 40,
         "help": _("The code of an offer that exists makes its next version.")},
        {"name": "name", "kind": "text", "label": _("Name"), "required": True, "max_length": 80},
        {"name": "kind", "kind": "radio", "label": _("Takes off"), "options": kinds, "value": "rate"},
        {"name": "rate", "kind": "percent", "label": _("Per cent off"), "shown_when": "kind=rate",
         "help": _("3 means that 97 of 100 are paid.")},
        {"name": "of", "kind": "select", "label": _("Taken of"), "options": bases, "value": "running",
         "required": True, "shown_when": "kind=rate"},
        {"name": "amount", "kind": "money", "label": _("Amount off"), "shown_when": "kind=amount"},
        {"name": "valid_from", "kind": "date", "label": _("Valid from"), "required": True},
        {"name": "valid_until", "kind": "date", "label": _("Valid until, that day included"), "optional": True},
        {"name": "alone", "kind": "checkbox", "label": _("Given alone, without other discounts")},
    ]  # fmt: skip


@pages.post("/discounts")
def propose_discount() -> Response | tuple[str, int]:
    """Propose an offer; a second person approves it."""
    entries = Entries({"discounts.0": "amount" if request.form.get("kind") == "amount" else "rate"})
    discount, begins = _discount(entries), entries.read("valid_from", posted_day)
    ends = entries.read("valid_until", posted_day)
    if begins is None and "valid_from" not in entries.errors:
        entries.refuse(Invalid("required", field="valid_from"))
    if begins is not None and not entries.errors:
        try:
            with acting() as (session, actor):
                address = once(session, actor, clock(), lambda: _propose(session, actor, discount, begins, ends))
            flash(_("The offer is proposed; another person approves it."), "success")
            return redirect(address)
        except Invalid as refused:
            entries.refuse(refused)
    return _discounts_page(entries), 422


def _discount(entries: Entries) -> Discount:
    """The line that was typed; refusals stand in ``entries``."""
    form = request.form
    name = form.get("name", "").strip()[:80]
    if not name:
        entries.refuse(Invalid("required", field="name"))
    field = "amount" if form.get("kind") == "amount" else "rate"
    if field == "amount":
        made = Discount(name, "amount", amount_fen=entries.read(field, typed_fen))
    else:
        of: Of = "list" if form.get("of") == "list" else "running"
        made = Discount(name, "rate", basis_points=entries.read(field, typed_basis_points), of=of)
    if made.amount_fen is None and made.basis_points is None and field not in entries.errors:
        entries.refuse(Invalid("required", field=field))
    return made


def _propose(session: Session, actor: Actor, discount: Discount, begins: date, ends: date | None) -> str:
    project = get_project(session, actor, request.form.get("project", ""), Permission.PRICES_PROPOSE)
    operations.propose_offer(
        session,
        actor,
        clock(),
        project_id=project.id,
        code=request.form.get("code", "")[:40],
        discount=discount,
        valid_from=begins,
        valid_until=ends,
        stacks="alone" not in request.form,
    )
    return url_for("units.discounts", project=project.code)


@pages.post("/discounts/<offer_id>/approve")
def approve_discount(offer_id: str) -> Response:
    """Approve as the second person; the earlier version of its code ends."""

    def act(session: Session, actor: Actor) -> DiscountOffer:
        return operations.approve_offer(session, actor, clock(), offer_id=offer_id)

    return _decide(act, _("The offer may be given."))


@pages.post("/discounts/<offer_id>/end")
def end_discount(offer_id: str) -> Response:
    """Turn an offer down, or end it before its time, with the reason."""

    def act(session: Session, actor: Actor) -> DiscountOffer:
        reason = given_reason(request.form.get("reason", ""))
        return operations.end_offer(session, actor, clock(), offer_id=offer_id, reason=reason)

    return _decide(act, _("The offer is given no more; sales made with it stand."))


def _decide(act: Callable[[Session, Actor], DiscountOffer], done: str) -> Response:
    with acting() as (session, actor):
        address = once(
            session, actor, clock(), lambda: url_for("units.discounts", project=act(session, actor).project_id)
        )
    flash(done, "success")
    return redirect(address)
