"""Put a file on a task or a case, and take one away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update

from engine.attachments import KINDS, ContentsUnwanted
from engine.commands.on_task import is_mine, open_task
from engine.errors import Invalid, Missing, NotAllowed, Stale
from engine.host import Host
from engine.queries.instances import take_seat as take_seat_in
from engine.results.attachments import Attachment
from engine.results.tasks import Task
from engine.store.attachments import TABLE, lacking_kinds, to_attachment
from engine.store.instances import InstanceRecord, lock_instance, save_instance
from engine.store.journal import Journal
from engine.store.tasks import get_task
from kernel.facts import tell
from kernel.ids import new_id

MOST = 200


@dataclass(frozen=True)
class File:
    """A file that was checked and whose content is kept under ``content_id``; ``size`` is bytes."""

    kind: str
    filename: str
    media_type: str
    size: int
    content_id: str


@dataclass(frozen=True)
class AttachToTask:
    """By anybody who sees the open task; later approvers see it."""

    task_id: str
    file: File

    def run(self, host: Host) -> Attachment:
        """Raises `Missing`, `NotAllowed`, `Stale` for a task that is done, `Invalid` for the kind or too many."""
        opened = open_task(host, self.task_id)
        task = opened.task
        named = {"element_id": task.element_id, "element_name": task.name}
        return _attach(host, opened.record, self.file, task.id, **named)


@dataclass(frozen=True)
class AttachToCase:
    """By anybody who may see the case, also when it has ended."""

    instance_id: str
    file: File

    def run(self, host: Host) -> Attachment:
        """Raises `Missing`, `Invalid`."""
        record = lock_instance(host.session, self.instance_id)
        take_seat_in(host, self.instance_id)
        return _attach(host, record, self.file, None)


@dataclass(frozen=True)
class Detach:
    """Whoever brought a file takes it away while its task (or for one of the case, the case) is open."""

    attachment_id: str

    def run(self, host: Host) -> Attachment:
        """Raises `Missing`, `NotAllowed` for anybody else's, `Stale` once the task is done."""
        row = host.session.execute(select(TABLE).where(TABLE.c.id == self.attachment_id)).first()
        if row is None:
            raise Missing("attachment_missing", attachment_id=self.attachment_id)
        record = lock_instance(host.session, row.instance_id)
        take_seat_in(host, row.instance_id)
        found = to_attachment(host.session.execute(select(TABLE).where(TABLE.c.id == row.id)).one())
        if found.removed_at is not None:
            return found
        if not is_mine(host, found.added_by):
            raise NotAllowed("attachment_of_another", added_by=found.added_by)
        if not still_open(host, record, found):
            raise Stale("attachment_settled")
        values = {"removed_by": host.actor.id, "removed_at": host.clock.now()}
        host.session.execute(update(TABLE).where(TABLE.c.id == found.id).values(values))
        tell(host.session, ContentsUnwanted((found.content_id,)))
        _note(host, record, "attachment_removed", found)
        return to_attachment(host.session.execute(select(TABLE).where(TABLE.c.id == found.id)).one())


def require_attachments(host: Host, task: Task) -> None:
    """Raise `Invalid` naming the kinds of files that the step asks for and that are not there."""
    lacking = lacking_kinds(host.session, task.id, task.instance_id)
    if lacking:
        raise Invalid("attachments_lacking", kinds=[f"attachment_kind.{kind}" for kind in lacking])


def still_open(host: Host, record: InstanceRecord, found: Attachment) -> bool:
    """Whether nobody has decided on the file yet."""
    if found.task_id is not None:
        return get_task(host.session, found.task_id).state == "open"
    return record.ended_at is None


def _attach(host: Host, record: InstanceRecord, file: File, task_id: str | None, **named: Any) -> Attachment:
    if file.kind not in KINDS:
        raise Invalid("attachment_kind_unknown", field="kind", kinds=list(KINDS))
    here = select(func.count()).where(TABLE.c.instance_id == record.id, TABLE.c.removed_at.is_(None))
    if host.session.execute(here).scalar_one() >= MOST:
        raise Invalid("attachments_too_many", field="file", most=MOST)
    added = {"added_by": host.actor.id, "added_at": host.clock.now(), "removed_by": None, "removed_at": None}
    values = {"id": new_id(), "instance_id": record.id, "task_id": task_id, **vars(file), **added}
    host.session.execute(insert(TABLE).values(values))
    found = Attachment(**values)
    _note(host, record, "attachment_added", found, **named)
    return found


def _note(host: Host, record: InstanceRecord, code: str, found: Attachment, **named: Any) -> None:
    """The name of a file may name a person, so the history holds its id alone."""
    journal = Journal(record, host.actor, host.clock)
    journal.note(code, task_id=found.task_id, attachment_id=found.id, attachment_kind=found.kind, **named)
    save_instance(host.session, host.clock, record)
    journal.write(host.session)
