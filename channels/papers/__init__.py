"""Papers as PDF (置业计划书, 认购书, 合同, 收据, 审批单): pure functions from typed data to bytes."""

from .data import (
    ApprovalSheetData,
    ApprovalStep,
    Buyer,
    ContractData,
    DiscountLine,
    Fact,
    FeeLine,
    Letterhead,
    LoanLine,
    PaperData,
    PlanColumn,
    PlanLine,
    PurchasePlanData,
    ReceiptData,
    ReceiptItem,
    SubscriptionData,
    UnitFacts,
)
from .errors import MissingGlyphs, PaperError, PaperIncomplete
from .render import Paper, issue, render

__all__ = [
    "ApprovalSheetData",
    "ApprovalStep",
    "Buyer",
    "ContractData",
    "DiscountLine",
    "Fact",
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
    "PurchasePlanData",
    "ReceiptData",
    "ReceiptItem",
    "SubscriptionData",
    "UnitFacts",
    "issue",
    "render",
]
