"""A bank of the demo that writes statements as banks in China do: GBK, running balance, memos in free words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

NUMBER = "6217000011118866"
_TITLE = "账号:,6217********8866,币种:人民币,起止日期:,{first:%Y%m%d}-{last:%Y%m%d}"
_HEADINGS = "交易日期,交易时间,摘要,借方发生额,贷方发生额,余额,对方户名,对方账号,附言,流水号"
_OPENING = 26_418_305_12


@dataclass(frozen=True)
class Booked:
    """A line of the account: fen in, or out below zero."""

    fen: int
    payer: str
    memo: str
    summary: str = "网银转入"
    account: str = ""


def write_statement(day: date, lines: Iterable[Booked]) -> bytes:
    """The statement of a day."""
    balance, rows = _OPENING, [_TITLE.format(first=day, last=day), _HEADINGS]
    for number, line in enumerate(lines, start=1):
        balance += line.fen
        out, in_ = ("", _yuan(line.fen)) if line.fen > 0 else (_yuan(-line.fen), "")
        cells = (
            f"{day:%Y%m%d}", f"{9 + number // 6:02}{number * 7 % 60:02}15", line.summary, out, in_, _yuan(balance),
            line.payer, line.account, line.memo, f"{day:%Y%m}{number:09}",
        )  # fmt: skip
        rows.append(",".join(f'"{cell}"' if "," in cell else cell for cell in cells))
    return ("\r\n".join(rows) + "\r\n").encode("gbk")


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02}"
