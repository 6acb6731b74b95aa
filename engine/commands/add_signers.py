"""Add people to a task: before or after its holder, or to decide it together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.commands.on_task import OpenTask, is_mine, open_task, require_hold
from engine.errors import Invalid, NotAllowed
from engine.host import Host
from engine.people import entitled, person_at
from engine.results.tasks import Task
from engine.signing.holding import PLANNED, require_not_held
from engine.signing.rule import DECISION, Rule
from engine.store.signing import change_signing, insert_added, insert_signing, signing_of
from engine.store.tasks import FAR, change_task
from kernel.audit import record

MOST = 30


@dataclass(frozen=True)
class AddSigners:
    """People who decide before the holder (前加签) or after him (后加签), each on a task of his own.

    Those before: the task is held up until all agree, or one does not; then it returns to its holder, who decides
    with their opinions before him. Those after begin once he agrees; the case goes on when all agree, and ends the
    step with the answer of the first who does not.
    """

    task_id: str
    people: tuple[str, ...]
    part: str
    reason: str = ""

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed` (also against four eyes), `Invalid`."""
        if self.part not in ("before", "after"):
            raise Invalid("signing_part_unknown", field="part")
        opened = _open(host, self.task_id)
        _require_people(opened, self.people, with_holder=False)
        reason = self.reason.strip() or None
        if self.part == "after":
            return self._plan(opened, reason)
        return _begin(opened, "before", Rule(), self.people, reason)

    def _plan(self, opened: OpenTask, reason: str | None) -> Task:
        host, task = opened.host, opened.task
        planned = signing_of(host.session, task.id, PLANNED)
        if planned is not None:
            change_signing(host.session, planned.id, people=[*planned.people, *self.people])
        else:
            insert_signing(host.session, _values(opened, "after", PLANNED, Rule(), self.people, reason))
        changes = {"held": PLANNED, "excluded": [*task.excluded, *self.people]}
        return _note(opened, "signers_added_after", self.people, reason, changes)


@dataclass(frozen=True)
class OpenVote:
    """The step is decided by several at once: all (会签), any (或签), so many or so many per cent of them (票签).

    The holder leads it and may be one of them. As soon as enough agree, or no longer can, the step is completed
    with the answer of who decided it, and the tasks left over are cancelled.
    """

    task_id: str
    people: tuple[str, ...]
    rule: Rule
    reason: str = ""

    def run(self, host: Host) -> Task:
        """Raises `Missing`, `Stale`, `NotAllowed` (also against four eyes), `Invalid`."""
        opened = _open(host, self.task_id)
        form = opened.task.form_key
        if form is None or DECISION not in host.forms.fields(form):
            raise Invalid("vote_without_decision", task_id=self.task_id)
        if opened.task.held == PLANNED:
            raise Invalid("vote_with_signers_after", task_id=self.task_id)
        if len(set(self.people)) < 2:
            raise Invalid("vote_needs_two", field="people")
        _require_people(opened, self.people, with_holder=True)
        self.rule.require_fit(len(self.people))
        return _begin(opened, "vote", self.rule, self.people, self.reason.strip() or None)


def _open(host: Host, task_id: str) -> OpenTask:
    opened = open_task(host, task_id)
    task = opened.task
    require_hold(host, task)
    if task.delegation == "pending":
        raise NotAllowed("task_delegated", task_id=task.id, owner=task.owner)
    if task.parent_id is not None:
        raise Invalid("signing_within_signing", task_id=task.id)
    require_not_held(task)
    return opened


def _require_people(opened: OpenTask, people: tuple[str, ...], *, with_holder: bool) -> None:
    """Raise unless each may take part, none twice, and none who has taken part already."""
    if not 1 <= len(people) <= MOST:
        raise Invalid("signers_number", field="people", most=MOST)
    for number, person in enumerate(people):
        if person in people[:number]:
            raise Invalid("signer_twice", field="people", staff=person)
        is_holder = is_mine(opened.host, person) or person in (opened.task.assignee, opened.task.owner)
        if is_holder and not with_holder:
            raise Invalid("signer_is_holder", field="people", staff=person)
        person_at(opened.host, person, opened.task, field="people")


def _begin(opened: OpenTask, part: str, rule: Rule, people: tuple[str, ...], reason: str | None) -> Task:
    host, task = opened.host, opened.task
    signing = insert_signing(host.session, _values(opened, part, "open", rule, people, reason))
    insert_added(host.session, signing, task.excluded, host.clock.now())
    others = [person for person in people if not is_mine(host, person)]
    changes = {"held": part, "follow_up_at": FAR, "excluded": [*task.excluded, *others]}
    code = f"vote_opened_{rule.kind}" if part == "vote" else "signers_added_before"
    return _note(opened, code, people, reason, changes, number=rule.number or None)


def _values(
    opened: OpenTask, part: str, state: str, rule: Rule, people: tuple[str, ...], reason: str | None
) -> dict[str, Any]:
    host = opened.host
    return {
        "task_id": opened.task.id,
        "part": part,
        "rule": rule.kind,
        "number": rule.number,
        "people": list(people),
        "state": state,
        "holder": host.actor.id,
        "on_behalf_of": host.actor.on_behalf_of,
        "entitled": bool(entitled(host, opened.task)),
        "reason": reason,
        "answers": {},
        "opened_at": host.clock.now(),
    }


def _note(
    opened: OpenTask,
    code: str,
    people: tuple[str, ...],
    reason: str | None,
    changes: dict[str, Any],
    **params: object,
) -> Task:
    """The task is its holder's, whoever else might have taken it; the history says who was asked, and why."""
    host, task = opened.host, opened.task
    changed = change_task(host.session, task, assignee=task.assignee or host.duty, **changes)
    opened.note(code, staff=list(people), reason=reason, **params)
    opened.save()
    record(
        host.session, host.actor, host.clock, "task:add_signers", "task", task.id, path=task.path,
        after={"people": list(people), "part": changed.held}, reason=reason,
    )  # fmt: skip
    return changed
