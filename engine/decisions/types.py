"""Fits values to the types a DMN file names: ISO texts become dates, wrong kinds become null."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from engine.decisions.model import Cell, DecisionModel, ItemType
from engine.feel import Function, Run
from engine.feel.comparison import same
from engine.feel.temporal import parse_date, parse_duration, parse_moment, parse_time
from engine.feel.types import midnight
from engine.feel.values import kind
from engine.feel.wide import AnyDate

BASE_TYPES: dict[str, tuple[str, ...]] = {
    "number": ("number",),
    "integer": ("number",),
    "long": ("number",),
    "double": ("number",),
    "string": ("string",),
    "boolean": ("boolean",),
    "date": ("date",),
    "time": ("time",),
    "dateTime": ("date and time",),
    "date and time": ("date and time",),
    "dayTimeDuration": ("days and time duration",),
    "days and time duration": ("days and time duration",),
    "yearMonthDuration": ("years and months duration",),
    "years and months duration": ("years and months duration",),
    "duration": ("days and time duration", "years and months duration"),
    "context": ("context",),
    "list": ("list",),
    "range": ("range",),
    "function": ("function",),
}
"""FEEL kinds by the names that files give types, those of other tools included."""

INTEGER_TYPES = frozenset({"integer", "long"})

_READ_TEXT = {
    "date": parse_date,
    "time": parse_time,
    "dateTime": parse_moment,
    "date and time": parse_moment,
    "dayTimeDuration": parse_duration,
    "days and time duration": parse_duration,
    "yearMonthDuration": parse_duration,
    "years and months duration": parse_duration,
    "duration": parse_duration,
}

MAX_DEPTH = 20


class _UnfitError(Exception):
    """A value does not fit its type."""


def base_type(model: DecisionModel, type_ref: str) -> str:
    """The base type a type name comes down to, without its list; empty if it is a structure or unknown."""
    for _step in range(MAX_DEPTH):
        if type_ref in BASE_TYPES:
            return type_ref
        item = model.types.get(type_ref)
        if item is None or item.components:
            return ""
        type_ref = item.type_ref
    return ""


def known_type(model: DecisionModel, type_ref: str) -> bool:
    """Whether a type name means something in this file."""
    return not type_ref or type_ref in BASE_TYPES or type_ref in ("Any", "any") or type_ref in model.types


def fit(model: DecisionModel, value: object, type_ref: str, run: Run, *, name: str, outside: bool) -> object:
    """The value as its type wants it, else null with a warning.

    From ``outside`` come JSON values, so ISO texts are read, floats become decimals, and entries that a
    structure lacks are null; within a decision a structure must have all its entries.
    """
    if type(value) is float:
        value = Decimal(repr(value))
    if value is None or not type_ref:
        return value
    try:
        return _Fitter(model, run, outside=outside).by_name(value, type_ref, 0)
    except _UnfitError:
        run.warn("decision_type", name=name, type=type_ref, found=kind(value))
        return None


def result_type(model: DecisionModel, type_ref: str) -> str:
    """What a function gives whose variable has this type: of a function's type its result, else the type."""
    item = model.types.get(type_ref)
    return item.type_ref if item is not None and item.is_function else type_ref


def fits_quietly(model: DecisionModel, value: object, type_ref: str, run: Run) -> tuple[bool, object]:
    """Whether a value can be made to fit a type, and what becomes of it."""
    if value is None or not type_ref or kind(value) == BASE_TYPES.get(type_ref, ("",))[0]:
        return True, value
    try:
        return True, _Fitter(model, run, outside=False).by_name(value, type_ref, 0)
    except _UnfitError:
        return False, value


def is_of_type(model: DecisionModel, value: object, type_ref: str, run: Run) -> bool:
    """Whether a value is of a type that the file defines, for ``instance of``, its allowed values aside."""
    try:
        fitted = _Fitter(model, run, outside=False, constrained=False).by_name(value, type_ref, 0)
    except _UnfitError:
        return False
    return same(fitted, value, run)


class _Fitter:
    def __init__(self, model: DecisionModel, run: Run, *, outside: bool, constrained: bool = True) -> None:
        self.model = model
        self.run = run
        self.outside = outside
        self.constrained = constrained

    def by_name(self, value: object, type_ref: str, depth: int) -> object:
        if value is None or depth > MAX_DEPTH:
            return None
        item = self.model.types.get(type_ref)
        if item is not None:
            return self.item(value, item, depth + 1)
        if type_ref not in BASE_TYPES:
            return value
        return self.base(value, type_ref)

    def base(self, value: object, type_ref: str) -> object:
        self.run.spend()
        if type(value) is float:
            value = Decimal(repr(value))
        if self.outside and isinstance(value, str) and type_ref in _READ_TEXT:
            value = _READ_TEXT[type_ref](value)
        wanted = BASE_TYPES[type_ref]
        if kind(value) in wanted:
            return value
        if isinstance(value, list) and len(value) == 1 and kind(value[0]) in wanted:
            return value[0]
        if wanted == ("date and time",) and kind(value) == "date":
            return midnight(cast(AnyDate, value))
        if wanted == ("list",):
            return [value]
        raise _UnfitError

    def item(self, value: object, item: ItemType, depth: int) -> object:
        if item.is_function:
            if isinstance(value, Function):
                return value
            raise _UnfitError
        if item.is_list:
            items = value if isinstance(value, list) else [value]
            made = [self.element(part, item, depth) for part in items]
            self.check(item.constraint, made)
            return made
        if isinstance(value, list) and len(value) == 1 and not self._is_list(item):
            value = value[0]
        return self.element(value, item, depth)

    def _is_list(self, item: ItemType) -> bool:
        inner = self.model.types.get(item.type_ref)
        return item.type_ref == "list" or (inner is not None and inner.is_list)

    def element(self, value: object, item: ItemType, depth: int) -> object:
        if item.components:
            value = self.structure(value, item, depth)
        elif item.type_ref:
            value = self.by_name(value, item.type_ref, depth)
        for one in value if isinstance(value, list) else [value]:
            self.check(item.allowed, one)
        if not item.is_list:
            self.check(item.constraint, value)
        return value

    def check(self, cell: Cell | None, value: object) -> None:
        """Raise _UnfitError for a value that the cell does not take; null passes."""
        if cell is None or cell.tests is None or value is None or not self.constrained:
            return
        if cell.tests.run(value, {}, self.run) is not True:
            raise _UnfitError

    def structure(self, value: object, item: ItemType, depth: int) -> object:
        if value is None or isinstance(value, Function):
            return value
        if not isinstance(value, Mapping):
            raise _UnfitError
        made = dict(value)
        for component in item.components:
            self.run.spend()
            if component.name not in made:
                if not self.outside:
                    raise _UnfitError
                made[component.name] = None
            if depth < MAX_DEPTH:
                made[component.name] = self.item_or_null(made[component.name], component, depth + 1)
        return made

    def item_or_null(self, value: object, item: ItemType, depth: int) -> object:
        return None if value is None else self.item(value, item, depth)
