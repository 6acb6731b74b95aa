"""The words of banking: columns of a statement, where a line stands, how sure a proposal is."""

from __future__ import annotations

from enum import StrEnum


class Column(StrEnum):
    """What a column of a statement holds. ``AMOUNT`` is one signed column in place of debit and credit."""

    DAY = "day"  # 交易日期
    TIME = "time"  # 交易时间
    SUMMARY = "summary"  # 摘要
    DEBIT = "debit"  # 借方发生额, money out
    CREDIT = "credit"  # 贷方发生额, money in
    AMOUNT = "amount"
    BALANCE = "balance"  # 余额
    PAYER = "payer"  # 对方户名
    PAYER_ACCOUNT = "payer_account"  # 对方账号
    MEMO = "memo"  # 附言
    SERIAL = "serial"  # 流水号


class LineState(StrEnum):
    """Where a line stands; money that went out waits for nobody."""

    OPEN = "open"
    MATCHED = "matched"
    IGNORED = "ignored"
    PAID_OUT = "paid_out"


class IgnoreReason(StrEnum):
    """Why money that came in is no buyer's payment."""

    INTEREST = "interest"  # 结息
    FEES = "fees"  # 手续费
    OWN_TRANSFER = "own_transfer"  # 内部转账
    OTHER = "other"


class Certainty(StrEnum):
    """How sure a proposal is; only a certain one is confirmed in bulk."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"
    BY_HAND = "by_hand"


CURRENCIES = {
    "人民币": "CNY", "人民币元": "CNY", "CNY": "CNY", "RMB": "CNY", "156": "CNY", "01": "CNY", "¥": "CNY",
}  # fmt: skip
"""What statements call the currency that the ledger keeps."""
