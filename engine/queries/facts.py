"""Business facts in conditions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func

from engine.errors import Invalid
from engine.store.tasks import FACTS

_OPERATORS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": lambda column, value: column == value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
    "startswith": lambda column, value: column.startswith(value, autoescape=True),
    "contains": lambda column, value: func.lower(column).contains(str(value).lower(), autoescape=True),
}


def fact_fits(name: str, operator: str, value: Any) -> ColumnElement[bool]:
    """Whether a row is of the fact ``name`` and compares with ``value``; raises `Invalid` for another operator."""
    compare = _OPERATORS.get(operator)
    if compare is None:
        raise Invalid("operator_unknown", field="facts", operator=operator)
    column: Any = FACTS.c.text
    if isinstance(value, bool):
        value = str(value).lower()
    elif isinstance(value, int):
        column = FACTS.c.number
    elif isinstance(value, date):
        column = FACTS.c.date
    return and_(FACTS.c.name == name, compare(column, value))
