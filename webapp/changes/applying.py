"""Asking for a change: the form of its kind, a preview of what it would do, then the case begins."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from forms.compile import exists, load
from forms.posted import read_posted
from forms.validator import FormValidator
from kernel.actor import Actor
from kernel.errors import AnswersInvalid, Invalid, KeyturnError, Missing
from ledger.changes.contents import Content
from ledger.changes.models import ChangeOrder
from ledger.changes.operations import open_order, preview_change
from ledger.changes.registry import known_kinds
from ledger.finance.sale_labels import label_sales
from ledger.organisation.models import Project
from ledger.sales.models import Sale
from ledger.scope import get_scoped
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.changes.desk import pages
from webapp.changes.effect import field_rows, money_rows
from webapp.engine_room import engine_for
from webapp.errors import status_of
from webapp.form_files import About, keep_files
from webapp.inbox import answering
from webapp.once import once
from webapp.wording import word

Answer = str | tuple[str, int] | Response
# What a form asks besides the values wanted.
_ABOUT = ("sale_id", "reason", "evidence_id", "fault")


@pages.route("/new/<kind>", methods=["GET", "POST"])
def apply(kind: str) -> Answer:
    """The form; sent with ``act=preview`` it shows the effect, with ``act=send`` the change is asked for."""
    if kind not in known_kinds() or not exists(_form(kind)):
        raise Missing("definition_missing", key=kind)
    sale_id = request.values.get("sale_id", "")
    if not sale_id:
        flash(_("Choose the sale; a change is asked for on its page."), "info")
        return redirect(url_for("sales.index"))
    if request.method == "GET":
        return _page(kind, sale_id, {})
    typed = read_posted(load(_form(kind)).model, request.form.items(multi=True))
    typed["sale_id"] = sale_id
    try:
        typed |= _files(kind, sale_id)
        if request.form.get("act") == "send":
            with acting() as (session, actor):
                address = once(session, actor, clock(), lambda: _send(session, actor, kind, typed))
            flash(_("The change is asked for."), "success")
            return redirect(address)
        with reading() as (session, actor):
            content = preview_of(session, actor, kind, typed)
    except AnswersInvalid as refused:
        return _page(kind, sale_id, typed, errors=refused.errors), 422
    except KeyturnError as refused:
        errors = None
        if isinstance(refused, Invalid | Missing) and refused.field and refused.field != "sale_id":
            errors = {refused.field: [(refused.code, dict(refused.params))]}
        sentence = None if errors else word(refused.code, refused.params, field=refused.field)
        return _page(kind, sale_id, typed, errors=errors, refusal=sentence), status_of(refused)
    return _page(kind, sale_id, typed, content=content)


def _files(kind: str, sale_id: str) -> dict[str, object]:
    """The papers that came with the form, kept with the sale."""
    with reading() as (session, actor):
        sale = get_scoped(session, actor, Sale, Permission.SALES_VIEW, sale_id)
        about = About("sale", sale.id, sale.path, sale.owner_id)
    return keep_files(_form(kind), about)


def preview_of(session: Session, actor: Actor, kind: str, typed: dict[str, Any]) -> Content:
    """What the change would do. Raises what the form and the ledger refuse, by field."""
    clean = FormValidator().validate(_form(kind), typed, {}, clock())
    wanted = {name: _plain(value) for name, value in clean.items() if name not in _ABOUT}
    sale_id = str(clean["sale_id"])
    fault = str(clean["fault"]) if clean.get("fault") else None
    return preview_change(session, actor, clock(), kind=kind, sale_id=sale_id, wanted=wanted, fault=fault)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _send(session: Session, actor: Actor, kind: str, typed: dict[str, Any]) -> str:
    sale = get_scoped(session, actor, Sale, Permission.SALES_VIEW, str(typed["sale_id"]))
    path = session.scalars(select(Project.path).where(Project.id == sale.project_id)).one()
    begun = engine_for(session, actor, clock()).start(kind, typed, scope=path)
    order = session.scalars(select(ChangeOrder.id).where(ChangeOrder.instance_id == begun.id)).one()
    return url_for("changes.order", order_id=order)


def _form(kind: str) -> str:
    return f"{kind}/start"


def _page(
    kind: str,
    sale_id: str,
    typed: dict[str, Any],
    *,
    errors: Any = None,
    refusal: str | None = None,
    content: Content | None = None,
) -> str:
    with reading() as (session, actor):
        sale = get_scoped(session, actor, Sale, Permission.SALES_VIEW, sale_id)
        actor.require(Permission.CHANGES_APPLY, sale.path)
        asked = answering.draw(session, actor, _form(kind), {}, typed=typed or None, errors=errors, path=sale.path)
        return render_template(
            "changes/apply.html",
            kind=kind,
            sale=sale,
            label=label_sales(session, [sale.id])[sale.id],
            fields=[field for field in asked.fields if field.name != "sale_id"] if asked else [],
            refusal=refusal,
            running=open_order(session, sale.id),
            rows=field_rows(content.preview.before, content.preview.after, actor, sale.path) if content else [],
            money=money_rows(content.money) if content else [],
            content=content,
        )
