"""Change by hand where a case stands: cancel a branch, begin before or after an element, move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.changing.placing import place
from engine.changing.waits import compared
from engine.commands.by_hand import gone_on, steps_after, taken_back
from engine.commands.on_task import require_operate
from engine.errors import ChangeRefused, Invalid, Stale
from engine.host import Host
from engine.results.changes import Change, Modification
from engine.running.run import Run
from engine.store.instances import LIVE, InstanceRecord, lock_instance
from kernel.audit import record

KINDS = ("cancel", "before", "after")


@dataclass(frozen=True)
class ModifyInstance:
    """All changes are made together, then the case goes as far as it can; or nothing is changed.

    A dry run does all of it, handlers included, and takes it back before it answers: so it tells what would
    really happen. What handlers send outside waits for a commit that never comes.
    """

    instance_id: str
    changes: tuple[Change, ...]
    reason: str | None
    dry_run: bool = False

    def run(self, host: Host) -> Modification:
        """Raises `Missing`, `NotAllowed`, `Stale` when it has ended, `Invalid`, `ChangeRefused`."""
        self._require_sense()
        row = lock_instance(host.session, self.instance_id)
        require_operate(host, row.path)
        if row.state not in LIVE:
            raise Stale("instance_not_active", instance_id=row.id, state=row.state, at=row.changed_at)
        if self.dry_run:
            with taken_back(host):
                # What a suspended case would do is what it does when it goes on.
                row.state = "active"
                return self._change(host, row)
        with host.session.begin_nested():
            told = self._change(host, row)
            if told.findings:
                raise ChangeRefused(told.findings)
        record(
            host.session, host.actor, host.clock, "instance:modify", "instance", row.id, path=row.path,
            after={"changes": self._said()}, reason=self.reason,
        )  # fmt: skip
        return told

    def _require_sense(self) -> None:
        if not self.changes:
            raise Invalid("change_empty", field="changes")
        for change in self.changes:
            if change.kind not in KINDS:
                raise Invalid("change_kind_unknown", field="changes", kind=change.kind, kinds=list(KINDS))
        if not self.dry_run and self.reason is not None and not self.reason.strip():
            raise Invalid("reason_missing", field="reason")

    def _said(self) -> list[str]:
        return [f"{change.kind} {change.element_id}" for change in self.changes]

    def _by_kind(self) -> dict[str, Any]:
        named = (("ended", "cancel"), ("before", "before"), ("after", "after"))
        return {
            name: [change.element_id for change in self.changes if change.kind == kind] or None
            for name, kind in named
        }

    def _change(self, host: Host, row: InstanceRecord) -> Modification:
        run = Run.of(host, row)
        before = {wait.token: wait for wait in run.case.waits()}
        run.journal.note("instance_modified", **self._by_kind(), reason=self.reason or None)
        placed = place(run.case, self.changes)
        first = row.history_seq
        if not placed.findings:
            placed.findings += gone_on(run)
        waits = () if placed.findings else compared(before, run.case.waits())
        steps = () if placed.findings else steps_after(host, row, first)
        return Modification(
            instance_id=row.id,
            changes=self.changes,
            possible=not placed.findings,
            done=not self.dry_run,
            state=row.state,
            waits=tuple(wait for wait in waits if wait.becomes != "kept"),
            steps=steps,
            forgotten=tuple(dict.fromkeys(placed.forgotten)),
            findings=tuple(placed.findings),
        )
