"""Lists of the inbox come from ordered indexes; they must show what going through every task would show."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from engine.api import Page, Task, TaskFilter
from engine.models import CandidateRow, OfferRow, TaskRow
from engine.running.waits import FAR
from engine.store.tasks import change_task, complete_task, get_task, insert_tasks
from kernel.actor import Actor, Grant
from kernel.ids import new_id
from tests.engine.conftest import House

PATHS = ("/g/", "/g/a/", "/g/a/1/", "/g/b/", "/g/bb/")
ROLES = ("clerk", "cashier")
PEOPLE = ("an", "bo", "cy")
TASKS = 60


def a_task(chance: random.Random, house: House, instance_id: str) -> dict[str, Any]:
    now = house.clock.now()
    due = now + timedelta(hours=chance.randint(-9, 9)) if chance.random() < 0.7 else None
    path = chance.choice(PATHS)
    named = [f"user:{chance.choice(PEOPLE)}"] * (chance.random() < 0.3)
    return {
        "id": new_id(),
        "instance_id": instance_id,
        "definition_key": chance.choice(("loan", "title")),
        "definition_version": 1,
        "element_id": "check",
        "token": 0,
        "name": "Check",
        "name_labels": {},
        "state": "open",
        "assignee": None,
        "owner": None,
        "delegation": None,
        "candidates": [f"{role}@{path}" for role in chance.sample(ROLES, chance.randint(0, 2))] + named,
        "excluded": [],
        "due_at": due,
        "far_due": due or FAR,
        "follow_up_at": None,
        "priority": chance.choice((10, 50, 90)),
        "path": path,
        "form_key": None,
        "facts": {},
        "draft": {},
        "business_key": None,
        "created_at": now + timedelta(seconds=chance.randint(0, 3)),
        "completed_at": None,
        "completed_by": None,
        "on_behalf_of": None,
        "troubled": False,
        "revision": 1,
    }


def something_happens(chance: random.Random, house: House, session: Any, task: Task) -> None:
    soon = house.clock.now() + timedelta(hours=chance.randint(-2, 2))
    act = chance.choice(("assign", "give back", "delegate", "snooze", "due", "priority", "complete", "cancel"))
    if act == "complete":
        complete_task(session, task, {}, house.clock.now(), chance.choice(PEOPLE), None)
    elif act == "cancel":
        session.execute(update(TaskRow).where(TaskRow.id == task.id).values(state="cancelled"))
    else:
        changes: dict[str, dict[str, Any]] = {
            "assign": {"assignee": chance.choice(PEOPLE)},
            "give back": {"assignee": None},
            "delegate": {
                "owner": chance.choice(PEOPLE),
                "assignee": chance.choice(PEOPLE),
                "delegation": "pending",
            },
            "snooze": {"follow_up_at": soon},
            "due": {"due_at": soon},
            "priority": {"priority": chance.choice((1, 99))},
        }
        change_task(session, task, **changes[act])


@pytest.fixture(params=range(4))
def office(request: pytest.FixtureRequest, house: House) -> House:
    """Many tasks to which this and that has happened."""
    chance = random.Random(request.param)  # noqa: S311 - repeatable
    instance = house.start("wait_for_receipt", {"sale": "S1"}).id
    with house.database.unit_of_work(house.admin) as session:
        insert_tasks(session, [a_task(chance, house, instance) for _ in range(TASKS)])
    for _ in range(TASKS):
        with house.database.unit_of_work(house.admin) as session:
            ids = session.scalars(select(TaskRow.id).where(TaskRow.state == "open").order_by(TaskRow.id)).all()
            something_happens(chance, house, session, get_task(session, chance.choice(ids)))
    return house


def viewers() -> list[Actor]:
    chance = random.Random(7)  # noqa: S311 - repeatable
    oversees = frozenset({"engine:operate"})
    some = [
        Actor(
            name,
            name,
            tuple(Grant(chance.choice(ROLES), chance.choice(PATHS)) for _ in range(chance.randint(0, 4))),
        )
        for name in (*PEOPLE, "dan", "eve")
    ]
    return [*some, Actor("chief", "Chief", (Grant("manager", "/g/a/", oversees), Grant("clerk", "/g/")))]


def expected(house: House, viewer: Actor, box: str, key: str | None) -> list[str]:
    """The ids in order, by going through every task."""
    now, found = house.clock.now(), []
    with house.database.reading() as session:
        for row in session.scalars(select(TaskRow)):
            awake = box == "all" or row.follow_up_at is None or row.follow_up_at <= now
            if row.state == "open" and awake and key in (None, row.definition_key) and _belongs(row, viewer, box):
                found.append((row.far_due, -row.priority, row.created_at, row.id))
    return [entry[-1] for entry in sorted(found)]


def _belongs(row: TaskRow, viewer: Actor, box: str) -> bool:
    mine = row.assignee == viewer.id or (row.owner == viewer.id and row.delegation == "pending")
    candidate = any(_is_candidate(entry, viewer) for entry in row.candidates)
    offered = candidate and row.assignee is None
    overseen = any("engine:operate" in g.permissions and row.path.startswith(g.path) for g in viewer.grants)
    return {
        "mine": mine,
        "group": offered,
        "work": mine or offered,
        "all": mine or candidate or overseen,
    }[box]


def _is_candidate(entry: str, viewer: Actor) -> bool:
    if entry.startswith("user:"):
        return entry == f"user:{viewer.id}"
    role, _, path = entry.partition("@")
    return any(grant.role == role and path.startswith(grant.path) for grant in viewer.grants)


def test_a_list_shows_what_going_through_every_task_shows_page_by_page(office: House) -> None:
    for viewer in viewers():
        for box in ("mine", "group", "work", "all"):
            for key in (None, "loan"):
                wanted = TaskFilter(
                    box=box, definition_keys=(key,) if key else (), states=("open",) if box == "all" else ()
                )
                pages = [
                    office.ask(lambda e, w=wanted, n=n: e.find_tasks(w, Page(n, 20)), viewer)
                    for n in range(1, TASKS // 20 + 2)
                ]
                rows = [task.id for page in pages for task in page.rows]
                assert rows == expected(office, viewer, box, key), (viewer.id, box, key)
                assert pages[0].count == len(rows)


def test_the_database_offers_what_is_open_to_its_candidates_and_nothing_else(office: House) -> None:
    wanted = (
        select(
            CandidateRow.task_id, CandidateRow.position, CandidateRow.role, CandidateRow.path, CandidateRow.user_id,
            TaskRow.assignee.is_not(None), TaskRow.far_due, -TaskRow.priority, TaskRow.created_at, TaskRow.follow_up_at,
        )
        .join(TaskRow, TaskRow.id == CandidateRow.task_id)
        .where(TaskRow.state == "open")
    )  # fmt: skip
    offered = select(
        OfferRow.task_id, OfferRow.position, OfferRow.role, OfferRow.path, OfferRow.user_id, OfferRow.taken,
        OfferRow.far_due, OfferRow.urgency, OfferRow.created_at, OfferRow.follow_up_at,
    )  # fmt: skip
    with office.database.reading() as session:
        assert sorted(map(str, session.execute(offered))) == sorted(map(str, session.execute(wanted)))
        assert session.scalar(select(func.count()).select_from(OfferRow)) > 0
