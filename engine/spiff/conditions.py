"""Conditional events: asked after each step of the case, since only steps change its data; nothing is polled.

An event comes when its condition becomes true, at once if it holds when it is reached; one that stays armed comes
again only after the condition has been false in between. What is neither true nor false counts as false.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.spiff.case import Case


class Conditions:
    """The conditions that one case waits for, by the numbers of their tokens."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._watched: set[int] = set()

    def watch(self, token: Token) -> None:
        """A token waits for a condition."""
        self._watched.add(token.id)

    def fire(self) -> bool:
        """Let the events come whose condition has become true, oldest first; whether any did."""
        came = False
        for number in sorted(self._watched):
            if not self._case.has(number):
                self._watched.discard(number)
            elif self._has_become_true(self._case.token(number)):
                came = True
                self._case.services.note("condition_met", self._case.token(number).task_spec.node, number, None)
                self._case.fire(number, {})
        return came

    def _has_become_true(self, token: Token) -> bool:
        event, waiting = token.task_spec.waits_for, token.internal_data
        if event is None or event.condition is None or token.state != TaskState.WAITING:
            return False
        before = waiting["held"]
        waiting["held"] = self._case.services.evaluate(event.condition, token.data) is True
        return bool(waiting["held"] and not before)
