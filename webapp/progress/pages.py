"""What was on time (按时完成率): by step and clerk, down to the steps, to look at and to take along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from kernel import audit
from kernel.actor import Actor
from kernel.clock import business_date
from kernel.errors import Invalid
from ledger.finance.reports.periods import month_begin
from ledger.finance.sale_labels import label_sales
from ledger.organisation.queries import list_projects
from ledger.progress.explaining import explain_delay
from ledger.progress.kinds import FAMILIES
from ledger.progress.models import ProgressStep
from ledger.progress.report import OnTime, OnTimeFilter, list_steps, on_time
from ledger.staff.permissions import Permission
from ledger.staff.queries import names
from webapp.acting import acting, clock, reading
from webapp.current import may
from webapp.finance.reports.exporting import MOST_ROWS, require_few
from webapp.finance.reports.workbook import Column, download, workbook
from webapp.formatting import day
from webapp.language import current_language, safe_path
from webapp.page import asked_page
from webapp.wording import state_name

pages = Blueprint("progress", __name__, url_prefix="/progress")
PAGE_SIZE = 50
MONTHS_BACK = 2


@pages.get("/")
def report() -> str:
    """The share that was on time, by step and clerk."""
    with reading() as (session, actor):
        where = _where()
        rows = on_time(session, actor, where)
        return render_template(
            "progress/report.html",
            rows=rows,
            total=_total(rows),
            **_frame(session, actor, where, (row.clerk_id for row in rows)),
        )


@pages.get("/steps")
def steps() -> str:
    """The steps behind a figure."""
    with reading() as (session, actor):
        where, number = _where(), asked_page()
        found = list_steps(session, actor, where, limit=PAGE_SIZE + 1, offset=(number - 1) * PAGE_SIZE)
        return render_template(
            "progress/steps.html",
            rows=found[:PAGE_SIZE],
            more=len(found) > PAGE_SIZE,
            number=number,
            labels=label_sales(session, [one.sale_id for one in found]),
            may_explain=may(Permission.PORTAL_SEND),
            **_frame(session, actor, where, (one.clerk_id for one in found)),
        )


@pages.post("/steps/<step_id>/reason")
def say_why(step_id: str) -> BaseResponse:
    """Say why a step is late, in words that its buyers read on their page."""
    with acting() as (session, actor):
        explain_delay(session, actor, clock(), step_id=step_id, reason=request.form.get("reason", ""))
    flash(_("The buyers read it on their page."), "success")
    return redirect(safe_path(request.form.get("back"), url_for("progress.steps")), 303)


@pages.get("/report.xlsx")
def report_export() -> Response:
    """The table of the report."""
    with acting() as (session, actor):
        actor.require(Permission.PROGRESS_EXPORT, _place(actor))
        where = _where()
        rows = on_time(session, actor, where)
        people = names(session, {row.clerk_id for row in rows if row.clerk_id})
        _log(session, actor, "on_time", len(rows))
    columns = [
        Column(_("Family")), Column(_("Step")), Column(_("Handled by")), Column(_("Steps due"), "count"),
        Column(_("Done on time"), "count"), Column(_("Done late"), "count"), Column(_("Late and open"), "count"),
        Column(_("On-time rate"), "share"),
    ]  # fmt: skip
    total = _total(rows)
    content = workbook(
        _("What was on time"),
        [_period(where)],
        columns,
        ([*_row_words(row, people), *_counts(row)] for row in rows),
        [_("Total"), None, None, *_counts(total)],
    )
    return download(content, f"on-time-{where.last.isoformat()}.xlsx")


@pages.get("/steps.xlsx")
def steps_export() -> Response:
    """The steps behind a figure."""
    with acting() as (session, actor):
        actor.require(Permission.PROGRESS_EXPORT, _place(actor))
        where = _where()
        found = list_steps(session, actor, where, limit=MOST_ROWS + 1)
        require_few(len(found))
        labels = label_sales(session, [one.sale_id for one in found])
        people = names(session, {one.clerk_id for one in found if one.clerk_id})
        _log(session, actor, "steps", len(found))
    columns = [
        Column(_("Project")), Column(_("Home no.")), Column(_("Sale no.")), Column(_("Family")), Column(_("Step")),
        Column(_("Handled by")), Column(_("Due"), "day"), Column(_("Done"), "day"),
        Column(_("Days late"), "count"), Column(_("Why")),
    ]  # fmt: skip
    rows = (
        [
            labels[one.sale_id].project_name,
            labels[one.sale_id].unit_label,
            labels[one.sale_id].no,
            state_name(f"progress_family.{one.family.value}"),
            step_name(one.labels),
            people.get(one.clerk_id or "", ""),
            one.due_on,
            one.ended_on,
            days_late(one, where.today) or None,
            one.delay_reason or "",
        ]
        for one in found
    )
    return download(workbook(_("Steps"), [_period(where)], columns, rows), f"steps-{where.last.isoformat()}.xlsx")


def step_name(labels: dict[str, Any]) -> str:
    """What a step is called in the reader's language."""
    return str(labels.get(current_language()) or labels.get("en") or "")


def days_late(step: ProgressStep, today: date) -> int:
    """How many days after its last day a step was done, or is open today."""
    return max(0, ((step.ended_on or today) - step.due_on).days) if step.due_on else 0


def _where() -> OnTimeFilter:
    today = business_date(clock())
    last = _day("to", today)
    args = request.args
    return OnTimeFilter(
        first=_day("from", month_begin(last, -MONTHS_BACK)),
        last=last,
        today=today,
        project_id=args.get("project") or None,
        family=args.get("family") if args.get("family") in [one.value for one in FAMILIES] else None,
        step=args.get("step") or None,
        clerk_id=args.get("clerk") or None,
        only_late=args.get("late") == "1",
    )


def _day(name: str, default: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, "")) if request.args.get(name) else default
    except ValueError as wrong:
        raise Invalid("not_a_date", field=name) from wrong


def _frame(session: Session, actor: Actor, where: OnTimeFilter, people: Iterable[str | None]) -> dict[str, Any]:
    cut = {"from": where.first.isoformat(), "to": where.last.isoformat(), "project": where.project_id}
    wanted = {one for one in (*people, where.clerk_id) if one}
    return {
        "where": where,
        "cut": {name: value for name, value in cut.items() if value},
        "projects": {one.id: one.name for one in list_projects(session, actor, Permission.SALES_VIEW)},
        "families": [one.value for one in FAMILIES],
        "names": names(session, wanted),
        "step_name": step_name,
        "days_late": days_late,
        "may_export": may(Permission.PROGRESS_EXPORT),
    }


def _total(rows: list[OnTime]) -> OnTime:
    sums = (sum(getattr(row, name) for row in rows) for name in ("due", "on_time", "done_late", "open_late"))
    return OnTime("", "", None, {}, *sums)


def _row_words(row: OnTime, people: dict[str, str]) -> list[str]:
    return [
        state_name(f"progress_family.{row.family}"),
        step_name(row.labels),
        people.get(row.clerk_id or "", _("Nobody named")),
    ]


def _counts(row: OnTime) -> list[int]:
    return [row.due, row.on_time, row.done_late, row.open_late, row.rate_bp]


def _period(where: OnTimeFilter) -> str:
    return _("Due from %(first)s to %(last)s", first=day(where.first), last=day(where.last))


def _place(actor: Actor) -> str:
    """Where the reader may take something along, else the root, where the refusal comes from."""
    return next(iter(actor.scope_paths(Permission.PROGRESS_EXPORT)), "/")


def _log(session: Session, actor: Actor, what: str, rows: int) -> None:
    asked = {name: value for name, value in request.args.items() if value and name != "page"}
    audit.record(session, actor, clock(), "progress:export", "report", what, after={"asked": asked, "rows": rows})
