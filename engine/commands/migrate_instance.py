"""Let a running case go on by another version of its diagram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, update

from engine import cache
from engine.changing.elements import ElementMap
from engine.changing.migration import Migration as Planned
from engine.changing.migration import against, carry_out, plan_migration
from engine.changing.waits import compared
from engine.commands.by_hand import gone_on
from engine.commands.on_task import require_operate
from engine.definitions.model import UserTask
from engine.errors import CannotGoOn, ChangeRefused, Invalid, Missing, Stale
from engine.findings import ERROR, Finding
from engine.host import Host
from engine.results.changes import ElementChange, Migration
from engine.running.run import Run
from engine.spiff.build import Bundle
from engine.spiff.case import Case
from engine.spiff.relink import called_bundles, go_on
from engine.spiff.waiting import Wait
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
    Timers keep their instant unless ``recalculate``; then those that the diagram changed count from now. With
    ``called`` it is the calls of that process under way that go on by another version, not the instance itself.
    """

    instance_id: str
    version: int
    mapping: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    recalculate: bool = False
    dry_run: bool = False
    called: str | None = None

    def run(self, host: Host) -> Migration:
        """Raises `Missing`, `NotAllowed`, `Stale` when it has ended, `Invalid`, `ChangeRefused`."""
        take = read_instance if self.dry_run else lock_instance
        row = take(host.session, self.instance_id)
        require_operate(host, row.path)
        if row.state not in LIVE:
            raise Stale("instance_not_active", instance_id=row.id, state=row.state, at=row.changed_at)
        run = Run.of(host, row)
        target = self._target(host, row)
        former = self._former(run, target)
        told, moved = self._planned(run, former, target)
        if self.dry_run:
            return told
        if told.findings:
            raise ChangeRefused(told.findings)
        with host.session.begin_nested():
            self._write(host, run, told, target, moved)
            if failed := gone_on(run):
                raise ChangeRefused(failed)
        record(
            host.session, host.actor, host.clock, "instance:migrate", "instance", row.id, path=row.path,
            before={"version": told.from_version},
            after={"key": told.key, "version": target.version, "mapping": dict(self.mapping)},
            reason=self.reason or None,
        )  # fmt: skip
        return told

    def _target(self, host: Host, row: InstanceRecord) -> Bundle:
        key = self.called or row.definition_key
        known = cache.latest(host.session, "process", key, self.version)
        if known is None:
            raise Missing("definition_missing", key=key, version=self.version)
        return cache.bundle_of(host.session, known[0])

    def _former(self, run: Run, target: Bundle) -> list[Bundle]:
        """The versions under way: the instance's own, or those of the calls of a process."""
        found = [run.bundle] if self.called is None else called_bundles(run.case, self.called)
        if not found:
            raise Invalid("migrate_not_called", field="called", key=self.called)
        others = [bundle for bundle in found if bundle.definition_id != target.definition_id]
        if not others:
            raise Invalid("migrate_same_version", field="version", version=self.version)
        return others

    def _planned(self, run: Run, former: list[Bundle], target: Bundle) -> tuple[Migration, set[int]]:
        """What it means, carried out in memory if it can be; and the tokens that it moves."""
        before = {wait.token: wait for wait in run.case.waits()}
        tokens: list[ElementChange] = []
        findings: list[Finding] = []
        moved: set[int] = set()
        for bundle in former:
            elements = ElementMap(bundle, target, self.mapping)
            plan = plan_migration(run.case, elements, recalculate=self.recalculate)
            tokens += _tokens(plan)
            findings += plan.findings or _carried_out(run.case, elements, plan)
            moved |= {stand.token.id for stand in plan.stands}
        told = Migration(
            instance_id=run.record.id,
            key=target.key,
            from_version=former[0].version,
            to_version=target.version,
            possible=not findings,
            done=not self.dry_run,
            tokens=tuple(tokens),
            waits=compared(before, run.case.waits()) if not findings else (),
            findings=tuple(findings),
        )
        return told, moved

    def _write(self, host: Host, run: Run, told: Migration, target: Bundle, moved: set[int]) -> None:
        row = run.record
        if self.called is None:
            set_definition(host.session, row, target.definition_id, target.version)
            theirs = (TASKS.c.instance_id == row.id) & (TASKS.c.state == "open")
            host.session.execute(update(TASKS).where(theirs).values(definition_version=target.version))
        run.journal.note(
            "instance_migrated" if self.called is None else "called_migrated",
            process=self.called,
            from_version=told.from_version,
            to_version=target.version,
            reason=self.reason or None,
        )
        for wait in run.case.waits():
            if wait.token in moved and wait.row is not None:
                _rewrite(host, wait)
        if row.state == "active":
            go_on(run.case)


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


def _rewrite(host: Host, wait: Wait) -> None:
    """The row of something waited for names the element of the new version; a task takes its name and form."""
    node, session = wait.node, host.session
    values: dict[str, Any] = {"element_id": node.id}
    if wait.kind == "user":
        settings = node.task or UserTask()
        values |= {"name": node.name or node.id, "name_labels": dict(node.labels), "form_key": settings.form}
        values |= {"revision": TASKS.c.revision + 1}
        theirs = or_(TASKS.c.id == wait.row, TASKS.c.parent_id == wait.row)
        session.execute(update(TASKS).where(theirs).values(values))
    elif wait.kind in ("timer", "external"):
        session.execute(update(JOBS).where(JOBS.c.id == wait.row).values(values))
    else:
        session.execute(update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == wait.row).values(values))


def _name(node: Any) -> str:
    return str(node.name or node.id)
