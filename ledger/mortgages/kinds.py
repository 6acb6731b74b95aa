"""The words of mortgages, with the trade's Chinese terms."""

from __future__ import annotations

from enum import StrEnum

from ledger.finance.kinds import ReceivableKind


class LenderKind(StrEnum):
    """Who lends."""

    BANK = "bank"  # 银行
    FUND_CENTRE = "fund_centre"  # 公积金中心


class LoanKind(StrEnum):
    """A part of a plan's financing; a combined plan (组合贷款) has both."""

    LOAN = "loan"  # 商业贷款
    FUND = "fund"  # 公积金贷款


LENDER_OF = {LoanKind.LOAN: LenderKind.BANK, LoanKind.FUND: LenderKind.FUND_CENTRE}
RECEIVABLE_OF = {LoanKind.LOAN: ReceivableKind.LOAN, LoanKind.FUND: ReceivableKind.FUND}


class Step(StrEnum):
    """Where an open loan stands (DOMAIN §3), in order."""

    APPLY = "apply"  # 选银行
    PAPERS = "papers"  # 收件
    SUBMIT = "submit"  # 送审
    VERDICT = "verdict"  # 审批
    SHORT = "short"  # 补充协议
    ROUTE = "route"  # 拒贷处理
    SIGN = "sign"  # 面签
    PRENOTICE = "prenotice"  # 预告登记
    FUNDING = "funding"  # 放款
    POSSIBLE = "possible"  # 待办抵押
    REGISTER = "register"  # 抵押登记


class LoanState(StrEnum):
    """What became of a loan."""

    OPEN = "open"
    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"


class BroughtBy(StrEnum):
    """Who brings a paper."""

    BUYER = "buyer"
    DEVELOPER = "developer"
    BANK = "bank"


class Verdict(StrEnum):
    """What the bank says."""

    FULL = "full"
    LESS = "less"
    REFUSED = "refused"


class Fault(StrEnum):
    """Through whom an approval failed; nobody is the usual case (政策、银行额度)."""

    NOBODY = "nobody"
    BUYER = "buyer"
    DEVELOPER = "developer"


class Route(StrEnum):
    """What follows a refusal (DOMAIN §4)."""

    OTHER_BANK = "other_bank"
    PAY_OTHERWISE = "pay_otherwise"
    CANCEL = "cancel"


LATE_THROUGH = {
    Step.APPLY: "developer",
    Step.SUBMIT: "developer",
    Step.VERDICT: "bank",
    Step.SHORT: "buyer",
    Step.ROUTE: "developer",
    Step.SIGN: "buyer",
    Step.PRENOTICE: "developer",
    Step.FUNDING: "bank",
    Step.POSSIBLE: "developer",
    Step.REGISTER: "developer",
}
"""Who is late when a step's day is over; with papers it depends on whose paper is missing."""
