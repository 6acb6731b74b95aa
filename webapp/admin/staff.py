"""Staff (员工): the list, one person with roles, opening and closing accounts, resetting passwords."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import ROOT, Actor
from kernel.clock import business_date
from kernel.errors import Invalid, NotAllowed
from ledger.organisation.queries import list_nodes, names_of_paths
from ledger.staff import operations
from ledger.staff import queries as directory
from ledger.staff.addresses import set_addresses
from ledger.staff.managers import manager_history
from ledger.staff.models import Staff, StaffRole
from ledger.staff.passwords import temporary_password
from ledger.staff.permissions import Permission
from ledger.staff.roles import ROLES
from webapp.acting import acting, clock, reading
from webapp.entries import Entries, posted_day
from webapp.language import LANGUAGES
from webapp.notifications.reaching import not_reached
from webapp.once import once
from webapp.wording import word

pages = Blueprint("staff", __name__, url_prefix="/admin/staff")

Answer = str | tuple[str, int] | Response


@pages.get("/")
def index() -> str:
    """The people of the reader's scope with their roles."""
    text, left = request.args.get("q", ""), "left" in request.args
    with reading() as (session, actor):
        if not actor.may_anywhere(Permission.STAFF_VIEW):
            raise NotAllowed("permission_missing", permission=Permission.STAFF_VIEW.value)
        people = directory.list_staff(session, actor, text=text, active_only=not left)
        roles = directory.roles_by_staff(session, [one.id for one in people], business_date(clock()))
        places = names_of_paths(session, {held.path for several in roles.values() for held in several})
        lost = not_reached(session, [one.id for one in people])
    role = request.args.get("role", "")
    if role:
        people = [one for one in people if any(held.role == role for held in roles.get(one.id, ()))]
    return render_template(
        "admin/staff.html",
        people=people,
        roles=roles,
        not_reached=lost,
        places=places,
        text=text,
        left=left,
        role=role,
        role_options=_role_options(),
    )


def _role_options() -> list[tuple[str, str]]:
    return [(code, word(f"role.{code}")) for code in ROLES]


def _node_options(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """The nodes at which the reader may give roles, the name after those of the nodes above."""
    names: dict[str, str] = {}
    options = [(ROOT, _("The whole house"))] if actor.may(Permission.STAFF_MANAGE, ROOT) else []
    for node in list_nodes(session):
        above = names.get(node.path[: node.path.rstrip("/").rfind("/") + 1])
        names[node.path] = f"{above} / {node.name}" if above else node.name
        if node.active and actor.may(Permission.STAFF_MANAGE, node.path):
            options.append((node.path, names[node.path]))
    return options


@pages.get("/new")
def new() -> str:
    """The form for a new account."""
    with reading() as (session, actor):
        if not actor.may_anywhere(Permission.STAFF_MANAGE):
            raise NotAllowed("permission_missing", permission=Permission.STAFF_MANAGE.value)
        return _new_page(session, actor, {"language": "zh"}, {})


def _new_page(session: Session, actor: Actor, given: dict[str, str], errors: dict[str, str]) -> str:
    fields: list[dict[str, Any]] = [
        {"name": "username", "kind": "text", "label": _("User name"), "required": True, "autofocus": True,
         "max_length": 60, "autocomplete": "off", "help": _("Small letters, digits, dots; it stays for good.")},
        {"name": "display_name", "kind": "text", "label": _("Name of the person"), "required": True,
         "max_length": 60},
        {"name": "role", "kind": "select", "label": _("Role"), "required": True, "options": _role_options()},
        {"name": "path", "kind": "select", "label": _("Role held at"), "required": True,
         "options": _node_options(session, actor), "help": _("At this node and everything below it.")},
        {"name": "email", "kind": "email", "label": _("E-mail"), "optional": True, "max_length": 200,
         "autocomplete": "off", "help": _("Kept encrypted; only messages are sent to it.")},
        {"name": "phone", "kind": "phone", "label": _("Phone"), "optional": True, "max_length": 30,
         "autocomplete": "off", "help": _("Kept encrypted; only messages are sent to it.")},
        {"name": "language", "kind": "radio", "label": _("Language"), "look": "inline",
         "options": list(LANGUAGES.items())},
    ]  # fmt: skip
    shown = [{**f, "value": given.get(f["name"]), "error": errors.get(f["name"])} for f in fields]
    return render_template("admin/staff_new.html", fields=shown)


@pages.post("/new")
def add() -> Answer:
    """Open the account; its first password is shown on this answer and nowhere else."""
    entries, made = Entries({"path": "path"}), {}
    for name in ("role", "path"):
        if not request.form.get(name):
            entries.refuse(Invalid("required", field=name))
    if not entries.errors:
        try:
            with acting() as (session, actor):
                address = once(session, actor, clock(), lambda: _add(session, actor, made))
            return _secret_once(made, address)
        except Invalid as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        return _new_page(session, actor, request.form.to_dict(), entries.errors), 422


def _add(session: Session, actor: Actor, made: dict[str, str]) -> str:
    form = request.form
    password = temporary_password()
    person = operations.add_staff(
        session,
        actor,
        clock(),
        username=form.get("username", ""),
        display_name=form.get("display_name", ""),
        password=password,
        email=form.get("email") or None,
        phone=form.get("phone") or None,
        language=form.get("language", "zh"),
        roles=[(form["role"], form["path"])],
    )
    made.update(name=person.display_name, username=person.username, password=password)
    return url_for("staff.person", staff_id=person.id)


def _secret_once(made: dict[str, str], address: str) -> Answer:
    """Show a password on the answer itself, so that it is kept nowhere; a form sent again shows it no more."""
    if not made:
        flash(_("The password was shown once already. If it is lost, reset it again."), "warning")
        return redirect(address)
    answer = make_response(render_template("admin/password_once.html", address=address, **made))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/<staff_id>")
def person(staff_id: str) -> str:
    """One person with the roles held now, before and later."""
    with reading() as (session, actor):
        return _person_page(session, actor, directory.get_staff(session, actor, staff_id), {}, {})


def _person_page(session: Session, actor: Actor, one: Staff, given: dict[str, str], errors: dict[str, str]) -> str:
    today = business_date(clock())
    history = directory.role_history(session, one.id)
    may_manage = one.active and _may_manage(actor, history)
    fields: list[dict[str, Any]] = [
        {"name": "role", "kind": "select", "label": _("Role"), "required": True, "options": _role_options()},
        {"name": "path", "kind": "select", "label": _("Role held at"), "required": True,
         "options": _node_options(session, actor) if may_manage else []},
        {"name": "from_date", "kind": "date", "label": _("Starting on"), "value": today.isoformat()},
        {"name": "to_date", "kind": "date", "label": _("Ending on"), "optional": True,
         "help": _("Left empty, the role is held until it is revoked.")},
    ]  # fmt: skip
    shown = [{**f, "value": given.get(f["name"], f.get("value")), "error": errors.get(f["name"])} for f in fields]
    return render_template(
        "admin/person.html",
        person=one,
        history=history,
        not_reached=not_reached(session, [one.id]).get(one.id, []),
        today=today,
        places=names_of_paths(session, {held.path for held in history}),
        fields=shown,
        address_fields=_address_fields(one, given, errors),
        **_managers(session, one, today),
        may_manage=may_manage,
        may_revoke={held.id for held in history if actor.may(Permission.STAFF_MANAGE, held.path)},
        is_self=one.id == actor.id,
    )


def _address_fields(one: Staff, given: dict[str, str], errors: dict[str, str]) -> list[dict[str, Any]]:
    """Where messages go; what is on file is not shown."""
    kept, known = _("Left empty: stays as it is."), (one.email_sealed, one.phone_sealed)
    return [
        {"name": name, "kind": kind, "label": label, "optional": True, "max_length": longest,
         "autocomplete": "off", "value": given.get(name), "error": errors.get(name),
         "help": kept if sealed else None}
        for (name, kind, label, longest), sealed in zip(
            (("email", "email", _("E-mail"), 200), ("phone", "phone", _("Phone"), 30)), known, strict=True
        )
    ]  # fmt: skip


def _managers(session: Session, one: Staff, today: date) -> dict[str, Any]:
    """Whom somebody reports to, reported and will, and the form that says so anew."""
    held = manager_history(session, one.id)
    names = directory.names(session, {row.manager_id for row in held})
    now = next((row.manager_id for row in held if row.from_date <= today <= (row.to_date or today)), None)
    fields = [
        {"name": "manager_id", "kind": "pick", "label": _("Line manager"), "value": now,
         "text": names.get(now or ""), "source": url_for("lookup.look", kind="colleague"),
         "help": _("Left empty: reports to nobody.")},
        {"name": "manager_from", "kind": "date", "label": _("Starting on"), "value": today.isoformat(),
         "minimum": today.isoformat()},
    ]  # fmt: skip
    return {"managers": held, "manager_names": names, "manager_fields": fields}


def _may_manage(actor: Actor, history: list[StaffRole]) -> bool:
    """Whether to show the buttons; the operations check again."""
    today = business_date(clock())
    held = [one.path for one in history if one.to_date is None or one.to_date >= today]
    return actor.may_anywhere(Permission.STAFF_MANAGE) and all(
        actor.may(Permission.STAFF_MANAGE, path) for path in held
    )


@pages.post("/<staff_id>/roles")
def grant(staff_id: str) -> Answer:
    """Give a role at a node, from a day to a day."""
    entries = Entries()
    from_date, to_date = entries.read("from_date", posted_day), entries.read("to_date", posted_day)
    for name in ("role", "path"):
        if not request.form.get(name):
            entries.refuse(Invalid("required", field=name))
    if not entries.errors:
        try:
            with acting() as (session, actor):
                directory.get_staff(session, actor, staff_id)
                operations.grant_role(
                    session,
                    actor,
                    clock(),
                    staff_id=staff_id,
                    role=request.form["role"],
                    path=request.form["path"],
                    from_date=from_date,
                    to_date=to_date,
                )
            flash(_("The role is given."), "success")
            return redirect(url_for("staff.person", staff_id=staff_id))
        except Invalid as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        one = directory.get_staff(session, actor, staff_id)
        return _person_page(session, actor, one, request.form.to_dict(), entries.errors), 422


@pages.post("/<staff_id>/addresses")
def addresses(staff_id: str) -> Answer:
    """Correct where messages go."""
    form = request.form
    try:
        with acting() as (session, actor):
            directory.get_staff(session, actor, staff_id)
            set_addresses(
                session,
                actor,
                clock(),
                staff_id=staff_id,
                email=form.get("email", ""),
                phone=form.get("phone", ""),
            )
    except Invalid as refused:
        entries = Entries()
        entries.refuse(refused)
        with reading() as (session, actor):
            one = directory.get_staff(session, actor, staff_id)
            return _person_page(session, actor, one, form.to_dict(), entries.errors), 422
    flash(_("The addresses are corrected."), "success")
    return redirect(url_for("staff.person", staff_id=staff_id))


@pages.post("/<staff_id>/roles/<role_id>/revoke")
def revoke(staff_id: str, role_id: str) -> Response:
    """End a role as of today."""
    with acting() as (session, actor):
        directory.get_staff(session, actor, staff_id)
        operations.revoke_role(
            session, actor, clock(), staff_role_id=role_id, reason=request.form.get("reason", "")
        )
    flash(_("The role is revoked as of today."), "success")
    return redirect(url_for("staff.person", staff_id=staff_id))


@pages.post("/<staff_id>/password")
def reset(staff_id: str) -> Answer:
    """Give a temporary password, shown on this answer and nowhere else."""
    made: dict[str, str] = {}
    with acting() as (session, actor):
        one = directory.get_staff(session, actor, staff_id)

        def act() -> str:
            password = operations.reset_password(session, actor, clock(), staff_id=staff_id)
            made.update(name=one.display_name, username=one.username, password=password)
            return url_for("staff.person", staff_id=staff_id)

        address = once(session, actor, clock(), act)
    return _secret_once(made, address)


@pages.post("/<staff_id>/deactivate")
def deactivate(staff_id: str) -> Response:
    """Close the account of somebody who has left."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        raise Invalid("reason_missing", field="reason")
    with acting() as (session, actor):
        directory.get_staff(session, actor, staff_id)
        operations.deactivate_staff(session, actor, clock(), staff_id=staff_id, reason=reason)
    flash(_("The account is closed; sign-ins and tokens have ended."), "success")
    return redirect(url_for("staff.person", staff_id=staff_id))
