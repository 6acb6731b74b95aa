"""Write a comment on a task or a case; everybody who works on the case later sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from engine.commands.on_task import is_mine, may_see
from engine.errors import Invalid, Missing, NotAllowed, Stale
from engine.host import Host
from engine.mentions import MOST, PeopleMentioned, mentioned_in
from engine.queries.instances import COMMENTS, comments_of
from engine.queries.instances import get as see_instance
from engine.queries.instances import take_seat as take_seat_in
from engine.queries.readers import readers_of
from engine.results.comments import Comment
from engine.results.tasks import Task
from engine.seats import take_seat
from engine.store.instances import InstanceRecord, lock_instance, save_instance
from engine.store.journal import Journal
from engine.store.tasks import lock_task
from engine.tables.columns import table_of
from engine.tables.comments import CommentEditRow
from engine.tables.instances import CommentRow
from kernel.facts import tell
from kernel.ids import new_id

LONGEST = 5000
EDITABLE_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class AddComment:
    """Also on a task that is done: comments are never lost at completion."""

    task_id: str
    text: str

    def run(self, host: Host) -> Comment:
        """Raises `Missing`, `Invalid` for an empty or overlong text or a mention of who may not see the case."""
        text = _checked(self.text)
        found = lock_task(host.session, self.task_id)
        record, task = found.record, found.task
        take_seat(host, task)
        if not may_see(host, task):
            raise Missing("task_missing", task_id=self.task_id)
        return _write(host, record, text, task)


@dataclass(frozen=True)
class AddCaseComment:
    """About the case as a whole, by anybody who may see it, also when it has ended."""

    instance_id: str
    text: str

    def run(self, host: Host) -> Comment:
        """Raises `Missing`, `Invalid`."""
        text = _checked(self.text)
        record = lock_instance(host.session, self.instance_id)
        take_seat_in(host, self.instance_id)
        return _write(host, record, text, None)


@dataclass(frozen=True)
class EditComment:
    """Its author words it anew within `EDITABLE_FOR`; what it said stays readable."""

    comment_id: str
    text: str

    def run(self, host: Host) -> Comment:
        """Raises `Missing`, `NotAllowed` for anybody but the author, `Stale` when the time is over, `Invalid`."""
        text = _checked(self.text)
        query = select(COMMENTS.c.instance_id).where(COMMENTS.c.id == self.comment_id)
        instance_id = host.session.execute(query).scalar_one_or_none()
        if instance_id is None:
            raise Missing("comment_missing", comment_id=self.comment_id)
        record = lock_instance(host.session, instance_id)
        see_instance(host, instance_id)
        comment = next(one for one in comments_of(host.session, instance_id) if one.id == self.comment_id)
        now = host.clock.now()
        if not is_mine(host, comment.author_id):
            raise NotAllowed("comment_of_another", author_by=comment.author_id)
        if now > comment.at + EDITABLE_FOR:
            raise Stale("comment_settled", minutes=EDITABLE_FOR // timedelta(minutes=1))
        if text == comment.text:
            return comment
        _require_readers(host, record, text)
        values = {"id": new_id(), "comment_id": comment.id, "instance_id": instance_id, "at": now, "text": text}
        host.session.execute(insert(table_of(CommentEditRow)).values(values))
        _note(host, record, "comment_edited", comment.task_id, comment_id=comment.id)
        _tell(host, record, replace(comment, text=text), before=comment.text)
        return replace(comment, text=text, edited_at=now, former=(*comment.former, comment.text))


def _write(host: Host, record: InstanceRecord, text: str, task: Task | None) -> Comment:
    _require_readers(host, record, text)
    actor, task_id = host.actor, task.id if task else None
    comment = Comment(new_id(), task_id, actor.id, host.clock.now(), text, on_behalf_of=actor.on_behalf_of)
    values = {
        "id": comment.id,
        "instance_id": record.id,
        "task_id": comment.task_id,
        "author_id": comment.author_id,
        "on_behalf_of": comment.on_behalf_of,
        "at": comment.at,
        "text": text,
    }
    host.session.execute(insert(table_of(CommentRow)).values(values))
    named = {"element_id": task.element_id, "element_name": task.name} if task else {}
    _note(host, record, "comment_added", comment.task_id, comment_id=comment.id, **named)
    _tell(host, record, comment)
    return comment


def _checked(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Invalid("comment_length", field="text", longest=LONGEST)
    return text


def _require_readers(host: Host, record: InstanceRecord, text: str) -> None:
    """Only who may see the case may be named: a mention never opens it to anybody."""
    wanted = mentioned_in(text)
    if len(wanted) > MOST:
        raise Invalid("mentions_too_many", field="text", most=MOST)
    if not wanted:
        return
    known = host.directory.actors(list(wanted))
    readers = readers_of(host, record.id, known.values())
    for person in wanted:
        if person not in readers:
            raise Invalid("mention_not_reader", field="text", who=person)


def _note(host: Host, record: InstanceRecord, code: str, task_id: str | None, **params: Any) -> None:
    journal = Journal(record, host.actor, host.clock)
    journal.note(code, task_id=task_id, **params)
    save_instance(host.session, host.clock, record)
    journal.write(host.session)


def _tell(host: Host, record: InstanceRecord, comment: Comment, before: str = "") -> None:
    already = {*mentioned_in(before), comment.author_id}
    people = tuple(person for person in mentioned_in(comment.text) if person not in already)
    if people:
        where = (record.id, comment.task_id, record.path, record.business_key)
        tell(host.session, PeopleMentioned(comment.id, *where, people))
