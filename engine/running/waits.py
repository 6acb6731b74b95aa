"""From what a case waits for to rows that lists, workers and messages find: tasks, jobs, subscriptions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update

from engine.correlation import canonical
from engine.definitions.model import Node, Setting, UserTask
from engine.due import note_due
from engine.errors import CannotGoOn
from engine.running.due_times import due_by, warning_time
from engine.running.escalating import escalating, escalation_jobs
from engine.running.services import StepServices, job_row
from engine.spiff.case import Case
from engine.spiff.waiting import Wait
from engine.store.escalations import cancel_escalations
from engine.store.search import index_case
from engine.store.signing import signed_with
from engine.store.tasks import FAR, acted_for_another, close_tasks, insert_tasks
from engine.tables.columns import table_of
from engine.tables.work import JobRow, SubscriptionRow
from engine.vacancies import POST_VACANT, TaskWithoutHolder, offered_instead, role_of
from kernel.facts import tell
from kernel.ids import new_id

JOBS = table_of(JobRow)
SUBSCRIPTIONS = table_of(SubscriptionRow)
_INSERT_JOBS, _INSERT_SUBSCRIPTIONS = insert(JOBS), insert(SUBSCRIPTIONS)
TIMER_ATTEMPTS = 5
EXTERNAL_ATTEMPTS = 8
DEFAULT_PRIORITY = 50
_LONGEST_RULE = 255


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
        waits = case.waits()
        self.before = {wait.row: wait.kind for wait in waits if wait.row}
        self._escalating = escalating(waits)
        self._gone: list[tuple[str, str]] = []
        self._new = NewRows()

    @property
    def new_tasks(self) -> list[dict[str, Any]]:
        """The rows of new tasks, not written yet."""
        return self._new.tasks

    def sync(self) -> None:
        """Work out rows for new waits and which to close because their token has gone; `write` writes them."""
        waits = self.case.waits()
        over = self._escalating - escalating(waits)
        self._gone += [(row, "escalation") for row in sorted(over)]
        gone = self.before.keys() - {wait.row for wait in waits}
        self._gone += [(row, self.before[row]) for row in sorted(gone)]
        for wait in waits:
            if wait.row is None:
                self.case.at = wait.node
                self.case.token(wait.token).internal_data["row"] = self._row(wait, self._new)
        waits = self.case.waits()
        self.before = {wait.row: wait.kind for wait in waits if wait.row}
        self._escalating = escalating(waits)

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
        if late := by_kind.pop("escalation", None):
            cancel_escalations(session, late, now)
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
            new.jobs += escalation_jobs(row, wait.node.task, self.services.record)
            self.services.note("task_created", wait.node, wait.token, None, row=row["id"])
            if not row["assignee"]:
                self._see_to_vacancy(row, wait)
        elif wait.kind in ("timer", "external"):
            row = self._job(wait)
            new.jobs.append(row)
        else:
            row = self._subscription(wait)
            new.subscriptions.append(row)
        return str(row["id"])

    def _see_to_vacancy(self, row: dict[str, Any], wait: Wait) -> None:
        """A task that nobody may do goes to whom the house has named; who fills the post later finds it too."""
        host = self.services.host
        found = host.directory.vacancy(row["candidates"], row["path"], row["excluded"])
        if found is None:
            return
        row["candidates"], mark = offered_instead(row["candidates"], found)
        row["facts"] = row["facts"] | {POST_VACANT: mark}
        self.services.note("post_vacant", wait.node, wait.token, None, row=row["id"], role=role_of(mark), **mark)
        told = (row["instance_id"], row["name"], row["name_labels"], row["facts"])
        tell(host.session, TaskWithoutHolder(row["id"], found.posts, found.instead, *told))

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
        row = self.times(settings, data) | {
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
            "excluded": self._excluded(settings, data),
            "follow_up_at": self._instant(self._text(settings.follow_up, data)),
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
            "scope_token": token.workflow.task_tree.id,
            "attachments": list(settings.attachments) or None,
            "turn": {name: data.get(name) for name in settings.restores} or None,
        }
        again = token.internal_data.pop("again", {})
        # Who did the step the first time gets it, unless four eyes keep him out by now.
        return row | again if again.get("assignee") not in row["excluded"] else row | {"draft": again["draft"]}

    def times(self, settings: UserTask, data: dict[str, Any]) -> dict[str, Any]:
        """The columns of a task that begins now which say when it is due and warned of, and by which texts."""
        now, place = self.services.host.clock.now(), self.services.place
        rule = self._text(settings.due, data)
        due = self._instant(rule)
        warn = self._text(settings.warn, data) if due is not None else None
        return {
            "due_at": due,
            "far_due": due or FAR,
            "due_rule": rule[:_LONGEST_RULE] if rule else None,
            "warn_rule": warn,
            "warn_at": warning_time(due, warn, now, place) if due and warn else None,
        }

    def _facts(self, node: Node, settings: UserTask, data: dict[str, Any]) -> dict[str, Any]:
        own = {fact.name: self.services.evaluate(fact.value, data) for fact in settings.facts}
        return self.services.record.facts | own

    def _candidates(self, settings: UserTask, data: dict[str, Any]) -> list[str]:
        path = self.services.record.path
        groups = [g if "@" in g else f"{g}@{path}" for g in self._many(settings.candidate_groups, data)]
        return groups + [f"user:{person}" for person in self._many(settings.candidate_users, data)]

    def _excluded(self, settings: UserTask, data: dict[str, Any]) -> list[str]:
        """Whom four eyes keep out, with all who decided a step together or acted for one another."""
        people = self._many(settings.excluded, data)
        if not people:
            return people
        host, together = self.services.host, self.services.signed_together
        people += signed_with(host.session, self.services.record.id, people)
        if set(people) & set(together):
            people += together
        if host.substitutions is not None:
            now = (host.actor.id, host.actor.on_behalf_of)
            for pair in [*acted_for_another(host.session, self.services.record.id), now]:
                if all(pair) and set(pair) & set(people):
                    people += map(str, pair)
        return list(dict.fromkeys(people))

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

    def _text(self, setting: Setting | None, data: dict[str, Any]) -> str | None:
        if setting is None:
            return None
        text = self.services.evaluate(setting.text, data) if setting.is_feel else setting.text
        if text is not None and not isinstance(text, str):
            raise CannotGoOn("time_unreadable", text=str(text))
        return text

    def _instant(self, text: str | None) -> datetime | None:
        return None if text is None else due_by(text, self.services.host.clock.now(), self.services.place)
