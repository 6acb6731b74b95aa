"""One sale on one page: line with dates, buyers, price, money, tasks, papers, history; and its withdrawal."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.api import Page, Task, TaskFilter
from kernel.actor import SYSTEM, Actor
from ledger.changes.queries import orders_of_sale
from ledger.changes.registry import kinds_at
from ledger.finance.models import PaymentPlanTemplate
from ledger.inventory.changes import given_reason
from ledger.organisation.models import Project
from ledger.sales import queries as sales
from ledger.sales.acts import Act
from ledger.sales.errors import SaleNotReady
from ledger.sales.models import Sale
from ledger.sales.queries import SaleView
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for, opens_case
from webapp.once import once
from webapp.sales.desk import pages
from webapp.sales.money import accounts_of
from webapp.sales.moved import moved_of
from webapp.sales.papers import papers_of

WITHDRAWABLE = ("held", "small_ordered", "subscribing", "subscribed")
MOST_TASKS = 50


@pages.get("/<sale_id>")
def sale(sale_id: str) -> str:
    """The page of a sale."""
    with reading() as (session, actor):
        view = sales.get_sale(session, actor, sale_id)
        line = sales.sale_line(session, actor, sale_id)
        events = sales.list_events(session, actor, sale_id)
        project = session.get_one(Project, view.sale.project_id)
        people = {one.actor_id for one in events} | {one.actor_id for one in line if one.actor_id}
        people |= {approver for approval in view.approvals for approver in approval.approvers}
        tasks = open_tasks(session, actor, [view.sale.instance_id] if view.sale.instance_id else [])
        people |= {one.task.assignee for one in tasks if one.task.assignee} | {view.sale.owner_id}
        documents = papers_of(session, actor, sale_id)
        people |= {one.document.issued_by for one in documents}
        plan = session.get(PaymentPlanTemplate, view.sale.plan_id) if view.sale.plan_id else None
        return render_template(
            "sales/sale.html",
            view=view,
            line=line,
            events=events,
            project=project,
            plan=plan,
            account=accounts_of(session, actor, [sale_id], project.zone).get(sale_id),
            tasks=tasks,
            documents=documents,
            names=staff.names(session, people),
            opens_case=opens_case(session, actor, clock(), view.sale.instance_id),
            may_withdraw=_may_withdraw(actor, view.sale),
            may_issue=_holds(actor, Permission.DOCUMENTS_ISSUE, view.sale),
            papers=issuable(view),
            changes=orders_of_sale(session, actor, sale_id),
            may_change=_holds(actor, Permission.CHANGES_APPLY, view.sale),
            change_kinds=kinds_at(view.sale),
            **moved_of(session, sale_id),
        )


@pages.post("/<sale_id>/withdraw")
def withdraw(sale_id: str) -> Response:
    """The buyer withdraws before signing: the process hears of it and ends the sale as its diagram says."""
    with acting() as (session, actor):
        address = once(session, actor, clock(), lambda: _withdraw(session, actor, sale_id))
    flash(_("The sale is withdrawn."), "success")
    return redirect(address)


def _withdraw(session: Session, actor: Actor, sale_id: str) -> str:
    found, _unit = Act(session, actor, clock()).lock(sale_id, Permission.SALES_CANCEL)
    reason = given_reason(request.form.get("reason", ""))
    engine = engine_for(session, actor, clock())
    # Signed meanwhile, its mortgage would hear of it as well: after signing a sale ends by a change order alone.
    withdrawable = found.stage in WITHDRAWABLE
    if not withdrawable or not engine.publish("sale_withdrawn", {"sale_id": found.id}, {"reason": reason}):
        raise SaleNotReady(sale_id=found.id, no=found.no, stage=found.stage, act="withdraw", wanted=WITHDRAWABLE)
    return url_for("sales.sale", sale_id=sale_id)


@dataclass(frozen=True)
class OpenTask:
    """A task that waits; ``opens`` says whether the reader may open it."""

    task: Task
    opens: bool


def open_tasks(session: Session, actor: Actor, instance_ids: list[str]) -> list[OpenTask]:
    """What waits for people in the processes of sales whose page the reader may see."""
    if not instance_ids:
        return []
    wanted = TaskFilter(box="all", instance_ids=tuple(instance_ids), states=("open",))
    page = Page(size=MOST_TASKS)
    own = {task.id for task in engine_for(session, actor, clock()).find_tasks(wanted, page).rows}
    # Who sees the sale sees what it waits for; opening a task asks for its own right.
    found = engine_for(session, SYSTEM, clock()).find_tasks(wanted, page).rows
    return [OpenTask(task, task.id in own) for task in found]


def issuable(view: SaleView) -> list[str]:
    """The kinds of paper that the sale has come far enough for."""
    found = []
    if view.subscription is not None and view.subscription.no:
        found.append("subscription")
    if view.contract is not None:
        found.append("contract")
    return found


def _may_withdraw(actor: Actor, found: Sale) -> bool:
    return found.stage in WITHDRAWABLE and _holds(actor, Permission.SALES_CANCEL, found)


def _holds(actor: Actor, permission: Permission, found: Sale) -> bool:
    if not actor.may(permission, found.path):
        return False
    return not actor.only_own(permission, found.path) or found.owner_id in (actor.id, actor.on_behalf_of)
