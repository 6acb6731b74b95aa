"""A case as its approval sheet tells of it: read once, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.api import HistoryEvent, Instance, Page, PassedStep, Task, TaskFilter
from kernel.actor import SYSTEM, Actor
from kernel.clock import Clock
from ledger.staff.permissions import Permission
from webapp.engine_room import engine_for
from webapp.inbox import deciding
from webapp.inbox.happenings import people_in
from webapp.inbox.people import names_of
from webapp.inbox.rows import process_names
from webapp.process_data import FLOOR, as_seen

_REASONS = ("terms_note", "reason", "note")
_MOST_OPEN = 50


def open_tasks(session: Session, clock: Clock, instance_id: str) -> list[Task]:
    """What waits in a case, for whoever may see it: others' tasks too, since they say what is undecided."""
    wanted = TaskFilter(box="all", instance_id=instance_id, states=("open",))
    return engine_for(session, SYSTEM, clock).find_tasks(wanted, Page(1, _MOST_OPEN)).rows


@dataclass(frozen=True)
class SheetCase:
    """``data`` holds what the reader may see; ``labels`` name elements, ``names`` people, ``zone`` its clocks."""

    actor: Actor
    instance: Instance
    process: str
    data: Mapping[str, Any]
    steps: list[PassedStep]
    open_tasks: list[Task]
    events: list[HistoryEvent]
    labels: Mapping[str, Mapping[str, str]]
    names: Mapping[str, str]
    sees_floor: bool
    zone: str | None = None

    @classmethod
    def read(
        cls, session: Session, actor: Actor, clock: Clock, instance_id: str, *, zone: str | None = None
    ) -> SheetCase:
        """The case as it stands. Raises `Missing` for one that is not the reader's to see."""
        engine = engine_for(session, actor, clock)
        instance = engine.get_instance(instance_id)
        steps, events = engine.steps(instance_id), engine.history(instance_id)
        waiting = open_tasks(session, clock, instance_id)
        data = as_seen(actor, {**engine.variables(instance_id), **instance.facts}, instance.scope)
        people = {instance.started_by, *(one.by for one in steps), *deciding.applicants(data)}
        people |= {one.on_behalf_of or "" for one in steps} | {task.assignee or "" for task in waiting}
        return cls(
            actor=actor,
            instance=instance,
            process=process_names(engine.find_definitions(kind="process")).get(instance.key, instance.key),
            data=data,
            steps=steps,
            open_tasks=waiting,
            events=events,
            labels=engine.labels(instance_id),
            names=names_of(session, (people | people_in(events, ())) - {""}),
            sees_floor=actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, instance.scope),
            zone=zone,
        )

    def at_the_end(self, until: datetime, seen: Mapping[str, Any]) -> SheetCase:
        """The case as it stood when its approval ended, for whoever may see it: without the floor price (底价).

        ``seen`` is what the approvers saw of it.
        """
        data = {**self.data, **seen}
        return replace(
            self,
            data={name: value for name, value in data.items() if name not in FLOOR},
            steps=[step for step in self.steps if step.at <= until],
            events=[event for event in self.events if event.at <= until],
            open_tasks=[],
            sees_floor=False,
        )

    @property
    def applicant(self) -> str:
        """Who asks."""
        people = deciding.applicants(self.data) or [self.instance.started_by]
        return str(_(", ")).join(name for person in people if (name := self.names.get(person)))

    @property
    def subject(self) -> str:
        """What it is about."""
        data = self.data
        number = data.get("sale_no") or self.instance.business_key
        told = (data.get("order_no"), number, data.get("unit"), data.get("customer"))
        return " · ".join(dict.fromkeys(str(part) for part in told if part))

    @property
    def reason(self) -> str:
        """Why it is asked for."""
        return next((str(self.data[name]) for name in _REASONS if self.data.get(name)), "")
