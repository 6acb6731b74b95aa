"""Organisation scope in SQL: a node and everything below it is one range of paths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from kernel.actor import ROOT


def within(column: Any, path: str) -> ColumnElement[bool]:
    """Whether a path column lies at or below a node (paths end with a slash, and ``0`` follows it)."""
    if path == ROOT:
        return true()
    return and_(column >= path, column < path[:-1] + "0")


def within_any(column: Any, paths: Iterable[str]) -> ColumnElement[bool]:
    """Whether a path column lies at or below one of several nodes."""
    ranges = [within(column, path) for path in paths]
    return or_(*ranges) if ranges else false()
