"""What a letter of arrears (催款函) says: what is late, line by line, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.finance.capitals import in_capitals

from .data import Letterhead, PaperBase


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrearsLine:
    """One instalment that is late: when it was due, days late, fen planned and still open."""

    name: str
    due_on: str
    days: int
    amount_fen: int
    open_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrearsLetterData(PaperBase):
    """催款函; ``kind`` is second, final, demand or termination."""

    template: ClassVar[str] = "arrears_letter"

    number: str
    issued_on: str
    letterhead: Letterhead
    kind: str
    names: tuple[str, ...]
    home: str
    lines: tuple[ArrearsLine, ...]
    pay_by: str
    sale_no: str
    contact: str
    address: str = ""
    account: str = ""
    contract_no: str = ""
    interest_fen: int = 0

    def derived(self) -> dict[str, object]:
        """What is open altogether, and the same in capitals."""
        total = sum(line.open_fen for line in self.lines)
        return {"total_fen": total, "capitals": in_capitals(total)}
