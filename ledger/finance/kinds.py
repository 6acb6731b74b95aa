"""The words of finance: kinds, classes, debtors, methods and states, with the trade's Chinese terms."""

from __future__ import annotations

from enum import StrEnum


class PlanKind(StrEnum):
    """How a buyer pays (付款方式)."""

    LUMP = "lump"  # 一次性
    INSTALMENTS = "instalments"  # 分期
    LOAN = "loan"  # 按揭
    FUND = "fund"  # 公积金
    COMBINED = "combined"  # 组合贷款


class Debtor(StrEnum):
    """Who has to pay a receivable; a loan is the bank's to pay (DOMAIN §4, who is late)."""

    BUYER = "buyer"
    BANK = "bank"
    FUND_CENTRE = "fund_centre"


class TriggerKind(StrEnum):
    """What makes a plan line fall due."""

    AFTER_SIGNING = "after_signing"
    ON_DATE = "on_date"
    MILESTONE = "milestone"


class ShareKind(StrEnum):
    """How a plan line's amount is found."""

    BASIS_POINTS = "basis_points"
    FIXED = "fixed"
    REMAINDER = "remainder"


class ReceivableKind(StrEnum):
    """What a receivable (应收款) is for (DOMAIN §2)."""

    DEPOSIT = "deposit"  # 定金
    DOWN_PAYMENT = "down_payment"  # 首付
    INSTALMENT = "instalment"  # 分期款
    LOAN = "loan"  # 按揭款
    FUND = "fund"  # 公积金款
    AREA = "area"  # 面积补差
    DEED_TAX = "deed_tax"  # 契税
    MAINTENANCE_FUND = "maintenance_fund"  # 维修基金
    REGISTRATION_FEE = "registration_fee"  # 登记费
    LATE_INTEREST = "late_interest"  # 违约金
    FEE = "fee"  # 手续费
    EARNEST = "earnest"  # 诚意金, the money of a queue number or a small order
    FORFEIT = "forfeit"  # 没收定金


class ReceivableClass(StrEnum):
    """Whether a receivable belongs to the price, is collected for others (代收) or stands apart."""

    PRICE = "price"
    COLLECTED = "collected"
    SEPARATE = "separate"


CLASS_OF = {
    ReceivableKind.DEPOSIT: ReceivableClass.PRICE,
    ReceivableKind.DOWN_PAYMENT: ReceivableClass.PRICE,
    ReceivableKind.INSTALMENT: ReceivableClass.PRICE,
    ReceivableKind.LOAN: ReceivableClass.PRICE,
    ReceivableKind.FUND: ReceivableClass.PRICE,
    ReceivableKind.AREA: ReceivableClass.PRICE,
    ReceivableKind.DEED_TAX: ReceivableClass.COLLECTED,
    ReceivableKind.MAINTENANCE_FUND: ReceivableClass.COLLECTED,
    ReceivableKind.REGISTRATION_FEE: ReceivableClass.COLLECTED,
    ReceivableKind.LATE_INTEREST: ReceivableClass.SEPARATE,
    ReceivableKind.FEE: ReceivableClass.SEPARATE,
    ReceivableKind.EARNEST: ReceivableClass.SEPARATE,
    ReceivableKind.FORFEIT: ReceivableClass.SEPARATE,
}


class ReceivableState(StrEnum):
    """What is stored of a receivable's life; settled and overdue are computed, never stored."""

    PLANNED = "planned"
    SUPERSEDED = "superseded"
    WRITTEN_OFF = "written_off"


class Method(StrEnum):
    """How money came in."""

    CASH = "cash"
    TRANSFER = "transfer"
    POS = "pos"
    BANK_LOAN = "bank_loan"


class EventKind(StrEnum):
    """What happened to a receipt (收款单)."""

    CAPTURED = "captured"
    CONFIRMED = "confirmed"
    REVERSED = "reversed"


class RefundEventKind(StrEnum):
    """What happened to a refund (退款)."""

    REQUESTED = "requested"
    PAID = "paid"
    CANCELLED = "cancelled"


class WaiverKind(StrEnum):
    """How a buyer is let off."""

    WAIVER = "waiver"  # 减免 of late interest
    WRITE_OFF = "write_off"  # 核销 of the rest of a receivable


class WaiverEventKind(StrEnum):
    """What became of a request to waive or to write off."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # approved, but by then no longer open


class CompensationKind(StrEnum):
    """What the developer pays beyond what it received (赔偿): never a refund (DOMAIN §10.5)."""

    DEPOSIT_DOUBLE = "deposit_double"  # 双倍返还定金的另一半
    REFUND_INTEREST = "refund_interest"  # 退款利息
    LATE_DELIVERY = "late_delivery"  # 逾期交房违约金
    LATE_TITLE = "late_title"  # 逾期办证违约金
    AREA_EXCESS = "area_excess"  # 面积误差超 3% 部分的另一倍
    OTHER = "other"  # 其他赔偿


class TodoKind(StrEnum):
    """What a money to-do (财务待办) asks for."""

    COLLECT = "collect"
    CONFIRM = "confirm"
    REFUND = "refund"
    COMPENSATE = "compensate"
    TRANSFER = "transfer"
    ISSUE_PAPER = "issue_paper"
    VERIFY = "verify"


class TodoState(StrEnum):
    """Where a money to-do stands."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Account(StrEnum):
    """The chart of accounts. Money accounts hold what banks hold; the others say whose it is."""

    SUPERVISED = "supervised"  # 预售资金监管账户: price-class money
    AGENCY = "agency"  # 代收账户: collected for others
    GENERAL = "general"  # 一般账户: everything else
    CREDIT = "credit"  # 预收待分配: received, not yet allocated
    CONTRACT = "contract"  # 合同负债: allocated to the price
    FOR_OTHERS = "for_others"  # 其他应付款—代收
    EARNEST = "earnest"  # 其他应付款—诚意金
    LATE_INTEREST = "late_interest"  # 违约金收入
    FEES = "fees"  # 手续费收入
    FORFEITED = "forfeited"  # 没收定金收入
    COMPENSATION = "compensation"  # 营业外支出—赔偿


MONEY_ACCOUNTS = (Account.SUPERVISED, Account.AGENCY, Account.GENERAL)

MONEY_ACCOUNT_OF = {
    ReceivableClass.PRICE: Account.SUPERVISED,
    ReceivableClass.COLLECTED: Account.AGENCY,
    ReceivableClass.SEPARATE: Account.GENERAL,
}
"""Presale money goes to the supervised account; each class of receivable has its own (DOMAIN §2)."""

_SEPARATE_ACCOUNTS = {
    ReceivableKind.EARNEST: Account.EARNEST,
    ReceivableKind.LATE_INTEREST: Account.LATE_INTEREST,
    ReceivableKind.FEE: Account.FEES,
    ReceivableKind.FORFEIT: Account.FORFEITED,
}


def account_of(kind: ReceivableKind) -> Account:
    """The account that money allocated to a kind of receivable is posted to."""
    if CLASS_OF[kind] is ReceivableClass.PRICE:
        return Account.CONTRACT
    if CLASS_OF[kind] is ReceivableClass.COLLECTED:
        return Account.FOR_OTHERS
    return _SEPARATE_ACCOUNTS[kind]
