"""Makes decisions, decision services and business knowledge models of a file, and says how they came about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.decisions import model as m
from engine.decisions.boxed import FiredRule
from engine.decisions.errors import DecisionMissing
from engine.decisions.maker import Maker
from engine.feel import DEFAULT, FeelLimitError, FeelWarning, Limits, Run, WorkingCalendar


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What was decided.

    ``value`` is the decision's FEEL value; ``outputs`` the same by name: the columns of a single hit, else
    the decision's name (or its only column's) with the value. ``decisions`` has every decision made on the
    way, by name. ``warnings`` say why nulls within were null.
    """

    value: object
    outputs: dict[str, object]
    fired: list[FiredRule]
    decisions: dict[str, object]
    warnings: tuple[FeelWarning, ...]


def evaluate(
    model: m.DecisionModel,
    decision_id: str,
    inputs: Mapping[str, object],
    *,
    today: date | None = None,
    now: datetime | None = None,
    calendar: WorkingCalendar | None = None,
    limits: Limits = DEFAULT,
    strict: bool = True,
) -> DecisionResult:
    """Make a decision (by its id or name) from input values by name; else a service, else a knowledge model.

    Nothing of an earlier decision is kept. Raises DecisionMissing, DecisionBroken, NoRuleMatched,
    RulesOverlap, OutputInvalid, and FeelLimitError when a limit is passed. If not ``strict``, all but the
    first and the last of these are null with a warning, as the standard has it.
    """
    decision = model.decision(decision_id)
    if decision is None:
        other = evaluate_service if model.service(decision_id) is not None else evaluate_knowledge
        return other(
            model, decision_id, inputs, today=today, now=now, calendar=calendar, limits=limits, strict=strict
        )
    run = Run(limits, today, now, calendar)
    maker = Maker(model, inputs, run, strict=strict)
    _bounded(lambda: maker.make_all([decision.element_id]), limits)
    value = maker.made.get(decision.element_id)
    names = {model.decisions[key].name: made for key, made in maker.made.items()}
    return DecisionResult(value, _outputs(decision, value), maker.fired, names, tuple(run.warnings or ()))


def evaluate_service(
    model: m.DecisionModel,
    service_id: str,
    inputs: Mapping[str, object],
    *,
    today: date | None = None,
    now: datetime | None = None,
    calendar: WorkingCalendar | None = None,
    limits: Limits = DEFAULT,
    strict: bool = True,
) -> DecisionResult:
    """Make the output decisions of a decision service (by its id or name); raises as ``evaluate`` does."""
    service = model.service(service_id)
    if service is None:
        raise DecisionMissing("decision_not_found", decision=service_id[:100])
    run = Run(limits, today, now, calendar)
    maker = Maker(model, inputs, run, strict=strict)
    value = _bounded(lambda: maker.serve(service), limits)
    names = {model.decisions[key].name: maker.made.get(key) for key in service.outputs if key in model.decisions}
    return DecisionResult(value, names, maker.fired, names, tuple(run.warnings or ()))


def evaluate_knowledge(
    model: m.DecisionModel,
    knowledge_id: str,
    arguments: Mapping[str, object],
    *,
    today: date | None = None,
    now: datetime | None = None,
    calendar: WorkingCalendar | None = None,
    limits: Limits = DEFAULT,
    strict: bool = True,
) -> DecisionResult:
    """Call a business knowledge model (by its id or name) with arguments by name; raises as ``evaluate`` does."""
    knowledge = model.knowledge_model(knowledge_id)
    if knowledge is None:
        raise DecisionMissing("decision_not_found", decision=knowledge_id[:100])
    run = Run(limits, today, now, calendar)
    maker = Maker(model, {}, run, strict=strict)
    value = _bounded(lambda: maker.call_knowledge(knowledge, arguments), limits)
    return DecisionResult(value, {knowledge.name: value}, maker.fired, {}, tuple(run.warnings or ()))


def _bounded(work: Callable[[], object], limits: Limits) -> object:
    """What the work gives; too deep a recursion of Python's passes a limit of ours."""
    try:
        return work()
    except RecursionError:
        raise FeelLimitError("feel_depth_limit", {"limit": limits.depth}) from None


def _outputs(decision: m.Decision, value: object) -> dict[str, object]:
    logic = decision.logic
    if isinstance(logic, m.Table):
        if len(logic.outputs) == 1:
            return {logic.outputs[0].name or decision.name: value}
        if isinstance(value, dict):
            return dict(value)
    return {decision.name: value}
