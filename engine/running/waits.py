"""From what a case waits for to rows that lists, workers and messages find: tasks, jobs, subscriptions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, update

from engine.correlation import canonical
from engine.definitions.model import Node, Setting, UserTask
from engine.due import note_due
from engine.errors import CannotGoOn
from engine.running.services import StepServices, job_row
from engine.spiff.case import Case, Wait
from engine.store.search import index_case
from engine.store.tasks import FAR, close_tasks, insert_tasks
from engine.tables.columns import table_of
from engine.tables.work import JobRow, SubscriptionRow
from engine.timers import after, is_duration, parse_instant
from kernel.ids import new_id

JOBS = table_of(JobRow)
SUBSCRIPTIONS = table_of(SubscriptionRow)
_INSERT_JOBS, _INSERT_SUBSCRIPTIONS = insert(JOBS), insert(SUBSCRIPTIONS)
TIMER_ATTEMPTS = 5
EXTERNAL_ATTEMPTS = 8
DEFAULT_PRIORITY = 50


@dataclass
class NewRows:
    """Rows to be written together."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    subscriptions: list[dict[str, Any]] = field(default_factory=list)


class WaitRows:
    """Keeps the rows of an instance in step with its tokens."""

    def __init__(self, case: Case, services: StepServices) -> None:
        self.case = case
        self.services = services
        self.before = {wait.row: wait.kind for wait in case.waits() if wait.row}
        self._gone: list[tuple[str, str]] = []
        self._new = NewRows()

    def sync(self) -> None:
        """Work out rows for new waits and which to close because their token has gone; `write` writes them."""
        waits = self.case.waits()
        gone = self.before.keys() - {wait.row for wait in waits}
        self._gone += [(row, self.before[row]) for row in sorted(gone)]
        for wait in waits:
            if wait.row is None:
                self.case.at = wait.node
                self.case.token(wait.token).internal_data["row"] = self._row(wait, self._new)
        self.before = {wait.row: wait.kind for wait in self.case.waits() if wait.row}

    def write(self) -> None:
        """Write what was worked out; asks the database nothing."""
        gone, self._gone = self._gone, []
        new, self._new = self._new, NewRows()
        self._close(gone)
        session = self.services.host.session
        insert_tasks(session, new.tasks)
        for task in new.tasks:
            index_case(session, task["instance_id"], task["facts"], known=self.services.indexed)
        if new.jobs:
            session.execute(_INSERT_JOBS, new.jobs)
            note_due(session, [row["due_at"] for row in new.jobs])
        if new.subscriptions:
            session.execute(_INSERT_SUBSCRIPTIONS, new.subscriptions)

    def _close(self, gone: list[tuple[str, str]]) -> None:
        by_kind: dict[str, list[str]] = {}
        for row, kind in gone:
            by_kind.setdefault(kind, []).append(row)
        session, now = self.services.host.session, self.services.host.clock.now()
        if tasks := by_kind.pop("user", None):
            close_tasks(session, tasks, now)
        jobs = by_kind.pop("timer", []) + by_kind.pop("external", [])
        if jobs:
            where = JOBS.c.id.in_(jobs) & (JOBS.c.state != "done")
            session.execute(update(JOBS).where(where).values(state="cancelled", done_at=now))
        subscriptions = [row for rows in by_kind.values() for row in rows]
        if subscriptions:
            session.execute(delete(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id.in_(subscriptions)))

    def _row(self, wait: Wait, new: NewRows) -> str:
        if wait.kind == "user":
            row = TaskWriter(self.case, self.services).row(wait)
            new.tasks.append(row)
            self.services.note("task_created", wait.node, wait.token, None, row=row["id"])
        elif wait.kind in ("timer", "external"):
            row = self._job(wait)
            new.jobs.append(row)
        else:
            row = self._subscription(wait)
            new.subscriptions.append(row)
        return str(row["id"])

    def _job(self, wait: Wait) -> dict[str, Any]:
        now = self.services.host.clock.now()
        payload = self.services.parked.pop(wait.token, {})
        name = payload.get("handler", "timer")
        attempts = TIMER_ATTEMPTS if wait.kind == "timer" else EXTERNAL_ATTEMPTS
        row = job_row(wait.kind, name, wait.due or now, payload, "", attempts)
        row |= {"instance_id": self.services.record.id, "element_id": wait.node.id, "token": wait.token}
        row["idempotency_key"] = f"{self.services.record.id}:{wait.token}:{row['id']}"
        row["created_at"] = now
        row["suspended"] = self.services.record.state == "suspended"
        return row

    def _subscription(self, wait: Wait) -> dict[str, Any]:
        return {
            "id": new_id(),
            "kind": wait.kind,
            "name": wait.name,
            "correlation": canonical(wait.correlation or {}),
            "instance_id": self.services.record.id,
            "definition_id": None,
            "element_id": wait.node.id,
            "token": wait.token,
            "created_at": self.services.host.clock.now(),
        }


class TaskWriter:
    """Works out a user task's row from the diagram's settings and the data at its token."""

    def __init__(self, case: Case, services: StepServices) -> None:
        self.case = case
        self.services = services

    def row(self, wait: Wait) -> dict[str, Any]:
        """All columns of the new task."""
        record, now = self.services.record, self.services.host.clock.now()
        token, settings = self.case.token(wait.token), wait.node.task or UserTask()
        data = token.data
        due = self._instant(settings.due, data)
        return {
            "id": new_id(),
            "instance_id": record.id,
            "definition_key": record.definition_key,
            "definition_version": record.definition_version,
            "element_id": wait.node.id,
            "token": wait.token,
            "name": wait.node.name or wait.node.id,
            "name_labels": dict(wait.node.labels),
            "state": "open",
            "assignee": self._one(settings.assignee, data),
            "owner": None,
            "delegation": None,
            "candidates": self._candidates(settings, data),
            "excluded": self._many(settings.excluded, data),
            "due_at": due,
            "far_due": due or FAR,
            "follow_up_at": self._instant(settings.follow_up, data),
            "priority": self._priority(settings.priority, data),
            "path": record.path,
            "form_key": settings.form,
            "facts": self._facts(wait.node, settings, data),
            "draft": {},
            "business_key": record.business_key,
            "created_at": now,
            "completed_at": None,
            "completed_by": None,
            "on_behalf_of": None,
            "troubled": False,
            "revision": 1,
        }

    def _facts(self, node: Node, settings: UserTask, data: dict[str, Any]) -> dict[str, Any]:
        own = {fact.name: self.services.evaluate(fact.value, data) for fact in settings.facts}
        return self.services.record.facts | own

    def _candidates(self, settings: UserTask, data: dict[str, Any]) -> list[str]:
        path = self.services.record.path
        groups = [g if "@" in g else f"{g}@{path}" for g in self._many(settings.candidate_groups, data)]
        return groups + [f"user:{person}" for person in self._many(settings.candidate_users, data)]

    def _many(self, setting: Setting | None, data: dict[str, Any]) -> list[str]:
        if setting is None:
            return []
        if not setting.is_feel:
            return [part.strip() for part in setting.text.split(",") if part.strip()]
        value = self.services.evaluate(setting.text, data)
        values = value if isinstance(value, list) else [value]
        return list(dict.fromkeys(str(item) for item in values if item is not None))

    def _one(self, setting: Setting | None, data: dict[str, Any]) -> str | None:
        found = self._many(setting, data)
        return found[0] if found else None

    def _priority(self, setting: Setting | None, data: dict[str, Any]) -> int:
        if setting is None:
            return DEFAULT_PRIORITY
        value = self.services.evaluate(setting.text, data)
        if not isinstance(value, int) or isinstance(value, bool):
            raise CannotGoOn("priority_no_number", expression=setting.text)
        return value

    def _instant(self, setting: Setting | None, data: dict[str, Any]) -> Any:
        if setting is None:
            return None
        text = self.services.evaluate(setting.text, data) if setting.is_feel else setting.text
        if text is None:
            return None
        if not isinstance(text, str):
            raise CannotGoOn("time_unreadable", text=str(text))
        place = self.services.place
        if is_duration(text):
            return after(self.services.host.clock.now(), text, place.calendar, place.zone)
        return parse_instant(text, place.zone, end_of_day=True)
