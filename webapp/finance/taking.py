"""Taking a receipt (收款): against a to-do, or against a sale's instalments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid, Missing
from ledger.finance import operations as finance
from ledger.finance.kinds import MONEY_ACCOUNTS, Debtor, Method
from ledger.finance.queries import AccountLine, SaleAccount, sale_account
from ledger.finance.sale_labels import SaleLabel, label_sales
from ledger.finance.todo_queries import TodoRow, get_todo
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.entries import Entries
from webapp.finance.desk import pages, today
from webapp.finance.fields import FIELD_OF, posted_date, posted_money
from webapp.formatting import day, yuan
from webapp.once import FIELD, once
from webapp.wording import state_name

Answer = str | tuple[str, int] | Response


@dataclass(frozen=True)
class Payer:
    """Whose money is taken: for a to-do, or for a sale; with the sale's account where there is one."""

    todo: TodoRow | None
    sale: SaleLabel | None
    account: SaleAccount | None

    @property
    def path(self) -> str:
        """The project's node."""
        return self.sale.path if self.sale else self.todo.path if self.todo else "/"

    @property
    def names(self) -> tuple[str, ...]:
        """The buyers, or the customer of a queue fee."""
        return self.sale.buyer_names if self.sale else self.todo.buyer_names if self.todo else ()

    @property
    def open_lines(self) -> list[AccountLine]:
        """The instalments that can still be paid."""
        return [line for line in self.account.lines if line.open_fen > 0] if self.account else []

    def suggested(self) -> tuple[int, str]:
        """What is probably being paid, in fen, and by whom."""
        if self.todo:
            return self.todo.amount_fen, self.todo.debtor
        due = [line for line in self.open_lines if line.is_due] or self.open_lines[:1]
        first = due[0].debtor if due else Debtor.BUYER
        return sum(line.open_fen for line in due if line.debtor == first), first


def _payer(session: Session, actor: Actor) -> Payer:
    todo_id, sale_id = request.values.get("todo"), request.values.get("sale")
    todo = get_todo(session, actor, todo_id) if todo_id else None
    sale_id = todo.sale_id if todo else sale_id
    if todo is None and sale_id is None:
        raise Missing("sale_missing")
    account = sale_account(session, actor, sale_id, today()) if sale_id else None
    payer = Payer(todo, label_sales(session, [sale_id])[sale_id] if sale_id else None, account)
    actor.require(Permission.FINANCE_RECEIVE, payer.path)
    return payer


@pages.get("/receipts/new")
def take() -> Answer:
    """The form for a receipt."""
    with reading() as (session, actor):
        payer = _payer(session, actor)
        return _form(payer, _empty(payer), {}, confirms=actor.may(Permission.FINANCE_CONFIRM, payer.path))


def _empty(payer: Payer) -> dict[str, str]:
    amount_fen, debtor = payer.suggested()
    return {
        "amount": yuan(amount_fen).replace(",", "") if amount_fen else "",
        "method": Method.BANK_LOAN if debtor == Debtor.BANK else Method.TRANSFER,
        "paid_on": today().isoformat(),
        "payer": payer.names[0] if payer.names and debtor == Debtor.BUYER else "",
        "payer_role": debtor,
        "purpose": (payer.todo.receivable_id or "") if payer.todo else "",
        "account": "",
        "reference": "",
        "confirm": "true",
    }


def _form(payer: Payer, given: dict[str, str], errors: dict[str, str], *, confirms: bool) -> str:
    fields = [{**field, "value": given.get(field["name"]), "error": errors.get(field["name"])}
              for field in _fields(payer, confirms)]  # fmt: skip
    return render_template("finance/take.html", payer=payer, fields=fields, today=today())


def _fields(payer: Payer, confirms: bool) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = [
        {"name": "amount", "kind": "money", "label": _("Amount"), "required": True, "autofocus": True,
         "help": _("Less than what is open is a part payment; more is kept as credit.")},
        {"name": "paid_on", "kind": "date", "label": _("Paid on"), "required": True,
         "maximum": today().isoformat()},
        {"name": "payer", "kind": "text", "label": _("Payer"), "required": True, "max_length": 200,
         "help": _("As the bank or the payer's identity paper names them; refunds go back to this name.")},
        {"name": "payer_role", "kind": "select", "label": _("The payer is"), "required": True,
         "options": [(role, state_name(f"debtor.{role}")) for role in Debtor]},
        {"name": "method", "kind": "radio", "label": _("Payment method"), "required": True, "look": "inline",
         "options": [(method, state_name(f"pay_method.{method}")) for method in Method]},
        {"name": "reference", "kind": "text", "label": _("Bank reference"), "optional": True, "max_length": 80},
        {"name": "account", "kind": "select", "label": _("Money account"),
         "placeholder": _("As what is paid requires"),
         "options": [(account, state_name(f"account.{account}")) for account in MONEY_ACCOUNTS]},
    ]  # fmt: skip
    if payer.open_lines:
        fields.insert(4, _purpose(payer))
    if confirms:
        fields.append(
            {"name": "confirm", "kind": "checkbox", "wide": True, "label": _("The money has arrived"),
             "help": _("Confirms the receipt at once: it gets its number and settles what is open.")}
        )  # fmt: skip
    return fields


def _purpose(payer: Payer) -> dict[str, Any]:
    options = [(line.receivable_id, _line_words(line)) for line in payer.open_lines]
    return {"name": "purpose", "kind": "select", "label": _("Paid for"), "options": options,
            "placeholder": _("What is due first"),
            "help": _("What the payer names is settled first, the rest in the order of the law.")}  # fmt: skip


def _line_words(line: AccountLine) -> str:
    kind, due = state_name(f"receivable_kind.{line.kind}"), day(line.due_on)
    return f"{kind} · {due} · ¥{yuan(line.open_fen)}"


@pages.post("/receipts/new")
def take_it() -> Answer:
    """Capture the receipt, and confirm it at once when the clerk says that the money has arrived."""
    entries = Entries(FIELD_OF)
    amount_fen = entries.read("amount", posted_money)
    paid_on = entries.read("paid_on", posted_date)
    if not request.form.get("payer", "").strip():
        entries.refuse(Invalid("required", field="payer"))
    if amount_fen is not None and paid_on is not None and not entries.errors:
        try:
            with acting() as (session, actor):
                payer = _payer(session, actor)
                arguments = {"amount_fen": amount_fen, "paid_on": paid_on}
                address = once(session, actor, clock(), lambda: _take(session, actor, payer, arguments))
            return redirect(address)
        except Invalid as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        payer = _payer(session, actor)
        confirms = actor.may(Permission.FINANCE_CONFIRM, payer.path)
        return _form(payer, request.form.to_dict(), entries.errors, confirms=confirms), 422


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
