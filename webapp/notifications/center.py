"""The list behind the bell: what one was told, newest first, read and unread, each leading to its task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from engine.api import Task
from engine.news import tasks_by_id
from engine.store.tasks import TABLE as TASKS
from kernel.actor import Actor
from ledger.messages.models import Message
from ledger.messages.operations import mark_read, render_all
from ledger.notices.kinds import KINDS
from ledger.notices.models import Notice
from ledger.notices.queries import notices_behind
from ledger.notices.rewording import reworded
from webapp.acting import acting, clock, reading
from webapp.inbox.people import names_of
from webapp.language import current_language
from webapp.notifications.pages import pages
from webapp.notifications.reaching import not_reached
from webapp.notifications.sending import path_of
from webapp.page import asked_page

SIZE = 30
MOST = 100
_LOOKS = {
    "mine": ("inbox", "primary"),
    "group": ("users", "azure"),
    "returned": ("arrow-back-up", "orange"),
    "due": ("clock", "yellow"),
    "late": ("alert-triangle", "red"),
    "urged": ("bolt", "orange"),
    "escalated": ("alert-circle", "red"),
    "mentioned": ("at", "blue"),
    "copied": ("eye", "teal"),
    "withdrawn": ("arrow-back-up", "neutral"),
    "consent": ("message", "orange"),
    "let_back": ("arrow-back-up", "green"),
    "not_let_back": ("ban", "neutral"),
    "ended": ("flag-3", "green"),
}


@dataclass(frozen=True)
class Line:
    """A note as the list shows it. ``settled`` says who did the task meanwhile, for one that waits no more."""

    id: str
    title: str
    text: str
    at: datetime
    unread: bool
    icon: str
    tone: str
    leads: bool
    settled: str


@pages.get("/notifications")
def index() -> str:
    """What I was told."""
    only_unread = request.args.get("show") == "unread"
    number = asked_page()
    with reading() as (session, actor):
        query = select(Message).where(Message.recipient_id == actor.id, Message.channel == "in_app")
        if only_unread:
            query = query.where(_unread(actor))
        query = query.order_by(Message.created_at.desc(), Message.id.desc())
        found = list(session.scalars(query.limit(SIZE + 1).offset((number - 1) * SIZE)))
        return render_template(
            "notifications/index.html",
            lines=_lines(session, found[:SIZE]),
            more=len(found) > SIZE,
            number=number,
            only_unread=only_unread,
            unread=count_unread(session, actor),
            not_reached=not_reached(session, [actor.id]).get(actor.id, []),
        )


@pages.post("/notifications/<message_id>/open")
def open_one(message_id: str) -> Response:
    """Mark one read and go to what it is about."""
    with acting() as (session, actor):
        mark_read(session, actor, clock(), message_id=message_id)
        notice = notices_behind(session, [message_id]).get(message_id)
        target = path_of(notice) if notice else url_for("notifications.index")
    return redirect(target)  # type: ignore[return-value]


@pages.post("/notifications/read")
def read_all() -> Response:
    """Mark everything read."""
    with acting() as (session, actor):
        mine = (Message.recipient_id == actor.id) & (Message.channel == "in_app") & Message.read_at.is_(None)
        session.execute(update(Message).where(mine).values(read_at=clock().now()))
    flash(_("All notifications are marked as read."), "success")
    return redirect(url_for("notifications.index"))  # type: ignore[return-value]


def count_unread(session: Session, actor: Actor) -> int:
    """How many of somebody's notes are unread and still of use, counted up to `MOST`."""
    some = select(Message.id).where(_unread(actor)).limit(MOST).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def unread_of_reader() -> int:
    """The number at the bell, asked for once in a page."""
    if "unread_notices" not in g:
        with reading() as (session, actor):
            g.unread_notices = count_unread(session, actor)
    count: int = g.unread_notices
    return count


def _unread(actor: Actor) -> ColumnElement[bool]:
    """A note about a task that somebody has done meanwhile needs no reading."""
    passing = [kind.code for kind in KINDS.values() if kind.passing]
    settled = (
        select(Notice.id)
        .join(TASKS, TASKS.c.id == Notice.task_id)
        .where(Notice.message_id == Message.id, Notice.kind.in_(passing), TASKS.c.state != "open")
        .exists()
    )
    unread = (Message.recipient_id == actor.id) & (Message.channel == "in_app") & Message.read_at.is_(None)
    return unread & ~settled


def _lines(session: Session, messages: list[Message]) -> list[Line]:
    notices = notices_behind(session, [message.id for message in messages])
    tasks = tasks_by_id(session, [notice.task_id for notice in notices.values() if notice.task_id])
    names = names_of(session, {task.completed_by for task in tasks.values()})
    others = [notices[m.id] for m in messages if m.id in notices and m.language != current_language()]
    now = reworded(session, others, current_language()) if others else {}
    worded = render_all(session, messages)
    return [
        _line(message, now.get(message.id, words), notices.get(message.id), tasks, names)
        for message, words in zip(messages, worded, strict=True)
    ]


def _line(
    message: Message, words: tuple[str, str], notice: Notice | None, tasks: dict[str, Task], names: dict[str, str]
) -> Line:
    title, text = words
    icon, tone = _LOOKS.get(notice.kind if notice else "", ("bell", "neutral"))
    settled = _settled(notice, tasks, names)
    unread = message.read_at is None and not settled
    return Line(message.id, title, text, message.created_at, unread, icon, tone, notice is not None, settled)


def _settled(notice: Notice | None, tasks: dict[str, Task], names: dict[str, str]) -> str:
    task = tasks.get(notice.task_id) if notice and notice.task_id and KINDS[notice.kind].passing else None
    if task is None or task.state == "open":
        return ""
    if task.state == "completed" and task.completed_by:
        return str(_("done by %(who)s", who=names.get(task.completed_by, "—")))
    return str(_("no longer needed"))
