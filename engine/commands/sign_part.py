"""Somebody who was added to a task decides; the signing is over once its rule is met or can no longer be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.commands.attach import require_attachments
from engine.commands.finish_task import FinishTask
from engine.commands.on_task import OpenTask
from engine.errors import Stale
from engine.host import Host
from engine.incidents import resolve_incidents_of
from engine.people import entitled
from engine.results.instances import Instance
from engine.results.tasks import Task
from engine.running.run import Run
from engine.signing.holding import OVER, PLANNED, require_not_held
from engine.signing.record import Signed, opinions_in, own_opinion
from engine.signing.rule import AGAINST, AGREED, REJECTED, RETURNED, Tally, decision_of
from engine.store.drafts import drop_draft
from engine.store.signing import (
    Added,
    added_to,
    change_signing,
    close_added,
    insert_added,
    keep_out,
    signing_of,
    tally_of,
)
from engine.store.tasks import FAR, change_task, complete_task, get_task, open_task_ids
from engine.tables.columns import AnyRow
from kernel.actor import Actor
from kernel.audit import record


def require_free(host: Host, opened: OpenTask) -> None:
    """Raise `Stale` when the holder has decided and others follow him, `Invalid` while others come first."""
    task = opened.task
    if task.held == "after":
        signing = signing_of(host.session, task.id, "open")
        if signing is not None:
            raise Stale("task_closed", state="decided", by=signing.holder, at=signing.held_at)
    require_not_held(task)


def waits_for_those_after(host: Host, opened: OpenTask, answers: dict[str, Any], fields: dict[str, Any]) -> bool:
    """Let those decide who come after the holder (后加签), if there are any; they need not if he disagrees.

    ``fields`` names what he entered.
    """
    task, session, now = opened.task, host.session, host.clock.now()
    signing = signing_of(session, task.id, PLANNED) if task.held == PLANNED else None
    if signing is None:
        return False
    if decision_of(answers) in AGAINST:
        change_signing(session, signing.id, state="decided", outcome=decision_of(answers), over_at=now)
        return False
    decided = {"state": "open", "answers": answers, "holder": host.actor.id, "held_at": now}
    decided |= {"on_behalf_of": host.actor.on_behalf_of, "entitled": entitled(host, task) is not None}
    opened_now = change_signing(session, signing.id, **decided)
    insert_added(session, opened_now, set(task.excluded) - set(signing.people), now)
    change_task(session, task, assignee=task.assignee or host.duty, held="after", follow_up_at=FAR)
    drop_draft(session, task.id, host.actor.id)
    decision = f"decision.{decision_of(answers)}"
    opened.note("signers_follow", staff=list(signing.people), decision=decision, **fields)
    opened.save()
    record(session, host.actor, host.clock, "task:decide", "task", task.id, path=task.path)
    return True


def signed_by_holder(host: Host, opened: OpenTask, answers: dict[str, Any]) -> Signed | None:
    """The record of a step that its holder decides now: with whom, and why he might."""
    task = opened.task
    others = added_to(host.session, task.id) if task.held is not None else []
    may = entitled(host, task)
    if not others and may != "handed":
        return None
    own = own_opinion(answers, host.clock.now())
    said = opinions_in((one.task, one.answers) for one in others)
    return Signed(host.actor.id, own, may is not None, said)


@dataclass(frozen=True)
class SignPart:
    """The answers of somebody who was added, clean; his task is closed, and the signing if that decides it.

    ``fields`` names what he entered.
    """

    host: Host
    opened: OpenTask
    answers: dict[str, Any]
    fields: dict[str, Any]
    command: dict[str, Any]

    def run(self) -> Instance:
        """Raises `StepFailed` when the case then goes on and fails."""
        host, opened, task = self.host, self.opened, self.opened.task
        session = host.session
        signing = signing_of(session, task.parent_id or "", "open")
        if signing is None:
            raise Stale("task_not_needed", state="cancelled", at=host.clock.now())
        self._close()
        added = added_to(session, signing.task_id, signing.id)
        tally = tally_of(signing, added)
        decision = f"decision.{decision_of(self.answers)}"
        opened.note(f"signer_decided_{signing.part}", decision=decision, **self.fields)
        people = [person for person in (host.actor.id, host.actor.on_behalf_of) if person]
        keep_out(session, [*added, Added(get_task(session, signing.task_id), signing.id, {})], people)
        if tally.verdict is None:
            opened.save()
            return opened.record.result(open_task_ids(session, opened.record.id))
        return self._over(signing, added, tally)

    def _close(self) -> None:
        host, task = self.host, self.opened.task
        session, actor, now = host.session, host.actor, host.clock.now()
        complete_task(session, task, self.answers, now, actor.id, actor.on_behalf_of)
        drop_draft(session, task.id, actor.id)
        record(session, actor, host.clock, "task:sign", "task", task.id, path=task.path)
        if self.opened.troubled:
            resolve_incidents_of(session, host.clock, task_id=task.id, actor_id=actor.id)

    def _over(self, signing: AnyRow, added: list[Added], tally: Tally) -> Instance:
        host, opened = self.host, self.opened
        session, now = host.session, host.clock.now()
        decisive = _decisive(added, agreed=bool(tally.verdict))
        outcome = decision_of(decisive.answers) if not tally.verdict else AGREED
        left = close_added(session, added, now)
        change_signing(session, signing.id, state="decided", outcome=outcome, over_at=now)
        parent = free_parent(host, signing, left)
        opened.note(
            "signing_over",
            agreed=tally.agreed,
            against=tally.against,
            people=tally.people,
            needed=tally.needed,
            outcome=f"decision.{outcome}",
            staff=left or None,
        )
        if signing.part == "before":
            opened.save()
            return opened.record.result(open_task_ids(session, opened.record.id))
        opened.journal.write(session)
        stands = signing.part == "after" and tally.verdict
        answers = signing.answers if stands else decisive.answers
        return finish_for_holder(host, opened, parent, signing, answers, self.command)


def finish_for_holder(
    host: Host,
    opened: OpenTask,
    parent: Task,
    signing: AnyRow,
    answers: dict[str, Any],
    command: dict[str, Any] | None,
) -> Instance:
    """Complete the task that others were added to, in the name of who had it."""
    session = host.session
    own = None
    if signing.part == "after":
        own = own_opinion(signing.answers, signing.held_at)
    said = opinions_in((one.task, one.answers) for one in added_to(session, parent.id))
    person = host.directory.person(signing.holder) or Actor(signing.holder, signing.holder)
    holder = host.acting_as(Actor(person.id, person.name, person.grants, on_behalf_of=signing.on_behalf_of))
    if signing.holder == host.actor.id:
        holder = host
    signed = Signed(signing.holder, own, signing.entitled, said)
    run = Run.of(holder, opened.record, command=command)
    if signing.part == "vote":  # The history tells of those who voted, not of who asked them.
        run.services.entered[parent.id] = {"together": True}
    require_attachments(holder, parent)
    return FinishTask(holder, opened.record, parent, opened.token, dict(answers), signed).run(run)


def free_parent(host: Host, signing: AnyRow, left: list[str]) -> Task:
    """The task that others were added to is its holder's again; who did not decide may decide elsewhere."""
    session = host.session
    parent = get_task(session, signing.task_id)
    planned = signing_of(session, parent.id, PLANNED)
    excluded = [person for person in parent.excluded if person not in left]
    held = PLANNED if planned is not None else OVER
    return change_task(session, parent, held=held, follow_up_at=None, excluded=excluded)


def _decisive(added: list[Added], *, agreed: bool) -> Added:
    """Whose answers count: of those with whom it was decided, the last; a rejection weighs more than a return."""
    decided = [one for one in added if one.decided and one.agrees is agreed]
    rejecting = [one for one in decided if decision_of(one.answers) == REJECTED]
    returning = [one for one in decided if decision_of(one.answers) == RETURNED]
    return (rejecting or returning or decided)[-1]
