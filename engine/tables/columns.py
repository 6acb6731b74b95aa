"""Column types of the engine's tables."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from sqlalchemy import Row, String, Table
from sqlalchemy.orm import mapped_column

from kernel.database import Base

# Scope paths are compared by range (see `within`), so their order must be that of the bytes on both databases.
PathText = String(250).with_variant(String(250, collation="C"), "postgresql")
ScopePath = Annotated[str, mapped_column(PathText)]
Name = Annotated[str, mapped_column(String(255))]
AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"


def table_of(model: type[Base]) -> Table:
    """The Core table behind a model."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - tells mypy what the mapper made
    return table
