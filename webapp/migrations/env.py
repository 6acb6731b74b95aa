"""Runs migrations on a connection that `webapp.schema` opened."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, TypeDecorator

from webapp.models import metadata


def as_stored(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Draft our own column types as what the database stores, so that migrations never change with the code."""
    if kind != "type":
        return False
    if isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    if isinstance(item, JSON):
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=as_stored,
)
with context.begin_transaction():
    context.run_migrations()
