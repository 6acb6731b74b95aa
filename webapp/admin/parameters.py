"""Parameters of a node (参数): what is in force and where it comes from, set anew from a date on."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.clock import business_date
from kernel.errors import Invalid
from ledger.finance.amounts import fen_of_yuan
from ledger.organisation.models import OrgNode
from ledger.organisation.operations import set_parameter
from ledger.organisation.parameters import REVIEW_PARAMETERS, Parameter, find_parameter
from ledger.organisation.queries import InForce, explain_parameters, list_settings, names_of_paths
from ledger.reviews.marks import is_marked
from ledger.reviews.parameters import record_of
from ledger.staff import queries as staff
from webapp.acting import acting, clock, reader, reading
from webapp.admin.organisation import managed_node, pages
from webapp.entries import Entries, posted_day
from webapp.formatting import percent, yuan
from webapp.once import once
from webapp.parameter_words import choice_name, label_of, plain_percent, shown, stored
from webapp.reviews.marks import reason_field, waits_of
from webapp.reviews.proposing import is_change, proposed

Answer = str | tuple[str, int] | Response
_LONGEST_NUMBER = 40


@pages.get("/<node_id>/parameters")
def parameters(node_id: str) -> str:
    """Every parameter at a node today."""
    today = business_date(clock())
    with reading() as (session, actor):
        node = managed_node(session, actor, node_id)
        rows = explain_parameters(session, node.path, today)
        places = names_of_paths(session, {row.set_at for row in rows if row.set_at})
        coming = {one.name: one for one in list_settings(session, node.path) if one.effective_from > today}
    return render_template(
        "admin/parameters.html",
        node=node,
        rows=rows,
        places=places,
        coming=coming,
        label=label_of,
        shown=shown,
        stored=stored,
    )


@pages.get("/<node_id>/parameters/<name>")
def parameter(node_id: str, name: str) -> str:
    """One parameter at a node: the settings made here, and the form to set it anew."""
    with reading() as (session, actor):
        return _page(session, managed_node(session, actor, node_id), find_parameter(name), {})


def _page(session: Session, node: OrgNode, definition: Parameter[Any], errors: dict[str, str]) -> str:
    today = business_date(clock())
    history = [one for one in list_settings(session, node.path) if one.name == definition.name]
    found = next(
        one for one in explain_parameters(session, node.path, today) if one.definition.name == definition.name
    )
    given = request.form if request.method == "POST" else None
    marked = is_marked(session, clock(), REVIEW_PARAMETERS, node.path)
    fields = _fields(found, today.isoformat(), marked=marked)
    for field in fields:
        field["value"] = given.get(field["name"]) if given is not None else field.get("value")
        field["error"] = errors.get(field["name"])
    return render_template(
        "admin/parameter.html",
        node=node,
        definition=definition,
        found=found,
        history=history,
        fields=fields,
        places=names_of_paths(session, {found.set_at} if found.set_at else set()),
        people=staff.names(session, {one.set_by for one in history}),
        marked=marked,
        waits=waits_of(session, reader(), "parameters", record_of(node.id, definition.name)),
        label=label_of,
        shown=shown,
        stored=stored,
    )


def _fields(found: InForce, today: str, *, marked: bool) -> list[dict[str, Any]]:
    return [
        {**_value_field(found.definition, found.value), "name": "value", "label": _("Value")},
        {"name": "effective_from", "kind": "date", "label": _("In force from"), "required": True, "value": today},
        {"name": "inherit", "kind": "checkbox", "label": _("Inherit instead"), "wide": True,
         "help": _("From that day on the value of the node above counts here too.")},
        reason_field(given=None, error=None) if marked else
        {"name": "reason", "kind": "text", "label": _("Reason"), "wide": True, "max_length": 200,
         "optional": True},
    ]  # fmt: skip


def _value_field(definition: Parameter[Any], value: Any) -> dict[str, Any]:
    """The input that fits the parameter's type, filled with the value in force."""
    if definition.type == "boolean":
        options = [("true", _("yes")), ("false", _("no"))]
        return {"kind": "radio", "look": "inline", "options": options, "value": "true" if value else "false"}
    if definition.type == "choice":
        options = [(choice, choice_name(choice)) for choice in definition.choices]
        return {"kind": "select", "options": options, "value": value}
    if definition.type in ("rate", "day_list"):
        return _helped_field(definition, value)
    if definition.unit == "fen":
        return {"kind": "money", "value": yuan(value).replace(",", "")}
    if definition.unit == "basis_points":
        return {"kind": "percent", "value": percent(value).rstrip("%")}
    suffix = {"days": _("days"), "hours": _("hours")}.get(definition.unit)
    return {"kind": "integer" if definition.type == "integer" else "text", "value": str(value), "suffix": suffix}


def _helped_field(definition: Parameter[Any], value: Any) -> dict[str, Any]:
    """The input of a parameter whose way of writing needs a word."""
    if definition.type == "rate":
        return {"kind": "percent", "value": plain_percent(value), "help": _("Per cent a day, such as 0.02.")}
    return {"kind": "text", "value": value, "suffix": _("days"), "help": _("Rising numbers, such as 30, 60, 90.")}


@pages.post("/<node_id>/parameters/<name>")
def set_it(node_id: str, name: str) -> Answer:
    """Set the parameter from a day on, or give the inheritance back."""
    definition, entries = find_parameter(name), Entries()
    inherit = bool(request.form.get("inherit"))
    value = None if inherit else entries.read("value", lambda _field: _posted(definition))
    effective_from = entries.read("effective_from", posted_day)
    if effective_from is None and "effective_from" not in entries.errors:
        entries.refuse(Invalid("required", field="effective_from"))
    if effective_from is not None and not entries.errors:
        try:
            with acting() as (session, actor):
                node = managed_node(session, actor, node_id)

                address = once(
                    session, actor, clock(), lambda: _set(session, actor, node, definition, value, effective_from)
                )
            done = _("The parameter is set.")
            waits = _("The change is proposed; a second person reviews it.")
            flash(waits if is_change(address) else done, "success")
            return redirect(address)
        except Invalid as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        return _page(session, managed_node(session, actor, node_id), definition, entries.errors), 422


def _set(
    session: Session, actor: Actor, node: OrgNode, definition: Parameter[Any], value: object, since: date
) -> str:
    """Set the value, or propose it where parameters are marked; returns where to go."""
    reason = request.form.get("reason", "").strip()[:200] or None
    if is_marked(session, clock(), REVIEW_PARAMETERS, node.path):
        plain = None if value is None else definition.check(value)
        values = {"value": plain, "effective_from": since.isoformat()}
        return proposed(session, actor, "parameters", record_of(node.id, definition.name), values, reason)
    set_parameter(
        session,
        actor,
        clock(),
        path=node.path,
        name=definition.name,
        value=value,
        effective_from=since,
        reason=reason,
    )
    return url_for("organisation.parameter", node_id=node.id, name=definition.name)


def _posted(definition: Parameter[Any]) -> object:
    """The value as the parameter's type wants it. Raises `Invalid` for what cannot be read."""
    text = request.form.get("value", "").strip()
    if not text:
        raise Invalid("required", field="value")
    if definition.type == "boolean":
        return text == "true"
    if definition.type in ("choice", "text", "day_list"):
        return text
    if definition.unit == "fen":
        return 0 if not text.strip("0.,") else fen_of_yuan(text, "value")
    return _posted_number(definition, text.removesuffix("%").strip())


def _posted_number(definition: Parameter[Any], text: str) -> object:
    try:
        # A power of ten such as 1e999999999 would be worked out digit by digit.
        number = Fraction(text if len(text) <= _LONGEST_NUMBER and "e" not in text.lower() else "")
    except (ValueError, ZeroDivisionError) as wrong:
        raise Invalid("not_a_number", field="value") from wrong
    if definition.type == "rate":
        return number / 100
    exact = number * 100 if definition.unit == "basis_points" else number
    if exact.denominator != 1:
        raise Invalid("parameter_too_fine", field="value")
    return int(exact)
