"""A decision asked outside any case: for lists and runs that need to know what a table would say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine import cache
from engine.decisions import DecisionError, DecisionModel
from engine.decisions import evaluate as evaluate_decision
from engine.errors import CannotGoOn, Missing
from engine.feel import FeelError, to_json
from engine.host import Host
from kernel.clock import DEFAULT_ZONE


def decide(host: Host, key: str, questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The outputs of the newest version by name, one answer a question; raises `Missing`, `CannotGoOn`."""
    found = cache.latest(host.session, "decision", key)
    if found is None:
        raise Missing("decision_missing", decision=key)
    model, now = cache.decision_of(host.session, found[0]), host.clock.now().astimezone(ZoneInfo(DEFAULT_ZONE))
    return [_answer(host, model, key, inputs, now) for inputs in questions]


def _answer(
    host: Host, model: DecisionModel, key: str, inputs: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    try:
        made = evaluate_decision(model, key, inputs, today=now.date(), now=now, calendar=host.calendar)
        outputs = to_json(made.outputs)
    except (DecisionError, FeelError) as fault:
        raise CannotGoOn(fault.code, **fault.params) from fault
    if not isinstance(outputs, dict):
        raise CannotGoOn("decision_unclear", decision=key, reason="no_outputs")
    return outputs
