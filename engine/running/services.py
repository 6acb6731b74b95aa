"""What a running case asks for, answered from the transaction: handlers, decisions, time, events, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from engine import cache, shapes
from engine.decisions import DecisionError
from engine.decisions import evaluate as evaluate_decision
from engine.definitions.model import Event, Node, UserTask
from engine.due import note_due
from engine.errors import CannotGoOn, Invalid
from engine.expressions import Expressions
from engine.feel import FeelError, to_json
from engine.handlers import Context, Handler
from engine.host import Host
from engine.ports import Place
from engine.running.timer_plans import due_at_turn, plan_timer
from engine.spiff.build import Bundle
from engine.spiff.services import PARKED, Parked, TimerPlan
from engine.store.instances import InstanceRecord
from engine.store.journal import Journal
from engine.tables.columns import table_of
from engine.tables.instances import DecisionLogRow
from engine.tables.work import JobRow
from engine.values import checked, checked_data
from kernel.clock import business_date
from kernel.ids import new_id

JOBS = table_of(JobRow)
_MESSAGE_ATTEMPTS = 8


@dataclass(frozen=True)
class Thrown:
    """A message or signal to be delivered once this instance is saved; a signal has reached its sender before."""

    kind: str
    name: str
    correlation: dict[str, Any]
    payload: dict[str, Any]
    sender: str | None = None


@dataclass
class StepServices:
    """Implements `engine.spiff.services.Services` and `engine.handlers.Acts` for one run of one instance."""

    host: Host
    record: InstanceRecord
    journal: Journal
    expressions: Expressions
    place: Place
    thrown: list[Thrown] = field(default_factory=list)
    parked: dict[int, dict[str, Any]] = field(default_factory=dict)
    new_facts: dict[str, Any] = field(default_factory=dict)
    indexed: Mapping[str, Any] = field(default_factory=dict)
    passed: dict[str, dict[str, Any]] = field(default_factory=dict)
    entered: dict[str, dict[str, Any]] = field(default_factory=dict)
    signed_together: Sequence[str] = ()
    _sent: int = 0
    _token: int = 0

    # Expressions and time

    def evaluate(self, text: str, data: Mapping[str, Any]) -> Any:
        """The JSON value of a FEEL text."""
        return self.expressions.value(text, data)

    def holds(self, text: str, data: Mapping[str, Any]) -> bool:
        """Whether a condition is true."""
        return self.expressions.holds(text, data)

    def plan_timer(self, event: Event, data: Mapping[str, Any]) -> TimerPlan:
        """When a timer reached now is due."""
        return plan_timer(event, data, self.expressions)

    def due_at_turn(self, begin: datetime, every: str, turn: int) -> datetime:
        """When a turn of a cycle is due, counted from its beginning."""
        return due_at_turn(begin, every, turn, self.expressions)

    def task_results(
        self, settings: UserTask, data: Mapping[str, Any], answers: dict[str, Any], by: str
    ) -> dict[str, Any]:
        """What a completed task writes; ``by`` is who answered."""
        results = answers
        if settings.outputs:
            seen = {**data, **answers, "answers": answers}
            results = {m.name: self.evaluate(m.value, seen) for m in settings.outputs}
        if settings.completed_by:
            results = {**results, settings.completed_by: by}
        return {**results, settings.passed: None} if settings.passed else results

    # Handlers and decisions

    def call_handler(self, node: Node, token: int, data: Mapping[str, Any]) -> dict[str, Any] | Parked:
        """Run a service task's handler, or park it when it works outside."""
        call = node.handler
        known = self.host.registry.handlers.get(call.name) if call is not None else None
        if call is None or known is None:
            raise CannotGoOn("handler_missing", handler=call.name if call else "")
        given = {m.name: self.evaluate(m.value, data) for m in call.inputs} if call.inputs else dict(data)
        values = checked(given, "input")
        typed = self._load(known, values)
        if known.external:
            self.parked[token] = {"handler": known.name, "input": _only_fields(known, values)}
            return PARKED
        self._token = token
        result = known.run(typed, self._context(node, token))
        try:
            dumped = known.dump(result)
        except Invalid as fault:
            raise CannotGoOn(f"handler_{fault.code}", handler=known.name, field=fault.field) from fault
        return self.results(node, dumped, data)

    def results(self, node: Node, dumped: dict[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
        """What to write of a handler's answer: the declared outputs, or all fields by name."""
        outputs = node.handler.outputs if node.handler else ()
        if not outputs:
            return checked_data(dumped)
        seen = {**data, "result": dumped}
        return checked_data({m.name: self.evaluate(m.value, seen) for m in outputs})

    def decide(self, node: Node, data: Mapping[str, Any]) -> dict[str, Any]:
        """Evaluate a decision with outputs cleared before, log which rules fired."""
        call = node.decision
        found = cache.latest(self.host.session, "decision", call.ref) if call is not None else None
        if call is None or found is None:
            raise CannotGoOn("decision_missing", decision=call.ref if call else "")
        inputs = {m.name: self.evaluate(m.value, data) for m in call.inputs} if call.inputs else dict(data)
        clock = self.host.clock
        try:
            made = evaluate_decision(
                cache.decision_of(self.host.session, found[0]),
                call.ref,
                inputs,
                today=business_date(clock, self.place.zone),
                now=clock.now().astimezone(ZoneInfo(self.place.zone)),
                calendar=self.place.calendar,
            )
            value, outputs = to_json(made.value), to_json(made.outputs)
        except (DecisionError, FeelError) as fault:
            raise CannotGoOn(fault.code, **fault.params) from fault
        if value is None and made.warnings:
            # A null that comes of a mistake must not pass for a decision.
            raise CannotGoOn("decision_unclear", decision=call.ref, reason=made.warnings[0].code)
        fired = [{"decision": f.decision_id, "rule": f.rule_index, "id": f.rule_id} for f in made.fired]
        self._log_decision(node, call.ref, found[1], inputs, outputs, fired)
        if call.mapping in ("collect", "list") and not isinstance(value, list):
            value = [] if value is None else [value]
        if call.result:
            return {call.result: value}
        return checked_data(outputs if isinstance(outputs, dict) else {})

    def _load(self, known: Handler, values: dict[str, Any]) -> Any:
        try:
            return known.load(values)
        except Invalid as fault:
            code, params = f"handler_{fault.code}", dict(fault.params)
            raise CannotGoOn(code, handler=known.name, field=fault.field, **params) from fault

    def _context(self, node: Node, token: int) -> Context:
        record = self.record
        return Context(
            session=self.host.session,
            clock=self.host.clock,
            actor=self.host.actor,
            instance_id=record.id,
            definition_key=record.definition_key,
            element_id=node.id,
            business_key=record.business_key,
            scope=record.path,
            idempotency_key=f"{record.id}:{token}:{node.handler.name if node.handler else node.id}",
            calendar=self.place.calendar,
            acts=self,
        )

    def _log_decision(
        self, node: Node, key: str, version: int, inputs: dict[str, Any], outputs: Any, fired: list[dict[str, Any]]
    ) -> None:
        row = {
            "id": new_id(),
            "instance_id": self.record.id,
            "element_id": node.id,
            "decision_key": key,
            "decision_version": version,
            "inputs": inputs,
            "outputs": outputs,
            "fired": fired,
            "at": self.host.clock.now(),
        }
        self.host.session.execute(insert(table_of(DecisionLogRow)).values(row))

    # Events, history, other definitions

    def throw_message(self, name: str, correlation: dict[str, Any], payload: dict[str, Any]) -> None:
        """Note a message to be published after this step."""
        self.thrown.append(Thrown("message", name, correlation, payload))

    def throw_signal(self, name: str, payload: dict[str, Any]) -> None:
        """Note a signal to be broadcast after this step."""
        self.thrown.append(Thrown("signal", name, {}, payload, self.record.id))

    def note(self, code: str, node: Node, token: int, via: str | None, **params: Any) -> None:
        """Note a history event."""
        row = params.pop("row", None)
        if code == "task_completed" and row in self.passed:
            code, params = "task_passed", params | self.passed[row]
        elif code == "task_completed" and row in self.entered:
            params |= self.entered[row]
        task_id = row if node.kind == "userTask" else None
        self.journal.note(
            code, element_id=node.id, element_name=node.name, task_id=task_id, kind=node.kind, via=via, **params
        )

    def called(self, key: str) -> Bundle:
        """The newest version of a called process."""
        return cache.called_bundle(self.host.session, key)

    def bundle(self, definition_id: str) -> Bundle:
        """The parsed definition of a running call."""
        return cache.bundle_of(self.host.session, definition_id)

    # What a handler's context does

    def send(self, kind: str, payload: dict[str, Any], key: str | None) -> str:
        """Write an outgoing job once per key; the id of the one that stands."""
        if kind not in self.host.registry.job_kinds:
            raise CannotGoOn("job_kind_missing", kind=kind)
        self._sent += 1
        unique = key or f"{self.record.id}:{self._token}:{kind}:{self._sent}"
        known = select(JOBS.c.id).where(JOBS.c.idempotency_key == unique)
        found: str | None = self.host.session.execute(known).scalar()
        if found is not None:
            return found
        attempts = self.host.registry.job_kinds[kind].attempts
        row = job_row("message_out", kind, self.host.clock.now(), checked(payload, "payload"), unique, attempts)
        row["instance_id"] = self.record.id
        self.host.session.execute(insert(JOBS).values(row))
        note_due(self.host.session, [row["due_at"]])
        return str(row["id"])

    def set_facts(self, facts: dict[str, Any]) -> None:
        """Refresh the facts of the instance; its open tasks follow when the step is saved."""
        self.new_facts |= checked(facts, "facts")
        self.record.facts = self.record.facts | self.new_facts

    def publish(self, message: str, correlation: dict[str, Any], payload: dict[str, Any]) -> None:
        """Publish after this step."""
        self.throw_message(message, checked(correlation, "correlation"), checked(payload, "payload"))


def job_row(
    kind: str, name: str, due_at: datetime, payload: dict[str, Any], key: str, attempts: int = _MESSAGE_ATTEMPTS
) -> dict[str, Any]:
    """A waiting job's columns, without the instance it belongs to."""
    return {
        "id": new_id(),
        "kind": kind,
        "name": name,
        "instance_id": None,
        "element_id": None,
        "token": None,
        "due_at": due_at,
        "payload": payload,
        "state": "waiting",
        "suspended": False,
        "attempts": 0,
        "max_attempts": attempts,
        "lock_owner": None,
        "locked_until": None,
        "idempotency_key": key,
        "last_error": None,
        "created_at": due_at,
        "done_at": None,
    }


def _only_fields(known: Handler, values: dict[str, Any]) -> dict[str, Any]:
    if known.takes is None:
        return values
    return {name: values[name] for name in shapes.fields_of(known.takes) if name in values}
