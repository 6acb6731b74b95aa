"""Take back that others decide on a task."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.on_task import OpenTask, is_mine, open_task, require_operate
from engine.commands.sign_part import finish_for_holder, free_parent
from engine.errors import Invalid
from engine.host import Host
from engine.results.tasks import Task
from engine.signing.holding import PLANNED
from engine.store.signing import added_to, change_signing, close_added, signing_of
from engine.store.tasks import get_task
from engine.tables.columns import AnyRow
from kernel.audit import record


@dataclass(frozen=True)
class WithdrawSigning:
    """Whoever asked the others, or an operator, does without those who have not decided; a reason is needed.

    The task is its holder's again; what he decided before those after him stands, and the case goes on with it.
    """

    task_id: str
    reason: str

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed`, `Invalid` without a reason or when nobody is asked."""
        opened = open_task(host, self.task_id)
        signing = signing_of(host.session, self.task_id, "open", PLANNED)
        if signing is None:
            raise Invalid("nobody_signs", task_id=self.task_id)
        if not is_mine(host, signing.holder) and not is_mine(host, opened.task.assignee):
            require_operate(host, opened.task.path)
        if not self.reason.strip():
            raise Invalid("reason_missing", field="reason")
        _withdraw(opened, signing, self.reason.strip())
        return get_task(host.session, self.task_id)


def _withdraw(opened: OpenTask, signing: AnyRow, reason: str) -> None:
    host, now = opened.host, opened.host.clock.now()
    added = added_to(host.session, signing.task_id, signing.id)
    left = list(signing.people) if signing.state == PLANNED else close_added(host.session, added, now)
    change_signing(host.session, signing.id, state="withdrawn", over_at=now)
    parent = free_parent(host, signing, left)
    opened.note("signing_withdrawn", staff=left, reason=reason)
    record(
        host.session, host.actor, host.clock, "task:withdraw_signing", "task", parent.id, path=parent.path,
        before={"people": left}, reason=reason,
    )  # fmt: skip
    if signing.part == "after" and signing.state == "open":
        opened.journal.write(host.session)
        finish_for_holder(host, opened, parent, signing, signing.answers, None)
    else:
        opened.save()
