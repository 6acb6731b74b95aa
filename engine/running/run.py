"""One run of one instance within a command: load, act, deliver kept messages, write rows, save, throw on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from engine import cache
from engine.correlation import canonical, hold_name
from engine.errors import BusinessError, CannotGoOn, KeyturnError, StepFailed
from engine.expressions import Expressions
from engine.host import Host
from engine.running.ending import end_case
from engine.running.kept_messages import take_kept_message
from engine.running.passing import Passing
from engine.running.reading import values_read
from engine.running.services import StepServices, Thrown
from engine.running.waits import WaitRows
from engine.spiff.build import Bundle
from engine.spiff.case import Case
from engine.spiff.codec import dump, format_of, load
from engine.store.instances import InstanceRecord, insert_instance, lock_instance, require_saved, write_instance
from engine.store.journal import Journal
from engine.store.search import index_case, index_new_case
from engine.store.tasks import open_facts, open_task_ids, replace_facts
from engine.tracing import frames_of
from kernel.actor import SYSTEM
from kernel.database import in_one_round_trip, is_passing

Deliver = Callable[[Host, Thrown], None]


class Run:
    """An instance in hand. ``command`` is what a retry would run again, ``job_id`` the job that is running."""

    def __init__(
        self,
        host: Host,
        record: InstanceRecord,
        bundle: Bundle,
        *,
        command: Mapping[str, Any] | None = None,
        job_id: str | None = None,
    ) -> None:
        self.host = host
        self.record = record
        self.bundle = bundle
        self.command = command
        self.job_id = job_id
        self.journal = Journal(record, host.actor, host.clock)
        place = host.place(record.path)
        expressions = Expressions(host.clock, place.calendar, place.zone, host.directory)
        self.services = StepServices(host, record, self.journal, expressions, place)
        self.case: Case = (
            load(bundle, record.tokens, record.tokens_format, record.variables, self.services)
            if record.tokens
            else Case(bundle, self.services, record.variables)
        )
        self._rows = WaitRows(self.case, self.services)
        self._passing = Passing(host, self.case, self.services, self._write_so_far)
        self._along: list[Callable[[], object]] = []
        self._is_new = not record.tokens
        self.called_off: dict[str, Any] | None = None

    @classmethod
    def of(
        cls,
        host: Host,
        record: InstanceRecord,
        *,
        command: Mapping[str, Any] | None = None,
        job_id: str | None = None,
    ) -> Run:
        """The run of a stored instance."""
        bundle = cache.bundle_of(host.session, record.definition_id)
        return cls(host, record, bundle, command=command, job_id=job_id)

    def closes(self, task_id: str) -> None:
        """The command itself closes this task's row."""
        self._rows.before.pop(task_id, None)

    def write_along(self, write: Callable[[], object]) -> None:
        """Write something together with the instance's own rows; it must not ask the database anything."""
        self._along.append(write)

    @property
    def open_tasks(self) -> tuple[str, ...]:
        """The ids of the open tasks, oldest first."""
        return tuple(row for row, kind in self._rows.before.items() if kind == "user")

    @contextmanager
    def step(self, deliver: Deliver, *, ask_again: bool = False) -> Iterator[Case]:
        """Act on the case inside; afterwards it has gone as far as it can and everything is written.

        A suspended case stays where it was put; ``ask_again`` looks for messages kept while it was suspended.
        Raises `StepFailed` for whatever the process itself did wrong.
        """
        with self._guarded():
            if self._is_new:
                insert_instance(self.host.session, self.record)
            yield self.case
            if self.record.state == "active":
                self.case.run()
                self._take_kept_messages(also_for_old_waits=ask_again)
            self._rows.sync()
            while self.record.state == "active" and self._passing.passes(self._rows.new_tasks):
                self.case.run()
                self._take_kept_messages()
                self._rows.sync()
            self._save()
            self._deliver_thrown(deliver)

    def _deliver_thrown(self, deliver: Deliver) -> None:
        for thrown in self.services.thrown:
            deliver(self.host, thrown)
        if self.services.thrown:
            # What this instance threw may have come back to it.
            fresh = lock_instance(self.host.session, self.record.id)
            vars(self.record).update(vars(fresh))
            self._rows.before = dict.fromkeys(open_task_ids(self.host.session, fresh.id), "user")

    def _take_kept_messages(self, *, also_for_old_waits: bool = False) -> None:
        asked: set[int] = set()
        while fresh := self._first_fresh(asked, also_for_old_waits):
            token, name, correlation = fresh
            asked.add(token)
            hold_name(self.host.session, name, canonical(correlation))
            payload = take_kept_message(self.host, name, correlation, self.record.id)
            if payload is not None:
                self.case.fire(token, payload)
                self.case.run()

    def _first_fresh(self, asked: set[int], also_old: bool) -> tuple[int, str, Mapping[str, Any]] | None:
        for wait in self.case.waits():
            is_fresh = wait.row is None or also_old
            if wait.kind == "message" and is_fresh and wait.token not in asked:
                return wait.token, wait.name or "", wait.correlation or {}
        return None

    def _write_so_far(self) -> None:
        """Write early what the command has done, for whoever asks the database about it."""
        along, self._along = self._along, []
        for write in along:
            write()
        self.journal.write(self.host.session)

    def _save(self) -> None:
        record, session = self.record, self.host.session
        if self.case.completed and record.state == "active":
            self._end()
        record.tokens, record.tokens_format = dump(self.case), format_of(self.case)
        record.variables = self.case.scope.values
        new_facts = self.services.new_facts
        still_open = self._rows.before
        known = open_facts(session, record.id, still_open) if new_facts else {}
        with in_one_round_trip(session):
            self._rows.write()
            self._passing.write()
            if known:
                replace_facts(session, {task: facts | new_facts for task, facts in known.items()})
            if self._is_new:
                index_new_case(session, record.id, record.facts, record.business_key)
            elif new_facts:
                index_case(session, record.id, new_facts)
            saved = write_instance(session, self.host.clock, record)
            self.journal.write(session)
            for write in self._along:
                write()
        require_saved(saved, record)

    def _end(self) -> None:
        """The case has come to its end, or what it did is undone because it was called off."""
        record, told = self.record, self.called_off
        record.variables = self.case.scope.values
        if told is None:
            self.journal.note("instance_completed")
            end_case(self.host, record, "completed", None)
        else:
            self.journal.note("instance_withdrawn", **told)
            end_case(self.host, record, "cancelled", told["reason"])

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except CannotGoOn as fault:
            raise self._failed(fault, fault.code, fault.params) from fault
        except BusinessError as fault:
            raise self._failed(fault, "error_uncaught", {"error": fault.code}) from fault
        except StepFailed:
            raise
        except KeyturnError as fault:
            # A refusal by the ledger concerns the person who acts; without one it must wait for somebody.
            if self.job_id is None and not self.host.actor.is_system:
                raise
            raise self._failed(fault, fault.code, fault.params) from fault
        except Exception as fault:
            if is_passing(fault):
                # Nothing is wrong with the step: whoever acts may do so again at once.
                raise
            raise self._failed(fault, "unexpected", {}) from fault

    def _failed(self, fault: Exception, code: str, params: Mapping[str, object]) -> StepFailed:
        at = self.case.at
        return StepFailed(
            instance_id=self.record.id,
            element_id=at.id if at else "",
            element_name=(at.name or at.id) if at else "",
            error_type=type(fault).__name__,
            message_code=code,
            message_params=params,
            definition_key=self.record.definition_key,
            scope=self.record.path,
            job_id=self.job_id,
            command=self.command,
            read=values_read(at, self.case.seen(), self.host.registry),
            trace=frames_of(fault),
        )


def as_system(host: Host) -> Host:
    """The same transaction, acting as the system: what messages and timers set in motion."""
    return host if host.actor.is_system else host.acting_as(SYSTEM)
