"""Receipts (收款单): the list, one receipt with its story, confirming, allocating, taking back, its paper."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response as FileResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.finance import operations as finance
from ledger.finance.amounts import fen_of_yuan
from ledger.finance.journal_queries import JournalFilter, list_transactions
from ledger.finance.kinds import Method
from ledger.finance.models import Receipt
from ledger.finance.payout_queries import refunds_of_receipt
from ledger.finance.queries import ReceiptDetail, ReceiptFilter, get_receipt, list_receipts
from ledger.finance.receipt_queries import allocation_offer, allocations_of
from ledger.finance.sale_labels import label_sales
from ledger.finance.todo_queries import get_todo
from ledger.organisation.queries import list_projects
from ledger.papers.queries import PaperFilter, list_papers
from ledger.papers.ranges import keeps_ranges
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.carrying_out import carried_out
from webapp.engine_room import opens_case
from webapp.entries import Entries
from webapp.finance.came_from import list_address
from webapp.finance.desk import PAGE_SIZE, asked, asked_date, page_offset, pages
from webapp.finance.taking import tell_confirmed
from webapp.finance.todo import todo_page
from webapp.finance.todos import next_todo
from webapp.inbox.pane import in_pane
from webapp.once import once
from webapp.page import asked_page
from webapp.paperwork.receipt_paper import print_receipt, void_receipt_paper

Answer = str | tuple[str, int] | Response
_STATES = {
    "captured": {"confirmed": False, "reversed": False},
    "confirmed": {"confirmed": True, "reversed": False},
    "reversed": {"reversed": True},
}


@pages.get("/receipts")
def receipts() -> Answer:
    """All receipts that the reader may see."""
    method, state = asked("method", Method), request.args.get("state", "")
    where = ReceiptFilter(
        project_id=request.args.get("project") or None,
        paid_from=asked_date("from"),
        paid_to=asked_date("to"),
        method=Method(method) if method else None,
        search=request.args.get("q", ""),
        **_STATES.get(state, {}),
    )
    with reading() as (session, actor):
        rows = list_receipts(session, actor, where, limit=PAGE_SIZE + 1, offset=page_offset())
        labels = label_sales(session, [row.sale_id for row in rows if row.sale_id])
        projects = list_projects(session, actor, Permission.FINANCE_VIEW)
    return render_template(
        "finance/receipts.html",
        rows=rows[:PAGE_SIZE],
        more=len(rows) > PAGE_SIZE,
        number=asked_page(),
        size=PAGE_SIZE,
        labels=labels,
        where=where,
        state=state if state in _STATES else "",
        projects={project.id: project.name for project in projects},
        methods=list(Method),
    )


@pages.get("/receipts/<receipt_id>")
def receipt(receipt_id: str) -> Answer:
    """One receipt: what it settled, what became of it, its entries in the journal."""
    with reading() as (session, actor):
        return _page(session, actor, get_receipt(session, actor, receipt_id), Entries())


def _page(session: Session, actor: Actor, detail: ReceiptDetail, entries: Entries) -> str:
    row = detail.row
    free = row.amount_fen if not row.confirmed else detail.credit_fen
    asks = free and not row.reversed
    may_allocate = Permission.FINANCE_ALLOCATE if row.confirmed else Permission.FINANCE_CONFIRM
    offer = allocation_offer(session, actor, row.id, amount_fen=free) if asks else ()
    journal = list_transactions(session, actor, JournalFilter(subject=("receipt", row.id)), limit=20)
    project_id = session.get_one(Receipt, row.id).project_id
    refunds = refunds_of_receipt(session, row.id)
    people = {event.by for event in detail.events} | {transaction.by for transaction in journal}
    people |= {who for refund in refunds for who in (refund.requested_by, *refund.approvers)}
    return render_template(
        "finance/receipt.html",
        detail=detail,
        settled=allocations_of(session, row.id),
        row=row,
        free=free,
        sale=label_sales(session, [row.sale_id]).get(row.sale_id) if row.sale_id else None,
        offer=offer if actor.may(may_allocate, row.path) else (),
        journal=journal,
        people=staff.names(session, people),
        errors=entries.errors,
        given=request.form if request.method == "POST" else {},
        may_confirm=actor.may(Permission.FINANCE_CONFIRM, row.path),
        refunds=refunds,
        list_address=list_address,
        cases={one.instance_id for one in refunds if opens_case(session, actor, clock(), one.instance_id)},
        may_allocate=actor.may(Permission.FINANCE_ALLOCATE, row.path),
        may_ask_refund=actor.may(Permission.REFUND_START, row.path),
        may_reverse=actor.may(Permission.FINANCE_REVERSE, row.path),
        may_print=actor.may(Permission.DOCUMENTS_ISSUE, row.path),
        papers=list_papers(session, actor, PaperFilter(receipt_id=row.id)) if detail.row.confirmed else [],
        in_ranges=keeps_ranges(session, project_id) and actor.may(Permission.PAPERS_ISSUE, row.path),
        following=next_todo(session, actor, receipt_id=row.id) if request.args.get("done") else None,
    )


@pages.post("/receipts/<receipt_id>/confirm")
def confirm(receipt_id: str) -> Answer:
    """The money has arrived; it settles what the clerk left standing in the list."""
    return _allocating(receipt_id, _confirm)


@pages.post("/receipts/<receipt_id>/allocate")
def allocate(receipt_id: str) -> Answer:
    """Count the credit of a confirmed receipt towards what is open."""
    return _allocating(receipt_id, _allocate)


def _allocating(receipt_id: str, act: Callable[[Session, Actor, str, dict[str, int]], str]) -> Answer:
    entries = Entries()
    shares = _shares(entries)
    if not entries.errors:
        try:
            with acting() as (session, actor):
                address = once(session, actor, clock(), lambda: act(session, actor, receipt_id, shares))
            return redirect(address)
        except Invalid as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        if todo_id := _beside_list():
            return todo_page(session, actor, get_todo(session, actor, todo_id), entries.errors), 422
        return _page(session, actor, get_receipt(session, actor, receipt_id), entries), 422


def _beside_list() -> str | None:
    """The to-do that the form stood beside its list with."""
    return request.form.get("todo") if in_pane() else None


def _shares(entries: Entries) -> dict[str, int]:
    """Fen by receivable from the fields ``line-<id>``; an empty one or a zero takes nothing."""
    shares = {}
    for name, text in request.form.items():
        if name.startswith("line-") and text.strip().strip("0.,"):
            fen = entries.read(name, lambda field: fen_of_yuan(request.form[field], field))
            shares[name.removeprefix("line-")] = fen or 0
    return shares


def _confirm(session: Session, actor: Actor, receipt_id: str, shares: dict[str, int]) -> str:
    chosen = shares if request.form.get("by_hand") else None
    tell_confirmed(finance.confirm_receipt(session, actor, clock(), receipt_id=receipt_id, allocations=chosen))
    if todo_id := _beside_list():
        return url_for("finance.todo", todo_id=todo_id, done=1)
    return url_for("finance.receipt", receipt_id=receipt_id, done=1)


def _allocate(session: Session, actor: Actor, receipt_id: str, shares: dict[str, int]) -> str:
    finance.allocate(session, actor, clock(), receipt_id=receipt_id, allocations=shares)
    flash(_("The credit is allocated."), "success")
    return url_for("finance.receipt", receipt_id=receipt_id)


@pages.post("/receipts/<receipt_id>/reverse")
def reverse(receipt_id: str) -> Answer:
    """Take a receipt back by counter-entry, with the reason; its paper is void."""
    reason = request.form.get("reason", "")

    def act(session: Session, actor: Actor) -> None:
        finance.reverse_receipt(session, actor, clock(), receipt_id=receipt_id, reason=reason)
        void_receipt_paper(session, actor, clock(), receipt_id, reason=reason)

    done = _("The receipt is reversed; what it had settled is open again.")
    return carried_out(act, leads_to=url_for("finance.receipt", receipt_id=receipt_id), done=done)


@pages.post("/receipts/<receipt_id>/paper")
def paper(receipt_id: str) -> Answer:
    """The receipt's paper (收据); from the second time on it is marked as a reprint."""
    with acting() as (session, actor):
        printed = print_receipt(session, actor, clock(), receipt_id)
    answer = FileResponse(printed.pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{printed.number}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
