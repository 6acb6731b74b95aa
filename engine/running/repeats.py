"""The same person recurs in a case (自动通过): what he has said stands, or the task goes up.

Nobody approves his own case. Who applied is who started the case or whom four eyes exclude from the task.
"""

from __future__ import annotations

from typing import Any

from engine.definitions.model import Node, UserTask
from engine.host import Host
from engine.running.services import StepServices
from engine.store.going_back import Standing

SKIP, UP = "skip", "up"
_MOST_UP = 10


class Repeats:
    """Decides about one new task by what its diagram says: ``repeat`` is skip or up."""

    def __init__(self, host: Host, services: StepServices, node: Node) -> None:
        self.host = host
        self.services = services
        self.node = node
        self.settings = node.task or UserTask()

    def answered_before(self, row: dict[str, Any], steps: list[Standing]) -> Standing | None:
        """The step whose answers stand for this task; None when somebody has to be asked, perhaps higher up."""
        people = self._people(row)
        if len(people) != 1:
            return None
        person = people[0]
        earlier = _last_word(person, row, steps)
        if person == self.services.record.started_by or person in row["excluded"]:
            self._go_up(row, person)
        elif earlier is not None and self.settings.repeat == SKIP:
            return earlier
        elif earlier is not None:
            self._go_up(row, person)
        return None

    def _people(self, row: dict[str, Any]) -> list[str]:
        """Who could be asked at most."""
        if row["assignee"] is not None:
            return [row["assignee"]]
        found: list[str] = []
        for entry in row["candidates"]:
            if entry.startswith("user:"):
                found.append(entry.removeprefix("user:"))
            else:
                role, _, path = entry.partition("@")
                found += self.host.directory.holders(role, path)
        return list(dict.fromkeys(found))

    def _go_up(self, row: dict[str, Any], person: str) -> None:
        """Offer the task to the next role of which somebody else may decide; never to the person himself."""
        row["excluded"] = list(dict.fromkeys([*row["excluded"], person]))
        row["assignee"] = None
        roles = [entry.partition("@")[0] for entry in row["candidates"] if not entry.startswith("user:")]
        role = self.host.directory.above(roles[0], row["path"]) if roles else None
        for _ in range(_MOST_UP):
            if role is None:
                return
            if set(self.host.directory.holders(role, row["path"])) - set(row["excluded"]):
                row["candidates"] = [f"{role}@{row['path']}"]
                self.services.note(
                    "task_raised", self.node, row["token"], None, row=row["id"], person=person, role=role
                )
                return
            role = self.host.directory.above(role, row["path"])


def _last_word(person: str, row: dict[str, Any], steps: list[Standing]) -> Standing | None:
    """What the person answered to the same form in this run of the process, if nothing else was entered since."""
    mine = [one for one in steps if one.scope_token == row["scope_token"]]
    for one in reversed(mine):
        if row["form_key"] is None or one.step.form_key != row["form_key"]:
            return None
        if one.step.by == person:
            return one
    return None
