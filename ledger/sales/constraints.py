"""Rules over several rows that the database itself holds, as triggers for SQLite and PostgreSQL.

- `sale_terms` seals a version of terms: at that moment the buyers' shares must sum to one (DOMAIN §10.2) and the
  discount lines to list − deal; afterwards no buyer or discount can be added to the version. Since buyers and
  discounts are append-only and a sale cannot be subscribed without sealed terms (check and foreign key on
  `sale`), no subscribed sale can ever have shares that do not sum to one.
- A sale cannot open on a unit that is unlicensed, unreleased, withheld, mortgaged, seized or not for sale (§10.1).
- A unit cannot become available while a sale of it lives, and a sale cannot close while its filing stands (§10.7).

Each refusal raises ``rule:<name>``, which `ledger.sales.errors` and the operations' own guards normally forestall.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import DDL, Table, event

_BUYERS_ARE_ONE = """EXISTS (
    SELECT 1 FROM sale_buyer b WHERE b.sale_id = NEW.sale_id AND b.version = NEW.version
    GROUP BY b.sale_id
    HAVING (COUNT(*) = 1 AND MIN(b.ownership) = 'sole')
        OR (COUNT(*) > 1 AND MIN(b.ownership) = 'joint' AND MAX(b.ownership) = 'joint')
        OR (MIN(b.ownership) = 'shares' AND MAX(b.ownership) = 'shares'
            AND MIN(b.share_denominator) = MAX(b.share_denominator)
            AND SUM(b.share_numerator) = MIN(b.share_denominator)))"""

_PRICE_IS_SUM = """NEW.deal_price_fen = NEW.list_price_fen - COALESCE((
    SELECT SUM(d.taken_off_fen) FROM sale_discount d
    WHERE d.sale_id = NEW.sale_id AND d.version = NEW.version), 0)"""

_SEALED = "EXISTS (SELECT 1 FROM sale_terms t WHERE t.sale_id = NEW.sale_id AND t.version = NEW.version)"

_UNIT_OPEN = """EXISTS (
    SELECT 1 FROM unit u WHERE u.id = NEW.unit_id AND u.permit_id IS NOT NULL AND u.price_version_id IS NOT NULL
    AND u.withheld_reason IS NULL AND NOT u.mortgaged AND NOT u.seized AND NOT u.not_for_sale)"""

_SALE_LIVES = "EXISTS (SELECT 1 FROM sale s WHERE s.unit_id = NEW.id AND s.state = 'live')"

_FILING_STANDS = """EXISTS (
    SELECT 1 FROM filing f WHERE f.sale_id = NEW.id AND f.state IN ('submitted', 'accepted', 'cancelling'))"""


@dataclass(frozen=True)
class _Rule:
    """``refused`` is the condition under which ``act`` on ``table`` is refused."""

    name: str
    created_with: str
    table: str
    act: str
    refused: str


_RULES = (
    _Rule("buyers_sum_to_one", "sale_terms", "sale_terms", "INSERT", f"NOT {_BUYERS_ARE_ONE}"),
    _Rule("price_is_the_sum", "sale_terms", "sale_terms", "INSERT", f"NOT ({_PRICE_IS_SUM})"),
    _Rule("buyers_are_sealed", "sale_buyer", "sale_buyer", "INSERT", _SEALED),
    _Rule("discounts_are_sealed", "sale_discount", "sale_discount", "INSERT", _SEALED),
    _Rule("unit_is_open_for_sale", "sale", "sale", "INSERT", f"NOT {_UNIT_OPEN}"),
    _Rule(
        "unit_freed_last",
        "sale",
        "unit",
        "UPDATE",
        f"NEW.status = 'available' AND OLD.status <> 'available' AND {_SALE_LIVES}",
    ),
    _Rule(
        "filing_cancelled_first",
        "sale",
        "sale",
        "UPDATE",
        f"NEW.state = 'closed' AND OLD.state <> 'closed' AND {_FILING_STANDS}",
    ),
)


def guard_statements(table: str, dialect: str) -> list[str]:
    """The statements to run after ``table`` is created, for migrations."""
    rules = [rule for rule in _RULES if rule.created_with == table]
    make = _sqlite if dialect == "sqlite" else _postgresql
    return [statement for rule in rules for statement in make(rule)]


def _sqlite(rule: _Rule) -> list[str]:
    return [
        f"CREATE TRIGGER {rule.name} BEFORE {rule.act} ON {rule.table}\nWHEN {rule.refused}\n"
        f"BEGIN SELECT RAISE(ABORT, 'rule:{rule.name}'); END"
    ]


def _postgresql(rule: _Rule) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION rule_{rule.name}() RETURNS trigger AS $$\n"
        f"BEGIN IF {rule.refused} THEN RAISE EXCEPTION 'rule:{rule.name}'"
        f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END\n$$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {rule.name} BEFORE {rule.act} ON {rule.table}\n"
        f"FOR EACH ROW EXECUTE FUNCTION rule_{rule.name}()",
    ]


def guard_sales(*tables: Table) -> None:
    """Hang the rules on the tables, so that they come with them wherever the metadata is created."""
    for table in tables:
        for dialect in ("sqlite", "postgresql"):
            for statement in guard_statements(table.name, dialect):
                ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
                event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
