"""A bank that writes statements, for stories of bringing and matching them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import openpyxl

HEADINGS = (
    "交易日期",
    "交易时间",
    "摘要",
    "借方发生额",
    "贷方发生额",
    "余额",
    "对方户名",
    "对方账号",
    "附言",
    "流水号",
)
NUMBER = "6217000011110042"
TITLE = "账号:,6217********0042,币种:人民币,起止日期:,20260101-20261231"
OPENING = 1_000_000_00


@dataclass
class Bank:
    """An account at the bank; `line` books something, the files tell it."""

    headings: Sequence[str] = HEADINGS
    title: str = TITLE
    rows: list[list[str]] = field(default_factory=list)
    balance: int = OPENING

    def line(
        self, fen: int, *, memo: str = "", payer: str = "林晚", account: str = "6222020000001234",
        day: str = "20260301", time: str = "093000", summary: str = "网银转入", serial: str = "",
    ) -> str:  # fmt: skip
        """Book so many fen (out negative); returns the serial number."""
        self.balance += fen
        serial = serial or f"2026{len(self.rows) + 1:08}"
        out, in_ = (yuan(-fen), "") if fen < 0 else ("", yuan(fen))
        self.rows.append([day, time, summary, out, in_, yuan(self.balance), payer, account, memo, serial])
        return serial

    def text(self, rows: Sequence[Sequence[str]] | None = None) -> str:
        """The statement as text."""
        body = self.rows if rows is None else rows
        lines = [self.title, ",".join(self.headings), *(",".join(_quoted(cell) for cell in row) for row in body)]
        return "\n".join(line for line in lines if line) + "\n"

    def csv(self, rows: Sequence[Sequence[str]] | None = None, encoding: str = "gbk") -> bytes:
        """The statement as banks give it out."""
        return self.text(rows).encode(encoding)

    def xlsx(self) -> bytes:
        """The statement as a workbook with texts and numbers."""
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(self.title.split(","))
        sheet.append(list(self.headings))
        for row in self.rows:
            sheet.append([_number(cell) if 3 <= at <= 5 else cell for at, cell in enumerate(row)])
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()


def yuan(fen: int) -> str:
    """As banks write it: 50,000.00."""
    return f"{fen // 100:,}.{fen % 100:02}"


def _quoted(cell: str) -> str:
    return f'"{cell}"' if "," in cell else cell


def _number(cell: str) -> float | None:
    return float(cell.replace(",", "")) if cell else None
