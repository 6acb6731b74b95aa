"""What banks call the columns of a statement, and where its table begins."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ledger.banking.kinds import Column
from ledger.inventory.price_list.grid import Cell, plain

Columns = Mapping[Column, str]
"""The heading that stands over each column."""

_WORDS = {
    Column.DAY: "交易日期 记账日期 记账日 入账日期 入账日 日期 date bookingdate transactiondate valuedate",
    Column.TIME: "交易时间 记账时间 时间 time transactiontime",
    Column.SUMMARY: "摘要 交易摘要 交易类型 业务类型 summary type transactiontype",
    Column.DEBIT: "借方发生额 借方金额 借方 支出 支出金额 转出金额 debit withdrawal paidout moneyout",
    Column.CREDIT: "贷方发生额 贷方金额 贷方 收入 收入金额 转入金额 credit deposit paidin moneyin",
    Column.AMOUNT: "发生额 交易金额 金额 amount transactionamount",
    Column.BALANCE: "余额 账户余额 本次余额 当前余额 balance runningbalance",
    Column.PAYER: "对方户名 对方名称 对方单位 对方单位名称 付款人 付款人名称 交易对手 counterparty payer name",
    Column.PAYER_ACCOUNT: "对方账号 对方账户 付款账号 付款人账号 counterpartyaccount payeraccount",
    Column.MEMO: "附言 备注 用途 摘要附言 交易附言 memo remark remarks purpose reference description details",
    Column.SERIAL: "流水号 交易流水号 交易流水 业务流水号 凭证号 serial serialno transactionid id",
}
_MEANING = {word: column for column, words in _WORDS.items() for word in words.split()}
_SIGNS = re.compile(r"[\s:()_\-·./*]+|cny|rmb|人民币|元")
_FEWEST = 3
_LOOKED_AT = 40
_META = {"account": re.compile(r"账号|帐号|卡号|account"), "currency": re.compile(r"币种|货币|currency"),
         "period": re.compile(r"起止日期|查询期间|日期范围|期间|period")}  # fmt: skip


def _name(text: str) -> str:
    return _SIGNS.sub("", plain(text).lower())


def find_table(rows: list[tuple[Cell, ...]], saved: Columns) -> int | None:
    """The index of the row of headings: the first that names most columns, by the saved mapping or usual words."""
    wanted = set(saved.values())
    best, found = 0, None
    for index, cells in enumerate(rows[:_LOOKED_AT]):
        known = sum(_name(cell.text) in _MEANING or cell.text in wanted for cell in cells if not cell.blank)
        if known > best:
            best, found = known, index
    if best >= _FEWEST:
        return found
    widths = [sum(not cell.blank for cell in cells) for cells in rows[:_LOOKED_AT]]
    return widths.index(max(widths)) if widths and max(widths) > _FEWEST else found


def assign(headings: list[str], saved: Columns) -> dict[Column, str]:
    """The heading of each column: the saved mapping where its heading is there, else the usual words."""
    found = {column: heading for column, heading in saved.items() if heading in headings}
    taken = set(found.values())
    for heading in headings:
        column = _MEANING.get(_name(heading))
        if column is not None and column not in found and heading not in taken:
            found[column] = heading
            taken.add(heading)
    return found


def missing_columns(columns: Columns) -> list[Column]:
    """The columns that a statement cannot do without and that have no heading."""
    needed = [Column.DAY, Column.BALANCE, Column.SERIAL]
    if Column.AMOUNT not in columns:
        needed[1:1] = [Column.DEBIT, Column.CREDIT]
    return [column for column in needed if column not in columns]


def title_facts(rows: list[tuple[Cell, ...]]) -> dict[str, str]:
    """``account``, ``currency`` and ``period`` from the lines above the table, value in the same or next cell."""
    facts: dict[str, str] = {}
    for cells in rows:
        filled = [plain(cell.text) for cell in cells if not cell.blank]
        for index, text in enumerate(filled):
            label, _, rest = text.partition(":")
            for name, pattern in _META.items():
                if name not in facts and len(label) < 20 and pattern.search(label.lower()):
                    value = rest.strip() or (filled[index + 1] if index + 1 < len(filled) else "")
                    facts[name] = value
    return facts
