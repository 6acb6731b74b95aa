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
VOUCHER_RULES = (
    Rule(
        "voucher_line",
        "INSERT",
        "voucher_closed",
        "EXISTS (SELECT 1 FROM voucher v WHERE v.id = NEW.voucher_id)",
    ),
    Rule(
        "voucher",
        "INSERT",
        "voucher_unbalanced",
        "(SELECT COUNT(*) < 2 OR SUM(l.amount_fen) <> 0 FROM voucher_line l WHERE l.voucher_id = NEW.id)",
    ),
)
_APPEND_ONLY = ("book_closing", "cash_count", "cash_count_signature")


def guard_accounting(metadata: MetaData) -> None:
    """Hang the rules on the tables of accounting."""
    guard_tables(metadata, RULES, _APPEND_ONLY)


def guard_vouchers(metadata: MetaData) -> None:
    """Hang the rules on the tables of vouchers."""
    kept = ("voucher_batch", "voucher", "voucher_line", "voucher_export", "voucher_confirmation")
    guard_tables(metadata, VOUCHER_RULES, kept)
