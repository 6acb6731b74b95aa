"""One money to-do, as a page or beside its list: what it is about, what completes it, and what comes next."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.finance import operations as finance
from ledger.finance.kinds import TodoKind, TodoState
from ledger.finance.payout_queries import PayoutWords, payout_words
from ledger.finance.queries import get_receipt
from ledger.finance.receipt_queries import allocation_offer
from ledger.finance.todo_queries import TodoRow, get_todo
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.engine_room import opens_case
from webapp.finance.came_from import list_address
from webapp.finance.desk import pages, today
from webapp.finance.fields import posted_date
from webapp.finance.take_form import take_values
from webapp.finance.todos import done_by, next_todo
from webapp.inbox.pane import in_pane
from webapp.once import once
from webapp.wording import is_worded, word

Answer = str | tuple[str, int] | Response
_PAYOUTS = (TodoKind.REFUND, TodoKind.COMPENSATE)
_DATED = (*_PAYOUTS, TodoKind.TRANSFER)


@pages.get("/todos/<todo_id>")
def todo(todo_id: str) -> Answer:
    """One to-do; as a page a collection leads to its receipt form and a confirmation to its receipt."""
    with reading() as (session, actor):
        row = get_todo(session, actor, todo_id)
        asks = row.state is TodoState.OPEN and not in_pane()
        if asks and row.kind is TodoKind.COLLECT and actor.may(done_by(row.kind), row.path):
            return redirect(url_for("finance.take", todo=row.id))
        if row.kind is TodoKind.CONFIRM and row.receipt_id and not in_pane():
            return redirect(url_for("finance.receipt", receipt_id=row.receipt_id))
        return todo_page(session, actor, row)


def todo_page(
    session: Session, actor: Actor, row: TodoRow, errors: dict[str, str] | None = None, **more: Any
) -> str:
    """The page or the pane of a to-do; ``more`` is what a form that was refused says."""
    may_do = actor.may(done_by(row.kind), row.path)
    asks = row.state is TodoState.OPEN and may_do
    values: dict[str, Any] = {
        "row": row,
        "day": _day(row, errors or {}),
        "may_do": may_do,
        "may_cancel": asks and actor.may(_cancelled_by(row), row.path),
        "errors": errors or {},
        "given": request.form if request.method == "POST" else {},
        "note": _in_words("todo_note", row.note),
        "reason": _in_words("todo_reason", row.reason),
        "payout": (payout := _payout(session, row)),
        "opens_case": opens_case(session, actor, clock(), payout.instance_id if payout else None),
        "list_address": list_address,
        "dated": row.kind in _DATED,
        "first": _first(row),
        "following": next_todo(session, actor, todo_id=row.id) if request.args.get("done") else None,
    }
    if asks and row.kind is TodoKind.COLLECT and in_pane():
        values |= take_values(session, actor, row)
    if asks and row.kind is TodoKind.CONFIRM and row.receipt_id:
        receipt = get_receipt(session, actor, row.receipt_id)
        values["receipt"] = receipt.row
        values["offer"] = allocation_offer(session, actor, row.receipt_id, amount_fen=row.amount_fen)
    return render_template("finance/todo.html", **(values | more))


def _cancelled_by(row: TodoRow) -> Permission:
    return Permission.FINANCE_REFUND if row.kind in _PAYOUTS else Permission.FINANCE_CONFIRM


def _in_words(noun: str, said: str | None) -> str | None:
    """A code in words; what somebody has written himself stays as it is."""
    return word(f"{noun}.{said}") if said and is_worded(f"{noun}.{said}") else said


def _payout(session: Session, row: TodoRow) -> PayoutWords | None:
    return payout_words(session, row.refund_id, row.compensation_id) if row.kind in _PAYOUTS else None


def _first(row: TodoRow) -> str:
    """What has the focus when the to-do is opened beside the list."""
    return "#f-amount" if row.kind is TodoKind.COLLECT else "[data-key=c]"


def _day(row: TodoRow, errors: dict[str, str]) -> dict[str, Any]:
    return {
        "name": "done_on",
        "kind": "date",
        "required": True,
        "label": _("Paid out on") if row.kind in _PAYOUTS else _("Carried over on"),
        "value": request.form.get("done_on", today().isoformat()),
        "maximum": today().isoformat(),
        "error": errors.get("done_on"),
    }


@pages.post("/todos/<todo_id>/done")
def complete(todo_id: str) -> Answer:
    """The refund or compensation was paid, the money carried over, the paper issued."""
    try:
        with acting() as (session, actor):
            row = get_todo(session, actor, todo_id)
            address = once(session, actor, clock(), lambda: _complete(session, actor, row))
    except Invalid as refused:
        if refused.field not in ("done_on", "paid_on", "carried_on"):
            raise
        errors = {"done_on": word(refused.code, refused.params, field="done_on")}
        with reading() as (session, actor):
            return todo_page(session, actor, get_todo(session, actor, todo_id), errors), 422
    flash(_("The to-do is done."), "success")
    return redirect(address)


def _complete(session: Session, actor: Actor, row: TodoRow) -> str:
    act = (session, actor, clock())
    if row.kind is TodoKind.REFUND and row.refund_id:
        finance.pay_refund(*act, refund_id=row.refund_id, paid_on=posted_date("done_on"))
    elif row.kind is TodoKind.COMPENSATE and row.compensation_id:
        finance.pay_compensation(*act, compensation_id=row.compensation_id, paid_on=posted_date("done_on"))
    elif row.kind is TodoKind.TRANSFER:
        finance.complete_transfer(*act, todo_id=row.id, carried_on=posted_date("done_on"))
    else:
        finance.complete_todo(*act, todo_id=row.id)
    return url_for("finance.todo", todo_id=row.id, done=1)


@pages.post("/todos/<todo_id>/cancel")
def cancel(todo_id: str) -> Answer:
    """Give a to-do up, with the reason; a refund or compensation is withdrawn with it."""
    reason = request.form.get("reason", "")
    with acting() as (session, actor):
        row = get_todo(session, actor, todo_id)
        act = (session, actor, clock())
        if row.kind is TodoKind.REFUND and row.refund_id:
            finance.cancel_refund(*act, refund_id=row.refund_id, reason=reason)
        elif row.kind is TodoKind.COMPENSATE and row.compensation_id:
            finance.cancel_compensation(*act, compensation_id=row.compensation_id, reason=reason)
        else:
            finance.cancel_todo(*act, todo_id=todo_id, reason=reason)
    flash(_("The to-do is cancelled."), "success")
    return redirect(url_for("finance.todo", todo_id=todo_id, done=1))
