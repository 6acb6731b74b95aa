"""Money to-dos (财务待办): the list, and one to-do with what completes it."""

from __future__ import annotations

from typing import get_args

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.finance import operations as finance
from ledger.finance.kinds import Debtor, TodoKind, TodoState
from ledger.finance.todo_queries import Sort, TodoFilter, TodoRow, count_todos, get_todo, list_todos
from ledger.organisation.queries import list_projects
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.finance.desk import PAGE_SIZE, asked, page_offset, pages, today, works_with_money
from webapp.finance.fields import posted_date
from webapp.once import once
from webapp.page import asked_page
from webapp.wording import is_worded, word

Answer = str | tuple[str, int] | Response
_LOOKED_AT = 20


@pages.get("/")
def index() -> Answer:
    """The to-dos; who neither takes nor gives money begins with the arrears."""
    if not works_with_money():
        return redirect(url_for("finance.arrears"))
    sort = request.args.get("sort", "due")
    where = _asked_filter()
    with reading() as (session, actor):
        page = list_todos(
            session,
            actor,
            where,
            sort=sort if sort in get_args(Sort) else "due",
            limit=PAGE_SIZE,
            offset=page_offset(),
        )
        counts = count_todos(session, actor)
        projects = list_projects(session, actor, Permission.FINANCE_VIEW)
    return render_template(
        "finance/todos.html",
        page=page,
        number=asked_page(),
        size=PAGE_SIZE,
        sort=sort,
        where=where,
        counts=counts,
        projects={project.id: project.name for project in projects},
    )


def next_todo(session: Session, actor: Actor, receipt_id: str) -> TodoRow | None:
    """The most pressing money that the reader may take or confirm after a receipt; an offer, never a must.

    Neither the receipt's own confirmation is offered nor a collection for which all the money was taken already.
    """
    rights = {TodoKind.COLLECT: Permission.FINANCE_RECEIVE, TodoKind.CONFIRM: Permission.FINANCE_CONFIRM}
    kinds = tuple(kind for kind, right in rights.items() if actor.may_anywhere(right))
    rows = list_todos(session, actor, TodoFilter(kinds=kinds), limit=_LOOKED_AT).rows if kinds else ()
    return next((row for row in rows if row.receipt_id != receipt_id and row.captured_fen < row.amount_fen), None)


def _asked_filter() -> TodoFilter:
    kind, debtor = asked("kind", TodoKind), asked("debtor", Debtor)
    due, day = request.args.get("due"), today()
    return TodoFilter(
        state=TodoState(asked("state", TodoState) or "open"),
        kinds=(TodoKind(kind),) if kind else (),
        project_id=request.args.get("project") or None,
        debtor=Debtor(debtor) if debtor else None,
        overdue_on=day if due == "late" else None,
        due_from=day if due == "today" else None,
        due_to=day if due == "today" else None,
        search=request.args.get("q", ""),
    )


@pages.get("/todos/<todo_id>")
def todo(todo_id: str) -> Answer:
    """One to-do: a collection leads to its receipt form, a confirmation to its receipt, others are done here."""
    with reading() as (session, actor):
        row = get_todo(session, actor, todo_id)
        if row.state is TodoState.OPEN and row.kind is TodoKind.COLLECT and _may_take(actor, row):
            return redirect(url_for("finance.take", todo=row.id))
        if row.kind is TodoKind.CONFIRM and row.receipt_id:
            return redirect(url_for("finance.receipt", receipt_id=row.receipt_id))
        return _todo_page(actor, row, {})


def _may_take(actor: Actor, row: TodoRow) -> bool:
    return actor.may(Permission.FINANCE_RECEIVE, row.path)


def _todo_page(actor: Actor, row: TodoRow, errors: dict[str, str]) -> str:
    done_by = Permission.FINANCE_REFUND if row.kind is TodoKind.REFUND else Permission.FINANCE_CONFIRM
    day = {
        "name": "done_on",
        "kind": "date",
        "required": True,
        "label": _("Paid back on") if row.kind is TodoKind.REFUND else _("Carried over on"),
        "value": request.form.get("done_on", today().isoformat()),
        "maximum": today().isoformat(),
        "error": errors.get("done_on"),
    }
    return render_template(
        "finance/todo.html",
        row=row,
        day=day,
        may_do=actor.may(done_by, row.path),
        errors=errors,
        reason=word(code) if row.reason and is_worded(code := f"todo_reason.{row.reason}") else row.reason,
    )


@pages.post("/todos/<todo_id>/done")
def complete(todo_id: str) -> Answer:
    """The refund was paid, the money carried over, the paper issued."""
    try:
        with acting() as (session, actor):
            row = get_todo(session, actor, todo_id)
            address = once(session, actor, clock(), lambda: _complete(session, actor, row))
    except Invalid as refused:
        if refused.field not in ("done_on", "paid_on", "carried_on"):
            raise
        errors = {"done_on": word(refused.code, refused.params, field="done_on")}
        with reading() as (session, actor):
            return _todo_page(actor, get_todo(session, actor, todo_id), errors), 422
    flash(_("The to-do is done."), "success")
    return redirect(address)


def _complete(session: Session, actor: Actor, row: TodoRow) -> str:
    if row.kind is TodoKind.REFUND and row.refund_id:
        paid_on = posted_date("done_on")
        finance.pay_refund(session, actor, clock(), refund_id=row.refund_id, paid_on=paid_on)
    elif row.kind is TodoKind.TRANSFER:
        carried_on = posted_date("done_on")
        finance.complete_transfer(session, actor, clock(), todo_id=row.id, carried_on=carried_on)
    else:
        finance.complete_todo(session, actor, clock(), todo_id=row.id)
    return url_for("finance.index")


@pages.post("/todos/<todo_id>/cancel")
def cancel(todo_id: str) -> Answer:
    """Give a to-do up, with the reason; a refund is withdrawn with it."""
    reason = request.form.get("reason", "")
    with acting() as (session, actor):
        row = get_todo(session, actor, todo_id)
        if row.kind is TodoKind.REFUND and row.refund_id:
            finance.cancel_refund(session, actor, clock(), refund_id=row.refund_id, reason=reason)
        else:
            finance.cancel_todo(session, actor, clock(), todo_id=todo_id, reason=reason)
    flash(_("The to-do is cancelled."), "success")
    return redirect(url_for("finance.index"))
