"""Registering a customer, with a warning when they seem to be known already (判重)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask import session as browser
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid, Missing, Stale
from ledger.customers import queries as customers
from ledger.customers.errors import DuplicateCustomer
from ledger.customers.operations import register_customer
from ledger.organisation.queries import list_projects
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.customers.desk import pages
from webapp.customers.details import (
    Refused,
    blank_to_none,
    project_field,
    record_fields,
    refused_by,
    sort_field,
    typed_day,
)
from webapp.once import once
from webapp.units.asked import REMEMBERED_PROJECT
from webapp.wording import word


@pages.get("/new")
def new() -> str:
    """The form for a new customer."""
    return _page(request.args.to_dict(), Refused())


@pages.post("/new")
def register() -> Response | tuple[str, int]:
    """Register; a refusal shows the form again with what was typed."""
    try:
        with acting() as (session, actor):
            address = once(session, actor, clock(), lambda: _register(session, actor, request.form))
    except DuplicateCustomer as duplicate:
        return _page(request.form.to_dict(), duplicates(duplicate)), 422
    except (Invalid, Stale) as error:
        return _page(request.form.to_dict(), refused_by(error)), 422
    flash(_("The customer is registered."), "success")
    return redirect(address)


def _register(session: Session, actor: Actor, typed: Mapping[str, str]) -> str:
    customer = register_customer(
        session,
        actor,
        clock(),
        name=typed.get("name", ""),
        project_id=typed.get("project_id", ""),
        phones=[phone for name in ("phone", "phone_2") if (phone := typed.get(name, "").strip())],
        kind=typed.get("kind", "person"),
        first_kind="visitor" if typed.get("visited") else "prospect",
        id_type=blank_to_none(typed, "id_type") if blank_to_none(typed, "id_no") else None,
        id_no=blank_to_none(typed, "id_no"),
        birth_date=typed_day(typed.get("birth_date", "")),
        email=blank_to_none(typed, "email"),
        address=blank_to_none(typed, "address"),
        contact_person=blank_to_none(typed, "contact_person"),
        source=blank_to_none(typed, "source"),
        grade=blank_to_none(typed, "grade"),
        consents={"marketing_sms": True} if typed.get("consent") else {},
        confirmed=bool(typed.get("confirmed")),
    )
    return url_for("customers.show", customer_id=customer.id)


def duplicates(duplicate: DuplicateCustomer) -> Refused:
    """Who the customer may be already; names of those out of reach are shortened."""
    with reading() as (session, actor):
        names = customers.names_seen(session, actor, [one.id for one in duplicate.candidates])
    rows = [(one.id, names.get(one.id, ""), one.reason, one.visible) for one in duplicate.candidates]
    field = {"phones": "phone"}.get(duplicate.field or "", duplicate.field or "name")
    return Refused({field: word(duplicate.code)}, rows, duplicate.confirmable)


def _page(typed: Mapping[str, str], refused: Refused) -> str:
    with reading() as (session, actor):
        projects = list_projects(session, actor, Permission.CUSTOMERS_EDIT)
        if not projects:
            raise Missing
        phones = [
            {"name": "phone", "label": _("Phone"), "value": typed.get("phone", ""), "autocomplete": "off",
             "error": refused.fields.get("phone") or refused.fields.get("phones"),
             "help": _("A phone or an ID number is needed.")},
            {"name": "phone_2", "label": _("Second phone"), "value": typed.get("phone_2", ""), "optional": True,
             "autocomplete": "off"},
        ]  # fmt: skip
        typed = {"project_id": browser.get(REMEMBERED_PROJECT, ""), **typed}
        fields = [sort_field(typed), project_field(projects, typed), *record_fields(typed, refused)]
        fields[3:3] = phones
        return render_template("customers/new.html", fields=fields, typed=typed, refused=refused)
