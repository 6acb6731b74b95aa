"""The part of the engine's face that moves cases from outside: starts, messages, signals, time, facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine.commands.publish import Publish
from engine.commands.run_due import RunDue
from engine.commands.set_facts import SetInstanceFacts, SetTaskFacts
from engine.commands.signal import Signal
from engine.commands.start_process import StartProcess
from engine.face.commanding import Commanding
from engine.results.instances import Instance
from engine.results.tasks import Task


class Driving(Commanding):
    """Commands that begin cases, or bring them what they wait for and what is known anew."""

    def start(
        self,
        key: str,
        variables: Mapping[str, Any] | None = None,
        *,
        business_key: str | None = None,
        version: int | None = None,
        scope: str = "",
    ) -> Instance:
        """Start a process at an organisation node (``scope``, default the whole company).

        Raises `Missing`, `NotAllowed`, `Stale` when a live instance has the same key and business key, and
        `StepFailed` when a step fails.
        """
        return StartProcess(key, dict(variables or {}), business_key, version, scope or "/").run(self.host)

    def publish(
        self,
        message: str,
        correlation: Mapping[str, Any] | None = None,
        payload: Mapping[str, Any] | None = None,
        *,
        ttl: timedelta | None = None,
    ) -> int:
        """Deliver a message to everybody who waits for this name and correlation; returns to how many.

        With ``ttl`` a message nobody waits for is kept that long and delivered once to the first who will.
        """
        return Publish(message, dict(correlation or {}), dict(payload or {}), ttl).run(self.host)

    def signal(self, name: str, payload: Mapping[str, Any] | None = None) -> int:
        """Broadcast a signal; returns how many received it."""
        return Signal(name, dict(payload or {})).run(self.host)

    def run_due(self, now: datetime | None = None, limit: int = 1) -> int:
        """Run due timers; returns how many. One per unit of work keeps locks short; the caller loops."""
        return RunDue(now or self.host.clock.now(), limit).run(self.host)

    def set_instance_facts(self, instance_id: str, facts: Mapping[str, Any]) -> Instance:
        """Refresh business facts of an instance and of its open tasks."""
        return SetInstanceFacts(instance_id, dict(facts)).run(self.host)

    def set_facts(self, task_id: str, facts: Mapping[str, Any]) -> Task:
        """Refresh business facts of one task."""
        return SetTaskFacts(task_id, dict(facts)).run(self.host)
