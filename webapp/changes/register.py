"""The change register (变更登记簿): every order by kind, state, project and period; taken along as a workbook."""

from __future__ import annotations

from datetime import date

from flask import Response, render_template, request
from flask_babel import gettext as _

from kernel import audit
from kernel.errors import Invalid, NotAllowed
from ledger.changes.models import END_STATES, KINDS, OPEN_STATES
from ledger.changes.queries import OrderFilter, count_states, list_orders
from ledger.changes.registry import known_kinds
from ledger.finance.sale_labels import label_sales
from ledger.organisation.queries import list_projects
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.changes.desk import pages
from webapp.changes.effect import MoneyRow, field_rows, money_rows
from webapp.finance.reports.workbook import Column, download, workbook
from webapp.formatting import local_time, yuan
from webapp.page import asked_page
from webapp.wording import state_name

SIZE = 50
MOST_ROWS = 5_000


@pages.get("/")
def index() -> str:
    """Orders, the newest first."""
    where, number = _asked(), asked_page()
    with reading() as (session, actor):
        rows = list_orders(session, actor, where, limit=SIZE + 1, offset=(number - 1) * SIZE)
        shown = rows[:SIZE]
        return render_template(
            "changes/index.html",
            rows=shown,
            more=len(rows) > SIZE,
            number=number,
            size=SIZE,
            where=where,
            counts=count_states(session, actor, where),
            open_states=OPEN_STATES,
            end_states=END_STATES,
            kinds=[kind for kind in KINDS if kind in known_kinds()],
            labels=label_sales(session, [row.sale_id for row in shown]),
            names=staff.names(session, {row.applied_by for row in shown}),
            projects={one.id: one.name for one in list_projects(session, actor, Permission.CHANGES_VIEW)},
        )


@pages.get("/register.xlsx")
def export() -> Response:
    """The register as cut on the page, with before, after and money of each order."""
    where = _asked()
    with acting() as (session, actor):
        if not actor.scope_paths(Permission.CHANGES_EXPORT):
            raise NotAllowed("permission_missing", permission=Permission.CHANGES_EXPORT.value)
        rows = list_orders(session, actor, where, limit=MOST_ROWS + 1)
        if len(rows) > MOST_ROWS:
            raise Invalid("report_too_long", most=MOST_ROWS)
        needed = (Permission.CHANGES_EXPORT, Permission.FINANCE_VIEW)
        rows = [row for row in rows if all(actor.may(right, row.path) for right in needed)]
        labels = label_sales(session, [row.sale_id for row in rows])
        people = {one for row in rows for one in (row.applied_by, row.executed_by) if one}
        names = staff.names(session, people)
        lines = []
        for row in rows:
            label, fields = labels[row.sale_id], field_rows(row.before, row.after, actor, row.path)
            changed = [one for one in fields if one.changes]
            lines.append(
                [
                    row.no,
                    state_name(f"change_kind.{row.kind}"),
                    state_name(f"change_order.{row.state}"),
                    label.project_name,
                    label.unit_label,
                    label.no,
                    row.reason,
                    "\n".join(f"{one.label}: {one.before}" for one in changed),
                    "\n".join(f"{one.label}: {one.after}" for one in changed),
                    "\n".join(
                        f"{m.does} {m.what} {m.due_on} ¥{yuan(m.amount_fen)}" for m in money_rows(row.money)
                    ),
                    names.get(row.applied_by, ""),
                    local_time(row.applied_at).date(),
                    names.get(row.executed_by or "", ""),
                    local_time(row.executed_at).date() if row.executed_at else None,
                ]
            )
        asked = {name: value for name, value in request.args.items() if value and name != "page"}
        after = {"asked": asked, "rows": len(lines)}
        audit.record(session, actor, clock(), "changes:export", "report", "changes", path="/", after=after)
    content = workbook(_("Change register"), [], _columns(), lines)
    return download(content, "changes.xlsx")


def _columns() -> list[Column]:
    texts = (
        _("Change order"), _("Kind of change"), _("State"), _("Project"), _("Home"), _("Sale"), _("Reason"),
        _("Before"), _("After"), _("Money effect"), _("Asked for by"),
    )  # fmt: skip
    days = [Column(_("Asked for on"), "day"), Column(_("Executed by")), Column(_("Executed on"), "day")]
    return [*(Column(text) for text in texts), *days]


def _asked() -> OrderFilter:
    kind, state = request.args.get("kind", ""), request.args.get("state", "")
    return OrderFilter(
        kind=kind if kind in KINDS else None,
        state=state if state in (*OPEN_STATES, *END_STATES, "open") else None,
        project_id=request.args.get("project") or None,
        since=_day("since"),
        until=_day("until"),
        text=request.args.get("q", ""),
    )


def _day(name: str) -> date | None:
    """A day of the address; what is no day does not filter."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _effect(line: MoneyRow) -> str:
    return f"{line.does} {line.what} {line.due_on} ¥{yuan(line.amount_fen)}"
