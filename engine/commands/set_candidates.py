"""Offer a task to other roles and people than its diagram says."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.on_task import OpenTask, open_task, require_oversee
from engine.errors import Invalid, NotAllowed
from engine.host import Host
from engine.people import person_at
from engine.results.tasks import Task
from engine.signing.holding import require_not_held
from engine.store.tasks import change_task, replace_candidates
from kernel.audit import record

MOST = 20


@dataclass(frozen=True)
class SetCandidates:
    """Whoever had it loses it at once; who did that and why is kept, and four eyes hold as before.

    ``groups`` are roles at the task's node, or ``role@path`` at a node above it. Who oversees without operating
    does not let himself in, neither by name nor by a role of his own.
    """

    task_id: str
    groups: tuple[str, ...]
    people: tuple[str, ...]
    reason: str

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `Invalid`, and `NotAllowed` without the right or against four eyes."""
        opened = open_task(host, self.task_id)
        task = opened.task
        require_oversee(host, task.path)
        if not self.reason.strip():
            raise Invalid("reason_missing", field="reason")
        if task.parent_id is not None:
            raise Invalid("candidates_of_signer", task_id=task.id)
        require_not_held(task)
        entries = self._entries(opened)
        if entries == list(task.candidates) and task.assignee is None:
            return task
        changed = replace_candidates(host.session, task, entries)
        changed = change_task(host.session, changed, follow_up_at=None)
        reason = self.reason.strip()
        groups = [entry.partition("@")[0] for entry in entries if not entry.startswith("user:")]
        told = {"groups": groups or None, "staff": list(self.people) or None}
        opened.note("task_offered", former=task.assignee, reason=reason, **told)
        opened.save()
        record(
            host.session, host.actor, host.clock, "task:set_candidates", "task", task.id, path=task.path,
            before={"assignee": task.assignee, "candidates": list(task.candidates)}, after={"candidates": entries},
            reason=reason,
        )  # fmt: skip
        return changed

    def _entries(self, opened: OpenTask) -> list[str]:
        host, task = opened.host, opened.task
        entries = [self._group(host, task, group) for group in dict.fromkeys(self.groups)]
        for person in dict.fromkeys(self.people):
            person_at(host, person, task, field="people")
            self._require_other(host, task, f"user:{person}", himself=person == host.actor.id)
            entries.append(f"user:{person}")
        if not 1 <= len(entries) <= MOST:
            raise Invalid("candidates_number", field="groups", most=MOST)
        return list(dict.fromkeys(entries))

    def _group(self, host: Host, task: Task, group: str) -> str:
        role, _, path = group.partition("@")
        path = path or task.path
        if not task.path.startswith(path):
            raise Invalid("candidates_elsewhere", field="groups", group=f"role.{role}")
        holders = host.directory.holders(role, path)
        if not holders:
            raise Invalid("candidates_vacant", field="groups", group=f"role.{role}")
        if set(holders) <= set(task.excluded):
            raise NotAllowed("candidates_kept_out", task_id=task.id, group=f"role.{role}")
        entry = f"{role}@{path}"
        self._require_other(host, task, entry, himself=host.actor.has_role(role, path))
        return entry

    @staticmethod
    def _require_other(host: Host, task: Task, entry: str, *, himself: bool) -> None:
        if himself and entry not in task.candidates and not host.checker.may_operate(host.actor, task.path):
            raise NotAllowed("offer_to_self", task_id=task.id)
