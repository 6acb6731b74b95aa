"""Whether a token that stands at one step can stand at another, with what it carries."""

from __future__ import annotations

from collections.abc import Callable

from engine.spiff.loops import LoopStep
from engine.spiff.steps import CallStep, CatchStep, ServiceStep, Step


def misfit(old: Step, new: Step) -> str | None:
    """The code of why not, or None when it can."""
    if isinstance(old, LoopStep) and isinstance(new, LoopStep):
        return "migrate_loop_changed" if _turns(old) != _turns(new) else misfit(old.inner, new.inner)
    if isinstance(old, LoopStep) or isinstance(new, LoopStep):
        return "migrate_loop_changed"
    if type(old) is not type(new) or old.node.triggered_by_event != new.node.triggered_by_event:
        return "migrate_kind_changed"
    carried = _CARRIED.get(type(old))
    return carried[1] if carried is not None and carried[0](old) != carried[0](new) else None


def event_kind(step: Step) -> str | None:
    """The kind of event a step waits for; None when it waits for none."""
    event = step.waits_for if isinstance(step, CatchStep) else None
    return event.kind if event is not None else None


def waits_otherwise(old: Step, new: Step) -> bool:
    """Whether the diagram now names another message, signal, correlation or time."""
    if not isinstance(old, CatchStep) or not isinstance(new, CatchStep):
        return False
    before, after = old.waits_for, new.waits_for
    if before is None or after is None:
        return before is not after
    if before.kind == "timer":
        times = [(e.timer_kind, e.timer and e.timer.text, e.working_days) for e in (before, after)]
        return times[0] != times[1]
    if before.kind == "conditional":
        return before.condition != after.condition or old.node.id != new.node.id
    keys = [{m.name: m.value for m in step.node.correlation} for step in (old, new)]
    return before.name != after.name or keys[0] != keys[1]


def _turns(step: LoopStep) -> tuple[object, ...]:
    loop = step.characteristics
    return loop.sequential, loop.standard, loop.element, loop.output_element is None


def _handler(step: Step) -> str | None:
    return step.node.handler.name if step.node.handler is not None else None


def _called(step: Step) -> str | None:
    return step.node.call.key if step.node.call is not None else None


# What a resting token holds on to, by kind of step: it must be the same at the new one.
_CARRIED: dict[type[Step], tuple[Callable[[Step], str | None], str]] = {
    CatchStep: (event_kind, "migrate_event_changed"),
    ServiceStep: (_handler, "migrate_handler_changed"),
    CallStep: (_called, "migrate_called_changed"),
}
