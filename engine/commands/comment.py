"""Write a comment on a task; everybody who works on the case later sees it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert

from engine.commands.on_task import may_see
from engine.errors import Invalid, Missing
from engine.host import Host
from engine.results import Comment
from engine.store.instances import save_instance
from engine.store.journal import Journal
from engine.store.tasks import lock_task
from engine.tables.columns import table_of
from engine.tables.instances import CommentRow
from kernel.ids import new_id

LONGEST = 5000


@dataclass(frozen=True)
class AddComment:
    """Also on a task that is done: comments are never lost at completion."""

    task_id: str
    text: str

    def run(self, host: Host) -> Comment:
        """Raises `Missing`, `Invalid` for an empty or overlong text."""
        text = self.text.strip()
        if not text or len(text) > LONGEST:
            raise Invalid("comment_length", field="text", longest=LONGEST)
        record, task, _token, _troubled = lock_task(host.session, self.task_id)
        if not may_see(host, task):
            raise Missing("task_missing", task_id=self.task_id)
        comment = Comment(new_id(), task.id, host.actor.id, host.clock.now(), text)
        values = {**vars(comment), "instance_id": record.id}
        host.session.execute(insert(table_of(CommentRow)).values(values))
        journal = Journal(record, host.actor, host.clock)
        journal.note("comment_added", element_id=task.element_id, element_name=task.name, task_id=task.id)
        save_instance(host.session, host.clock, record)
        journal.write(host.session)
        return comment
