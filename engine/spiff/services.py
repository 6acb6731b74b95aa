"""What a running case asks of the engine around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from engine.definitions.model import Event, Node

if TYPE_CHECKING:
    from engine.spiff.build import Bundle


class Parked:
    """The answer of a service task whose handler works outside the transaction."""


PARKED = Parked()


@dataclass(frozen=True)
class TimerPlan:
    """When a timer is due first; for a cycle also how far apart and how many times more (None: for ever).

    Turns of a cycle are counted from ``begin``; ``turn`` is the number of the first.
    """

    due: datetime
    every: str | None = None
    more: int | None = 0
    begin: datetime | None = None
    turn: int = 0


class Services(Protocol):
    """Expressions, handlers, decisions, time and events, as a case needs them."""

    def evaluate(self, text: str, data: Mapping[str, Any]) -> Any:
        """The JSON value of a FEEL text."""
        ...

    def holds(self, text: str, data: Mapping[str, Any]) -> bool:
        """Whether a FEEL condition is true; raises `CannotGoOn` when it is neither true nor false."""
        ...

    def plan_timer(self, event: Event, data: Mapping[str, Any]) -> TimerPlan:
        """When a timer that is reached now is due."""
        ...

    def due_at_turn(self, begin: datetime, every: str, turn: int) -> datetime:
        """When a turn of a cycle is due, counted from its beginning."""
        ...

    def call_handler(self, node: Node, token: int, data: Mapping[str, Any]) -> dict[str, Any] | Parked:
        """Run a service task; the answer is what to write. Raises `BusinessError` for a modelled fault."""
        ...

    def decide(self, node: Node, data: Mapping[str, Any]) -> dict[str, Any]:
        """Evaluate a business-rule task's decision; the answer is what to write."""
        ...

    def throw_message(self, name: str, correlation: dict[str, Any], payload: dict[str, Any]) -> None:
        """Note a message to be published after this step."""
        ...

    def throw_signal(self, name: str, payload: dict[str, Any]) -> None:
        """Note a signal to be broadcast after this step."""
        ...

    def note(self, code: str, node: Node, token: int, via: str | None, **params: Any) -> None:
        """Note a history event."""
        ...

    def called(self, key: str) -> Bundle:
        """The latest version of a process that a call activity names; raises `CannotGoOn` without one."""
        ...

    def bundle(self, definition_id: str) -> Bundle:
        """The parsed definition of a running call."""
        ...
