"""The part of the engine's face for what people tell each other: comments, copies, urging."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from engine.commands.comment import AddCaseComment, AddComment, EditComment
from engine.commands.send_copy import CopyCase, ReadCopy, SendCopy
from engine.commands.urge import Urge, Urged
from engine.face.commanding import Commanding
from engine.queries import copies, instances
from engine.queries.copies import Copy
from engine.results.comments import Comment
from engine.results.instances import Instance
from engine.results.tasks import Task


class Telling(Commanding):
    """Commands and queries about words between people; no step of a case."""

    def add_comment(self, task_id: str, text: str) -> Comment:
        """Write a comment that later workers of the case see; ``@[staff id]`` in it tells that person."""
        return AddComment(task_id, text).run(self.host)

    def comment_on_case(self, instance_id: str, text: str) -> Comment:
        """Write a comment about a case as a whole."""
        return AddCaseComment(instance_id, text).run(self.host)

    def edit_comment(self, comment_id: str, text: str) -> Comment:
        """Word one's own comment anew, for a few minutes; what it said stays readable."""
        return EditComment(comment_id, text).run(self.host)

    def comments(self, instance_id: str) -> list[Comment]:
        """All comments of a case, oldest first."""
        return instances.comments(self.host, instance_id)

    def urge(self, task_id: str, *, every: timedelta, note: str = "") -> Urged:
        """Urge who has a task, at most once in ``every``; the third time is heard above."""
        return Urge(task_id, every, note).run(self.host)

    # Copies

    def send_copy(self, task_id: str, readers: Sequence[str], *, note: str = "") -> list[Copy]:
        """Send a task to readers, who may look and never act; returns the new copies."""
        return SendCopy(task_id, tuple(readers), note).run(self.host)

    def copy_case(self, instance_id: str, readers: Sequence[str], *, note: str = "") -> list[Copy]:
        """Send a case as a whole to readers, who may look and never act; returns the new copies."""
        return CopyCase(instance_id, tuple(readers), note).run(self.host)

    def read_copy(self, copy_id: str) -> Copy:
        """Say that the actor has read a copy; raises `Missing` for one to somebody else."""
        return ReadCopy(copy_id).run(self.host)

    def get_copy(self, copy_id: str) -> Copy:
        """A copy to the actor; raises `Missing`."""
        return copies.copy_of_reader(self.host, copy_id)

    def copies(
        self, *, most: int = 50, skip: int = 0, unread: bool = False
    ) -> list[tuple[Copy, Task | None, Instance]]:
        """What the actor was sent to read, the newest first; ``unread`` leaves out what was read."""
        return copies.copies_to_reader(self.host, most=most, skip=skip, unread=unread)

    def count_unread_copies(self) -> int:
        """How many copies the actor has not read."""
        return copies.count_unread(self.host)

    def copies_of_case(self, instance_id: str) -> list[Copy]:
        """Who was sent what of a case and has read it when; raises `Missing`."""
        return copies.copies_of_case(self.host, instance_id)
