"""What the engine needs from above, handed in when it is built: rights, forms, people, calendar."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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

    def may_start(self, actor: Actor, key: str, scope: str, permission: str | None = None) -> bool:
        """Whether the actor may start a process at an organisation node; its diagram may name the right."""
        ...

    def may_work(self, actor: Actor, access: TaskAccess) -> bool:
        """Whether the actor is the assignee or a candidate of a task (four eyes are checked by the command)."""
        ...

    def may_operate(self, actor: Actor, scope: str) -> bool:
        """Whether the actor may cancel, suspend, retry and re-assign at ``scope``."""
        ...

    def may_oversee(self, actor: Actor, scope: str) -> bool:
        """Whether the actor may see who has which task at ``scope`` and re-assign it."""
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

    def opens_with_data(self, form_key: str) -> bool:
        """Whether its fields begin with the process data of their names, instead of blank."""
        ...


@dataclass(frozen=True)
class Vacant:
    """Nobody may do a task: the ``posts`` that nobody fills, as ``role@path``, and who gets it ``instead``.

    Both are entries like a task's candidates. Without posts nobody was named at all.
    """

    posts: tuple[str, ...]
    instead: tuple[str, ...]


class Directory(Protocol):
    """Knows who holds which role."""

    def holders(self, role: str, path: str) -> list[str]:
        """Staff ids that hold ``role`` at ``path`` or at the nearest node above it."""
        ...

    def above(self, role: str, path: str) -> str | None:
        """The role that answers at a node for one whose holders may not decide; None at the top."""
        ...

    def name(self, staff_id: str) -> str:
        """A person's display name."""
        ...

    def vacancy(self, candidates: Sequence[str], path: str, excluded: Collection[str]) -> Vacant | None:
        """Who gets a task at a node instead of its candidates, when none of them may do it; None when one may.

        Whom four eyes keep out may not do it, and does not get it instead either.
        """
        ...

    def waits_for_work(self, path: str) -> bool:
        """Whether a task at a node may not be completed while work that was asked for under it is open."""
        ...

    def manager(self, staff_id: str, levels: int) -> str | None:
        """Who stands so many levels above a person (1: the line manager); None where nobody does."""
        ...

    def person(self, staff_id: str) -> Actor | None:
        """Somebody with what he may do today; None for nobody and for a closed account."""
        ...

    def actors(self, ids: list[str]) -> dict[str, Actor]:
        """Several people as the actors they are today, by id; who has no account any more is left out."""
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

    def add_working_time(self, start: datetime, amount: timedelta, zone: str) -> datetime:
        """The instant so much working time after (before, if negative) ``start``; raises `ValueError` for none."""
        ...

    def working_time_between(self, start: datetime, end: datetime, zone: str) -> timedelta:
        """Working time from ``start`` to ``end``."""
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


class Veils(Protocol):
    """Knows which business facts are kept from people, and from whom."""

    def nodes(self, actor: Actor) -> Mapping[str, tuple[str, ...]]:
        """The facts that are not open to all: by name, the nodes where the actor may see them.

        No list is searched, narrowed or sorted by a fact where its reader may not see it.
        """
        ...


@dataclass(frozen=True)
class Stand:
    """Somebody whom a person stands in for today (代理), with that one's own rights.

    ``processes`` are the keys of those it holds for; empty means all.
    """

    principal: Actor
    processes: frozenset[str] = frozenset()

    def covers(self, key: str) -> bool:
        """Whether it holds for the process ``key``."""
        return not self.processes or key in self.processes

    def seat_of(self, person: Actor) -> Actor:
        """The person acting in the principal's place: with exactly the principal's rights, named as both."""
        return Actor(person.id, person.name, self.principal.grants, on_behalf_of=self.principal.id)


class Substitutions(Protocol):
    """Knows the rules of substitution that run."""

    def of(self, session: Session, person: Actor) -> tuple[Stand, ...]:
        """Whom somebody stands in for at this moment."""
        ...


def candidate_roles(access: TaskAccess) -> list[tuple[str, str]]:
    """The (role, path) pairs among a task's candidates."""
    pairs = (entry.partition("@") for entry in access.candidates if not entry.startswith("user:"))
    return [(role, path or access.path) for role, _, path in pairs]


class RoleChecker:
    """The plain rule: starting and operating by permission, working by assignment or candidate role."""

    def may_start(self, actor: Actor, key: str, scope: str, permission: str | None = None) -> bool:
        """By the permission that its diagram names, else by ``<key>:start``."""
        return actor.may(permission or f"{key}:start", scope)

    def may_work(self, actor: Actor, access: TaskAccess) -> bool:
        """The assignee or owner, the person a substitute acts for, a candidate, or who holds a candidate role."""
        people = {actor.id, actor.on_behalf_of} - {None}
        if actor.is_system or {access.assignee, access.owner} & people:
            return True
        named = any(f"user:{person}" in access.candidates for person in people)
        return named or any(actor.has_role(role, path) for role, path in candidate_roles(access))

    def may_operate(self, actor: Actor, scope: str) -> bool:
        """By the permission ``engine:operate``."""
        return actor.may("engine:operate", scope)

    def may_oversee(self, actor: Actor, scope: str) -> bool:
        """By the permission ``tasks:oversee``, or by that to operate."""
        return actor.may("tasks:oversee", scope) or self.may_operate(actor, scope)

    def may_deploy(self, actor: Actor) -> bool:
        """By the permission ``engine:deploy`` held at the root or for a group: definitions serve all of it."""
        return actor.may_house_wide("engine:deploy")
