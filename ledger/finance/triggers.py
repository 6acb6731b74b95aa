"""What the database itself holds to: sums over several rows, fixed columns, append-only tables (DOMAIN §10.3–5).

SQLite has no deferred triggers, so a sum is checked when a closing row is written: the journal transaction after
its entries, the schedule after its receivables. Deferred foreign keys keep anybody from leaving that row out.
Each rule is one condition, in SQL that both databases read, under which an act is refused with a code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import DDL, MetaData, Table, event

from kernel.append_only import keep_append_only


@dataclass(frozen=True)
class Rule:
    """``act`` on ``table`` is refused with ``code`` while ``broken`` holds.

    ``locks`` are rows to lock first, with the strength of ``mode``.
    """

    table: str
    act: str
    code: str
    broken: str
    locks: tuple[tuple[str, str], ...] = ()
    mode: str = "UPDATE"


_ALLOCATED = "(SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE {where})"
_REFUNDED = (
    "(SELECT COALESCE(SUM(f.amount_fen), 0) FROM refund f WHERE f.receipt_id = {receipt} AND NOT EXISTS"
    " (SELECT 1 FROM refund_event e WHERE e.refund_id = f.id AND e.kind = 'cancelled'))"
)
_RECEIPT_HOLDS = "(SELECT r.amount_fen FROM receipt r WHERE r.id = NEW.receipt_id)"
_RECEIPT_ALLOCATED = _ALLOCATED.format(where="a.receipt_id = NEW.receipt_id")
_RECEIPT_REFUNDED = _REFUNDED.format(receipt="NEW.receipt_id")
_PAIR_ALLOCATED = _ALLOCATED.format(where="a.receipt_id = NEW.receipt_id AND a.receivable_id = NEW.receivable_id")
_LINE_ALLOCATED = _ALLOCATED.format(where="a.receivable_id = NEW.receivable_id")
_LINE_TAKES = (
    "(SELECT CASE WHEN r.state = 'planned' AND r.amount_fen > 0 THEN r.amount_fen ELSE 0 END FROM receivable r"
    " WHERE r.id = NEW.receivable_id)"
)
_LINE_GIVES = (
    "(SELECT CASE WHEN r.state = 'planned' AND r.amount_fen < 0 THEN r.amount_fen ELSE 0 END FROM receivable r"
    " WHERE r.id = NEW.receivable_id)"
)
_BELOW_ZERO_LINE = "EXISTS (SELECT 1 FROM receivable r WHERE r.id = NEW.receivable_id AND r.amount_fen < 0)"
_OVERDRAWN = f"NEW.amount_fen + {_RECEIPT_ALLOCATED} + {_RECEIPT_REFUNDED} > {_RECEIPT_HOLDS}"
_RECEIPT_IS = "EXISTS (SELECT 1 FROM receipt_event e WHERE e.receipt_id = NEW.receipt_id AND e.kind = '{kind}')"
_USABLE = f"({_RECEIPT_IS.format(kind='confirmed')} AND NOT {_RECEIPT_IS.format(kind='reversed')})"
_SEALED = "EXISTS (SELECT 1 FROM receivable_schedule s WHERE s.sale_id = NEW.sale_id)"
_OLD_SEAL = "EXISTS (SELECT 1 FROM receivable_schedule s WHERE s.id = NEW.{column})"
_LOCK_RECEIPT = ("receipt", "NEW.receipt_id")
_FIXED = ("amount_fen", "kind", "class", "debtor", "project_id", "path", "key")

RULES = (
    Rule(
        "journal_entry",
        "INSERT",
        "journal_closed",
        "EXISTS (SELECT 1 FROM journal_transaction t WHERE t.id = NEW.transaction_id)",
    ),
    Rule(
        "journal_transaction",
        "INSERT",
        "journal_unbalanced",
        "(SELECT COUNT(*) < 2 OR SUM(j.amount_fen) <> 0 FROM journal_entry j WHERE j.transaction_id = NEW.id)",
    ),
    # Whoever closes the books waits for those who book, and they for him.
    Rule(
        "journal_transaction",
        "INSERT",
        "day_closed",
        "NEW.booked_on <= (SELECT b.closed_through FROM book_closing b WHERE b.project_id = NEW.project_id"
        " ORDER BY b.number DESC LIMIT 1)",
        (("project", "NEW.project_id"),),
        mode="SHARE",
    ),
    Rule(
        "receivable",
        "INSERT",
        "receivable_unsealed",
        f"NEW.class = 'price' AND {_SEALED} AND (NEW.raised_in IS NULL OR {_OLD_SEAL.format(column='raised_in')})",
    ),
    Rule(
        "receivable",
        "UPDATE",
        "receivable_unsealed",
        f"NEW.state = 'superseded' AND OLD.state <> 'superseded' AND NEW.class = 'price' AND {_SEALED}"
        f" AND (NEW.superseded_in IS NULL OR {_OLD_SEAL.format(column='superseded_in')})",
    ),
    Rule(
        "receivable",
        "UPDATE",
        "receivable_fixed",
        " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _FIXED)
        + " OR COALESCE(NEW.sale_id, '') <> COALESCE(OLD.sale_id, '')"
        + " OR COALESCE(NEW.raised_in, '') <> COALESCE(OLD.raised_in, '')"
        + " OR (OLD.state = 'superseded' AND NEW.state <> OLD.state)"
        + " OR (OLD.state = 'written_off' AND NEW.state = 'planned')",
    ),
    Rule(
        "receivable",
        "UPDATE",
        "receivable_allocated",
        "NEW.state = 'superseded' AND OLD.state <> 'superseded' AND "
        + _ALLOCATED.format(where="a.receivable_id = NEW.id")
        + " <> 0",
    ),
    Rule("receivable", "DELETE", "receivable_fixed", "1 = 1"),
    Rule(
        "receivable_schedule",
        "INSERT",
        "schedule_sum",
        "(SELECT COALESCE(SUM(r.amount_fen), 0) FROM receivable r WHERE r.sale_id = NEW.sale_id"
        " AND r.class = 'price' AND r.state <> 'superseded') <> NEW.total_fen",
    ),
    Rule(
        "allocation",
        "INSERT",
        "allocation_above_receipt",
        f"NEW.amount_fen > 0 AND {_OVERDRAWN}",
        (_LOCK_RECEIPT, ("receivable", "NEW.receivable_id")),
    ),
    # A line below zero frees as much as it takes off the price, and no receipt more than it pays of others.
    Rule(
        "allocation",
        "INSERT",
        "allocation_below_zero",
        f"NEW.amount_fen < 0 AND ((NOT {_BELOW_ZERO_LINE} AND NEW.amount_fen + {_PAIR_ALLOCATED} < 0)"
        f" OR ({_BELOW_ZERO_LINE} AND (NEW.amount_fen + {_LINE_ALLOCATED} < {_LINE_GIVES}"
        f" OR NEW.amount_fen + {_RECEIPT_ALLOCATED} < 0)))",
    ),
    Rule(
        "allocation",
        "INSERT",
        "allocation_above_receivable",
        f"NEW.amount_fen > 0 AND NEW.amount_fen + {_LINE_ALLOCATED} > {_LINE_TAKES}",
    ),
    Rule("allocation", "INSERT", "allocation_unconfirmed", f"NEW.amount_fen > 0 AND NOT {_USABLE}"),
    Rule("refund", "INSERT", "refund_above_receipt", _OVERDRAWN, (_LOCK_RECEIPT,)),
    Rule("refund", "INSERT", "refund_unconfirmed", f"NOT {_USABLE}"),
    Rule(
        "receipt_event",
        "INSERT",
        "receipt_in_use",
        f"NEW.kind = 'reversed' AND ({_RECEIPT_ALLOCATED} <> 0 OR {_RECEIPT_REFUNDED} <> 0)",
        (_LOCK_RECEIPT,),
    ),
    Rule(
        "receipt_event",
        "INSERT",
        "receipt_reversed",
        f"NEW.kind = 'confirmed' AND {_RECEIPT_IS.format(kind='reversed')}",
    ),
    Rule(
        "refund_event",
        "INSERT",
        "refund_closed",
        "NEW.kind <> 'requested' AND EXISTS (SELECT 1 FROM refund_event e WHERE e.refund_id = NEW.refund_id"
        " AND e.kind <> 'requested')",
        (("refund", "NEW.refund_id"),),
    ),
    Rule(
        "refund_event",
        "INSERT",
        "payout_unapproved",
        "NEW.kind = 'paid' AND EXISTS (SELECT 1 FROM refund f WHERE f.id = NEW.refund_id AND f.needs_approval"
        " AND NOT EXISTS (SELECT 1 FROM payout_approval p WHERE p.refund_id = f.id"
        " AND p.content_hash = f.content_hash))",
    ),
    Rule("receipt_move", "INSERT", "receipt_in_use", f"{_RECEIPT_ALLOCATED} <> 0", (_LOCK_RECEIPT,)),
)

_APPEND_ONLY = (
    "receivable_schedule",
    "receipt",
    "receipt_event",
    "receipt_move",
    "allocation",
    "journal_transaction",
    "journal_entry",
    "refund",
    "refund_event",
)


def rule_statements(table: str, dialect: str, rules: Iterable[Rule] = RULES) -> list[str]:
    """The statements that guard a table on a database, for its creation and for migrations."""
    statements: list[str] = []
    for rule in (rule for rule in rules if rule.table == table):
        name = f"{rule.table}_{rule.act.lower()}_{rule.code}"
        statements += _sqlite(name, rule) if dialect == "sqlite" else _postgresql(name, rule)
    return statements


def _sqlite(name: str, rule: Rule) -> list[str]:
    return [
        f"CREATE TRIGGER {name} BEFORE {rule.act} ON {rule.table} WHEN {rule.broken} "
        f"BEGIN SELECT RAISE(ABORT, '{rule.code}'); END"
    ]


def _postgresql(name: str, rule: Rule) -> list[str]:
    # A row lock makes writers who sum over the same rows wait for each other and then see each other's rows.
    locks = "".join(f"PERFORM 1 FROM {table} WHERE id = {id_} FOR {rule.mode}; " for table, id_ in rule.locks)
    row = "OLD" if rule.act == "DELETE" else "NEW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {locks}"
        f"IF {rule.broken} THEN RAISE EXCEPTION '{rule.code}'; END IF; RETURN {row}; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {name} BEFORE {rule.act} ON {rule.table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def _guard(table: Table, rules: Iterable[Rule]) -> None:
    for dialect in ("sqlite", "postgresql"):
        for statement in rule_statements(table.name, dialect, rules):
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def guard_tables(metadata: MetaData, rules: Collection[Rule], append_only: Iterable[str]) -> None:
    """Hang rules on tables, to come into being whenever these are created; some tables are append-only."""
    for name in append_only:
        keep_append_only(metadata.tables[name])
    for name in sorted({rule.table for rule in rules}):
        _guard(metadata.tables[name], rules)


def guard_finance(metadata: MetaData) -> None:
    """Hang the rules on the tables of finance."""
    guard_tables(metadata, RULES, _APPEND_ONLY)
