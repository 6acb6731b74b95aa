"""The posts of a node (岗位): who holds them, who answers for a vacant one, and which are or were vacant."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.clock import business_date
from kernel.errors import Invalid
from ledger.organisation.models import OrgNode
from ledger.organisation.parameters import VACANT_POST
from ledger.organisation.queries import names_of_paths, parameter
from ledger.staff.permissions import Permission
from ledger.staff.posts import answering_at, set_fallback
from ledger.staff.queries import all_holders, names
from ledger.staff.roles import ROLES
from ledger.staff.vacancies import list_vacancies
from webapp.acting import acting, clock, reading
from webapp.admin.organisation import managed_node, pages
from webapp.entries import Entries, filled
from webapp.wording import state_name

Answer = str | tuple[str, int] | Response
_USUAL = "usual"
_FIELDS = {"instead_role": "to", "instead_staff_id": "person_id"}


@pages.get("/<node_id>/posts")
def posts(node_id: str) -> str:
    """Every post of a node, and the form that names who answers for one."""
    with reading() as (session, actor):
        return _page(session, actor, node_id, Entries())


@pages.post("/<node_id>/posts")
def name_fallback(node_id: str) -> Answer:
    """Name who answers for a vacant post, or let what is named above hold again."""
    entries, to = Entries(_FIELDS), request.form.get("to", "")
    if to == "person" and not request.form.get("person_id", "").strip():
        entries.refuse(Invalid("required", field="person_id"))
    if not entries.errors:
        try:
            with acting() as (session, actor):
                node = managed_node(session, actor, node_id)
                set_fallback(
                    session, actor, clock(),
                    role=request.form.get("role", ""),
                    path=node.path,
                    instead_role=to if to not in ("", _USUAL, "person") else None,
                    instead_staff_id=request.form["person_id"].strip() if to == "person" else None,
                )  # fmt: skip
            flash(_("It is entered. Tasks that find the post vacant from now on go there."), "success")
            return redirect(url_for("organisation.posts", node_id=node_id))
        except Invalid as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        return _page(session, actor, node_id, entries), 422


def _page(session: Session, actor: Actor, node_id: str, entries: Entries) -> str:
    node, today = managed_node(session, actor, node_id), business_date(clock())
    actor.require(Permission.STAFF_MANAGE, node.path)
    holders, answering = all_holders(session, node.path, today), answering_at(session, node.path)
    vacancies = list_vacancies(session, actor, node.path)
    people = {person for some in holders.values() for person in some}
    people |= {one.staff_id for one in answering.values() if one.staff_id}
    places = {one.set_at for one in answering.values() if one.set_at} | {one.path for one in vacancies}
    return render_template(
        "admin/posts.html",
        node=node,
        roles=list(ROLES),
        holders=holders,
        answering=answering,
        vacancies=vacancies,
        last=parameter(session, node.path, VACANT_POST, today),
        names=names(session, people),
        places=names_of_paths(session, places),
        fields=_fields(session, node, entries),
    )


def _fields(session: Session, node: OrgNode, entries: Entries) -> list[dict[str, Any]]:
    roles = [(code, state_name(f"role.{code}")) for code in ROLES]
    to = [(_USUAL, _("Like the node above, else as usual")), *roles, ("person", _("One person by name"))]
    sent = request.form.get("person_id", "")
    fields: list[dict[str, Any]] = [
        {"name": "role", "kind": "select", "label": _("Vacant post"), "required": True, "options": roles,
         "value": request.args.get("role", "")},
        {"name": "to", "kind": "select", "label": _("Goes to"), "options": to, "value": _USUAL},
        {"name": "person_id", "kind": "pick", "label": _("Person"), "text": names(session, [sent]).get(sent, ""),
         "source": url_for("lookup.look", kind="colleague", path=node.path), "shown_when": "to=person"},
    ]  # fmt: skip
    return filled(fields, entries)
