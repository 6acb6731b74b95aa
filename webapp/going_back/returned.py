"""Why a task is there again, who asks for his back, and what was entered otherwise since somebody decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.api import Engine, HistoryEvent, PassedStep, Task, Withdrawal
from kernel.actor import Actor
from webapp.formatting import money
from webapp.inbox import answering
from webapp.inbox.happenings import Labels, element_name
from webapp.process_data import as_seen
from webapp.wording import state_name

_BACK = ("task_returned", "task_withdrawn", "withdrawal_granted")
_PASSED = ("task_completed", "task_passed")


@dataclass(frozen=True)
class CameBack:
    """A task that is open again: who sent it back, from where and why, and what comes after it."""

    code: str
    by: str
    at: datetime
    step: str
    way: str
    reason: str


@dataclass(frozen=True)
class Changed:
    """A value before and after a step was done again."""

    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class DoneAgain:
    """A step that was done again, with what was entered otherwise."""

    step: str
    by: str
    at: datetime
    changes: tuple[Changed, ...]


def came_back(events: list[HistoryEvent], task: Task, labels: Labels, names: Mapping[str, str]) -> CameBack | None:
    """Why an open task is there again; None for one that came by the usual way."""
    made = next((e.seq for e in events if e.code == "task_created" and e.task_id == task.id), 0)
    back = next((e for e in events[::-1] if e.seq < made and e.code in _BACK), None)
    if task.state != "open" or back is None:
        return None
    to = back.params.get("to_element") or back.element_id
    between = [e for e in events if back.seq < e.seq < made and e.code == "task_created"]
    if to != task.element_id or any(e.element_id == to for e in between):
        return None
    return CameBack(
        code=back.code,
        by=names.get(back.actor_id, back.actor_id),
        at=back.at,
        step=element_name(labels, back.element_id, back.element_name),
        way=state_name(f"return_way.{back.params['way']}") if back.params.get("way") else "",
        reason=str(back.params.get("reason") or ""),
    )


class Comparison:
    """What a reader sees of values that changed when a case went back."""

    def __init__(
        self, session: Session, actor: Actor, path: str, labels: Labels, names: Mapping[str, str]
    ) -> None:
        self.session = session
        self.actor = actor
        self.path = path
        self.labels = labels
        self.names = names

    def done_again(self, events: list[HistoryEvent], steps: list[PassedStep]) -> list[DoneAgain]:
        """The steps that were done again since the reader last decided, with what differs; the newest first."""
        if not any(event.code in _BACK for event in events):
            return []
        steps = [step for step in steps if not step.added]
        at = {event.task_id: event.seq for event in events if event.code in _PASSED}
        mine = [at[s.task_id] for s in steps if s.by in (self.actor.id, self.actor.on_behalf_of) and not s.passed]
        since = max(mine, default=0)
        found = []
        for position, step in enumerate(steps):
            former = _former(steps[:position], step)
            if former is not None and at[step.task_id] > since and self._went_back(events, at, former, step):
                changes = tuple(self._changes(former, step))
                name = element_name(self.labels, step.element_id, step.name)
                found.append(DoneAgain(name, self.names.get(step.by, ""), step.at, changes))
        return [one for one in found if one.changes][::-1]

    def figures(self, task: Task, steps: list[PassedStep]) -> list[Changed]:
        """Amount and discount when the reader decided before, if they were known then, and now."""
        mine = [step for step in steps if step.by in (self.actor.id, self.actor.on_behalf_of) and not step.passed]
        if not mine:
            return []
        before, after = mine[-1].facts, task.facts
        shown = (("amount_fen", _("Amount"), money), ("effective_discount_bp", _("Discount"), answering.off_list))
        return [
            Changed(label, draw(before[name]), draw(after[name]))
            for name, label, draw in shown
            if before.get(name) is not None and name in after and before[name] != after[name]
        ]

    @staticmethod
    def _went_back(
        events: list[HistoryEvent], at: Mapping[str | None, int], former: PassedStep, step: PassedStep
    ) -> bool:
        between = range(at[former.task_id], at[step.task_id])
        return not step.passed and any(event.code in _BACK and event.seq in between for event in events)

    def _changes(self, former: PassedStep, step: PassedStep) -> Iterator[Changed]:
        before, after = self._drawn(former), self._drawn(step)
        for label in dict.fromkeys([*before, *after]):
            if str(before.get(label)) != str(after.get(label)):
                yield Changed(label, before.get(label), after.get(label))

    def _drawn(self, step: PassedStep) -> dict[str, Any]:
        answers = as_seen(self.actor, step.answers, self.path)
        asked = answering.draw(self.session, self.actor, step.form_key, {}, typed=answers, path=self.path)
        return dict(asked.answered) if asked else {}


def _former(steps: list[PassedStep], step: PassedStep) -> PassedStep | None:
    same = [s for s in steps if (s.element_id, s.turn) == (step.element_id, step.turn)]
    return same[-1] if same else None


def requests(engine: Engine, task: Task) -> dict[str, Any]:
    """Who asks the reader for his task back, and how the reader's own request stands."""
    own: Withdrawal | None = None
    if task.state == "completed":
        own = engine.withdrawal_rights(task.id).asked
    return {
        "withdrawals": engine.withdrawals_to_answer(task.id) if task.state == "open" else [],
        "own_request": own,
    }
