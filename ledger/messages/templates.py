"""Message templates: texts with ``{{name}}`` marks, shipped as data, changed by version, filled without any code.

The end of a mark's name says how its value is written in the reader's language: ``…_fen`` as money, ``…_on`` as a
date, ``…_at`` as an instant at the project; any other as it is. ``…_link`` is an address that is written only when
the message is sent, because whoever holds it may act.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import DEFAULT_ZONE, Clock
from kernel.database import is_sqlite
from kernel.ids import new_id
from ledger.messages.errors import MessageInvalid, TemplateChanged, TemplateInvalid, TemplateMissing
from ledger.messages.models import MessageTemplate
from ledger.organisation.parameters import REVIEW_MESSAGE_TEXTS
from ledger.organisation.queries import top_path
from ledger.reviews.marks import require_unmarked
from ledger.staff.permissions import Permission

_MARK = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_BROKEN = re.compile(r"\{\{[^{}\n]*\}{0,2}")
_SHOWN = 40
LONGEST_SUBJECT, LONGEST_SMS, LONGEST_BODY = 200, 500, 5000
EDIT = "messages:edit_template"
_FALLBACK_LANGUAGE = "zh"
_FILES = ("templates.json", "notices.json", "progress.json")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True)
class ShippedTemplate:
    """A template as delivered: the marks its senders fill, and its texts by channel and language."""

    code: str
    marks: tuple[str, ...]
    texts: Mapping[str, Mapping[str, Mapping[str, str]]]


@cache
def shipped_templates() -> dict[str, ShippedTemplate]:
    """The delivered templates by code."""
    folder = files("ledger.messages")
    content = {
        code: one for name in _FILES for code, one in json.loads(folder.joinpath(name).read_text("utf-8")).items()
    }
    return {code: ShippedTemplate(code, tuple(one["marks"]), one["texts"]) for code, one in content.items()}


def template_for(session: Session, clock: Clock, *, code: str, channel: str, language: str) -> MessageTemplate:
    """The newest version of a template, in the language or else in Chinese.

    A delivered one is entered at its first use. Raises `TemplateMissing`.
    """
    shipped = shipped_templates().get(code)
    texts = shipped.texts.get(channel, {}) if shipped else {}
    wanted = language if language in texts else _FALLBACK_LANGUAGE
    newest = _newest(session, code, channel, wanted)
    if newest is None and wanted in texts:
        _enter(session, clock, code, channel, wanted, texts[wanted])
        newest = _newest(session, code, channel, wanted)
    if newest is None:
        raise TemplateMissing(template=code, channel=channel)
    return newest


def text_of(session: Session, code: str, channel: str, language: str) -> tuple[str, str]:
    """Subject and body of a template now, as delivered until it was used. Raises `TemplateMissing`."""
    newest = _newest(session, code, channel, language)
    if newest is not None:
        return newest.subject, newest.body
    shipped = shipped_templates().get(code)
    text = shipped.texts.get(channel, {}).get(language) if shipped else None
    if text is None:
        raise TemplateMissing(template=code, channel=channel)
    return text["subject"], text["body"]


def edit_template(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    code: str,
    channel: str,
    language: str,
    subject: str,
    body: str,
    reason: str | None = None,
    seen: int | None = None,
) -> MessageTemplate:
    """Make a new version of a template's text; messages already queued keep theirs.

    ``seen`` is the version that was changed, if the caller knows. Raises `TemplateMissing` for an unknown code or
    channel, `TemplateInvalid` naming the field and the wrong mark, `TemplateChanged` when the newest version is
    another than ``seen``, `ReviewNeeded` while texts are marked.
    """
    actor.require(Permission.MESSAGES_MANAGE)
    parts = {"subject": written(subject, "subject"), "body": written(body, "body")}
    for field, text in parts.items():
        check_part(text, code=code, channel=channel, language=language, field=field)
    require_unmarked(session, actor, clock, REVIEW_MESSAGE_TEXTS, top_path(session))
    current = template_for(session, clock, code=code, channel=channel, language=language)
    if seen is not None and seen != current.version:
        raise TemplateChanged(version=current.version, at=current.created_at)
    if parts == {"subject": current.subject, "body": current.body}:
        raise TemplateInvalid("template_unchanged", field="body")
    version = MessageTemplate(
        code=code,
        channel=channel,
        language=language,
        version=current.version + 1,
        **parts,
        created_at=clock.now(),
    )
    session.add(version)
    session.flush()  # The audit row names the version's id.
    after = {"template": code, "channel": channel, "language": language, "version": version.version}
    audit.record(session, actor, clock, EDIT, "message_template", version.id, after=after, reason=reason)
    return version


def written(text: str, field: str) -> str:
    """A text as it is kept: without what no channel carries, a subject in one line."""
    lines = text.replace("\r\n", "\n")
    plain = "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs"))
    return " ".join(plain.split()) if field == "subject" else plain.strip()


def check_part(text: str, *, code: str, channel: str, language: str, field: str) -> None:
    """Raise `TemplateMissing`, or `TemplateInvalid` for an empty or overlong text or a mark that nothing fills."""
    shipped = shipped_templates().get(code)
    if shipped is None or language not in shipped.texts.get(channel, {}):
        raise TemplateMissing(template=code, channel=channel)
    _check(text, shipped, field)
    longest = longest_of(channel, field)
    if len(text) > longest:
        raise TemplateInvalid("template_too_long", field=field, length=len(text), limit=longest)


def longest_of(channel: str, field: str) -> int:
    """How many characters a part of a text may have: of a text message's, what can be sent at all."""
    if field == "subject":
        return LONGEST_SUBJECT
    return LONGEST_SMS if channel == "sms" else LONGEST_BODY


def marks_in(text: str) -> set[str]:
    """The names of the marks in a text."""
    return set(_MARK.findall(text))


def address_marks(text: str) -> dict[str, str]:
    """The marks in a text that are filled when it is sent, each with nothing in it yet."""
    return {name: "" for name in marks_in(text) if name.endswith("_link")}


def fill(text: str, params: Mapping[str, Any], *, language: str, zone: str = DEFAULT_ZONE) -> str:
    """The text with its marks filled. Raises `MessageInvalid` when a value is lacking."""
    lacking = sorted(marks_in(text) - params.keys())
    if lacking:
        raise MessageInvalid("message_values_lacking", marks=lacking)
    return _MARK.sub(lambda mark: _written(mark[1], params[mark[1]], language, zone), text)


def _check(text: str, shipped: ShippedTemplate, field: str) -> None:
    allowed = list(shipped.marks)
    if not text.strip():
        raise TemplateInvalid("template_empty", field=field, marks=allowed)
    unknown = sorted(marks_in(text) - set(allowed))
    unknown += [broken.strip()[:_SHOWN] for broken in _BROKEN.findall(_MARK.sub("", text))]
    if unknown:
        raise TemplateInvalid("template_mark_unknown", field=field, unknown=unknown, marks=allowed)


def _newest(session: Session, code: str, channel: str, language: str) -> MessageTemplate | None:
    query = select(MessageTemplate).where(
        MessageTemplate.code == code, MessageTemplate.channel == channel, MessageTemplate.language == language
    )
    return session.scalars(query.order_by(MessageTemplate.version.desc()).limit(1)).one_or_none()


def _enter(
    session: Session, clock: Clock, code: str, channel: str, language: str, text: Mapping[str, str]
) -> None:
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    row = {
        "id": new_id(),
        "code": code,
        "channel": channel,
        "language": language,
        "version": 1,
        "subject": text["subject"],
        "body": text["body"],
        "created_at": clock.now(),
    }
    session.execute(insert(MessageTemplate).values(row).on_conflict_do_nothing())


def _written(name: str, value: Any, language: str, zone: str) -> str:
    if name.endswith("_fen") and isinstance(value, int):
        yuan = f"{'-' if value < 0 else ''}{abs(value) // 100:,}.{abs(value) % 100:02d}"
        return f"{yuan}元" if language == "zh" else f"CNY {yuan}"
    if name.endswith("_on") and isinstance(value, str):
        return _date(date.fromisoformat(value), language)
    if name.endswith("_at") and isinstance(value, str):
        local = datetime.fromisoformat(value).astimezone(ZoneInfo(zone))
        between = "" if language == "zh" else ", "
        return f"{_date(local.date(), language)}{between}{local:%H:%M}"
    return str(value)


def _date(day: date, language: str) -> str:
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
