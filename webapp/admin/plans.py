"""Payment plans (付款方式) of a project: the versions with their lines, approved by a second person, retired."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ledger.finance.operations import approve_plan, retire_plan
from ledger.finance.templates import get_plan, lines_of_plans, list_plans
from ledger.organisation.parameters import REVIEW_PLANS
from ledger.organisation.queries import list_projects
from ledger.reviews.marks import is_marked
from ledger.reviews.plans import record_of
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.plan_words import due_words, share_words
from webapp.reviews.marks import waiting_below
from webapp.reviews.proposing import is_change, proposed

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
            marked=project is not None and is_marked(session, clock(), REVIEW_PLANS, project.path),
            waits=waiting_below(session, actor, "plans", f"{project.id}:") if project else [],
            share_words=share_words,
            due_words=due_words,
        )


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
    """End the plan's use for new sales, or propose that where plans are marked."""
    with acting() as (session, actor):
        plan = get_plan(session, actor, template_id)
        if is_marked(session, clock(), REVIEW_PLANS, plan.path):
            record, why = record_of(plan.project_id, plan.code), request.form.get("reason")
            address = proposed(session, actor, "plans", record, {"state": "retired"}, why)
        else:
            retire_plan(session, actor, clock(), template_id=template_id)
            address = url_for("plans.index", project=plan.project_id)
    waits = _("The change is proposed; a second person reviews it.")
    done = _("The payment plan is no longer offered; sales made with it keep it.")
    flash(waits if is_change(address) else done, "success")
    return redirect(address)
