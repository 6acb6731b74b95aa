"""The account of a sale (收款台帐): instalments, receipts, credit, journal."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ledger.finance import operations as finance
from ledger.finance.journal_queries import JournalFilter, list_transactions
from ledger.finance.kinds import TodoState
from ledger.finance.payout_queries import compensations_of_sale
from ledger.finance.queries import ReceiptFilter, list_receipts, sale_account
from ledger.finance.sale_labels import label_sales
from ledger.finance.todo_queries import TodoFilter, list_todos
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.engine_room import opens_case
from webapp.finance.desk import pages, today
from webapp.finance.interest import interest_view, rate_words, why_words
from webapp.formatting import yuan
from webapp.once import once

_MOST_RECEIPTS = 200


@pages.get("/sales/<sale_id>")
def account(sale_id: str) -> str:
    """What a sale owes by instalment, has paid, and how that was booked."""
    with reading() as (session, actor):
        by, compensations = (session, actor, clock()), compensations_of_sale(session, sale_id)
        people = {who for one in compensations for who in (one.requested_by, *one.approvers)}
        found = sale_account(session, actor, sale_id, today())
        sale = label_sales(session, [sale_id])[sale_id]
        return render_template(
            "finance/account.html",
            account=found,
            sale=sale,
            receipts=list_receipts(session, actor, ReceiptFilter(sale_id=sale_id), limit=_MOST_RECEIPTS),
            journal=list_transactions(session, actor, JournalFilter(sale_id=sale_id), limit=20),
            todos=list_todos(session, actor, TodoFilter(state=TodoState.OPEN, sale_id=sale_id)).rows,
            late=interest_view(session, actor, found, sale),
            rate_words=rate_words,
            why_words=why_words,
            today=today(),
            compensations=compensations,
            cases={one.instance_id for one in compensations if opens_case(*by, one.instance_id)},
            people=staff.names(session, people),
            may_ask_refund=actor.may(Permission.REFUND_START, sale.path),
            may_take=actor.may(Permission.FINANCE_RECEIVE, sale.path) and sale.stage != "closed",
            may_allocate=actor.may(Permission.FINANCE_ALLOCATE, sale.path),
        )


@pages.post("/sales/<sale_id>/allocate")
def allocate_credit(sale_id: str) -> Response:
    """Count the credit of a sale towards what is open, by the order of the law."""
    with acting() as (session, actor):

        def act() -> str:
            fen = finance.allocate_credit(session, actor, clock(), sale_id=sale_id)
            if fen:
                flash(_("¥%(amount)s of the credit is allocated.", amount=yuan(fen)), "success")
            else:
                flash(_("Nothing is open that this credit may settle."), "info")
            return url_for("finance.account", sale_id=sale_id)

        address = once(session, actor, clock(), act)
    return redirect(address)
