"""The part of the engine's face for files on tasks and cases."""

from __future__ import annotations

from sqlalchemy import select

from engine.commands.attach import AttachToCase, AttachToTask, Detach, File
from engine.errors import Missing
from engine.face.commanding import Commanding
from engine.queries import instances, tasks
from engine.results.attachments import Attachment
from engine.store.attachments import TABLE, attachments_of, lacking_kinds, required_kinds, to_attachment


class Attaching(Commanding):
    """Attach, take away, look."""

    def attach_to_task(self, task_id: str, file: File) -> Attachment:
        """Put a file on an open task."""
        return AttachToTask(task_id, file).run(self.host)

    def attach_to_case(self, instance_id: str, file: File) -> Attachment:
        """Put a file on a case as a whole."""
        return AttachToCase(instance_id, file).run(self.host)

    def detach(self, attachment_id: str) -> Attachment:
        """Take one's own file away; who did so and when stays."""
        return Detach(attachment_id).run(self.host)

    def attachments(self, instance_id: str) -> list[Attachment]:
        """The files of a case and its tasks, those taken away too; raises `Missing`."""
        instances.get(self.host, instance_id)
        return attachments_of(self.host.session, instance_id)

    def get_attachment(self, attachment_id: str) -> Attachment:
        """A file that is there; raises `Missing` for one taken away or of a case the actor may not see."""
        where = (TABLE.c.id == attachment_id) & TABLE.c.removed_at.is_(None)
        row = self.host.session.execute(select(TABLE).where(where)).first()
        if row is None:
            raise Missing("attachment_missing", attachment_id=attachment_id)
        try:
            instances.get(self.host, row.instance_id)
        except Missing as hidden:
            raise Missing("attachment_missing", attachment_id=attachment_id) from hidden
        return to_attachment(row)

    def required_attachments(self, task_id: str) -> tuple[str, ...]:
        """The kinds of files that a task's step asks for; raises `Missing`."""
        tasks.one(self.host, task_id)
        return required_kinds(self.host.session, task_id)

    def lacking_attachments(self, task_id: str) -> tuple[str, ...]:
        """Those of them that neither the task nor its case has; raises `Missing`."""
        return lacking_kinds(self.host.session, task_id, tasks.one(self.host, task_id).instance_id)
