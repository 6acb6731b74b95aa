"""One change order: before and after, money, approvals, what happened, the running case; and its withdrawal."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from ledger.changes.models import OPEN_STATES
from ledger.changes.operations import withdraw_change
from ledger.changes.queries import OrderView, get_order
from ledger.documents.queries import find_documents
from ledger.finance.sale_labels import label_sales
from ledger.organisation.models import Project
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.changes.desk import pages
from webapp.changes.effect import field_rows, money_rows
from webapp.engine_room import opens_case
from webapp.once import once
from webapp.sales.sale import open_tasks


@pages.get("/<order_id>")
def order(order_id: str) -> str:
    """The page of an order."""
    with reading() as (session, actor):
        view = get_order(session, actor, order_id)
        one = view.order
        sees_money = actor.may(Permission.FINANCE_VIEW, one.path)
        tasks = open_tasks(session, actor, [one.instance_id] if one.instance_id else [])
        people = view.people | {row.task.assignee for row in tasks if row.task.assignee}
        return render_template(
            "changes/order.html",
            view=view,
            order=one,
            label=label_sales(session, [one.sale_id])[one.sale_id],
            project=session.get_one(Project, one.project_id),
            rows=field_rows(one.before, one.after, actor, one.path),
            money=money_rows(one.money) if sees_money else [],
            sees_money=sees_money,
            names=staff.names(session, people),
            tasks=tasks,
            opens_case=opens_case(session, actor, clock(), one.instance_id),
            may_withdraw=_may_withdraw(actor, view),
            documents=find_documents(session, actor, subject="change_order", subject_ids=[one.id]),
        )


@pages.post("/<order_id>/withdraw")
def withdraw(order_id: str) -> Response:
    """Its applicant takes the change back; the case hears of it and ends."""
    with acting() as (session, actor):
        address = once(session, actor, clock(), lambda: _withdraw(session, actor, order_id))
    flash(_("The change is withdrawn."), "success")
    return redirect(address)


def _withdraw(session: Session, actor: Actor, order_id: str) -> str:
    withdraw_change(session, actor, clock(), order_id=order_id, reason=request.form.get("reason", ""))
    return url_for("changes.order", order_id=order_id)


def _may_withdraw(actor: Actor, view: OrderView) -> bool:
    order = view.order
    if order.state not in OPEN_STATES:
        return False
    own = bool({actor.id, actor.on_behalf_of} & {order.applied_by, order.applied_for} - {None})
    cancels = actor.may(Permission.SALES_CANCEL, order.path)
    return own or (cancels and not actor.only_own(Permission.SALES_CANCEL, order.path))
