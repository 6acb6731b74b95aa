"""What a diagram may refer to: the checks ask here, so that they depend on no registry, form or role table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class HandlerFacts:
    """A handler as the checks see it: input names with whether each is required, output names, error codes."""

    inputs: Mapping[str, bool]
    outputs: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()


def _nothing(_name: str) -> None:
    return None


@dataclass(frozen=True)
class Wiring:
    """The surroundings of a deployment.

    ``handler`` and ``form_fields`` answer None for what does not exist. ``roles`` None means: not checked.
    ``processes`` and ``decisions`` are the keys already deployed; those of the same deployment count as well.
    """

    handler: Callable[[str], HandlerFacts | None] = _nothing
    form_fields: Callable[[str], Collection[str] | None] = _nothing
    roles: frozenset[str] | None = None
    processes: frozenset[str] = field(default_factory=frozenset)
    decisions: frozenset[str] = field(default_factory=frozenset)
