"""Send a task or a case to readers (抄送): they may look, never act, and the sender sees who has read it when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from engine.commands.on_task import require_seen
from engine.errors import Invalid
from engine.host import Host
from engine.queries.copies import COPIES, Copy, copy_of_reader, to_copy
from engine.queries.instances import take_seat as take_seat_in
from engine.store.instances import InstanceRecord, lock_instance, save_instance
from engine.store.journal import Journal
from engine.store.tasks import lock_task
from kernel.audit import record
from kernel.ids import new_id

MOST = 20
LONGEST = 500


@dataclass(frozen=True)
class SendCopy:
    """Also of a task that is done. Who was sent one before is not sent another."""

    task_id: str
    readers: tuple[str, ...]
    note: str = ""

    def run(self, host: Host) -> list[Copy]:
        """The new copies. Raises `Missing`, `NotAllowed`, `Invalid` for the readers or an overlong note."""
        found = lock_task(host.session, self.task_id)
        row, task = found.record, found.task
        require_seen(host, task)
        sent = _sent(host, row, self.task_id, self.readers, self.note)
        readers = [copy.reader_id for copy in sent]
        journal = Journal(row, host.actor, host.clock)
        told = {"element_id": task.element_id, "element_name": task.name, "task_id": task.id}
        journal.note("task_copied", **told, staff=readers)
        save_instance(host.session, host.clock, row)
        journal.write(host.session)
        after = {"readers": readers}
        record(host.session, host.actor, host.clock, "task:copy", "task", task.id, path=task.path, after=after)
        return sent


@dataclass(frozen=True)
class CopyCase:
    """A case as a whole, by anybody who may see it, also when it has ended."""

    instance_id: str
    readers: tuple[str, ...]
    note: str = ""

    def run(self, host: Host) -> list[Copy]:
        """The new copies. Raises `Missing`, `Invalid` for the readers or an overlong note."""
        row = lock_instance(host.session, self.instance_id)
        take_seat_in(host, self.instance_id)
        sent = _sent(host, row, "", self.readers, self.note)
        readers = [copy.reader_id for copy in sent]
        journal = Journal(row, host.actor, host.clock)
        journal.note("instance_copied", staff=readers)
        save_instance(host.session, host.clock, row)
        journal.write(host.session)
        after = {"readers": readers}
        record(host.session, host.actor, host.clock, "case:copy", "instance", row.id, path=row.path, after=after)
        return sent


@dataclass(frozen=True)
class ReadCopy:
    """The receipt: the first reading counts."""

    copy_id: str

    def run(self, host: Host) -> Copy:
        """Raises `Missing` for a copy to somebody else."""
        copy = copy_of_reader(host, self.copy_id)
        if copy.read_at is None:
            first = (COPIES.c.id == copy.id) & COPIES.c.read_at.is_(None)
            host.session.execute(update(COPIES).where(first).values(read_at=host.clock.now()))
        return copy_of_reader(host, self.copy_id)


def _sent(host: Host, row: InstanceRecord, task_id: str, wanted: Sequence[str], note: str) -> list[Copy]:
    readers = _checked(host, wanted, note)
    known = select(COPIES.c.reader_id).where(
        COPIES.c.instance_id == row.id, COPIES.c.task_id == task_id, COPIES.c.reader_id.in_(readers)
    )
    before = set(host.session.execute(known).scalars())
    new = [reader for reader in readers if reader not in before]
    if not new:
        raise Invalid("copy_sent_before", field="readers")
    rows = [_copy(host, row.id, task_id, reader, note) for reader in new]
    host.session.execute(insert(COPIES), rows)
    return [to_copy(one) for one in rows]


def _checked(host: Host, wanted: Sequence[str], note: str) -> list[str]:
    readers = [reader for reader in dict.fromkeys(wanted) if reader]
    if not readers:
        raise Invalid("copy_readers_missing", field="readers")
    if len(readers) > MOST:
        raise Invalid("copy_readers_many", field="readers", most=MOST)
    if len(note) > LONGEST:
        raise Invalid("copy_note_length", field="note", longest=LONGEST)
    known = host.directory.actors(readers)
    if len(known) < len(readers):
        raise Invalid("person_missing", field="readers")
    if host.actor.id in readers:
        raise Invalid("copy_to_self", field="readers")
    return readers


def _copy(host: Host, instance_id: str, task_id: str, reader: str, note: str) -> dict[str, object]:
    return {
        "id": new_id(),
        "instance_id": instance_id,
        "task_id": task_id,
        "reader_id": reader,
        "sender_id": host.actor.id,
        "sent_at": host.clock.now(),
        "note": note.strip(),
        "read_at": None,
    }
