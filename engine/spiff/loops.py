"""Activities that run several times: multi-instance, parallel or in a row, and the standard loop.

The body's token stays while its instances, its children, come and go; each instance has a scope of its own
with the item and ``loopCounter`` (from 0). The completion condition also sees ``nrOfInstances``,
``nrOfActiveInstances``, ``nrOfCompletedInstances`` and the results so far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.definitions.model import Loop, Node
from engine.errors import CannotGoOn
from engine.spiff.scope import Scope
from engine.spiff.steps import Step, arm_boundary, case_of
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.spiff.build import ScopeSpec

MAX_INSTANCES = 1000


class LoopStep(Step):
    """The body; ``inner`` is the activity that is repeated."""

    def __init__(self, spec: ScopeSpec, node: Node, loop: Loop, inner: Step) -> None:
        super().__init__(spec, node)
        self.characteristics = loop
        self.inner = inner
        inner.loop = self

    def _update_hook(self, token: Token) -> bool:
        items = self._items(token)
        token.internal_data.update(items=items, begun=0, done=0, results={})
        if not items and not self.characteristics.standard:
            self._write_results(token)
            return True
        token._set_state(TaskState.STARTED)
        arm_boundary(token)
        for _ in range(1 if self._one_at_a_time else len(items)):
            self._begin_next(token)
        return False

    @property
    def _one_at_a_time(self) -> bool:
        return self.characteristics.sequential or self.characteristics.standard

    def _items(self, token: Token) -> list[Any]:
        loop, services = self.characteristics, case_of(token).services
        if loop.standard:
            return []
        if loop.collection is not None:
            items = services.evaluate(loop.collection, token.data)
            if not isinstance(items, list):
                raise CannotGoOn("loop_needs_list", collection=loop.collection)
        else:
            count = services.evaluate(loop.cardinality or "0", token.data)
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                raise CannotGoOn("loop_needs_number", cardinality=loop.cardinality or "")
            if count > MAX_INSTANCES:
                raise CannotGoOn("loop_too_long", limit=MAX_INSTANCES, count=count)
            items = list(range(count))
        if len(items) > MAX_INSTANCES:
            raise CannotGoOn("loop_too_long", limit=MAX_INSTANCES, count=len(items))
        return items

    def _begin_next(self, token: Token) -> None:
        state = token.internal_data
        number = state["begun"]
        state["begun"] = number + 1
        child = Token(token.workflow, self.inner, token)
        local: dict[str, Any] = {"loopCounter": number}
        if self.characteristics.element and not self.characteristics.standard:
            local[self.characteristics.element] = state["items"][number]
        child.local = Scope(local, token.scope)
        self.inner._update(child)

    def instance_done(self, child: Token) -> None:
        """One instance has finished: begin the next, wait for the others, or leave."""
        token = child.parent
        if token is None:
            return
        state, loop = token.internal_data, self.characteristics
        number, data = child.data["loopCounter"], child.data
        if loop.output_element is not None:
            state["results"][str(number)] = case_of(token).services.evaluate(loop.output_element, data)
        state["done"] += 1
        child.remove()
        if self._is_over(token, data):
            for rival in token.children:
                if rival.task_spec is self.inner:
                    rival.remove()
            self._write_results(token)
            token._ready()
        elif self._one_at_a_time:
            self._begin_next(token)

    def _is_over(self, token: Token, data: dict[str, Any]) -> bool:
        state, loop = token.internal_data, self.characteristics
        if loop.standard and state["begun"] >= MAX_INSTANCES:
            raise CannotGoOn("loop_too_long", limit=MAX_INSTANCES, count=state["begun"])
        if not loop.standard and state["done"] >= len(state["items"]):
            return True
        if loop.until is None:
            return loop.standard
        total = len(state["items"])
        seen = data | {
            "nrOfInstances": total,
            "nrOfCompletedInstances": state["done"],
            "nrOfActiveInstances": state["begun"] - state["done"],
        }
        if loop.output_collection is not None:
            seen[loop.output_collection] = self._results(token)
        said = case_of(token).services.holds(loop.until, seen)
        return not said if loop.standard else said

    def _results(self, token: Token) -> list[Any]:
        results: dict[str, Any] = token.internal_data["results"]
        return [results[number] for number in sorted(results, key=int)]

    def _write_results(self, token: Token) -> None:
        if self.characteristics.output_collection is not None:
            token.scope.write({self.characteristics.output_collection: self._results(token)})
