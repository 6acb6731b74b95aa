"""Pages of lists: the rows of one page, and how many there are in all, counted up to a bound."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine.results.paging import COUNT_CAP, Page, PageOf

T = TypeVar("T")


def cut(query: Select[Any], page: Page) -> Select[Any]:
    """The rows of one page."""
    return query.limit(page.size).offset((page.number - 1) * page.size)


def counted(session: Session, query: Select[Any]) -> int:
    """How many rows there are, counted up to `COUNT_CAP` + 1; one statement."""
    some = query.limit(COUNT_CAP + 1).subquery()
    return int(session.execute(select(func.count()).select_from(some)).scalar_one())


def part(rows: list[T], count: int, page: Page) -> PageOf[T]:
    """What a caller sees of a list whose rows were counted up to `COUNT_CAP` + 1."""
    return PageOf(rows, min(count, COUNT_CAP), count > COUNT_CAP, page.number, page.size)
