"""Why a sale fails, and what the law makes of it: whose fault it is and whether money goes back with interest.

Sources: Civil Code 586–588 (deposit), 566 (rescission); SPC 2020 art. 4 (nobody's fault), arts. 19–21 (loan
refused, contract and loan ended together); 商品房销售管理办法 art. 20 (area beyond 3 %). Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ledger.finance.deposits import Fault


class Cause(StrEnum):
    """Why a sale fails (退房原因)."""

    BUYER_WITHDRAWS = "buyer_withdraws"  # 买方违约
    DEVELOPER_BREAKS = "developer_breaks"  # 开发商违约
    LOAN_REFUSED = "loan_refused"  # 贷款未获批
    AREA_DIFFERENCE = "area_difference"  # 面积误差超 3%，买方解除
    AGREED = "agreed"  # 协商解除


@dataclass(frozen=True)
class Judged:
    """Whose fault it is, and whether what goes back bears interest."""

    fault: Fault
    with_interest: bool


def judge(cause: Cause, *, loan_fault: Fault | None = None, signed: bool) -> Judged:
    """What a cause means. ``loan_fault`` says whose fault a refused loan is; ``signed`` that there is a contract.

    Before signing nobody owes interest: the deposit alone goes back, once or twice. A refused loan through
    nobody's fault after signing gives the price back with interest (SPC 2020 art. 4).
    """
    if cause is Cause.BUYER_WITHDRAWS:
        return Judged(Fault.BUYER, False)
    if cause is Cause.DEVELOPER_BREAKS:
        return Judged(Fault.DEVELOPER, signed)
    if cause is Cause.AREA_DIFFERENCE:
        return Judged(Fault.NEITHER, True)
    if cause is Cause.LOAN_REFUSED:
        fault = loan_fault or Fault.NEITHER
        return Judged(fault, signed and fault is not Fault.BUYER)
    return Judged(Fault.NEITHER, False)
