"""Business facts as people write them in a query: ``amount_fen>=100000``, ``unit=3栋 1201``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from kernel.errors import Invalid

_COMPARED = re.compile(r"(\w+)\s*(<=|>=|=|<|>)\s*(.*)", re.DOTALL)


def read_facts(written: Iterable[str]) -> dict[str, tuple[str, Any]]:
    """Facts by name with operator and value: a whole number, a day, yes or no (``true``, ``false``), else a text.

    Raises `Invalid` for what is no comparison.
    """
    found = {}
    for one in written:
        parts = _COMPARED.fullmatch(one.strip())
        if parts is None:
            raise Invalid("fact_unreadable", field="fact", given=one)
        found[parts[1]] = (parts[2], _value(parts[3].strip()))
    return found


def _value(text: str) -> Any:
    if re.fullmatch(r"-?\d{1,18}", text):
        return int(text)
    if text in ("true", "false"):
        return text == "true"
    try:
        return date.fromisoformat(text) if len(text) == len("2026-03-02") else text
    except ValueError:
        return text
