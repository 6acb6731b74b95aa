"""Errors, escalations and cancelled transactions: who catches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.definitions.model import Node
from engine.errors import CannotGoOn
from engine.spiff.compensation import is_open_again
from engine.spiff.steps import ArmedStart, BoundaryStep, CatchStep
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.spiff.case import Case


class Faults:
    """Hands what is thrown in a case to who catches it."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def throw_error(self, token: Token, code: str, params: dict[str, Any]) -> None:
        """Hand an error to the nearest catcher; raises `CannotGoOn` when nobody catches it.

        The failing activity's own boundary first, a code before a catch-all, then scope by scope outwards.
        """
        if not self._throw(token, "error", code, {"code": code, **params}):
            raise CannotGoOn("error_uncaught", error=code)

    def throw_escalation(self, token: Token, code: str) -> None:
        """Hand an escalation to the nearest catcher; without one it is spent."""
        self._throw(token, "escalation", code, {"code": code})

    def cancel_transaction(self, token: Token) -> None:
        """Leave the transaction that a token stands in by its cancel boundary event."""
        host = self._case.host_of(token.workflow)
        while host is not None and host.task_spec.loop is not None and host.undoes is None:
            host = host.parent
        catcher = None if host is None else _best(host.task_spec.boundary, "cancel", "")
        if host is None or not isinstance(catcher, BoundaryStep):
            raise CannotGoOn("cancel_without_boundary", transaction=token.workflow.spec.name)
        self._catch_at(host, catcher, {})

    def _throw(self, token: Token, kind: str, code: str, payload: dict[str, Any]) -> bool:
        place: Token | None = token
        while place is not None:
            host = place
            if host.task_spec.loop is not None and host.parent is not None and host.undoes is None:
                host = host.parent
            # Whoever undoes a sub-process failed, not the sub-process: its boundary events are over.
            catcher = None if is_open_again(host) else _best(host.task_spec.boundary, kind, code)
            if isinstance(catcher, BoundaryStep):
                self._catch_at(host, catcher, payload)
                return True
            workflow = host.workflow
            armed = _best(workflow.spec.armed, kind, code)
            if isinstance(armed, ArmedStart) and not _is_inside(host, armed):
                armed.fire(Token(workflow, armed, workflow.task_tree), _declared(armed.node, payload))
                return True
            place = self._case.host_of(workflow)
        return False

    def _catch_at(self, host: Token, catcher: BoundaryStep, payload: dict[str, Any]) -> None:
        workflow = host.workflow
        going = Token(workflow, catcher, workflow.task_tree)
        if catcher.node.interrupting:
            self._case.interrupt(host, by=catcher.node.id)
        catcher.take(going, _declared(catcher.node, payload))
        going._ready()


def _best(steps: tuple[CatchStep, ...], kind: str, code: str) -> CatchStep | None:
    """The catcher that names the code, else the one that names none."""
    events = [(step, step.node.event) for step in reversed(steps)]
    fitting = {event.name: step for step, event in events if event is not None and event.kind == kind}
    return fitting.get(code) or fitting.get(None)


def _is_inside(host: Token, armed: ArmedStart) -> bool:
    return host.task_spec is armed.handler


def _declared(node: Node, payload: dict[str, Any]) -> dict[str, Any]:
    """What came with a fault is written only where the diagram asks for it."""
    return payload if node.payload else {}
