"""Telling people: the note in the application at once, mail and text message by their choices, each thing once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM
from kernel.clock import Clock
from ledger.messages.operations import queue_message
from ledger.notices.kinds import KINDS, NoticeKind
from ledger.notices.models import LABELS, Notice, NoticeDelivery
from ledger.notices.settings import Settings, settings_of
from ledger.staff.models import Staff


@dataclass(frozen=True)
class Telling:
    """What somebody is to be told. ``key`` with kind and person says what makes it the same.

    ``params`` fill the kind's texts; ``labels`` are words by language for the marks ``what`` and ``task``.
    ``link`` is a path on this site for what is no task and no case.
    """

    kind: str
    staff_id: str
    key: str
    path: str
    params: Mapping[str, Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    task_id: str | None = None
    case_id: str | None = None
    link: str | None = None

    @property
    def whole_key(self) -> str:
        """What no other notice has."""
        return f"{self.kind}:{self.key}:{self.staff_id}"


def notify(session: Session, clock: Clock, tellings: list[Telling]) -> int:
    """Tell each person what was not told before; who has left is not told. Returns how many were new."""
    wanted = {telling.whole_key: telling for telling in tellings}
    known = set(session.scalars(select(Notice.key).where(Notice.key.in_(wanted))))
    new = [telling for key, telling in wanted.items() if key not in known]
    people = _people(session, {telling.staff_id for telling in new})
    chosen = settings_of(session, people)
    told = [telling for telling in new if telling.staff_id in people]
    for telling in told:
        _notify(session, clock, telling, people[telling.staff_id], chosen[telling.staff_id])
    return len(told)


def drop(delivery: NoticeDelivery, reason: str) -> None:
    """Do not send it: ``reason`` is a code."""
    delivery.state, delivery.reason = "dropped", reason


def forget_notices(session: Session, before: datetime) -> None:
    """Take away what was told before an instant and no longer waits; notes in the application stay."""
    old = select(Notice.id).where(Notice.at < before)
    session.execute(
        delete(NoticeDelivery).where(NoticeDelivery.notice_id.in_(old), NoticeDelivery.state != "waiting")
    )
    still = select(NoticeDelivery.notice_id)
    session.execute(delete(Notice).where(Notice.at < before, Notice.id.not_in(still)))


def _people(session: Session, ids: set[str]) -> dict[str, Staff]:
    rows = session.scalars(select(Staff).where(Staff.id.in_(ids), Staff.active))
    return {row.id: row for row in rows}


def _notify(session: Session, clock: Clock, telling: Telling, person: Staff, settings: Settings) -> None:
    kind = KINDS[telling.kind]
    choice = settings.choice(kind)
    params = dict(telling.params)
    if telling.labels.get(person.language):
        params |= dict.fromkeys({"what", "task"} & params.keys(), telling.labels[person.language])
    message_id = None
    if choice.in_app:
        message_id = queue_message(
            session,
            SYSTEM,
            clock,
            template=kind.template,
            recipient_kind="staff",
            recipient_id=person.id,
            params=params,
            key=f"notice:{telling.whole_key}",
            path=telling.path,
        ).id
    notice = Notice(
        key=telling.whole_key,
        staff_id=person.id,
        kind=kind.code,
        task_id=telling.task_id,
        case_id=telling.case_id,
        link=telling.link,
        params=params | {LABELS: dict(telling.labels)},
        path=telling.path,
        at=clock.now(),
        message_id=message_id,
    )
    session.add(notice)
    session.flush()  # Deliveries refer to the id.
    _put_on_channels(session, clock.now(), notice, kind, person, settings)


def _put_on_channels(
    session: Session, now: datetime, notice: Notice, kind: NoticeKind, person: Staff, settings: Settings
) -> None:
    choice = settings.choice(kind)
    rested = settings.after_quiet(now)
    if choice.mail != "off" and person.email_sealed is not None:
        at_once = choice.mail == "now"
        # What the quiet hours kept goes out together when they are over.
        bundled = not at_once or rested > now
        due_at = rested if at_once else settings.next_digest(now)
        session.add(_delivery(notice, "mail", due_at, bundled=bundled))
    if choice.sms and person.phone_sealed is not None:
        session.add(_delivery(notice, "sms", rested, bundled=False))


def _delivery(notice: Notice, channel: str, due_at: datetime, *, bundled: bool) -> NoticeDelivery:
    return NoticeDelivery(
        notice_id=notice.id, staff_id=notice.staff_id, channel=channel, bundled=bundled, due_at=due_at
    )
