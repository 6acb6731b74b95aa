"""Papers as PDF: texts of templates, statements (对账单), reprints; pure functions from typed data to bytes."""

from .data import Letterhead, StatementData, StatementLine, StatementOpen
from .errors import MissingGlyphs, PaperError, PaperIncomplete
from .plan_columns import DiscountLine, FeeLine, LoanLine, PlanColumn, PlanLine
from .render import Paper, issue, pictures, render
from .stamp import stamped
from .template_data import TemplatedData

__all__ = [
    "DiscountLine",
    "FeeLine",
    "Letterhead",
    "LoanLine",
    "MissingGlyphs",
    "Paper",
    "PaperError",
    "PaperIncomplete",
    "PlanColumn",
    "PlanLine",
    "StatementData",
    "StatementLine",
    "StatementOpen",
    "TemplatedData",
    "issue",
    "pictures",
    "render",
    "stamped",
]
