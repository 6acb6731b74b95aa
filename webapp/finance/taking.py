"""Taking a receipt (收款): against a to-do, or against a sale's instalments."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.finance import operations as finance
from ledger.organisation.parameters import CURRENCY
from ledger.organisation.queries import parameter
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.entries import Entries
from webapp.finance.desk import pages, today
from webapp.finance.fields import FIELD_OF, posted_date, posted_money
from webapp.finance.take_form import Payer, asked_payer, confirms_at_once, drawn, first_values
from webapp.finance.todo import todo_page
from webapp.formatting import yuan
from webapp.inbox.pane import in_pane
from webapp.once import FIELD, once

Answer = str | tuple[str, int] | Response


@pages.get("/receipts/new")
def take() -> Answer:
    """The form for a receipt."""
    with reading() as (session, actor):
        payer = asked_payer(session, actor)
        fields = drawn(payer, first_values(payer), {}, confirms=confirms_at_once(session, actor, payer))
        return render_template("finance/take.html", payer=payer, fields=fields, refusals=[])


@pages.post("/receipts/new")
def take_it() -> Answer:
    """Capture the receipt, and confirm it at once when the clerk says that the money has arrived.

    What is above the debt is told before it is confirmed: the clerk says that it is to be kept as credit.
    """
    entries = Entries(FIELD_OF)
    with reading() as (session, actor):
        currency = parameter(session, asked_payer(session, actor).path, CURRENCY, today())
    amount_fen = entries.read("amount", lambda name: posted_money(name, currency))
    paid_on = entries.read("paid_on", posted_date)
    if not request.form.get("payer", "").strip():
        entries.refuse(Invalid("required", field="payer"))
    excess_fen = 0
    if amount_fen is not None and paid_on is not None and not entries.errors:
        try:
            with acting() as (session, actor):
                payer = asked_payer(session, actor)
                excess_fen = _unsaid_excess(payer, amount_fen)
                if excess_fen:
                    raise Invalid("receipt_above_debt", field="excess", amount_fen=excess_fen)
                arguments = {"amount_fen": amount_fen, "paid_on": paid_on}
                address = once(session, actor, clock(), lambda: _take(session, actor, payer, arguments))
            return redirect(address)
        except Invalid as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        return _refused(session, actor, entries.errors, excess_fen), 422


def _unsaid_excess(payer: Payer, amount_fen: int) -> int:
    """Fen above the debt that would be confirmed as credit without anybody having said so."""
    form = request.form
    if not form.get("confirm") or form.get("excess"):
        return 0
    return payer.excess(amount_fen, form.get("payer_role", ""))


def _refused(session: Session, actor: Actor, errors: dict[str, str], excess_fen: int) -> str:
    payer = asked_payer(session, actor)
    confirms = confirms_at_once(session, actor, payer)
    given = request.form.to_dict()
    if "excess" in given and "amount" not in errors:
        excess_fen = payer.excess(posted_money("amount"), given.get("payer_role", ""))
    fields = drawn(payer, given, errors, confirms=confirms, excess_fen=excess_fen)
    named = {field["name"] for field in fields}
    refusals = [text for name, text in errors.items() if name not in named]
    if payer.todo and in_pane():
        return todo_page(session, actor, payer.todo, payer=payer, fields=fields, refusals=refusals)
    return render_template("finance/take.html", payer=payer, fields=fields, refusals=refusals)


def _take(session: Session, actor: Actor, payer: Payer, arguments: dict[str, Any]) -> str:
    form = request.form
    receipt = finance.take_receipt(
        session,
        actor,
        clock(),
        key=f"desk:{actor.id}:{form.get(FIELD, '')}",
        method=form.get("method", ""),
        payer=form.get("payer", ""),
        payer_role=form.get("payer_role") or None,
        account=form.get("account") or None,
        reference=form.get("reference", "").strip()[:80] or None,
        todo_id=payer.todo.id if payer.todo else None,
        sale_id=payer.sale.sale_id if payer.sale else None,
        receivable_id=form.get("purpose") or None,
        **arguments,
    )
    if form.get("confirm") and actor.may(Permission.FINANCE_CONFIRM, receipt.path):
        tell_confirmed(finance.confirm_receipt(session, actor, clock(), receipt_id=receipt.id))
    else:
        flash(_("The receipt is captured. Confirm it once the money has arrived."), "success")
    if payer.todo and in_pane():
        return url_for("finance.todo", todo_id=payer.todo.id, done=1)
    return url_for("finance.receipt", receipt_id=receipt.id, done=1)


def tell_confirmed(outcome: finance.Confirmation) -> None:
    """Say what the confirmation did, and plainly what is left over."""
    flash(_("Receipt %(number)s is confirmed.", number=outcome.number), "success")
    if outcome.credit_fen:
        amount = yuan(outcome.credit_fen)
        flash(
            _("¥%(amount)s is more than what is open: it is kept as credit of the account.", amount=amount),
            "warning",
        )
