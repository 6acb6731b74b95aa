"""Papers as PDF (置业计划书, 认购书, 合同, 收据, 审批单, 催款函): pure functions from typed data to bytes."""

from .arrears_data import ArrearsLetterData, ArrearsLine
from .data import (
    Letterhead,
    PaperData,
    RangePaperData,
    ReceiptItem,
    StatementData,
    StatementLine,
    StatementOpen,
)
from .errors import MissingGlyphs, PaperError, PaperIncomplete
from .plan_columns import DiscountLine, FeeLine, LoanLine, PlanColumn, PlanLine
from .render import Paper, issue, pictures, render
from .template_data import TemplatedData

__all__ = [
    "ArrearsLetterData",
    "ArrearsLine",
    "DiscountLine",
    "FeeLine",
    "Letterhead",
    "LoanLine",
    "MissingGlyphs",
    "Paper",
    "PaperData",
    "PaperError",
    "PaperIncomplete",
    "PlanColumn",
    "PlanLine",
    "RangePaperData",
    "ReceiptItem",
    "StatementData",
    "StatementLine",
    "StatementOpen",
    "TemplatedData",
    "issue",
    "pictures",
    "render",
]
