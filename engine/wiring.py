"""What a deployment may refer to, taken from the handler registry and the forms room."""

from __future__ import annotations

from collections.abc import Collection

from engine import shapes
from engine.definitions.wiring import HandlerFacts, Wiring
from engine.handlers import HandlerRegistry
from engine.ports import FormValidator


def wiring_of(
    registry: HandlerRegistry,
    forms: FormValidator,
    *,
    roles: frozenset[str] | None = None,
    processes: frozenset[str] = frozenset(),
    decisions: frozenset[str] = frozenset(),
) -> Wiring:
    """The surroundings of a deployment; ``processes`` and ``decisions`` are the keys deployed already."""

    def handler(name: str) -> HandlerFacts | None:
        known = registry.handlers.get(name)
        if known is None:
            return None
        inputs = shapes.fields_of(known.takes) if known.takes is not None else {}
        outputs = shapes.fields_of(known.gives) if known.gives is not None else {}
        return HandlerFacts(inputs, frozenset(outputs), known.errors)

    def form_fields(form_key: str) -> Collection[str] | None:
        return forms.fields(form_key) if forms.exists(form_key) else None

    return Wiring(handler, form_fields, roles, processes, decisions)
