"""What waits goes out when it is due: alone or as one digest; what no longer concerns anybody is dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine.api import Task
from engine.jobs import order_delivery
from engine.news import tasks_by_id
from handlers.jobs import DELIVER
from kernel.actor import SYSTEM
from kernel.clock import Clock
from ledger.customers.masking import mask_numbers
from ledger.messages.operations import queue_message
from ledger.messages.templates import fill, template_for
from ledger.notices.kinds import KINDS
from ledger.notices.models import Notice, NoticeDelivery
from ledger.notices.operations import drop
from ledger.notices.queries import bundle_of, due_deliveries, first_due
from ledger.notices.settings import Settings, settings_of
from ledger.staff.models import Staff
from webapp.db import Database
from webapp.links.offers import DECIDE, offer_of
from webapp.links.tokens import LASTS, mint
from webapp.notifications.concern import Concern

log = structlog.get_logger("keyturn.jobs")
_PORTION = 100
_LINES = 50
# What a text message says before its address, so that it stays within the segments that a gateway takes.
_SHORT_TITLE, _SHORT_TEXT = 60, 120
# Told to somebody who need not be able to act on the task.
_TOLD_ANYHOW = frozenset({"escalated"})
# The parameters that hold what somebody wrote freely.
_OWN_WORDS = frozenset({"note"})

Waiting = list[tuple[NoticeDelivery, Notice]]


@dataclass(frozen=True)
class Reader:
    """Whom something is sent to, with how times are written for them."""

    person: Staff
    settings: Settings


class Sender:
    """Sends what is due from one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def send_due(self) -> int:
        """Hand everything that is due to its channel; returns how many messages were made."""
        made = 0
        while self._is_anything_due():
            with self._database.unit_of_work(SYSTEM) as session:
                made += _Portion(session, self._database.clock).send()
        return made

    def _is_anything_due(self) -> bool:
        with self._database.reading() as session:
            return first_due(session, self._database.clock.now())


class _Portion:
    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._now: datetime = clock.now()
        self._concern = Concern(session, clock)

    def send(self) -> int:
        waiting = due_deliveries(self._session, self._now, _PORTION)
        settings = settings_of(self._session, {delivery.staff_id for delivery, _ in waiting})
        made = 0
        for delivery, notice in waiting:
            if delivery.state != "waiting":
                continue  # It went out with a digest of this portion.
            person = self._session.get_one(Staff, delivery.staff_id)
            if not person.active:
                drop(delivery, "person_left")
                continue
            reader = Reader(person, settings[person.id])
            bundle = bundle_of(self._session, person.id, self._now) if delivery.bundled else [(delivery, notice)]
            made += self._try(reader, delivery.channel, bundle)
        return made

    def _try(self, reader: Reader, channel: str, bundle: Waiting) -> int:
        try:
            with self._session.begin_nested():
                return self._send(reader, channel, bundle)
        except OperationalError:
            raise
        except Exception as fault:
            # One that cannot be written must not hold back all that come after it; it still stands in the bell.
            log.error("notice failed", notice=bundle[0][1].id, error=type(fault).__name__)
            for delivery, _notice in bundle:
                drop(delivery, "failed")
            return 0

    def _send(self, reader: Reader, channel: str, bundle: Waiting) -> int:
        tasks = tasks_by_id(self._session, [n.task_id for _, n in bundle if n.task_id])
        left: Waiting = []
        for delivery, notice in bundle:
            if reason := self._moot(notice, tasks):
                drop(delivery, reason)
            else:
                left.append((delivery, notice))
        if not left:
            return 0
        message_id = (
            self._digest(reader, left) if len(left) > 1 else self._alone(reader, channel, left[0][1], tasks)
        )
        for delivery, _notice in left:
            delivery.state, delivery.message_id = "sent", message_id
        order_delivery(
            self._session, self._now, DELIVER, {"message_id": message_id}, key=f"{DELIVER}:{message_id}"
        )
        return 1

    def _moot(self, notice: Notice, tasks: dict[str, Task]) -> str:
        """Why somebody need not be told any more, or nothing."""
        if notice.task_id is None or not KINDS[notice.kind].passing:
            return ""
        task = tasks.get(notice.task_id)
        if task is None or task.state != "open":
            return "task_closed"
        if notice.kind in _TOLD_ANYHOW or notice.staff_id in self._concern.people(task):
            return ""
        return "with_another"

    def _alone(self, reader: Reader, channel: str, notice: Notice, tasks: dict[str, Task]) -> str:
        title, text = self._worded(reader, notice)
        if channel == "sms":
            title, text = _shortened(title, _SHORT_TITLE), _shortened(text, _SHORT_TEXT)
        kind, template = KINDS[notice.kind], f"notice_{channel}"
        params: dict[str, Any] = {
            "title": title,
            "text": text,
            "kind": kind.named(reader.person.language),
            "kind_code": kind.code,
            "open_path": path_of(notice),
        }
        task = tasks.get(notice.task_id or "")
        is_theirs = task is not None and notice.staff_id in self._concern.people(task)
        offer = offer_of(notice.kind, notice.params, task, is_theirs=is_theirs)
        if offer is not None:
            template += "_decide" if offer.purpose == DECIDE else f"_{offer.purpose}"
            params["task_link_id"] = mint(self._session, self._clock, reader.person, offer, channel).id
            params["expires_at"] = (self._now + LASTS).isoformat()
        return self._queue(reader, channel, template, params, f"{channel}:{notice.key}", notice.path)

    def _digest(self, reader: Reader, bundle: Waiting) -> str:
        lines = []
        for number, (_, notice) in enumerate(bundle[:_LINES], 1):
            title, text = self._worded(reader, notice)
            lines.append(f"{number}. {title}\n   {text}")
        if len(bundle) > _LINES:
            lines.append("…")
        params = {
            "count": len(bundle),
            "lines": "\n".join(lines),
            "kind_codes": sorted({notice.kind for _, notice in bundle}),
        }
        return self._queue(reader, "mail", "notice_digest", params, f"digest:{bundle[0][0].id}", "/")

    def _worded(self, reader: Reader, notice: Notice) -> tuple[str, str]:
        language, zone = reader.person.language, reader.settings.zone
        code = KINDS[notice.kind].template
        text = template_for(self._session, self._clock, code=code, channel="in_app", language=language)
        params = {name: _in_line(name, value) for name, value in notice.params.items()}
        subject = fill(text.subject, params, language=text.language, zone=zone)
        return subject, fill(text.body, params, language=text.language, zone=zone)

    def _queue(
        self, reader: Reader, channel: str, template: str, params: dict[str, Any], key: str, path: str
    ) -> str:
        return queue_message(
            self._session,
            SYSTEM,
            self._clock,
            template=template,
            recipient_kind="staff",
            recipient_id=reader.person.id,
            params=params,
            key=key,
            path=path,
            channel=channel,
        ).id


def _in_line(name: str, value: Any) -> Any:
    """What somebody wrote stays within its line: it can neither pass for words of ours nor break a header.

    His own words leave the house without the numbers of phones and IDs in them.
    """
    if not isinstance(value, str):
        return value
    line = " ".join(value.split())
    return mask_numbers(line) if name in _OWN_WORDS else line


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def path_of(notice: Notice) -> str:
    """Where on this site one reads more."""
    if notice.link:
        return notice.link
    if notice.task_id:
        return f"/tasks/{notice.task_id}"
    return f"/cases/{notice.case_id}" if notice.case_id else "/inbox"
