"""Payment plans (付款方式) of a project: the versions with their lines, approved by a second person, retired."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from ledger.finance.kinds import ShareKind, TriggerKind
from ledger.finance.operations import approve_plan, retire_plan
from ledger.finance.plans import PlanLine
from ledger.finance.templates import lines_of_plans, list_plans
from ledger.organisation.queries import list_projects
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.formatting import day, percent, yuan
from webapp.wording import state_name

pages = Blueprint("plans", __name__, url_prefix="/admin/plans")


@pages.get("/")
def index() -> str:
    """The plans of one project with their history."""
    with reading() as (session, actor):
        projects = list_projects(session, actor, Permission.UNITS_VIEW)
        asked = request.args.get("project")
        project = next((one for one in projects if one.id == asked), projects[0] if projects else None)
        found = list_plans(session, actor, project_id=project.id, usable_only=False) if project else []
        shown = [plan for plan in found if "retired" in request.args or plan.state != "retired"]
        people = {plan.proposed_by for plan in shown} | {plan.approved_by for plan in shown if plan.approved_by}
        return render_template(
            "admin/plans.html",
            projects=projects,
            project=project,
            plans=shown,
            retired=len([plan for plan in found if plan.state == "retired"]),
            lines=lines_of_plans(session, [plan.id for plan in shown]),
            people=staff.names(session, people),
            may_approve=project is not None and actor.may(Permission.PRICES_APPROVE, project.path),
            may_propose=project is not None and actor.may(Permission.PRICES_PROPOSE, project.path),
            reader_id=actor.id,
            share_words=share_words,
            due_words=due_words,
        )


def share_words(line: PlanLine) -> str:
    """How much a line is."""
    share = line.share
    if share.kind is ShareKind.REMAINDER:
        return _("the remainder")
    words = percent(share.value) if share.kind is ShareKind.BASIS_POINTS else f"¥{yuan(share.value)}"
    if not share.cap_fen:
        return words
    return _("%(share)s, at most ¥%(cap)s", share=words, cap=yuan(share.cap_fen))


def due_words(line: PlanLine) -> str:
    """When a line falls due."""
    trigger = line.trigger
    if trigger.kind is TriggerKind.ON_DATE:
        return day(trigger.on)
    if trigger.kind is TriggerKind.MILESTONE:
        name = state_name(f"milestone.{trigger.milestone}")
        if not trigger.days:
            return name
        return ngettext("%(num)d day after: %(what)s", "%(num)d days after: %(what)s", trigger.days, what=name)
    if not trigger.days:
        return _("on signing")
    return ngettext("%(num)d day after signing", "%(num)d days after signing", trigger.days)


@pages.post("/<template_id>/approve")
def approve(template_id: str) -> Response:
    """A second person approves; the earlier version is retired."""
    with acting() as (session, actor):
        plan = approve_plan(session, actor, clock(), template_id=template_id)
        address = url_for("plans.index", project=plan.project_id)
    flash(_("The payment plan is approved."), "success")
    return redirect(address)


@pages.post("/<template_id>/retire")
def retire(template_id: str) -> Response:
    """End the plan's use for new sales."""
    with acting() as (session, actor):
        plan = retire_plan(session, actor, clock(), template_id=template_id)
        address = url_for("plans.index", project=plan.project_id)
    flash(_("The payment plan is no longer offered; sales made with it keep it."), "success")
    return redirect(address)
