"""A specification's print: two are equal as long as nobody has changed what instances share."""

from __future__ import annotations

from typing import Any

from engine.spiff.build import Bundle, ScopeSpec
from engine.spiff.steps import Step


def print_of(bundle: Bundle) -> dict[str, Any]:
    """Everything that a specification is made of, to be compared before and after."""
    return {spec.name: _print_of_scope(spec) for spec in (bundle.spec, *bundle.scopes.values())}


def _print_of_scope(spec: ScopeSpec) -> dict[str, Any]:
    steps = {
        name: ([*step._outputs], [*step._inputs], step.flows, [b.name for b in step.boundary], sorted(vars(step)))
        for name, step in spec.task_specs.items()
        if isinstance(step, Step)
    }
    return {"steps": steps, "armed": [armed.name for armed in spec.armed], "first": spec.first and spec.first.name}
