"""Changing a customer's record: fields, phones; key fields keep their earlier values."""

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
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.customers.desk import pages
from webapp.customers.details import Refused, blank_to_none, record_fields, refused_by, typed_day
from webapp.customers.registering import duplicates
from webapp.once import once

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
    flash(_("The customer's record is changed."), "success")
    return redirect(address)


def _save(session: Session, actor: Actor, customer_id: str, typed: Mapping[str, str]) -> str:
    changes: dict[str, Any] = {"name": typed.get("name", "")}
    changes |= {name: blank_to_none(typed, name) for name in _PLAIN if name in typed}
    changes |= {name: typed[name].strip() for name in _SECRET if typed.get(name, "").strip()}
    if blank_to_none(typed, "id_no"):
        changes |= {"id_type": blank_to_none(typed, "id_type"), "id_no": typed["id_no"]}
    if blank_to_none(typed, "birth_date"):
        changes["birth_date"] = typed_day(typed["birth_date"])
    revision = typed.get("revision", "")
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
    return url_for("customers.show", customer_id=customer_id)


def _page(customer_id: str, typed: Mapping[str, Any] | None, refused: Refused) -> str:
    with reading() as (session, actor):
        row = customers.get_customer(session, actor, customer_id)
        reach(session, actor, customer_id, Permission.CUSTOMERS_EDIT)
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
            "customers/edit.html", customer=row, fields=fields, refused=refused, typed=typed or {}
        )


@pages.post("/<customer_id>/phones")
def phone_add(customer_id: str) -> Response:
    """Add a phone."""

    def act(session: Session, actor: Actor) -> None:
        add_phone(
            session,
            actor,
            clock(),
            customer_id=customer_id,
            phone=request.form.get("phone", ""),
            label=request.form.get("label", ""),
            main="main" in request.form,
            confirmed="confirmed" in request.form,
        )

    return _change(customer_id, act, _("The phone is added."))


@pages.post("/<customer_id>/phones/<phone_id>/main")
def phone_main(customer_id: str, phone_id: str) -> Response:
    """Choose the phone that messages go to."""

    def act(session: Session, actor: Actor) -> None:
        set_main_phone(session, actor, clock(), customer_id=customer_id, phone_id=phone_id)

    return _change(customer_id, act, _("Messages go to this phone from now on."))


@pages.post("/<customer_id>/phones/<phone_id>/remove")
def phone_remove(customer_id: str, phone_id: str) -> Response:
    """Remove a phone that is not the main one."""

    def act(session: Session, actor: Actor) -> None:
        remove_phone(session, actor, clock(), customer_id=customer_id, phone_id=phone_id)

    return _change(customer_id, act, _("The phone is removed."))


def _change(customer_id: str, act: Callable[[Session, Actor], None], done: str) -> Response:
    with acting() as (session, actor):

        def change() -> str:
            act(session, actor)
            return url_for("customers.show", customer_id=customer_id)

        address = once(session, actor, clock(), change)
    flash(done, "success")
    return redirect(address)
