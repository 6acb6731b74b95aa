"""What each paper says: texts as they are printed, amounts in fen, areas in hundredths of a square metre.

Dates are ISO texts. A field without a default must not be empty; :func:`channels.papers.issue` refuses a paper
with one (:class:`PaperIncomplete`). Optional texts default to the empty text and are then left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class PaperBase:
    """What all papers have: the name of their layout and figures that follow from their fields."""

    __slots__ = ()
    template: ClassVar[str]

    def derived(self) -> dict[str, object]:
        """Further entries for the layout."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who issues the paper: the developer (开发商) and, under it, the project (项目)."""

    company: str
    project: str
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One charge or payment with the balance after it; a day as ISO date, a paper's number or a home as note."""

    on: str
    text: str
    note: str = ""
    charged_fen: int = 0
    paid_fen: int = 0
    balance_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementOpen:
    """What is still to be paid at the end of the period."""

    text: str
    note: str = ""
    payer: str = ""
    due: str = ""
    open_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementData(PaperBase):
    """对账单: opening balance, charges and payments of a period, closing balance, what is still to be paid."""

    template: ClassVar[str] = "statement"

    number: str
    issued_on: str
    letterhead: Letterhead
    customer: str
    first: str
    last: str
    opening_fen: int
    closing_fen: int
    charged_fen: int
    paid_fen: int
    due_fen: int
    home: str = ""
    sale_no: str = ""
    lines: tuple[StatementLine, ...] = ()
    open: tuple[StatementOpen, ...] = ()
