"""Activities that run several times: multi-instance, parallel or in a row, and the standard loop.

The body's token stays while its instances, its children, come and go; each instance has a scope of its own
with the item and ``loopCounter`` (from 0), and sees ``nrOfInstances``, ``nrOfActiveInstances`` and
``nrOfCompletedInstances`` of its body. The completion condition sees the results so far as well. A standard loop
has no counters but ``loopCounter``.
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
        if self.characteristics.standard:
            if not self._may_begin(token):
                return True
        elif not items:
            self._write_results(token)
            return True
        else:
            token.local = Scope({}, token.workflow.scope)
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
        self._count(token)
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
        state["done"] += 1
        self._count(token)
        data = child.data
        if loop.output_element is not None:
            number = str(data["loopCounter"])
            state["results"][number] = case_of(token).services.evaluate(loop.output_element, data)
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
        if loop.standard:
            return not self._goes_on(token, data)
        if state["done"] >= len(state["items"]):
            return True
        if loop.until is None:
            return False
        seen = data | _counters(state)
        if loop.output_collection is not None:
            seen[loop.output_collection] = self._results(token)
        return case_of(token).services.holds(loop.until, seen)

    def _may_begin(self, token: Token) -> bool:
        """Whether a standard loop has a first turn: always, unless it asks before."""
        loop = self.characteristics
        if loop.maximum == 0:
            return False
        if not loop.asks_before or loop.until is None:
            return True
        return case_of(token).services.holds(loop.until, token.data | {"loopCounter": 0})

    def _goes_on(self, token: Token, data: dict[str, Any]) -> bool:
        """Whether a standard loop has another turn."""
        loop, turns = self.characteristics, token.internal_data["begun"]
        if loop.maximum is not None and turns >= loop.maximum:
            return False
        if loop.until is None:
            return loop.maximum is not None
        if not case_of(token).services.holds(loop.until, data):
            return False
        if turns >= MAX_INSTANCES:
            raise CannotGoOn("loop_too_long", limit=MAX_INSTANCES, count=turns)
        return True

    def _count(self, token: Token) -> None:
        """Let the instances see how far their loop is."""
        if token.local is not None:
            token.local.values.update(_counters(token.internal_data))

    def _results(self, token: Token) -> list[Any]:
        results: dict[str, Any] = token.internal_data["results"]
        return [results[number] for number in sorted(results, key=int)]

    def _write_results(self, token: Token) -> None:
        if self.characteristics.output_collection is not None:
            token.scope.write({self.characteristics.output_collection: self._results(token)})


def _counters(state: dict[str, Any]) -> dict[str, Any]:
    return {
        "nrOfInstances": len(state["items"]),
        "nrOfActiveInstances": state["begun"] - state["done"],
        "nrOfCompletedInstances": state["done"],
    }
