"""Tasks that are passed without asking: on the way straight back to a returner, or because the same person recurs.

A passed task has its row and its history event like any other; nobody is said to have acted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.definitions.model import Node, UserTask
from engine.host import Host
from engine.running.repeats import Repeats
from engine.running.services import StepServices
from engine.signing.record import SIGNING
from engine.spiff.case import Case
from engine.store.going_back import Standing, end_return, open_returns, standing_steps, steps_of
from engine.tables.columns import AnyRow
from kernel.actor import SYSTEM

Row = dict[str, Any]


class Passing:
    """Looks at each new task of a run once."""

    def __init__(self, host: Host, case: Case, services: StepServices, write_so_far: Callable[[], object]) -> None:
        self.host = host
        self.case = case
        self.services = services
        self._write_so_far = write_so_far
        self._seen: set[str] = set()
        self._standing: list[Standing] | None = None
        self._returns: list[AnyRow] | None = None
        self.ended: list[str] = []

    def passes(self, rows: list[Row]) -> bool:
        """Whether a task was passed, so that the case has to go on."""
        for row in rows:
            if row["id"] not in self._seen:
                self._seen.add(row["id"])
                if self._passes(row, self.case.token(row["token"]).task_spec.node):
                    return True
        return False

    def write(self) -> None:
        """Note which returns are over."""
        for one in self.ended:
            end_return(self.host.session, one)
        self.ended = []

    def _passes(self, row: Row, node: Node) -> bool:
        settings = node.task or UserTask()
        found = self._skipped(row) if self.services.record.goes_straight else None
        why = "straight"
        if found is None and settings.repeat != "ask":
            repeats = Repeats(self.host, self.services, node)
            found, why = repeats.answered_before(row, self._steps()), "repeat"
        if found is None:
            return False
        self._complete(row, settings, found, why)
        return True

    def _steps(self) -> list[Standing]:
        if self._standing is None:
            self._write_so_far()
            self._standing = standing_steps(self.host.session, self.services.record.id)
        return self._standing

    # Straight back

    def _skipped(self, row: Row) -> Standing | None:
        """The earlier pass of a step between; the returner's own task is given to him instead."""
        for back in self._open():
            if back.scope_token != row["scope_token"]:
                continue
            if back.from_element == row["element_id"] and back.from_turn == row["turn"]:
                self._arrived(back, row)
                return None
            for one in self._of(back):
                step = one.step
                if step.element_id == row["element_id"] and step.turn == row["turn"] and _may(step.by, row):
                    return one
        return None

    def _of(self, back: AnyRow) -> list[Standing]:
        return steps_of(self.host.session, list(back.skipped))

    def _open(self) -> list[AnyRow]:
        if self._returns is None:
            self._returns = open_returns(self.host.session, self.services.record.id)
        return [one for one in self._returns if one.id not in self.ended]

    def _arrived(self, back: AnyRow, row: Row) -> None:
        self.ended.append(back.id)
        if not self._open():
            self.services.record.goes_straight = None
        person = back.on_behalf_of or back.by
        if row["assignee"] is None and row["candidates"] == back.from_candidates and _may(person, row):
            row["assignee"] = person

    # Passing

    def _complete(self, row: Row, settings: UserTask, found: Standing, why: str) -> None:
        step, clock = found.step, self.host.clock
        row |= {
            "state": "completed", "completed_at": clock.now(), "completed_by": SYSTEM.id, "on_behalf_of": step.by,
            "assignee": None, "draft": step.answers,
        }  # fmt: skip
        told = {"person": step.by, "step": step.name, "step_element": step.element_id, "earlier": step.task_id}
        self.services.passed[row["id"]] = {**told, "why": why}
        token = self.case.token(row["token"])
        self.case.at = token.task_spec.node
        results = self.services.task_results(settings, token.data, step.answers, step.by)
        if token.data.get(SIGNING) is not None:
            results = {**results, SIGNING: None}
        if settings.passed:
            said = {"by": step.by, "task": step.task_id, "step": step.name, "at": step.at.isoformat(), "why": why}
            results = {**results, settings.passed: said}
        self.case.complete(row["token"], results)


def _may(person: str, row: Row) -> bool:
    return bool(person) and person not in row["excluded"]
