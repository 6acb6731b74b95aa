"""Papers as PDF (置业计划书, 认购书, 合同, 收据, 审批单, 催款函): pure functions from typed data to bytes."""

from .arrears_data import ArrearsLetterData, ArrearsLine
from .data import (
    ApprovalSheetData,
    ApprovalStep,
    DiscountLine,
    Fact,
    FeeLine,
    Letterhead,
    LoanLine,
    Move,
    PaperData,
    PlanColumn,
    PlanLine,
    PurchasePlanData,
    RangePaperData,
    ReceiptData,
    ReceiptItem,
    StatementData,
    StatementLine,
    StatementOpen,
    UnitFacts,
)
from .errors import MissingGlyphs, PaperError, PaperIncomplete
from .render import Paper, issue, render
from .template_data import TemplatedData

__all__ = [
    "ApprovalSheetData",
    "ApprovalStep",
    "ArrearsLetterData",
    "ArrearsLine",
    "DiscountLine",
    "Fact",
    "FeeLine",
    "Letterhead",
    "LoanLine",
    "MissingGlyphs",
    "Move",
    "Paper",
    "PaperData",
    "PaperError",
    "PaperIncomplete",
    "PlanColumn",
    "PlanLine",
    "PurchasePlanData",
    "RangePaperData",
    "ReceiptData",
    "ReceiptItem",
    "StatementData",
    "StatementLine",
    "StatementOpen",
    "TemplatedData",
    "UnitFacts",
    "issue",
    "render",
]
