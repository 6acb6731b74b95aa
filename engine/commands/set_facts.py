"""Refresh declared business facts: what lists show, filter and sort by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.commands.on_task import open_task, require_operate
from engine.host import Host
from engine.results.instances import Instance
from engine.results.tasks import Task
from engine.store.instances import lock_instance, save_instance
from engine.store.search import index_case
from engine.store.tasks import get_task, open_facts, open_task_ids, replace_facts
from engine.values import checked
from kernel import audit


@dataclass(frozen=True)
class SetTaskFacts:
    """Facts of one task; None removes a fact."""

    task_id: str
    facts: dict[str, Any]

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed`, `Invalid`."""
        opened = open_task(host, self.task_id)
        require_operate(host, opened.task.path)
        replace_facts(host.session, {self.task_id: _merged(opened.task.facts, self.facts)})
        index_case(host.session, opened.task.instance_id, self.facts)
        return get_task(host.session, self.task_id)


@dataclass(frozen=True)
class SetInstanceFacts:
    """Facts of an instance and of all its open and future tasks; None removes a fact."""

    instance_id: str
    facts: dict[str, Any]

    def run(self, host: Host) -> Instance:
        """Raises `Missing`, `NotAllowed`, `Invalid`."""
        record = lock_instance(host.session, self.instance_id)
        require_operate(host, record.path)
        record.facts = _merged(record.facts, self.facts)
        tasks = open_facts(host.session, record.id)
        if tasks:
            replace_facts(host.session, {task: _merged(facts, self.facts) for task, facts in tasks.items()})
        index_case(host.session, record.id, self.facts)
        save_instance(host.session, host.clock, record)
        audit.record(
            host.session, host.actor, host.clock, "instance:set_facts", "instance", record.id, path=record.path,
            after={"names": sorted(self.facts)},
        )  # fmt: skip
        return record.result(open_task_ids(host.session, record.id))


def _merged(known: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    merged = known | checked(facts, "facts")
    return {name: value for name, value in merged.items() if value is not None}
