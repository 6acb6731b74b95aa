"""What the database itself refuses about change orders, on SQLite and PostgreSQL alike (DOMAIN §10.6)."""

from __future__ import annotations

from sqlalchemy import MetaData

from ledger.finance.triggers import Rule, guard_tables

_APPROVAL = "change_approval a WHERE a.order_id = NEW.id AND a.content_hash = NEW.content_hash"
_APPROVERS = "change_approver p WHERE p.order_id = NEW.{order} AND p.content_hash = NEW.content_hash"
_ENDED = "('executed', 'rejected', 'withdrawn', 'expired', 'failed')"
_LOCK = (("change_order", "NEW.order_id"),)
_SEALED = ("wanted", "before", "after", "money", "route")
_CONTENT = "NEW.content_hash <> OLD.content_hash OR COALESCE(NEW.fault, '') <> COALESCE(OLD.fault, '')" + "".join(
    f" OR CAST(NEW.{column} AS TEXT) <> CAST(OLD.{column} AS TEXT)" for column in _SEALED
)
_FIXED = ("sale_id", "kind", "applied_by", "mode", "mode_version")

RULES = (
    Rule(
        "change_order",
        "UPDATE",
        "change_unapproved",
        f"NEW.state = 'executed' AND NOT EXISTS (SELECT 1 FROM {_APPROVAL} AND a.mode = NEW.mode)",
    ),
    Rule(
        "change_order",
        "UPDATE",
        "change_executor_approved",
        "NEW.state = 'executed' AND EXISTS (SELECT 1 FROM "
        + _APPROVERS.format(order="id")
        + " AND p.staff_id = NEW.executed_by)",
    ),
    # What was approved is executed as it is: what an order says changes only while nobody has approved it.
    Rule(
        "change_order",
        "UPDATE",
        "change_fixed",
        f"OLD.state IN {_ENDED}"
        + f" OR (({_CONTENT}) AND OLD.state NOT IN ('submitted', 'returned'))"
        + "".join(f" OR NEW.{column} <> OLD.{column}" for column in _FIXED),
    ),
    Rule("change_order", "INSERT", "change_fixed", "NEW.state <> 'submitted'"),
    Rule("change_order", "DELETE", "change_fixed", "1 = 1"),
    Rule(
        "change_approver",
        "INSERT",
        "change_approver_applied",
        "EXISTS (SELECT 1 FROM change_order o WHERE o.id = NEW.order_id"
        " AND (o.applied_by = NEW.staff_id OR o.applied_for = NEW.staff_id OR o.owner_id = NEW.staff_id))",
        _LOCK,
    ),
    Rule(
        "change_approver",
        "INSERT",
        "change_approval_sealed",
        "EXISTS (SELECT 1 FROM change_approval a WHERE a.order_id = NEW.order_id"
        " AND a.content_hash = NEW.content_hash)",
    ),
    Rule(
        "change_approval",
        "INSERT",
        "change_approval_empty",
        "NOT EXISTS (SELECT 1 FROM change_order o WHERE o.id = NEW.order_id AND o.mode = NEW.mode"
        " AND o.content_hash = NEW.content_hash)"
        " OR (NEW.mode <> 'none' AND NOT EXISTS (SELECT 1 FROM " + _APPROVERS.format(order="order_id") + "))",
        _LOCK,
    ),
)


def guard_changes(metadata: MetaData) -> None:
    """Hang the rules on the tables."""
    guard_tables(metadata, RULES, ())
