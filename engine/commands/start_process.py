"""Start an instance of the newest version, or of a given one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine import cache
from engine.commands.publish import deliver_thrown
from engine.commands.start_record import begin_instance
from engine.entering import entered
from engine.errors import CannotGoOn, Invalid, Missing, NotAllowed, Stale
from engine.expressions import Expressions
from engine.host import Host
from engine.incidents import resolve_starts
from engine.results.instances import Instance
from engine.spiff.build import Bundle
from engine.store.control import require_not_suspended
from engine.store.instances import LIVE, TABLE
from engine.values import checked_data, checked_name
from kernel.audit import record


@dataclass(frozen=True)
class StartProcess:
    """Starts at the none start event, at an organisation node (``scope``)."""

    key: str
    variables: dict[str, Any]
    business_key: str | None
    version: int | None
    scope: str

    def run(self, host: Host) -> Instance:
        """Raises `Missing`, `NotAllowed`, `Invalid`, `Stale` for a live double, `StepFailed`."""
        bundle = self._bundle(host)
        if not host.checker.may_start(host.actor, self.key, self.scope, bundle.model.start_permission):
            raise NotAllowed("start_not_allowed", key=self.key, path=self.scope)
        require_not_suspended(host.session, self.key)
        variables = self._variables(host, bundle)
        business_key = self.business_key or self._business_key(host, bundle, variables)
        if business_key is not None:
            checked_name(business_key, "business_key")
        self._refuse_double(host, business_key)
        again = self._again(host, variables, business_key)
        resolve_starts(host.session, host.clock, again)
        begun = begin_instance(
            host, bundle, variables, business_key, self.scope, deliver_thrown, command=again,
            entered=self._entered(host, bundle, variables),
        )  # fmt: skip
        record(
            host.session, host.actor, host.clock, "process:start", "instance", begun.id, path=begun.scope,
            after={"key": self.key, "version": bundle.version},
        )  # fmt: skip
        return begun

    def _bundle(self, host: Host) -> Bundle:
        known = cache.latest(host.session, "process", self.key, self.version)
        if known is None:
            raise Missing("definition_missing", key=self.key, version=self.version)
        return cache.bundle_of(host.session, known[0])

    def _variables(self, host: Host, bundle: Bundle) -> dict[str, Any]:
        variables = checked_data(self.variables)
        form = bundle.model.start_form
        if form is None or host.actor.is_system or not host.forms.exists(form):
            return variables
        # What the form does not ask is refused like at a task: a person brings no process data past the form.
        return checked_data(host.forms.validate(form, variables, variables, host.clock))

    def _entered(self, host: Host, bundle: Bundle, variables: dict[str, Any]) -> dict[str, Any]:
        """Which fields of the start form a person filled in; what the system starts comes from no form."""
        return {} if host.actor.is_system else entered(host, bundle.model.start_form, variables, {})

    def _business_key(self, host: Host, bundle: Bundle, variables: dict[str, Any]) -> str | None:
        text = bundle.model.business_key
        if text is None:
            return None
        try:
            place = host.place(self.scope)
            value = Expressions(host.clock, place.calendar, place.zone).value(text, variables)
        except CannotGoOn as fault:
            raise Invalid(fault.code, field="business_key", **fault.params) from fault
        return None if value is None else str(value)

    def _refuse_double(self, host: Host, business_key: str | None) -> None:
        if business_key is None:
            return
        same = (TABLE.c.definition_key == self.key) & (TABLE.c.business_key == business_key)
        query = select(TABLE.c.id, TABLE.c.started_by, TABLE.c.started_at).where(same, TABLE.c.state.in_(LIVE))
        row = host.session.execute(query).first()
        if row is not None:
            raise Stale("already_started", instance_id=row.id, by=row.started_by, at=row.started_at)

    def _again(self, host: Host, variables: dict[str, Any], business_key: str | None) -> dict[str, Any]:
        return {
            "name": "start",
            "key": self.key,
            "variables": dict(variables),
            "business_key": business_key,
            "version": self.version,
            "scope": self.scope,
            "actor_id": host.actor.id,
            "actor_name": host.actor.name,
            "on_behalf_of": host.actor.on_behalf_of,
        }
