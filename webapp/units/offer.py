"""A price offer: what the reader typed, and for each plan the price, its instalments and the monthly payment.

Money is fen, discounts basis points off, interest basis points a year. Nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError
from sqlalchemy.orm import Session

from forms import fields
from forms.validator import flatten
from kernel.actor import Actor
from kernel.errors import AnswersInvalid
from ledger.finance.kinds import ReceivableKind
from ledger.finance.loan import MAX_MONTHS, Method, monthly_payment, schedule, total_interest
from ledger.finance.models import PaymentPlanTemplate
from ledger.finance.plans import PlannedLine
from ledger.finance.templates import preview_plan
from ledger.sales.pricing import Discount, Of, Quote

MOST_PLANS = 3
DISCOUNT_LINES = 3
LOAN_KINDS = (ReceivableKind.LOAN, ReceivableKind.FUND)


def _discount_fields(n: int) -> dict[str, fields.Answer]:
    return {
        f"name_{n}": fields.Text(limit=80, load_default=None),
        f"off_{n}": fields.Percent(load_default=None, maximum=9_999),
        f"cut_{n}": fields.Money(load_default=None),
    }


# What the calculator asks: ``off_n`` in per cent, ``cut_n`` in yuan, rates in per cent a year.
OfferSchema: type[Schema] = Schema.from_dict(
    {
        "deposit": fields.Money(load_default=None),
        "months": fields.Whole(load_default=360, minimum=12, maximum=MAX_MONTHS),
        "loan_rate": fields.Percent(load_default=None, maximum=2_000),
        "fund_rate": fields.Percent(load_default=None, maximum=2_000),
        "method": fields.Choice(values=tuple(Method), load_default=Method.EQUAL_PAYMENT.value),
        **{name: field for n in range(DISCOUNT_LINES) for name, field in _discount_fields(n).items()},
    },
    name="OfferSchema",
)


@dataclass(frozen=True)
class Loan:
    """A loan of an offer: fen, months, basis points a year, the first payment and what falls away monthly."""

    kind: ReceivableKind
    amount_fen: int
    months: int
    rate_bp: int
    method: Method
    monthly_fen: int
    decrease_fen: int
    interest_fen: int


@dataclass(frozen=True)
class OfferColumn:
    """One way to pay."""

    plan: PaymentPlanTemplate
    deposit_fen: int
    lines: tuple[PlannedLine, ...]
    loans: tuple[Loan, ...]

    @property
    def own_money_fen(self) -> int:
        """What the buyer pays himself before keys, deposit included."""
        return self.deposit_fen + sum(line.amount_fen for line in self.lines if line.kind not in LOAN_KINDS)


@dataclass(frozen=True)
class Terms:
    """What was typed, clean; rates left blank are the usual ones."""

    discounts: tuple[Discount, ...]
    deposit_fen: int | None
    months: int
    loan_rate_bp: int
    fund_rate_bp: int
    method: Method


def read_terms(typed: Mapping[str, Any], *, name: str, of: Of, loan_rate_bp: int, fund_rate_bp: int) -> Terms:
    """The typed offer; discounts without a name are called ``name``. Raises `AnswersInvalid`."""
    try:
        clean = OfferSchema(unknown=EXCLUDE).load(
            {key: value for key, value in typed.items() if isinstance(value, str)}
        )
    except ValidationError as error:
        raise AnswersInvalid(flatten(error.messages)) from error
    return Terms(
        discounts=tuple(_discounts(clean, name, of)),
        deposit_fen=clean["deposit"],
        months=clean["months"],
        loan_rate_bp=loan_rate_bp if clean["loan_rate"] is None else clean["loan_rate"],
        fund_rate_bp=fund_rate_bp if clean["fund_rate"] is None else clean["fund_rate"],
        method=Method(clean["method"]),
    )


def _discounts(clean: Mapping[str, Any], name: str, of: Of) -> list[Discount]:
    found = []
    for n in range(DISCOUNT_LINES):
        called = clean[f"name_{n}"] or name
        if clean[f"off_{n}"]:
            found.append(Discount(called, "rate", basis_points=clean[f"off_{n}"], of=of))
        if clean[f"cut_{n}"]:
            found.append(Discount(called, "amount", amount_fen=clean[f"cut_{n}"]))
    return found


def columns(
    session: Session,
    actor: Actor,
    plans: Sequence[PaymentPlanTemplate],
    quote: Quote,
    terms: Terms,
    *,
    deposit_fen: int,
    on: date,
) -> tuple[OfferColumn, ...]:
    """The ways to pay a quoted price, as if the contract were signed on a day. Raises `PlanInvalid`."""
    found = []
    for plan in plans[:MOST_PLANS]:
        lines = preview_plan(
            session,
            actor,
            template_id=plan.id,
            total_fen=quote.deal_price_fen,
            deposit_fen=deposit_fen,
            signed_on=on,
        )
        loans = tuple(_loan(line, terms) for line in lines if line.kind in LOAN_KINDS)
        found.append(OfferColumn(plan, deposit_fen, lines, loans))
    return tuple(found)


def _loan(line: PlannedLine, terms: Terms) -> Loan:
    rate_bp = terms.loan_rate_bp if line.kind is ReceivableKind.LOAN else terms.fund_rate_bp
    rate = Fraction(rate_bp, 10_000)
    first, decrease = monthly_payment(line.amount_fen, rate, terms.months), 0
    if terms.method is Method.EQUAL_PRINCIPAL:
        months = schedule(line.amount_fen, rate, terms.months, terms.method)
        first = months[0].payment_fen
        decrease = first - months[1].payment_fen if len(months) > 1 else 0
    interest = total_interest(line.amount_fen, rate, terms.months, terms.method)
    return Loan(line.kind, line.amount_fen, terms.months, rate_bp, terms.method, first, decrease, interest)
