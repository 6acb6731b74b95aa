"""The words of papers in number ranges (票据)."""

from __future__ import annotations

from enum import StrEnum


class PaperKind(StrEnum):
    """What a paper is."""

    RECEIPT = "receipt"  # 收据
    INVOICE = "invoice"  # 发票


class PaperState(StrEnum):
    """Where a number of a range stands; it is computed from what happened to its paper, never stored."""

    ISSUED = "issued"  # 已开
    EXCHANGED = "exchanged"  # 已换票: handed in for an invoice
    VOID = "void"  # 作废
    SPOILED = "spoiled"  # 空白作废: never issued, the form was spoiled
