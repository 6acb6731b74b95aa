"""Acts by a one-time link (免登录审批): the usual commands, logged with the channel of the link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.commands.complete_task import CompleteTask
from engine.commands.send_copy import ReadCopy
from engine.commands.withdraw import AnswerWithdrawal
from engine.host import Host
from engine.queries.copies import Copy
from engine.results.going_back import Withdrawal
from engine.results.instances import Instance
from engine.results.tasks import Task
from engine.store.instances import lock_instance, read_instance, save_instance
from engine.store.journal import Journal
from engine.store.tasks import get_task
from kernel.audit import record


@dataclass(frozen=True)
class CompleteByLink:
    """The link binds to the task as it was: ``revision`` is required. ``channel`` is mail or sms."""

    task_id: str
    answers: dict[str, Any]
    revision: int
    channel: str

    def run(self, host: Host) -> Instance:
        """Raises what `CompleteTask` does."""
        instance = CompleteTask(self.task_id, self.answers, self.revision).run(host)
        task = get_task(host.session, self.task_id)
        _note(host, instance.id, task, "task_decided_by_link", self.channel)
        _record(host, "task:complete_by_link", "task", task.id, task.path, self.channel)
        return instance


@dataclass(frozen=True)
class AnswerByLink:
    """Grant or refuse that somebody has a task, or the request that he began, back."""

    withdrawal_id: str
    grant: bool
    answer: str
    channel: str

    def run(self, host: Host) -> Withdrawal:
        """Raises what `AnswerWithdrawal` does."""
        answered = AnswerWithdrawal(self.withdrawal_id, self.grant, self.answer).run(host)
        task = get_task(host.session, answered.task_id) if answered.task_id is not None else None
        _note(host, answered.instance_id, task, "withdrawal_answered_by_link", self.channel)
        path = read_instance(host.session, answered.instance_id).path
        _record(host, "withdrawal:answer_by_link", "withdrawal", answered.id, path, self.channel)
        return answered


@dataclass(frozen=True)
class ReadByLink:
    """Say that a copy was read."""

    copy_id: str
    channel: str

    def run(self, host: Host) -> Copy:
        """Raises `Missing` for a copy to somebody else."""
        copy = ReadCopy(self.copy_id).run(host)
        path = read_instance(host.session, copy.instance_id).path
        _record(host, "copy:read_by_link", "copy", copy.id, path, self.channel)
        return copy


def _note(host: Host, instance_id: str, task: Task | None, code: str, channel: str) -> None:
    row = lock_instance(host.session, instance_id)
    journal = Journal(row, host.actor, host.clock)
    told = {"element_id": task.element_id, "element_name": task.name, "task_id": task.id} if task else {}
    journal.note(code, channel=f"by_channel.{channel}", **told)
    save_instance(host.session, host.clock, row)
    journal.write(host.session)


def _record(host: Host, action: str, subject: str, subject_id: str, path: str, channel: str) -> None:
    after = {"channel": channel}
    record(host.session, host.actor, host.clock, action, subject, subject_id, path=path, after=after)
