"""Set process data by hand, with a reason, logged before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.commands.on_task import require_operate
from engine.commands.publish import deliver_thrown
from engine.editing import Edit, told
from engine.errors import Missing, Stale
from engine.host import Host
from engine.protection import protected_names
from engine.results.instances import Instance
from engine.running.run import Run
from engine.spiff.token import Token
from engine.store.instances import LIVE, InstanceRecord, lock_instance
from kernel.audit import record


@dataclass(frozen=True)
class SetVariables:
    """Writes where a token at ``element_id`` would, or in the process's own scope without one."""

    instance_id: str
    changes: dict[str, Any]
    reason: str
    revision: int | None = None
    force: bool = False
    element_id: str | None = None

    def run(self, host: Host) -> Instance:
        """Raises `Missing`, `NotAllowed`, `Invalid`, `Stale` for an ended case or a newer revision."""
        row = lock_instance(host.session, self.instance_id)
        require_operate(host, row.path)
        if self.revision is not None and self.revision != row.revision:
            raise Stale("instance_revised", instance_id=row.id, revision=row.revision, at=row.changed_at)
        run = opened(host, row)
        token = _standing_at(run, self.element_id) if self.element_id is not None else None
        change_variables(run, Edit(self.changes, self.reason, self.force), token)
        return row.result(run.open_tasks)


def opened(host: Host, row: InstanceRecord) -> Run:
    """The run of a case that has not ended; raises `Stale` for one that has."""
    if row.state not in LIVE:
        raise Stale("instance_not_active", instance_id=row.id, state=row.state, at=row.changed_at)
    return Run.of(host, row)


def change_variables(run: Run, edit: Edit, token: Token | None) -> dict[str, Any]:
    """Write checked values in a token's scope and note them in history and audit; returns what was changed."""
    host, row = run.host, run.record
    seen = token.scope.read() if token is not None else run.case.scope.read()
    changed = edit.checked(seen, protected_at(run, token))
    names = sorted(changed)
    before, after = told(host, seen, names), told(host, changed, names)
    element_id = token.task_spec.node.id if token is not None else None
    with run.step(deliver_thrown):
        scope = token.scope if token is not None else run.case.scope
        scope.write(changed)
        run.journal.note(
            "variables_changed", element_id=element_id, names=names, before=before, after=after, reason=edit.reason
        )
    record(
        host.session, host.actor, host.clock, "instance:set_variables", "instance", row.id, path=row.path,
        before=before, after=after, reason=edit.reason,
    )  # fmt: skip
    return changed


def protected_at(run: Run, token: Token | None) -> frozenset[str]:
    """What may not be set where a token stands."""
    bundle = run.case.bundle_at(token) if token is not None else run.bundle
    return protected_names(bundle.model, run.host.registry, run.host.forms)


def _standing_at(run: Run, element_id: str) -> Token:
    found = next((t for t in run.case.standing() if t.task_spec.node.id == element_id), None)
    if found is None:
        raise Missing("element_without_token", element_id=element_id)
    return found
