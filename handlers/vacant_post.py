"""The verbs of the process that has a vacant post filled (岗位空缺), and how a vacancy begins and ends it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from engine.api import Context, Invalid, Missing, Stale, TaskWithoutHolder, handler
from handlers.subscriptions import engine_of_system
from kernel.facts import Telling, on
from ledger.organisation.queries import names_of_paths, project_at
from ledger.staff.operations import RoleEnded, RoleGiven, StaffLeft
from ledger.staff.vacancies import (
    PostFilled,
    Turn,
    VacancyOpened,
    close_filled,
    get_vacancy,
    note_vacancy,
)

PROCESS = "vacant_post"
_ABOUT = ("project", "unit", "sale_no", "subject")


@dataclass(frozen=True)
class VacancyIn:
    """Which vacancy of the staff ledger."""

    vacancy_id: str


@dataclass(frozen=True)
class DescribeOut:
    """The role, where it is vacant, and how often it has been."""

    role: str
    node_name: str
    project: str | None
    times: int


@handler("vacant_post.describe", again=True)
def describe(data: VacancyIn, ctx: Context) -> DescribeOut:
    """Say which post it is."""
    vacancy = get_vacancy(ctx.session, data.vacancy_id)
    project = project_at(ctx.session, vacancy.path)
    name = names_of_paths(ctx.session, {vacancy.path}).get(vacancy.path, vacancy.path)
    return DescribeOut(vacancy.role, name, project.name if project else None, vacancy.times)


@handler("vacant_post.look", again=True)
def look(data: VacancyIn, ctx: Context) -> None:
    """Close the vacancy if somebody holds the post by now."""
    close_filled(ctx.session, ctx.clock, vacancy_id=data.vacancy_id)


@handler("vacant_post.confirm", again=True)
def confirm(data: VacancyIn, ctx: Context) -> None:
    """The administrator says that the post is filled. Raises `Invalid` while nobody holds it."""
    close_filled(ctx.session, ctx.clock, vacancy_id=data.vacancy_id)
    if get_vacancy(ctx.session, data.vacancy_id).filled_at is None:
        raise Invalid("post_still_vacant")


@on(TaskWithoutHolder)
def task_without_holder(fact: TaskWithoutHolder, telling: Telling) -> None:
    """Note each post that nobody holds, and what went to whom."""
    to = [entry if entry.startswith("user:") else entry.partition("@")[0] for entry in fact.instead]
    turn = Turn(fact.key, fact.instance_id, fact.task, fact.labels, _about(fact.facts), to)
    for post in fact.posts:
        role, _, path = post.partition("@")
        note_vacancy(telling.session, telling.clock, role=role, path=path, turn=turn)


def _about(facts: Mapping[str, Any]) -> str:
    """Project, unit and number of a case; customers are not named."""
    parts = [facts.get(name) for name in _ABOUT]
    return " · ".join(dict.fromkeys(part for part in parts if isinstance(part, str) and part))


@on(VacancyOpened)
def vacancy_opened(fact: VacancyOpened, telling: Telling) -> None:
    """Ask the administrator to fill the post; without the process, or while it is suspended, its page says so."""
    engine, path = engine_of_system(telling), get_vacancy(telling.session, fact.vacancy_id).path
    # Whose task found nobody must not be refused because nobody can be asked to see to that.
    with suppress(Missing, Stale):
        engine.start(PROCESS, {"vacancy_id": fact.vacancy_id}, scope=path)


@on(RoleGiven)
def role_given(_fact: RoleGiven, telling: Telling) -> None:
    """Whoever was given a role may fill posts that were vacant."""
    close_filled(telling.session, telling.clock)


@on(RoleEnded)
def role_ended(fact: RoleEnded, telling: Telling) -> None:
    """What waits at the post is looked at again: perhaps nobody holds it now."""
    engine_of_system(telling).offer_anew(f"{fact.role}@{fact.path}")


@on(StaffLeft)
def staff_left(fact: StaffLeft, telling: Telling) -> None:
    """What a leaver has in hand goes to others."""
    engine_of_system(telling).offer_anew(f"user:{fact.staff_id}")


@on(PostFilled)
def post_filled(fact: PostFilled, telling: Telling) -> None:
    """The to-do closes by itself."""
    engine_of_system(telling).publish("post_filled", {"vacancy_id": fact.vacancy_id})
