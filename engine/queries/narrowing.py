"""Conditions in SQL that a filter asks for; what is left out of the filter does not narrow."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from engine.queries.paths import within

Conditions = list[ColumnElement[bool]]


def among(*asked: tuple[Any, Collection[Any]]) -> Conditions:
    """Each column holds one of its values; no values do not narrow."""
    return [column.in_(values) for column, values in asked if values]


def equal(*asked: tuple[Any, Any]) -> Conditions:
    """Each column holds its value; None does not narrow."""
    return [column == value for column, value in asked if value is not None]


def at_or_below(column: Any, path: str | None) -> Conditions:
    """A path column lies at or below a node of the organisation."""
    return [] if path is None else [within(column, path)]


def in_time(column: Any, first: datetime | None, end: datetime | None) -> Conditions:
    """A column lies between two instants (UTC): the first is included, the second is not."""
    since = [] if first is None else [column >= first]
    return since if end is None else [*since, column < end]
