"""Ways to pay that are nobody's, for previews where a home has no price or its project no plan yet."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from typing import Any

from channels.papers import DiscountLine, FeeLine, LoanLine, PlanColumn, PlanLine
from ledger.finance.loan import Method, monthly_payment, split_price, total_interest
from ledger.templates.kinds import Language

_LIST, _PRICE, _DEPOSIT, _AREA = 191_127_700, 187_305_146, 5_000_000, 11_836
_RATE, _MONTHS = Fraction(31, 1000), 360


def example_plans(language: Language) -> list[dict[str, Any]]:
    """A lump sum, instalments, and a loan of 70 % with its monthly payment; fen."""

    def say(chinese: str, english: str) -> str:
        return chinese if language == "zh" else english

    split = split_price(_PRICE, Fraction(7, 10))
    loan = LoanLine(
        kind=say("按揭款", "Bank loan"),
        amount_fen=split.loan_fen,
        months=_MONTHS,
        annual_rate_percent="3.10",
        method=say("等额本息", "Equal payments"),
        monthly_payment_fen=monthly_payment(split.loan_fen, _RATE, _MONTHS),
        total_interest_fen=total_interest(split.loan_fen, _RATE, _MONTHS, Method.EQUAL_PAYMENT),
    )
    deposit = (say("定金", "Deposit"), say("认购当日", "on subscription"), _DEPOSIT)
    first = (say("首付款", "Down payment"), say("签约当日", "on signing"), split.down_payment_fen - _DEPOSIT)
    rest = (say("房款", "Price"), say("签约后7日内", "7 days after signing"), _PRICE - _DEPOSIT)
    half = _PRICE // 2
    parts = (
        (say("分期款", "Instalment"), say("签约当日", "on signing"), half - _DEPOSIT),
        (say("分期款", "Instalment"), say("主体结构封顶", "structure topped out"), _PRICE - half),
    )
    ways = (
        (say("一次性付款", "Lump sum"), (deposit, rest), ()),
        (say("分期付款", "Instalments"), (deposit, *parts), ()),
        (say("按揭付款", "Mortgage"), (deposit, first), (loan,)),
    )
    fees = (FeeLine(name=say("契税", "Deed tax"), basis=say("预估", "estimate"), amount_fen=_PRICE * 3 // 200),)
    offer = DiscountLine(name=say("开盘优惠", "Opening offer"), amount_fen=_LIST - _PRICE, basis_points=200)
    return [
        asdict(
            PlanColumn(
                name=name,
                list_unit_price_fen=_LIST * 100 // _AREA,
                list_price_fen=_LIST,
                discounts=(offer,),
                deal_price_fen=_PRICE,
                deal_unit_price_fen=_PRICE * 100 // _AREA,
                effective_discount_basis_points=200,
                lines=tuple(PlanLine(name=what, due=due, amount_fen=fen) for what, due, fen in lines),
                loans=loans,
                fees=fees,
            )
        )
        for name, lines, loans in ways
    ]
