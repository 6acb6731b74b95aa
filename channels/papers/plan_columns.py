"""Ways to pay (付款方案) as the layout of purchase plans sets them side by side; amounts in fen, dates ISO."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountLine:
    """One discount (优惠): what it is called, its rate in basis points of the price if it is one, its amount."""

    name: str
    amount_fen: int
    basis_points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One instalment (分期): name, when it is due in words or as an ISO date, who pays, amount."""

    name: str
    due: str
    amount_fen: int
    payer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanLine:
    """A loan (贷款): kind in words, amount, term, rate a year in percent as text, repayment in words.

    ``monthly_payment_fen`` is the first month's payment; ``monthly_decrease_fen`` is 0 for equal payments.
    """

    kind: str
    amount_fen: int
    months: int
    annual_rate_percent: str
    method: str
    monthly_payment_fen: int
    total_interest_fen: int
    monthly_decrease_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """A tax or fee beside the price (税费), estimated: name, how it is reckoned, amount."""

    name: str
    basis: str
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanColumn:
    """One way to pay (付款方式) in a purchase plan: from list price to taxes."""

    name: str
    list_unit_price_fen: int
    list_price_fen: int
    discounts: tuple[DiscountLine, ...] = ()
    deal_price_fen: int
    deal_unit_price_fen: int
    effective_discount_basis_points: int
    lines: tuple[PlanLine, ...]
    loans: tuple[LoanLine, ...] = ()
    fees: tuple[FeeLine, ...] = ()
