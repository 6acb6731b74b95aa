"""The built-in functions, one module for each family; importing this package registers them all."""

from engine.feel.builtins import (
    contexts,
    conversion,
    lists,
    numeric,
    people,
    ranges,
    statistics,
    strings,
    temporal,
    working_days,
)
from engine.feel.builtins.registry import BUILTINS

__all__ = [
    "BUILTINS",
    "contexts",
    "conversion",
    "lists",
    "numeric",
    "people",
    "ranges",
    "statistics",
    "strings",
    "temporal",
    "working_days",
]
