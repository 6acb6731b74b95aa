"""Process data holds JSON values only: texts, whole numbers, truth values, nothing, lists and maps.

Fractions and dates have their own spelling (fen, basis points, ISO texts), so anything else is refused where it
enters rather than rounded somewhere later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.errors import Invalid

MAX_DEPTH = 20
MAX_TEXT = 1_000_000
MAX_NAME = 255
# PostgreSQL stores neither a zero nor half of a sign; SQLite would, and then only one of them could hold the case.
UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
RESERVED = frozenset({"typename"})


def checked(value: Any, field: str, *, depth: int = 0) -> Any:
    """The value itself, copied, if it is JSON; raises `Invalid` naming the field otherwise."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise Invalid("value_too_long", field=field, limit=MAX_TEXT)
        if UNWRITABLE.search(value):
            raise Invalid("value_unwritable", field=field)
        return value
    if depth >= MAX_DEPTH:
        raise Invalid("value_too_deep", field=field, limit=MAX_DEPTH)
    if isinstance(value, list | tuple):
        return [checked(item, f"{field}[{n}]", depth=depth + 1) for n, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {_key(k, field): checked(item, f"{field}.{k}", depth=depth + 1) for k, item in value.items()}
    raise Invalid("value_not_json", field=field, type=type(value).__name__)


def checked_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Checked process data; reserved names (``typename``, a leading underscore) are refused too."""
    for name in data:
        if not isinstance(name, str) or name.startswith("_") or name in RESERVED:
            raise Invalid("name_reserved", field=str(name))
        _key(name, "name")
    return {name: checked(value, name) for name, value in data.items()}


def checked_name(name: str, field: str) -> str:
    """The name of a message or signal, or a business key; raises `Invalid` for what no column holds."""
    if len(name) > MAX_NAME:
        raise Invalid("value_too_long", field=field, limit=MAX_NAME)
    checked(name, field)
    return name


def _key(key: object, field: str) -> str:
    if not isinstance(key, str):
        raise Invalid("value_not_json", field=field, type=type(key).__name__)
    if UNWRITABLE.search(key):
        raise Invalid("value_unwritable", field=field)
    return key
