"""The organisation (组织架构): the tree, one node with its children, a project with its presale permits."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import ROOT, Actor
from kernel.errors import Invalid
from ledger.organisation import operations
from ledger.organisation.models import KINDS, OrgNode
from ledger.organisation.queries import get_node_by_id, list_nodes, list_permits, project_at
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.entries import Entries, posted_day
from webapp.once import once
from webapp.wording import state_name

pages = Blueprint("organisation", __name__, url_prefix="/admin/organisation")

Answer = str | tuple[str, int] | Response


@pages.get("/")
def index() -> str:
    """The whole tree."""
    with reading() as (session, actor):
        actor.require(Permission.ORGANISATION_MANAGE, _first_path(actor))
        nodes = list_nodes(session)
        return render_template(
            "admin/organisation.html", tree=_tree(nodes), may_found=actor.may(Permission.ORGANISATION_MANAGE, ROOT)
        )


def _first_path(actor: Actor) -> str:
    """Some node that the actor manages, so that who manages nothing is refused."""
    return next(iter(actor.scope_paths(Permission.ORGANISATION_MANAGE)), ROOT)


def _tree(nodes: list[OrgNode]) -> list[dict[str, Any]]:
    """The nodes, which come by path, as nested lists."""
    by_path: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    for node in nodes:
        entry = by_path[node.path] = {"node": node, "children": []}
        above = by_path.get(node.path[: node.path.rstrip("/").rfind("/") + 1])
        (above["children"] if above else roots).append(entry)
    return roots


def managed_node(session: Session, actor: Actor, node_id: str) -> OrgNode:
    """A node that the reader manages. Raises `NodeMissing`, `NotAllowed`."""
    node = get_node_by_id(session, node_id)
    actor.require(Permission.ORGANISATION_MANAGE, node.path)
    return node


@pages.get("/<node_id>")
def node(node_id: str) -> str:
    """One node."""
    with reading() as (session, actor):
        return _node_page(session, managed_node(session, actor, node_id), "", {})


def _node_page(session: Session, one: OrgNode, form: str, errors: dict[str, str]) -> str:
    below = list_nodes(session, below=one.path)[1:]
    project = project_at(session, one.path)
    here = project if project and project.id == one.id else None
    return render_template(
        "admin/node.html",
        node=one,
        children=[child for child in below if child.parent_id == one.id],
        project=here,
        permits=list_permits(session, one.id) if here else [],
        child_fields=_filled(_child_fields(one), errors if form == "child" else {}, form == "child"),
        permit_fields=_filled(_permit_fields(), errors if form == "permit" else {}, form == "permit"),
        wrong_form=form,
        wrong=errors,
    )


def _filled(fields: list[dict[str, Any]], errors: dict[str, str], sent: bool) -> list[dict[str, Any]]:
    given = request.form if sent else {}
    return [{**f, "value": given.get(f["name"], f.get("value")), "error": errors.get(f["name"])} for f in fields]


def _child_fields(one: OrgNode) -> list[dict[str, Any]]:
    kinds = KINDS[KINDS.index(one.kind) + 1 :]
    options = [(kind, state_name(f"org_kind.{kind}")) for kind in kinds]
    return [
        {"name": "kind", "kind": "select", "label": _("Kind of node"), "required": True, "options": options},
        {"name": "name", "kind": "text", "label": _("Name"), "required": True, "max_length": 100},
        {"name": "code", "kind": "text", "label": _("Code"), "required": True, "max_length": 40,
         "help": _("Small letters and digits; numbers of papers carry it, so it stays for good.")},
        {"name": "developer", "kind": "text", "label": _("Developer"), "max_length": 200, "wide": True,
         "shown_when": "kind=project", "help": _("The company that the papers name.")},
        {"name": "address", "kind": "text", "label": _("Address"), "max_length": 200, "wide": True,
         "shown_when": "kind=project"},
    ]  # fmt: skip


def _permit_fields() -> list[dict[str, Any]]:
    return [
        {"name": "no", "kind": "text", "label": _("Permit number"), "required": True, "max_length": 100},
        {"name": "granted_on", "kind": "date", "label": _("Granted on"), "required": True},
        {"name": "bank", "kind": "text", "label": _("Bank"), "max_length": 100, "optional": True},
        {"name": "account", "kind": "text", "label": _("Supervised account no."), "max_length": 60,
         "optional": True},
    ]  # fmt: skip


@pages.post("/<node_id>/children")
def add_child(node_id: str) -> Answer:
    """Add a node below; a project gets its own record."""
    entries = Entries()
    try:
        with acting() as (session, actor):
            parent = managed_node(session, actor, node_id)
            address = once(session, actor, clock(), lambda: _add_child(session, actor, parent))
        flash(_("The node is added."), "success")
        return redirect(address)
    except Invalid as refused:
        entries.refuse(refused)
    with reading() as (session, actor):
        return _node_page(session, managed_node(session, actor, node_id), "child", entries.errors), 422


def _add_child(session: Session, actor: Actor, parent: OrgNode) -> str:
    form = request.form
    named = {"name": form.get("name", ""), "code": form.get("code", ""), "parent": parent.path}
    if form.get("kind") == "project":
        more = {"developer": form.get("developer", ""), "address": form.get("address", "")}
        made = operations.create_project(session, actor, clock(), **named, **more).id
    else:
        made = operations.add_node(session, actor, clock(), kind=form.get("kind", ""), **named).id
    return url_for("organisation.node", node_id=made)


@pages.post("/<node_id>/name")
def rename(node_id: str) -> Response:
    """Give the node another name."""
    with acting() as (session, actor):
        one = managed_node(session, actor, node_id)
        operations.rename_node(session, actor, clock(), path=one.path, name=request.form.get("name", ""))
    flash(_("The name is changed."), "success")
    return redirect(url_for("organisation.node", node_id=node_id))


@pages.post("/<node_id>/permits")
def add_permit(node_id: str) -> Answer:
    """Enter a presale permit of the project."""
    entries, form = Entries(), request.form
    granted_on = entries.read("granted_on", posted_day)
    if granted_on is None and not entries.errors:
        entries.refuse(Invalid("required", field="granted_on"))
    if granted_on is not None:
        try:
            with acting() as (session, actor):
                operations.add_permit(
                    session,
                    actor,
                    clock(),
                    project_id=node_id,
                    no=form.get("no", ""),
                    granted_on=granted_on,
                    account=form.get("account", ""),
                    bank=form.get("bank", ""),
                )
            flash(_("The permit is entered."), "success")
            return redirect(url_for("organisation.node", node_id=node_id))
        except Invalid as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        return _node_page(session, managed_node(session, actor, node_id), "permit", entries.errors), 422
