"""What each paper says: texts as they are printed, amounts in fen, areas in hundredths of a square metre.

Dates are ISO texts. A field without a default must not be empty; :func:`channels.papers.issue` refuses a paper
with one (:class:`PaperIncomplete`). Optional texts default to the empty text and are then left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.finance.capitals import in_capitals


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
class UnitFacts:
    """The home (房屋) that a paper is about."""

    building: str
    unit_no: str
    floor: str
    building_area_hundredths: int
    layout: str = ""
    orientation: str = ""
    inside_area_hundredths: int | None = None
    shared_area_hundredths: int | None = None
    permit_no: str = ""


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
    list_price_fen: int
    discounts: tuple[DiscountLine, ...] = ()
    deal_price_fen: int
    deal_unit_price_fen: int
    effective_discount_basis_points: int
    lines: tuple[PlanLine, ...]
    loans: tuple[LoanLine, ...] = ()
    fees: tuple[FeeLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasePlanData(PaperBase):
    """置业计划书: up to three ways to pay for one home, side by side."""

    template: ClassVar[str] = "purchase_plan"

    number: str
    issued_on: str
    valid_until: str
    letterhead: Letterhead
    customer: str
    consultant: str
    unit: UnitFacts
    list_unit_price_fen: int
    plans: tuple[PlanColumn, ...]
    consultant_phone: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptItem:
    """One amount of a receipt: which receivable it pays, of which sale."""

    name: str
    amount_fen: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptData(PaperBase):
    """收据: who paid what for which home; printed twice, for the file and for the customer."""

    template: ClassVar[str] = "receipt"

    number: str
    issued_on: str
    letterhead: Letterhead
    payer: str
    home: str
    method: str
    items: tuple[ReceiptItem, ...]
    cashier: str
    account: str = ""
    sale_no: str = ""
    reprint: int = 0

    def derived(self) -> dict[str, object]:
        """The total, and the same in capitals."""
        total = sum(item.amount_fen for item in self.items)
        return {"total_fen": total, "capitals": in_capitals(total)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RangePaperData(PaperBase):
    """收据 or 发票 by the number of a range: ``receipt_no`` is the money's, ``exchanged`` what came back."""

    template: ClassVar[str] = "range_paper"

    kind: str
    number: str
    issued_on: str
    letterhead: Letterhead
    payer: str
    home: str
    items: tuple[ReceiptItem, ...]
    cashier: str
    method: str = ""
    receipt_no: str = ""
    sale_no: str = ""
    exchanged: tuple[str, ...] = ()
    reprint: int = 0

    def derived(self) -> dict[str, object]:
        """The total, and the same in capitals."""
        total = sum(item.amount_fen for item in self.items)
        return {"total_fen": total, "capitals": in_capitals(total)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line that approvers look at; ``strong`` prints it bold."""

    name: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalStep:
    """One approver's step: role and name, for whom he stood in, decision in words, his comment, when."""

    role: str
    name: str
    decision: str
    at: str = ""
    comment: str = ""
    step: str = ""
    substitute: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What moved the case between people beside decisions: handed over, added, withdrawn."""

    at: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalSheetData(PaperBase):
    """审批单: what was asked, by whom and why, and what each approver decided."""

    template: ClassVar[str] = "approval_sheet"

    number: str
    issued_on: str
    letterhead: Letterhead
    kind: str
    applicant: str
    applied_at: str
    subject: str
    reason: str
    facts: tuple[Fact, ...]
    steps: tuple[ApprovalStep, ...] = ()
    moves: tuple[Move, ...] = ()
    outcome: str
    content_hash: str = ""
    printed: str = ""


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


PaperData = PurchasePlanData | ReceiptData | RangePaperData | ApprovalSheetData | StatementData
