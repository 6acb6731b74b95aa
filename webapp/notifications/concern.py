"""Whom a task concerns, and what is said of it without personal data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine.api import Task
from kernel.clock import Clock, business_date
from ledger.staff.managers import manager_of
from ledger.staff.models import Substitution
from ledger.staff.posts import next_above
from ledger.staff.queries import holders_upwards, roles_of
from ledger.staff.substitutions import running_substitutions

_ABOUT = ("project", "unit")


class Concern:
    """Answers for one look; who holds which role where is asked once."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._today: date = business_date(clock)
        self._known: dict[tuple[str, str], list[list[str]]] = {}
        self._clock = clock
        self._rules: list[Substitution] | None = None
        #: For whom somebody is concerned by a task, who is so only as a substitute: (task, person) → principal.
        self.stands_for: dict[tuple[str, str], str] = {}

    def people(self, task: Task) -> list[str]:
        """Whom a task concerns, and who stands in for them."""
        return self.with_substitutes(task, self.principals(task))

    def with_substitutes(self, task: Task, people: list[str]) -> list[str]:
        """People, and after them those who stand in for them and whom four eyes let act; noted for whom."""
        found = list(people)
        for rule in self._running():
            fits = not rule.processes or task.definition_key in rule.processes
            person = rule.substitute_id
            if rule.principal_id in people and fits and person not in found and person not in task.excluded:
                found.append(person)
                self.stands_for[task.id, person] = rule.principal_id
        return found

    def _running(self) -> list[Substitution]:
        if self._rules is None:
            self._rules = running_substitutions(self._session, self._clock)
        return self._rules

    def principals(self, task: Task) -> list[str]:
        """Who has the task, else who may take it: of each role the holders at the nearest node with any left."""
        if task.assignee is not None:
            return [task.assignee]
        found = []
        for entry in task.candidates:
            if entry.startswith("user:"):
                found.append([entry.removeprefix("user:")])
            else:
                role, _, path = entry.partition("@")
                found.append(self._nearest(role, path or task.path, task.excluded))
        return sorted({person for some in found for person in some} - set(task.excluded))

    def holders(self, role: str, path: str, excluded: tuple[str, ...] = ()) -> list[str]:
        """Who holds a role at the nearest node at or above a path, without those who are left out."""
        return self._nearest(role, path, excluded)

    def above(self, task: Task) -> list[str]:
        """Who stands above (上级): the line manager of who has the task, else whoever answers for its roles."""
        boss = manager_of(self._session, task.assignee, self._today) if task.assignee else None
        if boss is not None:
            return [boss]
        roles = set(task.roles)
        if not roles and task.assignee is not None:
            held = roles_of(self._session, task.assignee, self._today)
            roles = {held_role.role for held_role in held if task.path.startswith(held_role.path)}
        named = [next_above(self._session, role, task.path) for role in sorted(roles)]
        found = {one.staff_id for one in named if one.staff_id}
        found |= {person for one in named if one.role for person in self._nearest(one.role, task.path, ())}
        return sorted(found - set(self.people(task)))

    def _nearest(self, role: str, path: str, excluded: tuple[str, ...]) -> list[str]:
        if (role, path) not in self._known:
            self._known[role, path] = holders_upwards(self._session, role, path, self._today)
        left = ([person for person in some if person not in excluded] for some in self._known[role, path])
        return next((some for some in left if some), [])


def about(facts: Mapping[str, Any], business_key: str | None) -> str:
    """Project, unit and number of a case, in one line; customers are not named in messages."""
    parts = [facts.get(name) for name in _ABOUT]
    number = facts.get("sale_no") or facts.get("subject") or business_key
    said = [str(part) for part in (*parts, number) if isinstance(part, str) and part]
    return " ".join(dict.fromkeys(said)) or "—"
