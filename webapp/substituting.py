"""What the pages about substitution share: the form, the list of rules, reading what was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.clock import business_date
from kernel.errors import Invalid, Missing
from ledger.staff.queries import names
from ledger.staff.substitutions import add_substitution, substitutions_of
from webapp.acting import acting, clock
from webapp.engine_room import engine_for
from webapp.entries import Entries, filled, posted_day
from webapp.inbox.rows import process_names
from webapp.once import once


def values_of(session: Session, actor: Actor, staff_id: str, entries: Entries) -> dict[str, Any]:
    """For the templates: every rule in which somebody is stood in for or stands in, and the form for a new one."""
    rules = substitutions_of(session, staff_id)
    processes = process_names(engine_for(session, actor, clock()).find_definitions(kind="process"))
    sent = request.form.get("substitute_id", "") if request.method == "POST" else ""
    people = {p for r in rules for p in (r.principal_id, r.substitute_id, r.created_by, r.revoked_by) if p}
    known = names(session, people | {sent})
    return {
        "rules": [rule for rule in rules if rule.principal_id == staff_id],
        "stands_in": [rule for rule in rules if rule.substitute_id == staff_id],
        "names": known,
        "processes": processes,
        "today": business_date(clock()),
        "fields": _fields(processes, entries, known.get(sent, "")),
    }


def _fields(processes: dict[str, str], entries: Entries, substitute: str) -> list[dict[str, Any]]:
    today = business_date(clock()).isoformat()
    fields: list[dict[str, Any]] = [
        {"name": "substitute_id", "kind": "pick", "label": _("Substitute"), "required": True, "text": substitute,
         "source": url_for("lookup.look", kind="colleague"), "wide": True},
        {"name": "from_date", "kind": "date", "label": _("Starting on"), "required": True, "value": today,
         "minimum": today},
        {"name": "to_date", "kind": "date", "label": _("Ending on"), "required": True, "minimum": today,
         "help": _("This day included.")},
        {"name": "processes", "kind": "checkboxes", "label": _("Only for these processes"), "optional": True,
         "options": list(processes.items()), "help": _("None ticked: for all processes.")},
        {"name": "reason", "kind": "text", "label": _("Reason"), "optional": True, "max_length": 200,
         "wide": True},
    ]  # fmt: skip
    shown = filled(fields, entries)
    if request.method == "POST":
        for field in shown:
            if field["name"] == "processes":
                field["value"] = request.form.getlist("processes")
    return shown


def try_to_add(principal_id: str, address: str, entries: Entries) -> Response | None:
    """Make the rule that was sent and lead to ``address``; None after noting what was refused."""
    asked = {name: entries.read(name, posted_day) for name in ("from_date", "to_date")}
    for name in ("substitute_id", *asked):
        if not request.form.get(name, "").strip():
            entries.refuse(Invalid("required", field=name))
    if entries.errors:
        return None
    try:
        with acting() as (session, actor):
            once(session, actor, clock(), _adding(session, actor, principal_id, asked, address))
    except (Invalid, Missing) as refused:
        entries.refuse(refused)
        return None
    flash(_("The substitution is entered."), "success")
    return redirect(address)


def _adding(
    session: Session, actor: Actor, principal_id: str, asked: dict[str, Any], address: str
) -> Callable[[], str]:
    def act() -> str:
        add_substitution(
            session, actor, clock(),
            principal_id=principal_id,
            substitute_id=request.form["substitute_id"].strip(),
            processes=request.form.getlist("processes"),
            reason=request.form.get("reason", ""),
            **asked,
        )  # fmt: skip
        return address

    return act
