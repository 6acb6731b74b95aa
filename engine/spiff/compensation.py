"""Compensation: completed activities are undone by their handlers, latest first, each once.

A scope remembers what completed in it (`Records`), if something could ever undo it. A throw event takes the
records out and is the driver: it lets one handler after the other run, those at once that did not depend on each
other, and goes on when the last one is done. A sub-process without a handler of its own is opened again with the
data of its instance and undone from inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.definitions.model import Event
from engine.errors import CannotGoOn
from engine.spiff.records import Record, Records
from engine.spiff.scope import Scope
from engine.spiff.steps import CallStep, Step, ThrowStep
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.spiff.case import Case
    from engine.spiff.inner import Inner, Running

# Details of a driver: what is left, as [scope, runs], and what runs now, as [number, element, turn, scope]. A
# scope is named by the token that it runs in, or None for the process.
LEFT, NOW = "left", "now"


class Compensation:
    """Remembers and undoes the completed activities of one case."""

    def __init__(self, case: Case) -> None:
        self._case = case

    # Remembering

    def note_completed(self, token: Token) -> None:
        """Remember an activity that has a handler; an embedded sub-process is remembered with what is inside."""
        step, workflow = token.task_spec, token.workflow
        if step.node.id in workflow.spec.handlers:
            workflow.records.add(_record(token))

    def note_inner(self, host: Token, inner: Inner) -> None:
        """Remember a completed sub-process: by its own handler, else by what completed inside."""
        spec = host.workflow.spec
        if host.undoes is not None or isinstance(host.task_spec, CallStep) or not spec.keeps_records:
            return
        if host.task_spec.node.id in spec.handlers:
            host.workflow.records.add(_record(host))
        elif inner.records or inner.spec.undone_by is not None:
            host.workflow.records.add({**_record(host), "i": inner.records.runs})

    # Undoing

    def throw(self, token: Token, event: Event) -> bool:
        """Undo what the event names; whether the token may go on at once."""
        left = list(self._collect(token, event.activity))
        if not left:
            return True
        driver = token
        if not event.waits:
            driver = Token(token.workflow, token.task_spec, token.workflow.task_tree, TaskState.STARTED)
            driver.internal_data["beside"] = True
        self._drive(driver, left)
        return not event.waits

    def undo_beside(self, workflow: Running, step: Step, taken: Records) -> None:
        """Undo records that were taken out of a scope, while the case goes on from ``step``."""
        outer = self._case.host_of(workflow)
        driver = Token(workflow, step, workflow.task_tree, TaskState.STARTED)
        driver.internal_data["beside"] = True
        self._drive(driver, [[outer.id if outer is not None else None, taken.runs]])

    def _collect(self, token: Token, activity: str | None) -> Iterator[list[Any]]:
        """The records to undo scope by scope, outermost first: an event sub-process undoes its parent's too."""
        workflow: Running = token.workflow
        scopes = [workflow]
        while (host := self._case.host_of(workflow)) is not None and host.task_spec.node.triggered_by_event:
            workflow = host.workflow
            scopes.append(workflow)
        for scope in reversed(scopes):
            taken = scope.records.take(lambda record: activity in (None, record["e"]))
            if taken:
                outer = self._case.host_of(scope)
                yield [outer.id if outer is not None else None, taken.runs]

    def _drive(self, driver: Token, left: list[Any]) -> None:
        driver.internal_data.update({LEFT: left, NOW: []})
        self._go_on(driver)

    def _go_on(self, driver: Token) -> None:
        """Begin every handler that need not wait for one that runs; without any left the driver goes on."""
        state = driver.internal_data
        while state[LEFT]:
            number, runs = state[LEFT][-1]
            workflow, records = self._scope(number), Records(runs)
            record = records.last()
            if record is None:
                state[LEFT].pop()
            elif any(_must_wait(workflow, number, record, running) for running in state[NOW]):
                return
            else:
                records.pop()
                self._begin(driver, number, record)
        if not state[NOW]:
            self._finished(driver)

    def _scope(self, number: int | None) -> Running:
        return self._case if number is None else self._case.subprocesses[number]

    def _begin(self, driver: Token, scope: int | None, record: Record) -> None:
        workflow, element = self._scope(scope), record["e"]
        steps = workflow.spec.task_specs
        step = workflow.spec.handlers.get(element) or steps.get(f"{element} (instance)") or steps.get(element)
        if step is None:
            raise CannotGoOn("compensation_gone", element=element)
        token = Token(workflow, step, workflow.task_tree)
        token.undoes = (driver.id, element)
        driver.internal_data[NOW].append([token.id, element, _turn(workflow, record), scope])
        if record.get("v") is not None:
            token.local = Scope(dict(record["v"]), workflow.scope)
        if element in workflow.spec.handlers:
            step._update(token)
        else:
            self._reopen(token, deepcopy(record["i"]))

    def _reopen(self, host: Token, runs: list[Any]) -> None:
        """Undo a completed sub-process from inside: by its compensation event sub-process, else what completed."""
        host._set_state(TaskState.STARTED)
        inner = self._case.open_again(host)
        handler = inner.spec.undone_by
        if handler is None:
            self._drive(host, [[host.id, runs]])
        else:
            inner.records = Records(runs)
            handler._update(Token(inner, handler, inner.task_tree))

    def handler_done(self, token: Token) -> None:
        """A handler, or a sub-process opened again, has finished."""
        (_, element), step = token.undoes or (0, ""), token.task_spec
        original = token.workflow.spec.task_specs[element].node
        if step.node.id != element:
            self._case.note_left(token)
        self._case.services.note("element_compensated", original, token.id, None, by=step.node.id)
        workflow = token.workflow
        token.remove()
        self.handler_gone(token)
        workflow.finish_if_empty()

    def handler_gone(self, token: Token) -> None:
        """A handler's token is no longer there, so the next may run."""
        if token.undoes is None or not self._case.has(token.undoes[0]):
            return
        driver = self._case.token(token.undoes[0])
        driver.internal_data[NOW] = [running for running in driver.internal_data[NOW] if running[0] != token.id]
        self._go_on(driver)

    def _finished(self, driver: Token) -> None:
        del driver.internal_data[LEFT], driver.internal_data[NOW]
        step = driver.task_spec
        if driver.internal_data.pop("beside", False):
            driver.remove()
            driver.workflow.finish_if_empty()
        elif isinstance(step, ThrowStep):
            step.compensated(driver)


def is_open_again(token: Token) -> bool:
    """Whether a sub-process stands there only to be undone from inside."""
    return token.undoes is not None and token.undoes[1] == token.task_spec.node.id


def _record(token: Token) -> Record:
    record: Record = {"e": token.task_spec.node.id}
    if token.local is not None:
        record["v"] = dict(token.local.values)
    return record


def _turn(workflow: Running, record: Record) -> int | None:
    """Which of several instances that ran at once; None when the order counts."""
    step = workflow.spec.task_specs[record["e"]]
    loop = step.node.loop
    if loop is None or loop.sequential or loop.standard:
        return None
    turn: int = record["v"]["loopCounter"]
    return turn


def _must_wait(workflow: Running, scope: int | None, record: Record, running: list[Any]) -> bool:
    """Whether the activity came before the one that is being undone, not just beside it."""
    _, element, turn, other = running
    if scope != other:
        return True
    if record["e"] == element:
        return turn is None or turn == _turn(workflow, record)
    target: Step = workflow.spec.task_specs[element]
    return record["e"] in workflow.spec.reaching(element, target.node.incoming)
