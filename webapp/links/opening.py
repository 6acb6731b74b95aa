"""Whether a link may still be used, and if not, in words why not, and who did what meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.api import Copy, Engine, Missing, NotAllowed, Stale, Task, TaskDetail, Withdrawal
from engine.news import tasks_by_id
from engine.store.going_back import find_withdrawals
from kernel.actor import SYSTEM, Actor
from kernel.clock import Clock
from kernel.errors import KeyturnError
from ledger.staff.models import Staff
from ledger.staff.queries import actor_for
from webapp.engine_room import engine_for
from webapp.links.models import TaskLink
from webapp.links.naming import named
from webapp.links.offers import ANSWER, READ
from webapp.links.tokens import find_link


@dataclass(frozen=True)
class Opened:
    """A link that is good and who holds it; ``detail`` is the task as its page shows it, none for a copy.

    ``requests`` are the wishes to have a task back that its holder can answer.
    """

    link: TaskLink
    actor: Actor
    detail: TaskDetail | None = None
    copy: Copy | None = None
    requests: tuple[Withdrawal, ...] = ()

    @property
    def task(self) -> TaskDetail:
        """The task of a link that acts on one."""
        if self.detail is None:
            raise Missing("link_unknown")
        return self.detail


def reader_of(session: Session, token: str) -> Staff | None:
    """Whose link it is, to speak their language even when it is refused."""
    link = find_link(session, token)
    return session.get(Staff, link.staff_id) if link is not None else None


def path_of(session: Session, token: str) -> str | None:
    """Where one who signs in finds what a link is about."""
    link = find_link(session, token)
    if link is None:
        return None
    return f"/copies/{link.subject_id}" if link.purpose == READ else f"/tasks/{link.task_id}"


def open_link(session: Session, clock: Clock, token: str, *, lock: bool = False) -> Opened:
    """The link with what it is about.

    Raises `Missing` for a token that is none, `Stale` when the link was used, revoked or is too old, or what it
    is about has changed or is closed, `NotAllowed` when the person has left, lost the role, or may not decide.
    """
    link = find_link(session, token, lock=lock)
    if link is None:
        raise Missing("link_unknown")
    person = session.get(Staff, link.staff_id)
    if person is None or not person.active:
        raise NotAllowed("link_person_left")
    task = tasks_by_id(session, [link.task_id]).get(link.task_id)
    if link.used_at is not None:
        raise Stale("link_used", by=link.staff_id, at=link.used_at, decision=named(link, task))
    if link.purpose != READ:
        _require_unchanged(session, clock, link, task)
    if link.revoked_at is not None or person.sign_in_epoch != link.epoch:
        raise Stale("link_revoked")
    if clock.now() >= link.expires_at:
        raise Stale("link_expired", at=link.expires_at)
    actor = actor_for(session, link.staff_id, clock)
    engine = engine_for(session, actor, clock)
    if link.purpose == READ:
        return Opened(link, actor, copy=engine.get_copy(link.subject_id))
    detail = _with_rights(engine, link)
    asked = tuple(engine.withdrawals_to_answer(link.task_id)) if link.purpose == ANSWER else ()
    if link.purpose == ANSWER and link.subject_id not in {one.id for one in asked}:
        raise NotAllowed("withdrawal_not_yours")
    return Opened(link, actor, detail, requests=asked)


def _require_unchanged(session: Session, clock: Clock, link: TaskLink, task: Task | None) -> None:
    if task is None:
        raise Missing("link_unknown")
    if link.purpose == ANSWER:
        _require_unanswered(session, link, task)
    if task.state == "cancelled":
        code, cause = engine_for(session, SYSTEM, clock).why_cancelled(task)
        raise Stale(code, **{"at": task.completed_at, **cause})
    if task.state != "open":
        raise _closed(session, clock, link, task)
    if task.revision != link.revision:
        if task.assignee not in (None, link.staff_id):
            raise Stale("link_task_with_another", assignee=task.assignee)
        raise Stale("link_task_changed")


def _require_unanswered(session: Session, link: TaskLink, task: Task) -> None:
    asked = next((one for one in find_withdrawals(session, task.instance_id) if one.id == link.subject_id), None)
    if asked is None:
        raise Missing("link_unknown")
    if asked.state in ("granted", "refused"):
        raise Stale("withdrawal_answered", by=asked.answered_by, at=asked.answered_at)


def _closed(session: Session, clock: Clock, link: TaskLink, task: Task) -> Stale:
    """Who closed the task, for whom, and how they decided."""
    answers = engine_for(session, SYSTEM, clock).get_task(task.id).draft
    told = {"by": task.completed_by, "at": task.completed_at, "decision": named(link, task, answers)}
    if task.on_behalf_of is not None:
        return Stale("link_task_closed_for", staff=task.on_behalf_of, **told)
    return Stale("link_task_closed", **told)


def _with_rights(engine: Engine, link: TaskLink) -> TaskDetail:
    try:
        detail = engine.get_task(link.task_id)
    except KeyturnError as refused:
        raise NotAllowed("link_role_lost") from refused
    if detail.rights.barred:
        raise NotAllowed("four_eyes")
    if not detail.rights.complete:
        raise NotAllowed("link_role_lost")
    return detail
