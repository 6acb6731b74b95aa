"""Joins for which a token would never come."""

from __future__ import annotations

from collections.abc import Iterable

from engine.spiff.case import Running
from engine.spiff.gateways import ParallelStep

Short = set[tuple[str, str]]


def short_joins(workflows: Iterable[Running]) -> Short:
    """(join, flow) pairs: tokens wait or may come on other flows of the join, but nothing can come on this one."""
    return {pair for workflow in workflows for pair in _short(workflow)}


def _short(workflow: Running) -> Short:
    resting = [token for token in workflow.tokens() if not token.armed]
    found: Short = set()
    for step in workflow.spec.task_specs.values():
        if not isinstance(step, ParallelStep) or len(step.node.incoming) < 2:
            continue
        here = {token.via for token in resting if token.task_spec is step}
        places = {token.task_spec.node.id for token in resting if token.task_spec is not step}
        empty = [
            flow
            for flow in step.node.incoming
            if flow not in here and not places & workflow.spec.reaching(step.node.id, (flow,))
        ]
        if len(empty) < len(step.node.incoming):
            found |= {(step.node.id, flow) for flow in empty}
    return found
