"""What a list can be narrowed by beside its box: facts, dates, marks; each an argument of its address.

A value is kept as people type it, so that it can be shown again; what cannot be read narrows nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from engine.api import TaskFilter
from kernel.clock import Clock
from webapp.language import N_

SOON_DAYS = 3  # For tasks whose diagram does not say when to warn.
_LONGEST = 100
_MOST_DAYS = 3650


@dataclass(frozen=True)
class Criterion:
    """One field of the form: ``kind`` is text, yuan, percent, days, whole or flag; ``fact`` what it asks about."""

    name: str
    label: str
    kind: str
    fact: str = ""
    operator: str = "="


CRITERIA = (
    Criterion("unit", N_("Unit"), "text", "unit", "contains"),
    Criterion("customer", N_("Customer"), "text", "customer", "contains"),
    Criterion("amount_from", N_("Amount from"), "yuan", "amount_fen", ">="),
    Criterion("amount_to", N_("Amount to"), "yuan", "amount_fen", "<="),
    Criterion("discount_from", N_("Discount from"), "percent", "effective_discount_bp", ">="),
    Criterion("discount_to", N_("Discount to"), "percent", "effective_discount_bp", "<="),
    Criterion("late", N_("Days late, at least"), "days"),
    Criterion("left", N_("Days left, at most"), "days"),
    Criterion("waiting", N_("Days waiting, at least"), "days"),
    Criterion("priority", N_("Priority from"), "whole"),
    Criterion("floor", N_("Below the floor price"), "flag", "below_floor"),
    Criterion("unread", N_("Unread only"), "flag"),
)
BY_NAME = {criterion.name: criterion for criterion in CRITERIA}
_HUNDREDFOLD = frozenset({"yuan", "percent"})


def read_criteria(arguments: Mapping[str, str]) -> dict[str, str]:
    """Those of the arguments that are criteria and can be read, as they were typed."""
    given = {c.name: arguments.get(c.name, "").strip()[:_LONGEST] for c in CRITERIA}
    return {name: text for name, text in given.items() if _value(BY_NAME[name].kind, text) is not None}


def facts_asked(criteria: Iterable[str]) -> list[str]:
    """The business facts that some criteria ask about."""
    return sorted({BY_NAME[name].fact for name in criteria if BY_NAME[name].fact})


def comparisons(criteria: Mapping[str, str]) -> tuple[tuple[str, str, Any], ...]:
    """What they ask of business facts, as the engine is asked."""
    asked = [(BY_NAME[name], text) for name, text in criteria.items()]
    return tuple((c.fact, c.operator, _value(c.kind, text)) for c, text in asked if c.fact)


def in_time(criteria: Mapping[str, str], due: str, clock: Clock, zone: str) -> dict[str, Any]:
    """The bounds of due and beginning that criteria and ``due`` (late, soon, none) come to, the tightest of each.

    Days are counted in ``zone``, as lists show them.
    """
    days = {name: int(text) for name, text in criteria.items() if BY_NAME[name].kind == "days"}
    before: list[datetime] = [clock.now()] if due == "late" else []
    if "late" in days:
        before.append(_begin(clock, zone, 1 - days["late"]) if days["late"] else clock.now())
    if "left" in days:
        before.append(_begin(clock, zone, days["left"] + 1))
    waiting = days.get("waiting", 0)
    return {
        "due_from": clock.now() if "left" in days else None,
        "due_before": min(before) if before else None,
        "without_due": due == "none",
        "soon": (clock.now(), _begin(clock, zone, SOON_DAYS + 1)) if due == "soon" else None,
        "created_before": _begin(clock, zone, 1 - waiting) if waiting else None,
    }


def narrowed(wanted: TaskFilter, criteria: Mapping[str, str]) -> dict[str, Any]:
    """What of a filter's other fields criteria fill."""
    priority = criteria.get("priority")
    return {
        "compared": (*wanted.compared, *comparisons(criteria)),
        "priority_from": int(priority) if priority else None,
        "unread": "unread" in criteria,
    }


def _begin(clock: Clock, zone: str, days: int) -> datetime:
    """The first instant of a day counted from today."""
    here = ZoneInfo(zone)
    return datetime.combine(clock.now().astimezone(here).date() + timedelta(days=days), time(), tzinfo=here)


def _value(kind: str, text: str) -> Any:
    """What a text means, or None."""
    if kind == "text":
        return text or None
    if kind == "flag":
        return True if text == "1" else None
    number = _number(text)
    if number is None:
        return None
    if kind in _HUNDREDFOLD:
        return int(number * 100)
    return int(number) if number == int(number) and number <= _MOST_DAYS else None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number < 10**13 else None
