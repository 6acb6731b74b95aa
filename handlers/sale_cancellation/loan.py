"""The loan of a sale that ends: where it stands, the bank's part on its way back, what else settles it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.api import Context, handler
from handlers.changes.orders import language_of, order_of
from handlers.changes.wording import yuan_words
from handlers.making_papers import order as order_paper
from handlers.subscriptions import engine_of_system
from kernel.facts import Telling, on
from ledger.finance.bank_part import bank_part_fen, give_back_bank_part
from ledger.finance.facts import RefundPaid
from ledger.mortgages.settling import Standing, note_letter, standing_of_loans, undo_loans
from ledger.sales.models import Sale

_WORDS = {
    Standing.PAID_OUT: ("The bank has paid; not gone back yet: {}", "银行已放款，尚未退还：{}"),
    Standing.SIGNED: ("Loan contract or pre-notice still stands.", "借款合同或预告登记尚未解除。"),
    Standing.NONE: ("", ""),
}


@dataclass(frozen=True)
class LookIn:
    """The order, and the sale that is about to end."""

    order_id: str
    sale_id: str


@dataclass(frozen=True)
class LookOut:
    """What is left of the loans: paid_out, signed or none; in words."""

    loan_standing: str
    loan_words: str


@handler("sale_cancellation.look_at_loan", again=True)
def look_at_loan(data: LookIn, ctx: Context) -> LookOut:
    """Look at the loans as the ledger has them."""
    standing = standing_of_loans(ctx.session, data.sale_id)
    language = language_of(ctx, order_of(ctx, data.order_id).path)
    fen = yuan_words(bank_part_fen(ctx.session, data.sale_id), language)
    return LookOut(standing.value, _WORDS[standing][language].format(fen))


@handler("sale_cancellation.give_bank_part", again=True)
def give_bank_part(data: LookIn, ctx: Context) -> None:
    """Order the bank's part to be paid back to it, each with its refund note; finance pays."""
    order = order_of(ctx, data.order_id)
    act = (ctx.session, ctx.ledger_actor, ctx.clock)
    for refund in give_back_bank_part(*act, sale_id=data.sale_id, reason=order.no):
        key = f"refund_note:{refund.id}"
        order_paper(ctx, kind="refund_note", sale_id=data.sale_id, subject_id=refund.id, key=key)


@dataclass(frozen=True)
class LetterIn:
    """Number and day of the bank's letter, where there is one."""

    sale_id: str
    letter_no: str | None = None
    letter_on: date | None = None


@handler("sale_cancellation.note_letter", again=True)
def keep_letter(data: LetterIn, ctx: Context) -> None:
    """Note the bank's letter. Raises what the ledger refuses, by field; without a letter nothing is noted."""
    if data.letter_no:
        act = (ctx.session, ctx.ledger_actor, ctx.clock)
        note_letter(*act, sale_id=data.sale_id, letter_no=data.letter_no, letter_on=data.letter_on)


@dataclass(frozen=True)
class UndoneIn:
    """The sale, and what the bank says."""

    sale_id: str
    bank_answer: str


@handler("sale_cancellation.note_undone", again=True)
def note_undone(data: UndoneIn, ctx: Context) -> None:
    """Loan contract and pre-notice are withdrawn."""
    undo_loans(ctx.session, ctx.ledger_actor, ctx.clock, sale_id=data.sale_id, remark=data.bank_answer)


@on(RefundPaid)
def bank_part_back(fact: RefundPaid, telling: Telling) -> None:
    """Money went back: when it was the last of the bank's part of a live sale, its cancellation goes on."""
    session, sale_id = telling.session, fact.sale_id
    if sale_id is None or session.get_one(Sale, sale_id).state == "closed" or bank_part_fen(session, sale_id):
        return
    engine_of_system(telling).publish("bank_part_back", {"sale_id": sale_id}, {})
