"""Typed dataclasses to and from JSON values: what a handler takes and gives is checked field by field."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from engine.errors import Invalid

T = TypeVar("T")


_hints_of: dict[type, dict[str, Any]] = {}


def fields_of(kind: type) -> dict[str, bool]:
    """A dataclass's field names, each with whether it must be given."""
    return {f.name: _required(f) for f in dataclasses.fields(kind) if f.init}


def load(kind: type[T], values: Mapping[str, Any], *, at: str = "") -> T:
    """An instance of a dataclass from JSON values; unknown names are left out.

    Raises `Invalid` naming the field that is missing or of the wrong type.
    """
    types_by_name = _hints_of.get(kind) or _hints_of.setdefault(kind, get_type_hints(kind))
    arguments = {}
    for name, required in fields_of(kind).items():
        if name in values:
            arguments[name] = _load(types_by_name[name], values[name], f"{at}{name}")
        elif required:
            if _allows_none(types_by_name[name]):
                arguments[name] = None
            else:
                raise Invalid("field_missing", field=f"{at}{name}")
    return kind(**arguments)


def dump(value: Any, *, at: str = "") -> Any:
    """JSON values from a dataclass, date, enumeration, list or map; raises `Invalid` naming the field."""
    if value is None or (isinstance(value, bool | int | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return dump(value.value, at=at)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: dump(getattr(value, f.name), at=f"{at}{f.name}") for f in dataclasses.fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | frozenset | set):
        return [dump(item, at=f"{at}[{n}]") for n, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {str(k): dump(item, at=f"{at}.{k}") for k, item in value.items()}
    raise Invalid("value_not_json", field=at, type=type(value).__name__)


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _allows_none(kind: Any) -> bool:
    return kind is Any or kind is type(None) or type(None) in get_args(kind)


def _load(kind: Any, value: Any, at: str) -> Any:
    origin = get_origin(kind)
    if kind is Any:
        return value
    if origin in (Union, types.UnionType):
        return _load_union(get_args(kind), value, at)
    if origin is Literal:
        return value if value in get_args(kind) else _refuse(kind, value, at)
    if origin in (list, tuple):
        return _load_items(kind, origin, value, at)
    if origin in (dict, Mapping):
        return _load_map(kind, value, at)
    return _load_plain(kind, value, at)


def _load_union(kinds: tuple[Any, ...], value: Any, at: str) -> Any:
    if value is None and type(None) in kinds:
        return None
    for kind in kinds:
        if kind is type(None):
            continue
        try:
            return _load(kind, value, at)
        except Invalid:
            continue
    return _refuse(kinds, value, at)


def _load_items(kind: Any, origin: Any, value: Any, at: str) -> Any:
    if not isinstance(value, list | tuple):
        return _refuse(kind, value, at)
    args = get_args(kind)
    item = args[0] if args else Any
    return origin(_load(item, entry, f"{at}[{n}]") for n, entry in enumerate(value))


def _load_map(kind: Any, value: Any, at: str) -> Any:
    if not isinstance(value, Mapping):
        return _refuse(kind, value, at)
    item = get_args(kind)[1] if get_args(kind) else Any
    return {str(k): _load(item, entry, f"{at}.{k}") for k, entry in value.items()}


def _load_plain(kind: Any, value: Any, at: str) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return load(kind, value, at=f"{at}.") if isinstance(value, Mapping) else _refuse(kind, value, at)
    if not isinstance(kind, type):
        return _refuse(kind, value, at)
    if issubclass(kind, Enum):
        return kind(value) if value in [member.value for member in kind] else _refuse(kind, value, at)
    if kind in (date, datetime) and isinstance(value, str):
        return _load_date(kind, value, at)
    fits = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
    return value if fits else _refuse(kind, value, at)


def _load_date(kind: Any, value: str, at: str) -> Any:
    try:
        return kind.fromisoformat(value)
    except ValueError:
        return _refuse(kind, value, at)


def _refuse(kind: Any, value: Any, at: str) -> Any:
    expected = getattr(kind, "__name__", str(kind))
    raise Invalid("field_type", field=at, expected=expected, given=type(value).__name__)
