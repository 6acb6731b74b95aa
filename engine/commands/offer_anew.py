"""Open tasks of whoever has left (离岗): back to the group, or to whom the house has named where nobody is left.

A task finds out by itself when it is made that its post is vacant; one that waits already is looked at here. The
job takes a portion in each unit of work and remembers how far it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, or_, select, update

from engine.due import note_due
from engine.errors import NotAllowed
from engine.host import Host
from engine.ports import Vacant
from engine.results.tasks import Task
from engine.running.services import job_row
from engine.signing.holding import is_held
from engine.store.instances import lock_free_instance, save_instance
from engine.store.journal import Journal
from engine.store.tasks import CANDIDATES, change_task, lock_task, replace_candidates, replace_facts
from engine.store.tasks import TABLE as TASKS
from engine.tables.columns import AnyRow, table_of
from engine.tables.work import OFFER_ANEW, JobRow
from engine.vacancies import POST_VACANT, TaskWithoutHolder, offered_instead, role_of
from kernel.actor import ROOT
from kernel.facts import tell
from kernel.ids import new_id

JOBS = table_of(JobRow)
PORTION = 50
_ATTEMPTS = 5
_BUSY = timedelta(seconds=1)


@dataclass(frozen=True)
class OfferAnew:
    """Have open tasks looked at that may have nobody now.

    ``left`` is ``user:`` with the id of somebody who has left the company, or ``role@path``: a post that has lost
    a holder, with all posts below it.
    """

    left: str

    def run(self, host: Host) -> None:
        """Raises `NotAllowed`."""
        if not host.operates_house():
            raise NotAllowed("operate_missing", path=ROOT)
        now = host.clock.now()
        payload = {"left": self.left, "after": ""}
        row = job_row(OFFER_ANEW, "vacancies", now, payload, f"{OFFER_ANEW}:{new_id()}", _ATTEMPTS)
        host.session.execute(insert(JOBS).values(row))
        note_due(host.session, [now])


def offer_anew(host: Host, job: AnyRow) -> None:
    """The job: one portion, at once again while there is more.

    It waits for no case that somebody is at work on, since it holds others meanwhile; it comes back to that one.
    """
    left, after, now = job.payload["left"], job.payload["after"], host.clock.now()
    rows = host.session.execute(_waiting(left, after)).all()
    look, done = _Look(host, left), after
    for row in rows:
        if lock_free_instance(host.session, row.instance_id) is None:
            break
        look.at(row.id)
        done = row.id
    values: dict[str, Any] = {"attempts": 0, "last_error": None}
    if rows:
        due = now if done > after else now + _BUSY
        values |= {"payload": {"left": left, "after": done}, "due_at": due}
        note_due(host.session, [due])
    else:
        values |= {"state": "done", "done_at": now}
    host.session.execute(update(JOBS).where(JOBS.c.id == job.id).values(values))


def _waiting(left: str, after: str) -> Select[tuple[str, str]]:
    query = select(TASKS.c.id, TASKS.c.instance_id).where(TASKS.c.state == "open", TASKS.c.id > after, _of(left))
    return query.order_by(TASKS.c.id).limit(PORTION)


def _of(left: str) -> ColumnElement[bool]:
    """Which tasks concern whom: each of these finds its rows by an index of its own."""
    offered = select(CANDIDATES.c.task_id)
    if left.startswith("user:"):
        person = left.removeprefix("user:")
        theirs = (
            select(TASKS.c.id).where(or_(TASKS.c.assignee == person, TASKS.c.owner == person)),
            offered.where(CANDIDATES.c.user_id == person),
        )
        return or_(*(TASKS.c.id.in_(some) for some in theirs))
    role, _, path = left.partition("@")
    below = CANDIDATES.c.path.startswith(path, autoescape=True)
    return TASKS.c.id.in_(offered.where(CANDIDATES.c.role == role, below)) & TASKS.c.assignee.is_(None)


class _Look:
    """One portion of tasks, each of whose cases this transaction holds."""

    def __init__(self, host: Host, left: str) -> None:
        self._host = host
        self._gone = left.removeprefix("user:") if left.startswith("user:") else None
        self._known: dict[tuple[Any, ...], Vacant | None] = {}

    def at(self, task_id: str) -> None:
        """Take a task from who has left, then see whether anybody may do it."""
        host, found = self._host, lock_task(self._host.session, task_id)
        if found.task.state != "open":
            return
        journal = Journal(found.record, host.actor, host.clock)
        task = self._taken_from_leaver(found.task, journal)
        if task.assignee is None:
            self._see_to_vacancy(task, journal)
        if journal.is_empty:
            return
        save_instance(host.session, host.clock, found.record)
        journal.write(host.session)

    def _taken_from_leaver(self, task: Task, journal: Journal) -> Task:
        """What somebody was asked to prepare goes back to its owner; what he had himself, to the group."""
        if self._gone is None or self._gone not in (task.assignee, task.owner):
            return task
        owner = task.owner if task.delegation == "pending" and task.owner != self._gone else None
        _note(journal, task, "holder_left", former=self._gone, assignee=owner)
        awake = {} if is_held(task) else {"follow_up_at": None}
        values = {"assignee": owner, "owner": None, "delegation": None}
        return change_task(self._host.session, task, **values, **awake)

    def _see_to_vacancy(self, task: Task, journal: Journal) -> None:
        host, found = self._host, self._vacancy(task)
        if found is None:
            return
        entries, mark = offered_instead(task.candidates, found)
        replace_candidates(host.session, task, entries)
        facts = dict(task.facts) | {POST_VACANT: mark}
        replace_facts(host.session, {task.id: facts})
        _note(journal, task, "post_vacated", role=role_of(mark), **mark)
        told = (task.instance_id, task.name, task.labels, facts)
        tell(host.session, TaskWithoutHolder(task.id, found.posts, found.instead, *told))

    def _vacancy(self, task: Task) -> Vacant | None:
        """Who gets it instead; asked once for all tasks that are offered alike."""
        candidates = task.candidates or ((f"user:{self._gone}",) if self._gone else ())
        key = (candidates, task.path, tuple(sorted(task.excluded)))
        if key not in self._known:
            self._known[key] = self._host.directory.vacancy(*key)
        return self._known[key]


def _note(journal: Journal, task: Task, code: str, **params: object) -> None:
    journal.note(code, element_id=task.element_id, element_name=task.name, task_id=task.id, **params)
