"""What the database itself holds to about papers: numbers in order, one live paper for a receipt, equal sums."""

from __future__ import annotations

from sqlalchemy import MetaData

from ledger.finance.triggers import Rule, guard_tables

_VOID = "EXISTS (SELECT 1 FROM paper_void v WHERE v.paper_id = {paper})"
_EXCHANGED = (
    "EXISTS (SELECT 1 FROM paper_exchange x WHERE x.old_id = {paper} AND NOT "
    + _VOID.format(paper="x.new_id")
    + ")"
)
_NEXT = (
    "COALESCE((SELECT MAX(p.number) + 1 FROM paper p WHERE p.range_id = {range}),"
    " (SELECT g.first FROM paper_range g WHERE g.id = {range}))"
)
_OF_EXCHANGE = "paper_exchange x JOIN paper o ON o.id = x.old_id WHERE x.new_id = NEW.id"
_LOCK_RANGE = ("paper_range", "NEW.range_id")

RULES = (
    Rule(
        "paper_range",
        "INSERT",
        "range_overlaps",
        "EXISTS (SELECT 1 FROM paper_range g WHERE g.project_id = NEW.project_id AND g.kind = NEW.kind"
        " AND g.prefix = NEW.prefix AND g.first <= NEW.last AND g.last >= NEW.first)",
        (("project", "NEW.project_id"),),
        mode="NO KEY UPDATE",
    ),
    Rule(
        "paper_range_return",
        "INSERT",
        "range_not_left",
        f"NEW.first <> {_NEXT.format(range='NEW.range_id')}"
        " OR NEW.first > (SELECT g.last FROM paper_range g WHERE g.id = NEW.range_id)",
        (_LOCK_RANGE,),
        mode="NO KEY UPDATE",
    ),
    Rule(
        "paper",
        "INSERT",
        "paper_out_of_order",
        f"NEW.number <> {_NEXT.format(range='NEW.range_id')} OR NOT EXISTS (SELECT 1 FROM paper_range g"
        " WHERE g.id = NEW.range_id AND NEW.number <= g.last AND g.kind = NEW.kind"
        " AND g.project_id = NEW.project_id)"
        " OR EXISTS (SELECT 1 FROM paper_range_return r WHERE r.range_id = NEW.range_id)",
        (_LOCK_RANGE,),
        mode="NO KEY UPDATE",
    ),
    Rule(
        "paper",
        "INSERT",
        "receipt_has_paper",
        "NEW.receipt_id IS NOT NULL AND EXISTS (SELECT 1 FROM paper p WHERE p.receipt_id = NEW.receipt_id"
        f" AND NOT {_VOID.format(paper='p.id')})",
    ),
    Rule(
        "paper",
        "INSERT",
        "paper_sum",
        "(NEW.receipt_id IS NOT NULL AND NEW.amount_fen <> (SELECT r.amount_fen FROM receipt r"
        " WHERE r.id = NEW.receipt_id)) OR (NEW.receipt_id IS NULL AND NEW.amount_fen <> "
        f"(SELECT COALESCE(SUM(o.amount_fen), 0) FROM {_OF_EXCHANGE}))"
        f" OR EXISTS (SELECT 1 FROM {_OF_EXCHANGE} AND (NEW.kind <> 'invoice' OR NEW.receipt_id IS NOT NULL"
        " OR o.kind <> 'receipt' OR o.project_id <> NEW.project_id))",
    ),
    Rule(
        "paper_exchange",
        "INSERT",
        "paper_taken",
        "EXISTS (SELECT 1 FROM paper p WHERE p.id = NEW.new_id)"
        f" OR {_VOID.format(paper='NEW.old_id')} OR {_EXCHANGED.format(paper='NEW.old_id')}",
        (("paper", "NEW.old_id"),),
        mode="NO KEY UPDATE",
    ),
    Rule(
        "paper_void",
        "INSERT",
        "paper_taken",
        _EXCHANGED.format(paper="NEW.paper_id"),
        (("paper", "NEW.paper_id"),),
        mode="NO KEY UPDATE",
    ),
)
_APPEND_ONLY = ("paper_range", "paper_range_return", "paper", "paper_void", "paper_exchange")


def guard_papers(metadata: MetaData) -> None:
    """Hang the rules on the tables of papers."""
    guard_tables(metadata, RULES, _APPEND_ONLY)
