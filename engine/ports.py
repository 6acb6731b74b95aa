"""What the engine needs from above, handed in when it is built: rights, forms, people, calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import DEFAULT_ZONE, Clock


@dataclass(frozen=True)
class TaskAccess:
    """What a checker needs to know of a user task. ``candidates`` are ``role@path`` or ``user:id`` entries."""

    task_id: str
    definition_key: str
    element_id: str
    path: str
    assignee: str | None
    owner: str | None
    candidates: tuple[str, ...]
    excluded: tuple[str, ...]


class Checker(Protocol):
    """Decides who may do what."""

    def may_start(self, actor: Actor, key: str, scope: str) -> bool:
        """Whether the actor may start the process ``key`` at the organisation node ``scope``."""
        ...

    def may_work(self, actor: Actor, access: TaskAccess) -> bool:
        """Whether the actor is the assignee or a candidate of a task (four eyes are checked by the command)."""
        ...

    def may_operate(self, actor: Actor, scope: str) -> bool:
        """Whether the actor may cancel, suspend, retry and re-assign at ``scope``."""
        ...

    def may_deploy(self, actor: Actor) -> bool:
        """Whether the actor may deploy definitions."""
        ...


class FormValidator(Protocol):
    """Checks answers against a form, the same way for page, API and bulk."""

    def validate(
        self, form_key: str, answers: dict[str, Any], variables: dict[str, Any], clock: Clock
    ) -> dict[str, Any]:
        """The clean answers as JSON values; raises `AnswersInvalid`."""
        ...

    def exists(self, form_key: str) -> bool:
        """Whether there is such a form."""
        ...

    def fields(self, form_key: str) -> dict[str, str]:
        """The form's answer names with their types."""
        ...


class Directory(Protocol):
    """Knows who holds which role."""

    def holders(self, role: str, path: str) -> list[str]:
        """Staff ids that hold ``role`` at ``path`` or at the nearest node above it."""
        ...

    def name(self, staff_id: str) -> str:
        """A person's display name."""
        ...


class Calendar(Protocol):
    """Business-calendar arithmetic."""

    def is_working_day(self, day: date) -> bool:
        """Whether people work on ``day``."""
        ...

    def add_working_days(self, day: date, count: int) -> date:
        """The day ``count`` working days after ``day``."""
        ...

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``."""
        ...


@dataclass(frozen=True)
class Place:
    """How time is counted at an organisation node: by which calendar and in which time zone."""

    calendar: Calendar
    zone: str = DEFAULT_ZONE


class Places(Protocol):
    """Knows how time is counted where: each project has a zone and may have days of its own."""

    def at(self, session: Session, path: str) -> Place:
        """The place of a node, or of the nearest known one above it; cheap enough to be asked in every step."""
        ...


def candidate_roles(access: TaskAccess) -> list[tuple[str, str]]:
    """The (role, path) pairs among a task's candidates."""
    pairs = (entry.partition("@") for entry in access.candidates if not entry.startswith("user:"))
    return [(role, path or access.path) for role, _, path in pairs]


class RoleChecker:
    """The plain rule: starting and operating by permission, working by assignment or candidate role."""

    def may_start(self, actor: Actor, key: str, scope: str) -> bool:
        """By the permission ``<key>:start``."""
        return actor.may(f"{key}:start", scope)

    def may_work(self, actor: Actor, access: TaskAccess) -> bool:
        """The assignee, the person a substitute acts for, a candidate, or a holder of a candidate role."""
        people = {actor.id, actor.on_behalf_of} - {None}
        if actor.is_system or access.assignee in people:
            return True
        named = any(f"user:{person}" in access.candidates for person in people)
        return named or any(actor.has_role(role, path) for role, path in candidate_roles(access))

    def may_operate(self, actor: Actor, scope: str) -> bool:
        """By the permission ``engine:operate``."""
        return actor.may("engine:operate", scope)

    def may_deploy(self, actor: Actor) -> bool:
        """By the permission ``engine:deploy`` held at the root or for a group: definitions serve all of it."""
        return actor.may_house_wide("engine:deploy")
