"""The lines of the list: rows with what is the reader's own about them, gathered in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for
from sqlalchemy.orm import Session

from engine.api import Engine, Marks, Task
from kernel.actor import Actor
from webapp.acting import clock
from webapp.inbox.people import names_of
from webapp.inbox.rows import Row, row_of
from webapp.inbox.vacant import Mark, mark, people_marked
from webapp.presence import lookers


@dataclass(frozen=True)
class Line:
    """A row with where it leads, the reader's marks, and people by name.

    ``woken`` says that it was snoozed and is back, for all or for the reader alone. ``looking`` are others
    who have it open at this moment.
    ``wanted_back`` says that somebody asks for the case back and the task would end.
    ``by_me`` and ``to_me`` say on which side of a delegation the reader stands; ``acting_for`` whose place.
    ``vacant`` says that its post is, and whom it went to.
    """

    row: Row
    url: str
    unread: bool
    followed: bool
    woken: bool
    applicant: str
    assignee: str
    owner: str
    looking: tuple[str, ...]
    by_me: bool
    to_me: bool
    acting_for: str
    wanted_back: bool
    vacant: Mark | None


def lines_of(
    session: Session, engine: Engine, actor: Actor, tasks: Sequence[Task], processes: Mapping[str, str]
) -> list[Line]:
    """The tasks of a page, in their order."""
    marks, starters, wanted_back = engine.marks(tasks), engine.starters(tasks), engine.waiting_for_consent(tasks)
    looking = lookers(session, clock().now(), [task.id for task in tasks], but=actor.id)
    people = {person for task in tasks for person in (task.assignee, task.owner, task.acting_for)}
    people |= {*starters.values(), *(one for some in looking.values() for one in some)}
    people |= {person for task in tasks for person in people_marked(task.facts)}
    names = names_of(session, people)
    lines = [_line(engine, actor, task, processes, marks, starters, looking, names) for task in tasks]
    return [replace(line, wanted_back=line.row.id in wanted_back) for line in lines] if wanted_back else lines


def _line(
    engine: Engine,
    actor: Actor,
    task: Task,
    processes: Mapping[str, str],
    marks: Marks,
    starters: Mapping[str, str],
    looking: Mapping[str, Sequence[str]],
    names: Mapping[str, str],
) -> Line:
    me = {actor.id, actor.on_behalf_of}
    address = url_for("inbox.task", task_id=task.id)
    pending = task.delegation == "pending"
    task = with_own_snooze(task, marks)
    return Line(
        row=row_of(task, processes, actor),
        url=address if engine.may_open(task) else url_for("inbox.case", instance_id=task.instance_id),
        unread=task.state == "open" and task.id not in marks.seen and engine.may_open(task),
        followed=task.id in marks.followed,
        woken=task.follow_up_at is not None and task.follow_up_at <= clock().now(),
        applicant=names.get(starters.get(task.instance_id, ""), ""),
        assignee=names.get(task.assignee or "", ""),
        owner=names.get(task.owner or "", ""),
        looking=tuple(sorted(names.get(person, "") for person in looking.get(task.id, ()))),
        by_me=pending and task.owner in me,
        to_me=pending and task.assignee in me and task.owner not in me,
        acting_for=names.get(task.acting_for or "", ""),
        wanted_back=False,
        vacant=mark(task.facts, names) if task.state == "open" else None,
    )


def with_own_snooze(task: Task, marks: Marks) -> Task:
    """The task with the day until which its reader alone has or had put it off, if that is the later one."""
    own = marks.put_off.get(task.id)
    if own is None or (task.follow_up_at is not None and task.follow_up_at > own):
        return task
    return replace(task, follow_up_at=own)
