"""What an operator does to an incident before it is retried: a note, and other input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from engine import cache
from engine.commands.retry_incident import open_incident
from engine.commands.set_variables import change_variables, opened
from engine.editing import Edit, told
from engine.errors import Invalid, Missing, Stale
from engine.host import Host
from engine.incidents import INCIDENTS, JOBS
from engine.protection import is_reference, protected_names
from engine.queries.incidents import answers_given, get
from engine.results.incidents import IncidentDetail
from engine.store.instances import lock_instance
from engine.store.tasks import lock_task
from engine.tables.columns import AnyRow
from kernel.audit import record

LONGEST = 1000


@dataclass(frozen=True)
class AnnotateIncident:
    """A note for whoever looks at the incident next; a new one takes the former one's place."""

    incident_id: str
    text: str

    def run(self, host: Host) -> IncidentDetail:
        """Raises `Missing`, `NotAllowed`, `Invalid` for an overlong text; an empty one removes the note."""
        text = self.text.strip()
        if len(text) > LONGEST:
            raise Invalid("comment_length", field="text", longest=LONGEST)
        row = get(host, self.incident_id).incident
        noted = {"note": text or None, "noted_by": host.actor.id, "noted_at": host.clock.now()}
        host.session.execute(update(INCIDENTS).where(INCIDENTS.c.id == row.id).values(noted))
        record(
            host.session, host.actor, host.clock, "incident:annotate", "incident", row.id, path=row.scope,
            before={"note": row.note}, after={"note": text or None},
        )  # fmt: skip
        return get(host, row.id)


@dataclass(frozen=True)
class EditIncident:
    """Other input for what failed; retrying it is a step of its own.

    Of a delivery or an external step the input is its payload, of all else the process data where the step
    stands. What a person answered stays the person's.
    """

    incident_id: str
    edit: Edit

    def run(self, host: Host) -> IncidentDetail:
        """Raises `Missing`, `NotAllowed`, `Invalid`, `Stale` when it is resolved, running or moved on."""
        row = open_incident(host, self.incident_id)
        job = _job(host, row) if row.job_id is not None else None
        if job is not None and job.kind in ("message_out", "external"):
            changed = self._edit_payload(host, row, job)
        elif row.instance_id is not None:
            changed = self._edit_variables(host, row, job)
        else:
            changed = self._edit_start(host, row)
        shown = {**(row.input or {}), **changed}
        host.session.execute(update(INCIDENTS).where(INCIDENTS.c.id == row.id).values(input=shown))
        return get(host, row.id)

    def _edit_payload(self, host: Host, row: AnyRow, job: AnyRow) -> dict[str, Any]:
        if job.locked_until is not None and job.locked_until > host.clock.now():
            raise Stale("job_running", job_id=job.id)
        inner = job.kind == "external"
        payload: dict[str, Any] = dict(job.payload["input"] if inner else job.payload)
        changed = self.edit.checked(payload, {name for name in self.edit.changes if is_reference(name)})
        known = host.registry.handlers.get(job.name) if inner else None
        if known is not None:
            known.load(payload | changed)
        written = {**job.payload, "input": payload | changed} if inner else payload | changed
        host.session.execute(update(JOBS).where(JOBS.c.id == job.id).values(payload=written))
        self._log(host, row, payload, changed)
        return changed

    def _edit_variables(self, host: Host, row: AnyRow, job: AnyRow | None) -> dict[str, Any]:
        self._refuse_answers(row)
        record_ = lock_instance(host.session, row.instance_id)
        run = opened(host, record_)
        number = job.token if job is not None else _token_of_task(host, row.task_id)
        if number is not None and not run.case.has(number):
            raise Stale("incident_moved_on", incident_id=row.id)
        token = run.case.token(number) if number is not None else None
        changed = change_variables(run, self.edit, token)
        self._log(host, row, {}, changed)
        return changed

    def _edit_start(self, host: Host, row: AnyRow) -> dict[str, Any]:
        command: dict[str, Any] | None = row.command
        if command is None:
            raise Invalid("incident_not_retryable", incident_id=row.id)
        self._refuse_answers(row)
        found = cache.latest(host.session, "process", command["key"], command["version"])
        if found is None:
            raise Missing("definition_missing", key=command["key"], version=command["version"])
        model = cache.bundle_of(host.session, found[0]).model
        before: dict[str, Any] = command["variables"]
        changed = self.edit.checked(before, protected_names(model, host.registry, host.forms))
        again = {**command, "variables": before | changed}
        host.session.execute(update(INCIDENTS).where(INCIDENTS.c.id == row.id).values(command=again))
        self._log(host, row, before, changed)
        return changed

    def _refuse_answers(self, row: AnyRow) -> None:
        theirs = self.edit.changes.keys() & answers_given(row.command).keys()
        for name in sorted(theirs):
            raise Invalid("answers_of_person", field=name, name=name, who=row.command["actor_id"])

    def _log(self, host: Host, row: AnyRow, before: dict[str, Any], changed: dict[str, Any]) -> None:
        record(
            host.session, host.actor, host.clock, "incident:edit_input", "incident", row.id, path=row.path,
            before=told(host, before, sorted(changed)), after=told(host, changed, sorted(changed)),
            reason=self.edit.reason,
        )  # fmt: skip


def _job(host: Host, row: AnyRow) -> AnyRow | None:
    """The job whose step failed; None when it set off the step of another case."""
    its = (JOBS.c.id == row.job_id) & JOBS.c.instance_id.is_not_distinct_from(row.instance_id)
    return host.session.execute(select(JOBS).where(its).with_for_update()).first()


def _token_of_task(host: Host, task_id: str | None) -> int | None:
    return lock_task(host.session, task_id).token if task_id is not None else None
