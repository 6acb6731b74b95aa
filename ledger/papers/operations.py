"""The writes of papers in number ranges, for handlers and desks."""

from ledger.papers.issuing import ask_for_paper, exchange_papers, issue_paper, void_paper, void_papers_of
from ledger.papers.ranges import receive_range, return_unused, spoil

__all__ = [
    "ask_for_paper",
    "exchange_papers",
    "issue_paper",
    "receive_range",
    "return_unused",
    "spoil",
    "void_paper",
    "void_papers_of",
]
