"""A token: SpiffWorkflow's task, numbered within its instance, silent, with data from its scope.

Met here: data shared by shallow copies between finished ancestors and siblings (scopes instead), the log that
carries process data, recursion over ancestors, and clock reads for the order of tasks (numbers instead).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.spiff.scope import Scope

if TYPE_CHECKING:
    from engine.spiff.steps import Step

OPEN = TaskState.NOT_FINISHED_MASK


class Token(Task):  # type: ignore[misc]
    """Stands at a step. ``via`` is the flow it came by, ``armed`` says that it waits beside the course of things.

    Children are only what hangs on an activity while it is open: boundary events, loop instances, the events
    after an event-based gateway. ``local`` is a scope of the token's own (a loop instance) or None.
    """

    def __init__(
        self,
        workflow: Any,
        step: Step,
        parent: Token | None = None,
        state: int = TaskState.FUTURE,
        number: int | None = None,
    ) -> None:
        self.id = workflow.top_workflow.next_number() if number is None else number
        self.workflow = workflow
        workflow.tasks[self.id] = self
        self._parent = parent.id if parent is not None else None
        self._children: list[int] = []
        self._state = state
        self.triggered = False
        self.task_spec = step
        self.thread_id = 0
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = self.id
        self.local: Scope | None = None
        self.via: str | None = None
        self.armed = False
        if parent is not None:
            parent._children.append(self.id)

    @property
    def scope(self) -> Scope:
        """Where the token reads and writes data."""
        if self.local is not None:
            return self.local
        scope: Scope = self.workflow.scope
        return scope

    @property
    def data(self) -> dict[str, Any]:
        """What SpiffWorkflow's own code reads: everything visible."""
        return self.scope.read()

    @property
    def undoes(self) -> tuple[int, str] | None:
        """For a token that compensates: the token that asked for it, and the element that is undone."""
        said = self.internal_data.get("undoes")
        return None if said is None else (said[0], said[1])

    @undoes.setter
    def undoes(self, said: tuple[int, str]) -> None:
        self.internal_data["undoes"] = list(said)

    @property
    def is_open(self) -> bool:
        """Whether it is neither finished nor removed."""
        return bool(self._state & OPEN)

    def _set_state(self, value: int) -> None:
        self._state = value

    def _inherit_data(self) -> None:
        """Nothing to inherit: data lives in scopes."""

    def _ready(self) -> None:
        self._set_state(TaskState.READY)
        if not self.task_spec.manual:
            self.workflow.top_workflow.ready.append(self)

    def remove(self) -> None:
        """Take the token and what hangs on it out of the instance, whatever it was doing."""
        for child in self.children:
            child.remove()
        self.workflow.top_workflow.end_inner(self)
        parent = self.parent
        if parent is not None:
            parent._children.remove(self.id)
        self._state = TaskState.CANCELLED if self.is_open else self._state
        self.workflow.tasks.pop(self.id, None)

    def hang_on(self, parent: Token) -> None:
        """Move the token under another one."""
        former = self.parent
        if former is not None:
            former._children.remove(self.id)
        self._parent = parent.id
        parent._children.append(self.id)
