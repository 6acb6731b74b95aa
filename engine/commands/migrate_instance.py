"""Let a running case go on by another version of its diagram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update

from engine import cache
from engine.changing.elements import ElementMap
from engine.changing.migration import Migration as Planned
from engine.changing.migration import against, carry_out, plan_migration
from engine.changing.waits import compared
from engine.commands.on_task import require_operate
from engine.commands.publish import deliver_thrown
from engine.definitions.model import UserTask
from engine.errors import CannotGoOn, ChangeRefused, Invalid, Missing, Stale
from engine.findings import ERROR, Finding
from engine.host import Host
from engine.results import ElementChange, Migration
from engine.running.run import Run
from engine.spiff.build import Bundle
from engine.spiff.case import Case, Wait
from engine.spiff.relink import go_on
from engine.store.instances import LIVE, InstanceRecord, lock_instance, read_instance, set_definition
from engine.store.tasks import TABLE as TASKS
from engine.tables.columns import table_of
from engine.tables.work import JobRow, SubscriptionRow
from kernel.audit import record

JOBS = table_of(JobRow)
SUBSCRIPTIONS = table_of(SubscriptionRow)


@dataclass(frozen=True)
class MigrateInstance:
    """All of its tokens fit the other version, or the case is left as it is.

    Tasks keep assignee, candidates, draft, comments and due date; name and form are those of the new version.
    Timers keep their instant unless ``recalculate``; then those that the diagram changed count from now.
    """

    instance_id: str
    version: int
    mapping: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    recalculate: bool = False
    dry_run: bool = False

    def run(self, host: Host) -> Migration:
        """Raises `Missing`, `NotAllowed`, `Stale` when it has ended, `Invalid`, `ChangeRefused`, `StepFailed`."""
        take = read_instance if self.dry_run else lock_instance
        row = take(host.session, self.instance_id)
        require_operate(host, row.path)
        if row.state not in LIVE:
            raise Stale("instance_not_active", instance_id=row.id, state=row.state, at=row.changed_at)
        target = self._target(host, row)
        run = Run.of(host, row)
        before = {wait.token: wait for wait in run.case.waits()}
        elements = ElementMap(run.bundle, target, self.mapping)
        plan = plan_migration(run.case, elements, recalculate=self.recalculate)
        tokens = _tokens(plan)
        if not plan.findings:
            plan.findings += _carried_out(run.case, elements, plan)
        waits = compared(before, run.case.waits()) if not plan.findings else ()
        told = Migration(
            instance_id=row.id,
            key=row.definition_key,
            from_version=row.definition_version,
            to_version=target.version,
            possible=not plan.findings,
            done=not self.dry_run,
            tokens=tokens,
            waits=waits,
            findings=tuple(plan.findings),
        )
        if self.dry_run:
            return told
        if plan.findings:
            raise ChangeRefused(plan.findings)
        self._write(host, run, target)
        return told

    def _target(self, host: Host, row: InstanceRecord) -> Bundle:
        if self.version == row.definition_version:
            raise Invalid("migrate_same_version", field="version", version=self.version)
        known = cache.latest(host.session, "process", row.definition_key, self.version)
        if known is None:
            raise Missing("definition_missing", key=row.definition_key, version=self.version)
        return cache.bundle_of(host.session, known[0])

    def _write(self, host: Host, run: Run, target: Bundle) -> None:
        row, former = run.record, run.record.definition_version
        set_definition(host.session, row, target.definition_id, target.version)
        run.journal.note(
            "instance_migrated", from_version=former, to_version=target.version, reason=self.reason or None
        )
        for wait in run.case.waits():
            _rewrite(host, run.case, wait, target)
        with run.step(deliver_thrown) as case:
            if row.state == "active":
                go_on(case)
        record(
            host.session, host.actor, host.clock, "instance:migrate", "instance", row.id, path=row.path,
            before={"version": former}, after={"version": target.version, "mapping": dict(self.mapping)},
            reason=self.reason or None,
        )  # fmt: skip


def _tokens(plan: Planned) -> tuple[ElementChange, ...]:
    stands = [s for s in plan.stands if s.token.parent is s.token.workflow.task_tree and not s.token.armed]
    found = [
        (s.token.id, ElementChange(s.token.task_spec.node.id, _name(s.token.task_spec.node), s.step.node.id))
        for s in stands
    ]
    lost = [
        (0, ElementChange(f.element_id, f.element_name or f.element_id, None))
        for f in plan.findings
        if f.element_id is not None
    ]
    return tuple(change for _, change in sorted(found, key=lambda pair: pair[0]) + lost)


def _carried_out(case: Case, elements: ElementMap, plan: Planned) -> list[Finding]:
    try:
        return carry_out(case, elements, plan)
    except CannotGoOn as fault:
        told = {"reason": fault.code, "reason_params": dict(fault.params)}
        if case.at is None:
            return [Finding("migrate_event_unclear", ERROR, params={"element": "", **told})]
        return [against("migrate_event_unclear", case.at, **told)]


def _rewrite(host: Host, case: Case, wait: Wait, target: Bundle) -> None:
    """The row of something waited for names the element of the new version; a task takes its name and form."""
    if wait.row is None or case.bundle_at(case.token(wait.token)) is not target:
        return
    node, session = wait.node, host.session
    values: dict[str, Any] = {"element_id": node.id}
    if wait.kind == "user":
        settings = node.task or UserTask()
        values |= {"name": node.name or node.id, "name_labels": dict(node.labels), "form_key": settings.form}
        values |= {"definition_version": target.version, "revision": TASKS.c.revision + 1}
        session.execute(update(TASKS).where(TASKS.c.id == wait.row).values(values))
    elif wait.kind in ("timer", "external"):
        session.execute(update(JOBS).where(JOBS.c.id == wait.row).values(values))
    else:
        session.execute(update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == wait.row).values(values))


def _name(node: Any) -> str:
    return str(node.name or node.id)
