"""From what happened to who is told what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine.api import Task
from engine.news import News, done_before, taken_back_by, tasks_by_id, was_taken, would_end
from engine.queries.copies import copies_to
from engine.store.going_back import find_withdrawals
from ledger.notices.operations import Telling
from ledger.staff.queries import names
from webapp.notifications.concern import Concern, about

SOON = timedelta(hours=24)


def of_task(kind: str, task: Task, people: Iterable[str], key: str, /, **params: Any) -> list[Telling]:
    """What people are told of a task. ``key`` says which of several times it is."""
    labels = {"zh": task.labels.get("zh", task.name), "en": task.labels.get("en", task.name)}
    said = {"what": task.name, "about": about(task.facts, task.business_key), **params}
    return [
        Telling(
            kind, person, f"{task.id}:{key}", task.path, said, labels, task_id=task.id, case_id=task.instance_id
        )
        for person in people
    ]


def named_for(concern: Concern, name_of: Callable[[str], str], telling: Telling) -> Telling:
    """What a substitute is told says for whom."""
    principal = concern.stands_for.get((telling.task_id or "", telling.staff_id))
    if principal is None:
        return telling
    name = name_of(principal)
    labels = {"zh": f"{telling.labels['zh']}（代{name}）", "en": f"{telling.labels['en']} (for {name})"}
    said = dict(telling.params) | {mark: labels["en"] for mark in ("what", "task") if mark in telling.params}
    return replace(telling, labels=labels, params=said)


def of_new_task(session: Session, concern: Concern, task: Task) -> list[Telling]:
    """A task has come to somebody, to a group, or back to who did the same step before."""
    if task.state != "open" or (task.assignee is not None and was_taken(session, task)):
        return []
    own = concern.principals(task)
    is_back = (task.assignee is not None or len(own) == 1) and bool(done_before(session, task) & set(own))
    kind = "returned" if is_back else "mine" if task.assignee is not None else "group"
    told = [(kind, person) for person in concern.with_substitutes(task, own)]
    return [telling for kind, person in told for telling in of_task(kind, task, [person], "")]


def of_due(kind: str, concern: Concern, task: Task) -> list[Telling]:
    """A task is due soon, or was: told once for each due instant."""
    due = task.due_at.isoformat() if task.due_at else ""
    said = {"task": task.name, "case": about(task.facts, task.business_key), "due_at": due}
    return of_task(kind, task, concern.people(task), due[:19], **said)


class NewsTeller:
    """What each kind of event leads to; an event nobody needs to hear of leads to nothing."""

    def __init__(self, session: Session, concern: Concern, process_labels: dict[str, dict[str, str]]) -> None:
        self._session = session
        self._concern = concern
        self._process_labels = process_labels
        self._tells: dict[str, Callable[[News], list[Telling]]] = {
            "task_assigned": lambda news: self._given(news, "assignee"),
            "task_delegated": lambda news: self._given(news, "delegate"),
            "task_resolved": lambda news: self._given(news, "owner"),
            "task_due_set": self._due_set,
            "task_handed_over": lambda news: self._given(news, "assignee"),
            "task_copied": self._copied,
            "instance_copied": self._copied,
            "task_urged": self._urged,
            "task_urged_above": self._urged,
            "task_withdrawn": self._withdrawn,
            "task_offered": self._offered,
            "post_vacated": self._offered,
            "holder_left": self._left,
            "withdrawal_granted": lambda news: [*self._withdrawn(news), *self._answered("let_back", news)],
            "withdrawal_asked": self._consent,
            "request_withdrawal_asked": self._consent,
            "withdrawal_refused": lambda news: self._answered("not_let_back", news),
            "request_withdrawal_refused": lambda news: self._answered("not_let_back", news),
            "instance_withdrawn": self._request_withdrawn,
            "instance_completed": self._ended,
            "instance_cancelled": self._ended,
        }

    def tell(self, news: News) -> list[Telling]:
        """Who is told of an event; never who did it."""
        tells = self._tells.get(news.event.code)
        told = tells(news) if tells else []
        return [telling for telling in told if telling.staff_id != news.event.actor_id]

    def _task(self, news: News) -> Task | None:
        task_id = news.event.task_id
        return tasks_by_id(self._session, [task_id]).get(task_id) if task_id else None

    def _given(self, news: News, name: str) -> list[Telling]:
        task, person = self._task(news), news.event.params.get(name)
        if task is None or task.state != "open" or not isinstance(person, str) or task.assignee != person:
            return []
        people = self._concern.with_substitutes(task, [person])
        return of_task("mine", task, people, str(news.event.seq))

    def _offered(self, news: News) -> list[Telling]:
        """A task is offered to others."""
        task = self._task(news)
        if task is None or task.state != "open" or task.assignee is not None:
            return []
        return of_task("group", task, self._concern.people(task), str(news.event.seq))

    def _left(self, news: News) -> list[Telling]:
        """Who had it is gone: it is with its owner again, or with the group."""
        return self._given(news, "assignee") if news.event.params.get("assignee") else self._offered(news)

    def _consent(self, news: News) -> list[Telling]:
        """Somebody wants a task or a request back, and who holds the case is asked."""
        event = news.event
        said = {"by": self._name(event.actor_id), "note": str(event.params.get("reason") or "")}
        asked = find_withdrawals(self._session, news.case.id, state="asked")
        said["withdrawal_id"] = next((one.id for one in asked[::-1] if one.task_id == event.task_id), "")
        return [
            telling
            for task in would_end(self._session, news.case.id, event.task_id)
            for telling in of_task("consent", task, self._concern.people(task), str(event.seq), **said)
            if telling.staff_id != event.on_behalf_of
        ]

    def _answered(self, kind: str, news: News) -> list[Telling]:
        """Who asked to have something back is told what came of it, and for whom he asked."""
        params, case = news.event.params, news.case
        labels = self._process_labels.get(case.definition_key, {})
        said = {"what": labels.get("en", case.definition_key), "about": self._about(news)}
        said |= {"by": self._name(news.event.actor_id), "note": str(params.get("reason") or "")}
        people = dict.fromkeys(str(params[name]) for name in ("person", "principal") if params.get(name))
        key = f"{case.id}:{news.event.seq}"
        return [Telling(kind, one, key, case.path, said, labels, case_id=case.id) for one in people]

    def _request_withdrawn(self, news: News) -> list[Telling]:
        heard = self._answered("let_back", news) if news.event.params.get("person") else self._ended(news)
        return [*self._withdrawn(news), *heard]

    def _due_set(self, news: News) -> list[Telling]:
        """A due time that was moved near would be passed over by the clock."""
        task = self._task(news)
        if task is None or task.state != "open" or task.due_at is None or task.due_at > news.event.at + SOON:
            return []
        return of_due("late" if task.due_at <= news.event.at else "due", self._concern, task)

    def _copied(self, news: News) -> list[Telling]:
        task, by = self._task(news), self._name(news.event.actor_id)
        told, readers = [], [str(reader) for reader in news.event.params.get("staff") or ()]
        for copy in copies_to(self._session, news.case.id, task.id if task else "", readers):
            said = {"by": by, "note": copy.note, "copy_id": copy.id}
            if task is not None:
                telling = of_task("copied", task, [copy.reader_id], "", **said)[0]
            else:
                telling = self._of_case("copied", news, copy.reader_id, **said)
            told.append(replace(telling, link=f"/copies/{copy.id}"))
        return told

    def _urged(self, news: News) -> list[Telling]:
        """Who has the task or may take it; the third time whoever answers for their role too."""
        task = self._task(news)
        if task is None or task.state != "open":
            return []
        said = {"by": self._name(news.event.actor_id), "note": str(news.event.params.get("note") or "")}
        said["times"] = str(news.event.params.get("times", 1))
        told = of_task("urged", task, self._concern.people(task), str(news.event.seq), **said)
        if news.event.code == "task_urged_above":
            told += of_task("escalated", task, self._concern.above(task), str(news.event.seq), **said)
        return told

    def _withdrawn(self, news: News) -> list[Telling]:
        by = self._name(str(news.event.params.get("person") or news.event.actor_id))
        gone = taken_back_by(self._session, news)
        return [
            telling
            for task in gone
            for telling in of_task("withdrawn", task, self._concern.people(task), str(news.event.seq), by=by)
        ]

    def _ended(self, news: News) -> list[Telling]:
        return [self._of_case("ended", news, news.case.started_by)]

    def _of_case(self, kind: str, news: News, person: str, **params: Any) -> Telling:
        case = news.case
        labels = self._process_labels.get(case.definition_key, {})
        said = {"what": labels.get("en", case.definition_key), "about": self._about(news), **params}
        return Telling(kind, person, case.id, case.path, said, labels, case_id=case.id)

    def _about(self, news: News) -> str:
        return about(news.case.facts, news.case.business_key)

    def _name(self, staff_id: str) -> str:
        return names(self._session, [staff_id]).get(staff_id, "Keyturn")
