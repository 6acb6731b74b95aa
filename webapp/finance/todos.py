"""The list of money to-dos (财务待办): narrowed, counted by kind, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
from webapp.finance.came_from import narrowed_list, narrowing
from webapp.finance.desk import PAGE_SIZE, one_of, page_offset, pages, today, works_with_money
from webapp.page import asked_page

Answer = str | tuple[str, int] | Response
_LOOKED_AT = 20
_WEEK = timedelta(days=7)


@pages.get("/")
def index() -> Answer:
    """The to-dos; who neither takes nor gives money begins with the arrears."""
    if not works_with_money():
        return redirect(url_for("finance.arrears"))
    sort, where = _sort(request.args), filter_of(request.args)
    with reading() as (session, actor):
        page = list_todos(
            session,
            actor,
            where,
            sort=sort,
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
        narrowing=narrowing() or None,
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

    It is of the narrowed list that he comes from, if he comes from one.

    Neither the receipt's own confirmation nor the to-do that was just done is offered, nor a collection for which
    all the money was taken already.
    """
    listed = narrowed_list()
    asked_for = filter_of(listed)
    kinds = tuple(kind for kind in asked_for.kinds or TodoKind if actor.may_anywhere(done_by(kind)))
    where = replace(asked_for, kinds=kinds, state=TodoState.OPEN)
    rows = list_todos(session, actor, where, sort=_sort(listed), limit=_LOOKED_AT).rows if kinds else ()
    left = (row for row in rows if row.id != todo_id and (row.receipt_id is None or row.receipt_id != receipt_id))
    return next((row for row in left if row.captured_fen < row.amount_fen), None)


def filter_of(args: Mapping[str, str]) -> TodoFilter:
    """How an address narrows the list."""
    kind, debtor = one_of(args, "kind", TodoKind), one_of(args, "debtor", Debtor)
    due, day = args.get("due"), today()
    return TodoFilter(
        state=TodoState(one_of(args, "state", TodoState) or "open"),
        kinds=(TodoKind(kind),) if kind else (),
        project_id=args.get("project") or None,
        debtor=Debtor(debtor) if debtor else None,
        overdue_on=day if due == "late" else None,
        due_from=day if due == "today" else None,
        due_to={"today": day, "week": day + _WEEK}.get(due or ""),
        search=args.get("q", ""),
    )


def _sort(args: Mapping[str, str]) -> Sort:
    return next((one for one in get_args(Sort) if one == args.get("sort")), "due")
