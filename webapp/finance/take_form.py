"""The form for a receipt (收款): whose money it is, what is probably being paid, its fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.errors import Missing
from ledger.finance.interest import uncharged_fen
from ledger.finance.kinds import MONEY_ACCOUNTS, Debtor, Method
from ledger.finance.queries import AccountLine, SaleAccount, sale_account
from ledger.finance.receipts import needs_second_person
from ledger.finance.sale_labels import SaleLabel, label_sales
from ledger.finance.todo_queries import TodoRow, get_todo
from ledger.staff.permissions import Permission
from webapp.finance.desk import today
from webapp.formatting import day, yuan
from webapp.wording import state_name


@dataclass(frozen=True)
class Payer:
    """Whose money is taken: for a to-do, or for a sale; with the sale's account where there is one."""

    todo: TodoRow | None
    sale: SaleLabel | None
    account: SaleAccount | None
    accrued_fen: int = 0  # Late interest of the buyer's that is not charged yet.

    @property
    def path(self) -> str:
        """The project's node."""
        return self.sale.path if self.sale else self.todo.path if self.todo else "/"

    @property
    def names(self) -> tuple[str, ...]:
        """The buyers, or the customer of a queue fee."""
        return self.sale.buyer_names if self.sale else self.todo.buyer_names if self.todo else ()

    def excess(self, amount_fen: int, role: str) -> int:
        """Fen of an amount paid by somebody that are above all he still owes here, and so become credit."""
        owed = sum(line.open_fen for line in self.open_lines if line.debtor == role)
        owed += self.accrued_fen if role == Debtor.BUYER else 0
        asked = self.todo.amount_fen if self.todo and self.todo.debtor == role else 0
        return max(amount_fen - max(owed, asked), 0)

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


def asked_payer(session: Session, actor: Actor) -> Payer:
    """Whose money the address or the form is about. Raises `Missing`, `NotAllowed`."""
    todo_id, sale_id = request.values.get("todo"), request.values.get("sale")
    todo = get_todo(session, actor, todo_id) if todo_id else None
    if todo is None and sale_id is None:
        raise Missing("sale_missing")
    return _payer_of(session, actor, todo, todo.sale_id if todo else sale_id)


def _payer_of(session: Session, actor: Actor, todo: TodoRow | None, sale_id: str | None) -> Payer:
    account = sale_account(session, actor, sale_id, today()) if sale_id else None
    accrued_fen = uncharged_fen(session, sale_id, through=today()) if sale_id else 0
    payer = Payer(todo, label_sales(session, [sale_id])[sale_id] if sale_id else None, account, accrued_fen)
    actor.require(Permission.FINANCE_RECEIVE, payer.path)
    return payer


def take_values(session: Session, actor: Actor, todo: TodoRow) -> dict[str, Any]:
    """What the form for a receipt needs beside its to-do in the list."""
    payer = _payer_of(session, actor, todo, todo.sale_id)
    fields = drawn(payer, first_values(payer), {}, confirms=confirms_at_once(session, actor, payer))
    # Beside the list the focus follows the reader's keys, not the page.
    return {"payer": payer, "fields": [{**field, "autofocus": False} for field in fields]}


def confirms_at_once(session: Session, actor: Actor, payer: Payer) -> bool:
    """Whether who takes the money may say at once that it has arrived."""
    alone = not needs_second_person(session, payer.path, today())
    return alone and actor.may(Permission.FINANCE_CONFIRM, payer.path)


def first_values(payer: Payer) -> dict[str, str]:
    """What the form begins with."""
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


def drawn(
    payer: Payer, given: dict[str, str], errors: dict[str, str], *, confirms: bool, excess_fen: int = 0
) -> list[dict[str, Any]]:
    """The fields with what was given and what was refused."""
    return [
        {**field, "value": given.get(field["name"]), "error": errors.get(field["name"])}
        for field in _fields(payer, confirms, excess_fen)
    ]


def _fields(payer: Payer, confirms: bool, excess_fen: int = 0) -> list[dict[str, Any]]:
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
    if excess_fen:
        amount = yuan(excess_fen)
        fields.append({"name": "excess", "kind": "checkbox", "wide": True, "required": True,
                       "label": _("Keep ¥%(amount)s as credit", amount=amount)})  # fmt: skip
    return fields


def _purpose(payer: Payer) -> dict[str, Any]:
    options = [(line.receivable_id, _line_words(line)) for line in payer.open_lines]
    return {"name": "purpose", "kind": "select", "label": _("Paid for"), "options": options,
            "placeholder": _("What is due first"),
            "help": _("What the payer names is settled first, the rest in the order of the law.")}  # fmt: skip


def _line_words(line: AccountLine) -> str:
    kind, due = state_name(f"receivable_kind.{line.kind}"), day(line.due_on)
    return f"{kind} · {due} · ¥{yuan(line.open_fen)}"
