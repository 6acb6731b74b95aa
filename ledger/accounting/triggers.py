"""What the database itself holds to in accounting: rows stay, and a second person signs and opens again."""

from __future__ import annotations

from sqlalchemy import MetaData

from ledger.finance.triggers import Rule, guard_tables

RULES = (
    Rule(
        "cash_count_signature",
        "INSERT",
        "signer_is_counter",
        'EXISTS (SELECT 1 FROM cash_count c WHERE c.id = NEW.count_id AND NEW."by" IN (c.by, c.clerk_id))',
    ),
    Rule(
        "book_closing",
        "INSERT",
        "opener_is_closer",
        "NEW.act = 'reopen' AND NEW.\"by\" = (SELECT b.by FROM book_closing b WHERE b.project_id = NEW.project_id"
        " AND b.number = NEW.number - 1)",
        (("project", "NEW.project_id"),),
        mode="NO KEY UPDATE",
    ),
)
_APPEND_ONLY = ("book_closing", "cash_count", "cash_count_signature")


def guard_accounting(metadata: MetaData) -> None:
    """Hang the rules on the tables of accounting."""
    guard_tables(metadata, RULES, _APPEND_ONLY)
