"""Schemas of answers, derived from the frozen dataclasses that engine and ledger give."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from marshmallow import Schema, fields

_PLAIN: dict[type, type[fields.Field[Any]]] = {
    str: fields.String,
    bool: fields.Boolean,  # Before int, which it is a kind of.
    int: fields.Integer,
    float: fields.Float,
    datetime: fields.AwareDateTime,
    date: fields.Date,
    Fraction: fields.String,
}


@cache
def answer_of(kind: type, *, name: str = "", leave_out: frozenset[str] = frozenset()) -> type[Schema]:
    """The schema that dumps a dataclass; instants are ISO 8601 in UTC, money is integer fen."""
    hints = get_type_hints(kind)
    members = {
        field.name: _field(hints[field.name]) for field in dataclasses.fields(kind) if field.name not in leave_out
    }
    return Schema.from_dict(members, name=name or kind.__name__)


def page_of(row: type[Schema], name: str) -> type[Schema]:
    """The schema of a page of rows."""
    return Schema.from_dict(
        {
            "rows": fields.List(fields.Nested(row)),
            "count": fields.Integer(metadata={"description": "Rows in all, counted up to a limit"}),
            "capped": fields.Boolean(metadata={"description": "Whether there may be more than `count`"}),
        },
        name=name,
    )


def _field(hint: Any) -> fields.Field[Any]:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = [part for part in get_args(hint) if part is not type(None)]
        field = _field(inner[0]) if len(inner) == 1 else fields.Raw()
        field.allow_none = True
        return field
    if origin in (tuple, list):
        return fields.List(_field(get_args(hint)[0]))
    if origin in (dict, Mapping) or hint is dict:
        return fields.Dict(keys=fields.String())
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return fields.Nested(answer_of(hint))
    if isinstance(hint, type):
        for known, field in _PLAIN.items():
            if issubclass(hint, known):
                return field()
    return fields.Raw()
