"""Tables whose rows are never changed: triggers refuse update and delete on both databases (DOMAIN §10.4)."""

from __future__ import annotations

from sqlalchemy import DDL, Table, event

_SQLITE = """
CREATE TRIGGER {name} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, 'append_only:{table}'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION keyturn_append_only() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'append_only:%%', TG_TABLE_NAME; END
$$ LANGUAGE plpgsql
"""
_POSTGRES = """
CREATE TRIGGER {name} BEFORE {act} ON {table}
FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
"""


def append_only_statements(table: str, dialect: str) -> list[str]:
    """The statements that protect a table, for migrations."""
    names = {act: f"keep_{table}_{act.lower()}" for act in ("UPDATE", "DELETE")}
    if dialect == "sqlite":
        return [_SQLITE.format(name=name, act=act, table=table) for act, name in names.items()]
    triggers = [_POSTGRES.format(name=name, act=act, table=table) for act, name in names.items()]
    return [_POSTGRES_FUNCTION.replace("%%", "%"), *triggers]


def keep_append_only(table: Table) -> Table:
    """Protect ``table`` whenever it is created from the metadata; returns it and marks it."""
    table.info["append_only"] = True
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_statements(table.name, dialect):
            text = statement.replace("%", "%%")
            ddl = DDL(text)  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
    return table
