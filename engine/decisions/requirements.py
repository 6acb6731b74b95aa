"""Which decisions must be made before which, without recursion and without circles."""

from __future__ import annotations

from collections.abc import Sequence

from engine.decisions.errors import DecisionBroken
from engine.decisions.model import DecisionModel


def needed_decisions(
    model: DecisionModel,
    wanted: Sequence[str],
    *,
    given: frozenset[str] = frozenset(),
    strict: bool = True,
) -> list[str]:
    """Ids of the wanted decisions and all they require, each after what it requires.

    Those already ``given`` are left out. Raises DecisionBroken when a decision requires itself or
    something that is not in the file; if not ``strict`` such a requirement counts for nothing.
    """
    order: list[str] = []
    state: dict[str, bool] = dict.fromkeys(given, True)
    waiting = [(key, False) for key in reversed(wanted)]
    while waiting:
        key, expanded = waiting.pop()
        if expanded:
            state[key] = True
            order.append(key)
        elif key not in state:
            state[key] = False
            waiting.append((key, True))
            required = _required(model, key, strict=strict)
            waiting.extend((target, False) for target in required if target not in given)
        elif strict and not state[key]:
            decision = model.decisions[key]
            raise DecisionBroken("decision_circle", element_id=key, decision=decision.name)
    return order


def _required(model: DecisionModel, key: str, *, strict: bool) -> list[str]:
    decision = model.decisions[key]
    found = []
    for requirement in decision.requirements:
        target = requirement.target
        held = model.holds(requirement)
        if not held and (not strict or model.imported(requirement.namespace) is not None):
            continue
        if strict and not (held and known(model, target)):
            raise DecisionBroken(
                "decision_requirement_missing", element_id=key, decision=decision.name, target=target
            )
        if target in model.decisions:
            found.append(target)
    return found


def known(model: DecisionModel, target: str) -> bool:
    """Whether an id names something that can be required."""
    return any(target in part for part in (model.decisions, model.inputs, model.knowledge, model.services))
