"""Everybody's choices about notices: which kind on which channel, quiet hours (免打扰), digests (摘要)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import DEFAULT_ZONE, Clock
from ledger.notices.errors import NoticeInvalid
from ledger.notices.kinds import KINDS, MAIL_CHOICES, MailChoice, NoticeKind
from ledger.notices.models import NoticeSetting

DIGEST_TIMES = ("09:00", "17:00")
MOST_DIGESTS = 4
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class Choice:
    """How one kind reaches somebody."""

    in_app: bool
    mail: MailChoice
    sms: bool


@dataclass(frozen=True)
class Settings:
    """Somebody's choices. Without ``quiet_from`` there are no quiet hours; they may pass midnight."""

    zone: str = DEFAULT_ZONE
    quiet_from: str | None = "22:00"
    quiet_to: str | None = "07:30"
    digest_times: tuple[str, ...] = DIGEST_TIMES
    choices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def choice(self, kind: NoticeKind) -> Choice:
        """How a kind reaches this person; only urgent kinds may be text messages."""
        own = self.choices.get(kind.code, {})
        mail = own.get("mail", kind.mail)
        return Choice(
            in_app=bool(own.get("in_app", True)),
            mail=mail if mail in MAIL_CHOICES else kind.mail,
            sms=kind.urgent and bool(own.get("sms", kind.sms)),
        )

    def is_quiet(self, instant: datetime) -> bool:
        """Whether an instant lies in the quiet hours."""
        if not self.quiet_from or not self.quiet_to or self.quiet_from == self.quiet_to:
            return False
        local = instant.astimezone(ZoneInfo(self.zone)).strftime("%H:%M")
        if self.quiet_from < self.quiet_to:
            return self.quiet_from <= local < self.quiet_to
        return local >= self.quiet_from or local < self.quiet_to

    def after_quiet(self, instant: datetime) -> datetime:
        """The instant itself, or when the quiet hours that it lies in are over."""
        if not self.is_quiet(instant):
            return instant
        return self._next(instant, str(self.quiet_to))

    def next_digest(self, instant: datetime) -> datetime:
        """When the next digest goes out after an instant, outside of the quiet hours."""
        times = self.digest_times or DIGEST_TIMES
        return self.after_quiet(min(self._next(instant, at) for at in times))

    def _next(self, instant: datetime, at: str) -> datetime:
        here = ZoneInfo(self.zone)
        local = instant.astimezone(here)
        clock_time = time.fromisoformat(at)
        days = (local.date(), local.date() + timedelta(days=1), local.date() + timedelta(days=2))
        candidates = (datetime.combine(day, clock_time, tzinfo=here).astimezone(instant.tzinfo) for day in days)
        return next(found for found in candidates if found > instant)


def settings_of(session: Session, staff_ids: Iterable[str]) -> dict[str, Settings]:
    """The choices of several people, in one query; who has made none has the usual ones."""
    wanted = set(staff_ids)
    rows = session.scalars(select(NoticeSetting).where(NoticeSetting.staff_id.in_(wanted)))
    return dict.fromkeys(wanted, Settings()) | {row.staff_id: _read(row) for row in rows}


def save_settings(session: Session, actor: Actor, clock: Clock, wanted: Settings) -> None:
    """Keep the actor's own choices. Raises `NoticeInvalid` naming the field."""
    _check(wanted)
    row = session.get(NoticeSetting, actor.id)
    if row is None:
        row = NoticeSetting(staff_id=actor.id)
        session.add(row)
    row.zone, row.quiet_from, row.quiet_to = wanted.zone, wanted.quiet_from, wanted.quiet_to
    row.digest_times = sorted(set(wanted.digest_times))
    row.choices = {code: dict(own) for code, own in wanted.choices.items() if own}
    row.changed_at = clock.now()
    audit.record(session, actor, clock, "notices:choose", "staff", actor.id, after={"choices": row.choices})


def stop_mail(session: Session, actor: Actor, clock: Clock, kind: NoticeKind) -> None:
    """No mails of a kind any more (退订); what the kind does elsewhere stays as it is."""
    known = settings_of(session, [actor.id])[actor.id]
    own = {**known.choices.get(kind.code, {}), "mail": "off"}
    choices = {**known.choices, kind.code: own}
    save_settings(
        session,
        actor,
        clock,
        Settings(known.zone, known.quiet_from, known.quiet_to, known.digest_times, choices),
    )


def _read(row: NoticeSetting) -> Settings:
    return Settings(row.zone, row.quiet_from, row.quiet_to, tuple(row.digest_times), dict(row.choices))


def _check(wanted: Settings) -> None:
    if wanted.zone not in available_timezones():
        raise NoticeInvalid("notice_zone_unknown", field="zone", zone=wanted.zone)
    if bool(wanted.quiet_from) != bool(wanted.quiet_to):
        raise NoticeInvalid("notice_quiet_half", field="quiet_to" if wanted.quiet_from else "quiet_from")
    for name, value in (("quiet_from", wanted.quiet_from), ("quiet_to", wanted.quiet_to)):
        if value and not _TIME.fullmatch(value):
            raise NoticeInvalid("notice_time_invalid", field=name, value=value)
    if not 1 <= len(set(wanted.digest_times)) <= MOST_DIGESTS:
        raise NoticeInvalid("notice_digests_count", field="digest_times", most=MOST_DIGESTS)
    for at in wanted.digest_times:
        if not _TIME.fullmatch(at):
            raise NoticeInvalid("notice_time_invalid", field="digest_times", value=at)
    for code, own in wanted.choices.items():
        if code not in KINDS or own.get("mail", "off") not in MAIL_CHOICES:
            raise NoticeInvalid(field="choices", kind=code)
