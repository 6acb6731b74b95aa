"""The part of the engine's face that answers about cases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.face.commanding import Commanding
from engine.queries import diagram, due_reasons, instances
from engine.queries.readers import readers_of
from engine.results.history import HistoryEvent
from engine.results.instances import DiagramState, Instance, InstanceFilter
from engine.results.paging import Page, PageOf
from engine.results.waiting import DueReason, Waiting
from kernel.actor import Actor


class ReadingCases(Commanding):
    """Queries about cases in the actor's scope."""

    def find_instances(
        self, instance_filter: InstanceFilter | None = None, page: Page | None = None
    ) -> PageOf[Instance]:
        """Instances in the viewer's scope."""
        return instances.find(self.host, instance_filter or InstanceFilter(), page or Page())

    def get_instance(self, instance_id: str) -> Instance:
        """One instance; raises `Missing` outside the actor's scope."""
        return instances.get(self.host, instance_id)

    def variables(self, instance_id: str) -> dict[str, Any]:
        """The process data of an instance."""
        return instances.variables(self.host, instance_id)

    def history(self, instance_id: str) -> list[HistoryEvent]:
        """What happened, in order."""
        return instances.history(self.host, instance_id)

    def labels(self, instance_id: str) -> dict[str, dict[str, str]]:
        """What the elements of an instance's diagram (called ones included) are named: id → language → text."""
        return instances.labels(self.host, instance_id)

    def readers_of(self, instance_id: str, people: Iterable[Actor]) -> set[str]:
        """The ids of those among ``people`` who may see a case."""
        return readers_of(self.host, instance_id, people)

    def waiting(self, instance_id: str) -> list[Waiting]:
        """What the instance waits for."""
        return instances.waiting(self.host, instance_id)

    def diagram(self, instance_id: str) -> DiagramState:
        """The instance's diagram with what happened on it."""
        return diagram.state(self.host, instance_id)

    def why_timer(self, instance_id: str, job_id: str) -> DueReason:
        """Why a timer of a case is due when it is."""
        return due_reasons.of_timer(self.host, instance_id, job_id)
