"""The list of money to-dos (财务待办): narrowed, counted by kind, and what to do next."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from ledger.finance.kinds import Debtor, TodoKind, TodoState
from ledger.finance.todo_queries import Sort, TodoFilter, TodoRow, count_todos, list_todos
from ledger.organisation.queries import list_projects
from ledger.staff.permissions import Permission
from webapp.acting import reading
from webapp.finance.desk import PAGE_SIZE, asked, page_offset, pages, today, works_with_money
from webapp.page import asked_page

Answer = str | tuple[str, int] | Response
_LOOKED_AT = 20
_WEEK = timedelta(days=7)


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
    is_part = bool(request.headers.get("HX-Request"))
    return render_template(
        "finance/_todo_list.html" if is_part else "finance/todos.html",
        page=page,
        number=asked_page(),
        size=PAGE_SIZE,
        sort=sort,
        where=where,
        counts=counts,
        projects={project.id: project.name for project in projects},
    )


_DONE_BY = {
    TodoKind.COLLECT: Permission.FINANCE_RECEIVE,
    TodoKind.REFUND: Permission.FINANCE_PAY,
    TodoKind.COMPENSATE: Permission.FINANCE_PAY,
}


def done_by(kind: TodoKind) -> Permission:
    """The right by which somebody completes a to-do of a kind."""
    return _DONE_BY.get(kind, Permission.FINANCE_CONFIRM)


def next_todo(
    session: Session, actor: Actor, *, receipt_id: str | None = None, todo_id: str | None = None
) -> TodoRow | None:
    """The most pressing money that the reader may take, confirm or pay next; an offer, never a must.

    Neither the receipt's own confirmation nor the to-do that was just done is offered, nor a collection for which
    all the money was taken already.
    """
    kinds = tuple(kind for kind in TodoKind if actor.may_anywhere(done_by(kind)))
    rows = list_todos(session, actor, TodoFilter(kinds=kinds), limit=_LOOKED_AT).rows if kinds else ()
    left = (row for row in rows if row.id != todo_id and (row.receipt_id is None or row.receipt_id != receipt_id))
    return next((row for row in left if row.captured_fen < row.amount_fen), None)


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
        due_to={"today": day, "week": day + _WEEK}.get(due or ""),
        search=request.args.get("q", ""),
    )
