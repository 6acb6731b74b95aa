"""Changing a customer's record: fields, phones; marked key data are proposed for a second person's review."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid, Stale
from ledger.customers import queries as customers
from ledger.customers.access import reach
from ledger.customers.details import Details
from ledger.customers.errors import DuplicateCustomer
from ledger.customers.operations import edit_customer
from ledger.customers.phone_operations import add_phone, remove_phone, set_main_phone
from ledger.customers.phones import normalise_phone
from ledger.reviews.customers import PAPER, number_of
from ledger.reviews.marks import customer_is_marked
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.customers.desk import pages
from webapp.customers.details import Refused, blank_to_none, record_fields, refused_by, typed_day
from webapp.customers.registering import duplicates
from webapp.once import once
from webapp.reviews.marks import waits_of
from webapp.reviews.proposing import is_change, proposed

_PLAIN = ("contact_person", "source", "grade")
_SECRET = ("email", "address")


@pages.get("/<customer_id>/edit")
def edit(customer_id: str) -> str:
    """The record in a form; encrypted values stay hidden and are kept unless new ones are typed."""
    return _page(customer_id, None, Refused())


@pages.post("/<customer_id>/edit")
def save(customer_id: str) -> Response | tuple[str, int]:
    """Save the changes; somebody else's later change is not overwritten."""
    try:
        with acting() as (session, actor):
            address = once(session, actor, clock(), lambda: _save(session, actor, customer_id, request.form))
    except DuplicateCustomer as duplicate:
        return _page(customer_id, request.form.to_dict(), duplicates(duplicate)), 422
    except (Invalid, Stale) as error:
        status = 409 if isinstance(error, Stale) else 422
        return _page(customer_id, request.form.to_dict(), refused_by(error)), status
    flash(_told(address, _("The customer's record is changed.")), "success")
    return redirect(address)


def _told(address: str, done: str) -> str:
    """What was done, or that it waits now: then the address is the change's."""
    return _("The change is proposed; a second person reviews it.") if is_change(address) else done


def _save(session: Session, actor: Actor, customer_id: str, typed: Mapping[str, str]) -> str:
    changes: dict[str, Any] = {"name": typed.get("name", "")}
    changes |= {name: blank_to_none(typed, name) for name in _PLAIN if name in typed}
    changes |= {name: typed[name].strip() for name in _SECRET if typed.get(name, "").strip()}
    if blank_to_none(typed, "id_no"):
        changes |= {"id_type": blank_to_none(typed, "id_type"), "id_no": typed["id_no"]}
    if blank_to_none(typed, "birth_date"):
        changes["birth_date"] = typed_day(typed["birth_date"])
    revision = typed.get("revision", "")
    customer = reach(session, actor, customer_id, Permission.CUSTOMERS_EDIT)
    marked = customer_is_marked(session, clock(), customer)
    key_data = _taken_out(changes, customer.name) if marked else {}
    edit_customer(
        session,
        actor,
        clock(),
        customer_id=customer_id,
        changes=cast(Details, changes),
        revision=int(revision) if revision.isdecimal() else None,
        reason=blank_to_none(typed, "reason"),
        confirmed=bool(typed.get("confirmed")),
    )
    if not key_data:
        return url_for("customers.show", customer_id=customer_id)
    reason, confirmed = typed.get("reason"), bool(typed.get("confirmed"))
    return proposed(session, actor, "customers", customer_id, key_data, reason, confirmed=confirmed)


def _taken_out(changes: dict[str, Any], name: str) -> dict[str, Any]:
    """The key data among the changes as they are proposed, taken out of them; a name that stays is none."""
    if " ".join(changes["name"].split()) == name:
        del changes["name"]
    key_data = {field: changes.pop(field) for field in PAPER if field in changes}
    if born := key_data.get("birth_date"):
        key_data["birth_date"] = born.isoformat()
    return key_data


def _page(customer_id: str, typed: Mapping[str, Any] | None, refused: Refused) -> str:
    with reading() as (session, actor):
        row = customers.get_customer(session, actor, customer_id)
        customer = reach(session, actor, customer_id, Permission.CUSTOMERS_EDIT)
        profile = customers.get_profile(session, actor, customer_id)
        shown = typed or {
            "name": row.name,
            "contact_person": row.contact_person,
            "id_type": row.id_type,
            "source": row.source,
            "grade": row.grade,
        }
        fields = record_fields(shown, refused, kind=row.kind)
        kept = {"id_no": row.id_no, "email": profile["email"], "address": profile["address"]}
        for one in fields:
            if kept.get(one["name"]):
                one["placeholder"] = kept[one["name"]]
                one["help"] = _("Leave it empty to keep what is stored.")
        return render_template(
            "customers/edit.html",
            customer=row,
            fields=fields,
            refused=refused,
            typed=typed or {},
            marked=customer_is_marked(session, clock(), customer),
            waits=waits_of(session, actor, "customers", customer_id),
        )


@pages.post("/<customer_id>/phones")
def phone_add(customer_id: str) -> Response:
    """Add a phone."""

    phone, label, main = request.form.get("phone", ""), request.form.get("label", ""), "main" in request.form
    confirmed = "confirmed" in request.form

    def act(session: Session, actor: Actor) -> None:
        add_phone(
            session,
            actor,
            clock(),
            customer_id=customer_id,
            phone=phone,
            label=label,
            main=main,
            confirmed=confirmed,
        )

    def values(_session: Session) -> dict[str, Any]:
        wanted = {
            "phone_added": phone,
            "phone_label": label.strip() or None,
            "main_phone": phone if main else None,
        }
        return {"phone_added": normalise_phone(phone)} | {name: one for name, one in wanted.items() if one}

    return _change(customer_id, act, values, _("The phone is added."))


@pages.post("/<customer_id>/phones/<phone_id>/main")
def phone_main(customer_id: str, phone_id: str) -> Response:
    """Choose the phone that messages go to."""

    def act(session: Session, actor: Actor) -> None:
        set_main_phone(session, actor, clock(), customer_id=customer_id, phone_id=phone_id)

    def values(session: Session) -> dict[str, Any]:
        return {"main_phone": number_of(session, customer_id, phone_id)}

    return _change(customer_id, act, values, _("Messages go to this phone from now on."))


@pages.post("/<customer_id>/phones/<phone_id>/remove")
def phone_remove(customer_id: str, phone_id: str) -> Response:
    """Remove a phone that is not the main one."""

    def act(session: Session, actor: Actor) -> None:
        remove_phone(session, actor, clock(), customer_id=customer_id, phone_id=phone_id)

    def values(session: Session) -> dict[str, Any]:
        return {"phone_removed": number_of(session, customer_id, phone_id)}

    return _change(customer_id, act, values, _("The phone is removed."))


def _change(
    customer_id: str,
    act: Callable[[Session, Actor], None],
    values: Callable[[Session], dict[str, Any]],
    done: str,
) -> Response:
    """Do it, or propose the same as ``values`` where the customer's key data are marked."""
    reason, confirmed = request.form.get("reason"), "confirmed" in request.form
    with acting() as (session, actor):

        def change() -> str:
            customer = reach(session, actor, customer_id, Permission.CUSTOMERS_EDIT)
            if customer_is_marked(session, clock(), customer):
                asked = values(session)
                return proposed(session, actor, "customers", customer_id, asked, reason, confirmed=confirmed)
            act(session, actor)
            return url_for("customers.show", customer_id=customer_id)

        address = once(session, actor, clock(), change)
    flash(_told(address, done), "success")
    return redirect(address)
