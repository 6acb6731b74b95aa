"""Begin a new case with the data of an ended one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from engine import cache
from engine.changing.placing import begin_at
from engine.changing.waits import compared
from engine.commands.by_hand import gone_on, steps_after, taken_back
from engine.commands.on_task import require_operate
from engine.commands.start_record import new_record
from engine.errors import ChangeRefused, Invalid, KeyturnError, Missing, Stale
from engine.findings import ERROR, Finding
from engine.handlers import Restart
from engine.host import Host
from engine.results.changes import Change, Modification
from engine.running.run import Run
from engine.spiff.build import Bundle
from engine.store.instances import LIVE, TABLE, InstanceRecord, lock_instance, save_instance
from engine.store.journal import TABLE as HISTORY
from engine.store.journal import Journal
from engine.tables.columns import AnyRow
from kernel.audit import record

_VERBS = ("serviceTask", "sendTask")


@dataclass(frozen=True)
class RestartInstance:
    """The ended case stays as it is, history and all; the new one says which it follows."""

    instance_id: str
    at: tuple[str, ...]
    reason: str
    version: int | None = None
    dry_run: bool = False

    def run(self, host: Host) -> Modification:
        """Raises `Missing`, `NotAllowed`, `Stale`, `Invalid`, `ChangeRefused`."""
        if not self.at:
            raise Invalid("change_empty", field="at")
        if not self.dry_run and not self.reason.strip():
            raise Invalid("reason_missing", field="reason")
        ended = lock_instance(host.session, self.instance_id)
        require_operate(host, ended.path)
        if ended.state in LIVE:
            raise Stale("restart_still_runs", instance_id=ended.id, state=ended.state)
        self._refuse_double(host, ended)
        bundle = self._bundle(host, ended)
        if self.dry_run:
            with taken_back(host):
                return replace(self._begin(host, ended, bundle), done=False)
        with host.session.begin_nested():
            told = self._begin(host, ended, bundle)
            if told.findings:
                raise ChangeRefused(told.findings)
        record(
            host.session, host.actor, host.clock, "instance:restart", "instance", told.instance_id,
            path=ended.path, before={"instance_id": ended.id}, after={"at": list(self.at)}, reason=self.reason,
        )  # fmt: skip
        return told

    def _bundle(self, host: Host, ended: InstanceRecord) -> Bundle:
        version = self.version or ended.definition_version
        known = cache.latest(host.session, "process", ended.definition_key, version)
        if known is None:
            raise Missing("definition_missing", key=ended.definition_key, version=version)
        return cache.bundle_of(host.session, known[0])

    def _refuse_double(self, host: Host, ended: InstanceRecord) -> None:
        if ended.business_key is None:
            return
        same = (TABLE.c.definition_key == ended.definition_key) & (TABLE.c.business_key == ended.business_key)
        live = select(TABLE.c.id, TABLE.c.started_by, TABLE.c.started_at).where(same, TABLE.c.state.in_(LIVE))
        row = host.session.execute(live).first()
        if row is not None:
            raise Stale("already_started", instance_id=row.id, by=row.started_by, at=row.started_at)

    def _begin(self, host: Host, ended: InstanceRecord, bundle: Bundle) -> Modification:
        fresh = new_record(host, bundle, dict(ended.variables), ended.business_key, ended.path)
        fresh.facts = dict(ended.facts)
        run = Run(host, fresh, bundle)
        run.journal.note("instance_started", version=bundle.version)
        run.journal.note(
            "instance_restarted", former_id=ended.id, elements=list(self.at), reason=self.reason or None
        )
        first = fresh.history_seq
        findings = self._rows_follow(host, ended) or begin_at(run.case, self.at) or gone_on(run)
        if not findings:
            self._note_on(host, ended, fresh.id)
        return Modification(
            instance_id=fresh.id,
            changes=tuple(Change("before", element) for element in self.at),
            possible=not findings,
            done=True,
            state=fresh.state,
            waits=() if findings else compared({}, run.case.waits()),
            steps=() if findings else steps_after(host, fresh, first),
            forgotten=(),
            findings=tuple(findings),
        )

    def _rows_follow(self, host: Host, ended: InstanceRecord) -> list[Finding]:
        """Have the domain rows follow; a finding for each verb whose rows nobody makes follow."""
        done = _verbs_done(host, ended)
        follow = host.registry.restarts.get(ended.definition_key)
        if follow is None:
            return [
                Finding("restart_rows_left", ERROR, row.element_id, row.element_name, None,
                        {"element": row.element_name or row.element_id})
                for row in done
            ]  # fmt: skip
        asked = Restart(
            session=host.session,
            actor=host.actor,
            clock=host.clock,
            instance_id=ended.id,
            definition_key=ended.definition_key,
            business_key=ended.business_key,
            scope=ended.path,
            variables=dict(ended.variables),
            at=self.at,
            done=tuple(row.element_id for row in done),
        )
        try:
            follow(asked)
        except KeyturnError as refused:
            told = {"reason": refused.code, "reason_params": dict(refused.params)}
            return [Finding("restart_rows_refuse", ERROR, params=told)]
        return []

    def _note_on(self, host: Host, ended: InstanceRecord, follower: str) -> None:
        journal = Journal(ended, host.actor, host.clock)
        journal.note("instance_followed", follower_id=follower, reason=self.reason or None)
        save_instance(host.session, host.clock, ended)
        journal.write(host.session)


def _verbs_done(host: Host, ended: InstanceRecord) -> list[AnyRow]:
    """The elements whose handlers ran in the ended case, each once."""
    done = (HISTORY.c.instance_id == ended.id) & (HISTORY.c.code == "element_done")
    query = select(HISTORY.c.element_id, HISTORY.c.element_name, HISTORY.c.params).where(done)
    rows = host.session.execute(query.order_by(HISTORY.c.seq)).all()
    found = {row.element_id: row for row in rows if row.params.get("kind") in _VERBS}
    return list(found.values())
