"""What may be done with many tasks at once, and how it is done with one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.api import Engine, Task, TaskRights
from forms.compile import exists, load
from forms.model import Component, FormModel
from kernel.errors import Invalid

LONGEST = 500


@dataclass(frozen=True)
class Order:
    """An act with what goes with it: one opinion or reason for all, and to whom tasks are given."""

    act: str
    words: str = ""
    assignee: str | None = None

    def checked(self) -> Order:
        """The order itself; raises `Invalid` for an unknown act or when something it needs is missing."""
        kind = kind_of(self.act)
        if len(self.words) > LONGEST:
            raise Invalid("answer_too_long", field="words", limit=LONGEST)
        if kind.needs_words and not self.words.strip():
            raise Invalid("bulk_words_missing", field="words")
        if kind.name == "assign" and not self.assignee:
            raise Invalid("bulk_assignee_missing", field="assignee")
        return self

    def run(self, engine: Engine, task: Task, revision: int | None) -> None:
        """Do it with one task; raises what the single act raises."""
        kind_of(self.act).run(engine, task, self, revision)

    def params(self) -> dict[str, Any]:
        """What is kept of it beside the act."""
        return {"words": self.words, "assignee": self.assignee}


@dataclass(frozen=True)
class Kind:
    """A kind of act: ``fits`` tells whether somebody may do it with a task, as far as can be seen beforehand."""

    name: str
    run: Callable[[Engine, Task, Order, int | None], None]
    fits: Callable[[Engine, Task, TaskRights], bool]
    needs_words: bool = False


def decision_form(task: Task, decision: str) -> FormModel | None:
    """The form of a task that asks for a decision and knows this one, else None."""
    if task.form_key is None or not exists(task.form_key):
        return None
    model = load(task.form_key).model
    for component in model.asked():
        if component.key == "decision":
            return model if decision in {option.value for option in component.options} else None
    return None


def decides(task: Task, decision: str, words: str) -> dict[str, Any]:
    """The answers of a decision in the words of the task's own form; raises `Invalid` without such a form."""
    model = decision_form(task, decision)
    if model is None:
        raise Invalid("bulk_no_decision")
    chosen = {"decision": decision}
    place = next((c for c in model.asked() if _takes_words(c, chosen)), None)
    return {**chosen, **({place.key: words} if place is not None and words else {})}


def _takes_words(component: Component, chosen: Mapping[str, object]) -> bool:
    return component.kind == "textarea" and component.shown(chosen)


def _claim(engine: Engine, task: Task, _order: Order, _revision: int | None) -> None:
    engine.claim(task.id)


def _assign(engine: Engine, task: Task, order: Order, _revision: int | None) -> None:
    engine.assign(task.id, order.assignee, reason=order.words)


def _decide(decision: str) -> Callable[[Engine, Task, Order, int | None], None]:
    def decide(engine: Engine, task: Task, order: Order, revision: int | None) -> None:
        engine.complete(task.id, decides(task, decision, order.words), revision=revision)

    return decide


def _decidable(decision: str) -> Callable[[Engine, Task, TaskRights], bool]:
    return lambda _engine, task, rights: rights.complete and decision_form(task, decision) is not None


def _assignable(engine: Engine, task: Task, _rights: TaskRights) -> bool:
    return task.state == "open" and engine.host.checker.may_oversee(engine.host.actor, task.path)


_KINDS = {
    kind.name: kind
    for kind in (
        Kind("claim", _claim, lambda _engine, _task, rights: rights.claim),
        Kind("assign", _assign, _assignable),
        Kind("approve", _decide("approved"), _decidable("approved")),
        Kind("return", _decide("returned"), _decidable("returned"), needs_words=True),
    )
}
ACTS = tuple(_KINDS)


def kind_of(act: str) -> Kind:
    """A kind by its name; raises `Invalid`."""
    found = _KINDS.get(act)
    if found is None:
        raise Invalid("bulk_act_unknown", field="act")
    return found
