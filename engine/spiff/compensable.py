"""What of a diagram can be undone, found once when its specification is built.

Nothing is remembered of an activity that nobody could ever ask to undo: so a loop leaves nothing behind unless the
diagram means it to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.definitions.model import Node, ProcessModel
from engine.spiff.steps import CallStep, InnerStep, Step

if TYPE_CHECKING:
    from engine.spiff.build import ScopeSpec

_THROWING = ("intermediateThrowEvent", "endEvent")
_ASKING = ("compensate", "cancel")


def undoes_its_scope(model: ProcessModel, node: Node) -> bool:
    """Whether an event sub-process is the compensation handler of the sub-process it stands in."""
    starts = [inner for inner in model.children(node.id) if inner.kind == "startEvent"]
    return node.triggered_by_event and any(e.kind == "compensate" for start in starts for e in start.events)


def prepare_compensation(model: ProcessModel, specs: Mapping[str, ScopeSpec]) -> None:
    """Join handlers to what they undo, and mark the scopes and activities that must be remembered."""
    for scope, spec in specs.items():
        for node in model.children(scope):
            handler, activity = spec.task_specs.get(node.undone_by), node.attached_to
            if handler is not None and activity is not None and activity in spec.task_specs:
                spec.handlers[activity] = handler
            step = spec.task_specs[node.id]
            if isinstance(step, InnerStep) and undoes_its_scope(model, node):
                spec.undone_by = step
    asked = _asking_scopes(model)
    for scope, spec in specs.items():
        spec.keeps_records = _is_asked(model, scope, asked)
        for activity in spec.handlers if spec.keeps_records else ():
            step = _innermost(spec, activity)
            # An embedded sub-process is remembered with what is inside, when that has finished.
            step.leaves_record = isinstance(step, CallStep) or not isinstance(step, InnerStep)


def _asking_scopes(model: ProcessModel) -> frozenset[str]:
    """The scopes in which something throws compensation; from an event sub-process it reaches the scope around."""
    found: set[str] = set()
    for node in model.nodes.values():
        if node.kind not in _THROWING or not any(event.kind in _ASKING for event in node.events):
            continue
        scope: str = node.scope
        found.add(scope)
        while (owner := model.nodes.get(scope)) is not None and owner.triggered_by_event:
            scope = owner.scope
            found.add(scope)
    return frozenset(found)


def _is_asked(model: ProcessModel, scope: str, asked: frozenset[str]) -> bool:
    """Whether something inside, or around the sub-process once it has completed, may undo what completed."""
    while scope not in asked:
        owner = model.nodes.get(scope)
        if owner is None:
            return False
        scope = owner.scope
    return True


def _innermost(spec: ScopeSpec, activity: str) -> Step:
    """The step of one instance: a repeated activity is undone once for each."""
    found: Step = spec.task_specs.get(f"{activity} (instance)") or spec.task_specs[activity]
    return found
