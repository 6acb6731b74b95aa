"""Rows that an operation is about to change: read afresh and kept from others until the commit."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Select

from kernel.database import Base

Q = TypeVar("Q", bound=Select[*tuple[Any, ...]])


def locked(query: Q, model: type[Base]) -> Q:
    """The same query with the rows of ``model`` locked; new rows elsewhere may still refer to them.

    What the session has read of them before is replaced by what stands in the database now.
    """
    return query.with_for_update(of=model, key_share=True).execution_options(populate_existing=True)
