"""Gateways: choices in document order, joins that count the tokens waiting at them.

Met here: an exclusive gateway decides in the order of the file, not by the height of the shapes; a join
consumes exactly one token per incoming flow, so excess tokens stay and loops stay right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.definitions.model import Flow
from engine.errors import CannotGoOn
from engine.spiff.steps import Step, holds
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.spiff.build import ScopeSpec


class ExclusiveStep(Step):
    """Leaves by the first flow whose condition holds, in document order, else by the default."""

    def chosen(self, token: Token) -> list[Flow]:
        """Exactly one flow; raises `CannotGoOn` when none is open."""
        default = self.node.default
        for flow in self.flows:
            if flow.id != default and holds(token, flow):
                return [flow]
        return one_or_error([f for f in self.flows if f.id == default])


class InclusiveStep(Step):
    """Leaves by every flow whose condition holds; waits for every token that can still come."""

    def _update_hook(self, token: Token) -> bool:
        if len(self.node.incoming) < 2:
            return True
        token._set_state(TaskState.WAITING)
        return False

    def chosen(self, token: Token) -> list[Flow]:
        """One or more flows; raises `CannotGoOn` when none is open."""
        taken = [f for f in self.flows if f.id != self.node.default and holds(token, f)]
        return taken or one_or_error([f for f in self.flows if f.id == self.node.default])

    def try_join(self, token: Token) -> bool:
        """Go on unless a token elsewhere can still come by an empty flow.

        BPMN does not wait for one that can also come by a flow whose token is here already: a reminder beside a
        running activity, or two joins that would wait for each other.
        """
        here = [t for t in token.workflow.tokens() if t.task_spec is self and t.state == TaskState.WAITING]
        arrived = {t.via for t in here}
        empty = tuple(flow for flow in self.node.incoming if flow not in arrived)
        filled = tuple(flow for flow in self.node.incoming if flow in arrived)
        spec: ScopeSpec = token.workflow.spec
        awaited = spec.reaching(self.node.id, empty) - spec.reaching(self.node.id, filled)
        if any(t.task_spec.node.id in awaited for t in token.workflow.tokens() if t not in here and not t.armed):
            return False
        for other in first_per_flow(here).values():
            if other is not token:
                other.remove()
        token._ready()
        return True


class ParallelStep(Step):
    """Waits for one token on each incoming flow, leaves by all."""

    def _update_hook(self, token: Token) -> bool:
        if len(self.node.incoming) < 2:
            return True
        token._set_state(TaskState.WAITING)
        here = [t for t in token.workflow.tokens() if t.task_spec is self and t.state == TaskState.WAITING]
        per_flow = first_per_flow(here)
        if len(per_flow) < len(self.node.incoming):
            return False
        per_flow[token.via] = token
        for other in per_flow.values():
            if other is not token:
                other.remove()
        return True

    def chosen(self, token: Token) -> list[Flow]:
        """All flows; conditions have no meaning here."""
        return list(self.flows)


class EventStep(Step):
    """Waits for the first of the events that follow it."""

    def _update_hook(self, token: Token) -> bool:
        token._set_state(TaskState.STARTED)
        for flow in self.flows:
            step = token.workflow.spec.task_specs[flow.target]
            child = Token(token.workflow, step, token)
            child.via = flow.id
            step._update(child)
        return False


def first_per_flow(tokens: list[Token]) -> dict[str | None, Token]:
    """The longest waiting token of each incoming flow."""
    found: dict[str | None, Token] = {}
    for token in tokens:
        found.setdefault(token.via, token)
    return found


def one_or_error(default: list[Flow]) -> list[Flow]:
    """The default flow; raises `CannotGoOn` without one."""
    if not default:
        raise CannotGoOn("no_flow_open")
    return default
