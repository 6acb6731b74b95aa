"""Tables whose rows are never changed: triggers refuse update and delete on both databases (DOMAIN §10.4).

Where a table's rows have an end by law, deleting is possible for what is *released*: listed, within the very
transaction, in a table that guards its own rows.
"""

from __future__ import annotations

from dataclasses import dataclass

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
_SQLITE_UNLESS = """
CREATE TRIGGER {name} BEFORE DELETE ON {table}
WHEN NOT EXISTS (SELECT 1 FROM {released} r WHERE r.{column} = OLD.{column})
BEGIN SELECT RAISE(ABORT, 'append_only:{table}'); END
"""
_POSTGRES_UNLESS_FUNCTION = """
CREATE OR REPLACE FUNCTION keyturn_append_only_unless_released() RETURNS trigger AS $$
DECLARE is_released boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT 1 FROM %%I r WHERE r.%%I = ($1).%%I)', TG_ARGV[0], TG_ARGV[1], TG_ARGV[1]
    ) INTO is_released USING OLD;
    IF is_released THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'append_only:%%', TG_TABLE_NAME;
END
$$ LANGUAGE plpgsql
"""
_POSTGRES_UNLESS = """
CREATE TRIGGER {name} BEFORE DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION keyturn_append_only_unless_released('{released}', '{column}')
"""


@dataclass(frozen=True)
class Release:
    """Rows may be deleted while ``table`` has a row with the same value in ``column``."""

    table: str
    column: str


def append_only_statements(table: str, dialect: str, release: Release | None = None) -> list[str]:
    """The statements that protect a table, for migrations."""
    acts = ("UPDATE",) if release is not None else ("UPDATE", "DELETE")
    names = {act: f"keep_{table}_{act.lower()}" for act in acts}
    if dialect == "sqlite":
        plain = [_SQLITE.format(name=name, act=act, table=table) for act, name in names.items()]
        return plain if release is None else [*plain, _unless(_SQLITE_UNLESS, table, release)]
    triggers = [_POSTGRES.format(name=name, act=act, table=table) for act, name in names.items()]
    plain = [_POSTGRES_FUNCTION.replace("%%", "%"), *triggers]
    if release is None:
        return plain
    return [*plain, _POSTGRES_UNLESS_FUNCTION.replace("%%", "%"), _unless(_POSTGRES_UNLESS, table, release)]


def keep_append_only(table: Table, release: Release | None = None) -> Table:
    """Protect ``table`` whenever it is created from the metadata; returns it and marks it."""
    table.info["append_only"] = True
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_statements(table.name, dialect, release):
            text = statement.replace("%", "%%")
            ddl = DDL(text)  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
    return table


def _unless(statement: str, table: str, release: Release) -> str:
    name = f"release_{table}_delete"
    return statement.format(name=name, table=table, released=release.table, column=release.column)
