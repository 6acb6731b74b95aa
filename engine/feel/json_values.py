"""Between FEEL values and the JSON values that process data consist of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal

from engine.feel.errors import FeelError, FeelLimitError
from engine.feel.temporal import format_temporal
from engine.feel.values import Months
from engine.feel.wide import WideDate, WideMoment, WideSpan, WideTime

MAX_NODES = 200_000
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")  # A zero, and halves of signs: no database stores them.


class NotJsonError(FeelError):
    """A FEEL value that process data cannot hold: a broken number, a range, a function."""


def to_json(value: object) -> object:
    """A FEEL value as JSON: whole numbers as int, temporal values as ISO texts.

    Raises NotJsonError (with the path) for fractions, ranges and functions — money is whole fen, so a
    fraction is a rounding that someone forgot — and FeelLimitError for a value too big to store.
    """
    return _Writer().write(value, ())


class _Writer:
    """Counts what it writes, because shared parts of a value multiply when written out."""

    def __init__(self) -> None:
        self.left = MAX_NODES

    def write(self, value: object, path: tuple[str, ...]) -> object:
        self.left -= 1
        if self.left < 0 or len(path) > 100:
            raise FeelLimitError("feel_value_limit", {"limit": MAX_NODES})
        if isinstance(value, str) and _UNWRITABLE.search(value):
            raise NotJsonError("feel_text_unwritable", {"path": ".".join(path)})
        if value is None or isinstance(value, (bool, int, str)):
            return value
        if isinstance(value, Decimal):
            if value != value.to_integral_value() or value.adjusted() >= 34:
                raise NotJsonError("feel_not_whole", {"path": ".".join(path), "value": str(value)[:40]})
            return int(value)
        if isinstance(value, (date, time, timedelta, Months, WideDate, WideTime, WideMoment, WideSpan)):
            return format_temporal(value)
        if isinstance(value, (list, tuple)):
            return [self.write(item, (*path, str(index))) for index, item in enumerate(value, 1)]
        if isinstance(value, Mapping):
            return {self._key(key, path): self.write(item, (*path, str(key))) for key, item in value.items()}
        raise NotJsonError("feel_not_json", {"path": ".".join(path), "kind": type(value).__name__})

    def _key(self, key: object, path: tuple[str, ...]) -> str:
        return str(self.write(str(key), path))


def from_json(value: object) -> object:
    """A JSON value as FEEL: the same, but a float becomes the decimal it is written as.

    Raises NotJsonError for what is no JSON value. ISO texts stay texts; FEEL's ``date(…)`` reads them.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        number = Decimal(repr(value))
        if not number.is_finite():
            raise NotJsonError("feel_not_json", {"kind": "float"})
        return number
    if isinstance(value, (list, tuple)):
        return [from_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): from_json(item) for key, item in value.items()}
    raise NotJsonError("feel_not_json", {"kind": type(value).__name__})
