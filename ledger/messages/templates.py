"""Message templates: texts with ``{{name}}`` marks, shipped as data, changed by version, filled without any code.

The end of a mark's name says how its value is written in the reader's language: ``…_fen`` as money, ``…_on`` as a
date, ``…_at`` as an instant at the project; any other as it is.
"""

from __future__ import annotations

import json
import re
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
from ledger.messages.errors import MessageInvalid, TemplateInvalid, TemplateMissing
from ledger.messages.models import MessageTemplate
from ledger.staff.permissions import Permission

_MARK = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_FALLBACK_LANGUAGE = "zh"
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
    content = json.loads(files("ledger.messages").joinpath("templates.json").read_text("utf-8"))
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
) -> MessageTemplate:
    """Make a new version of a template's text; messages already queued keep theirs.

    Raises `TemplateMissing` for an unknown code or channel, `TemplateInvalid` naming the field and the wrong mark.
    """
    actor.require(Permission.MESSAGES_MANAGE)
    shipped = shipped_templates().get(code)
    if shipped is None or language not in shipped.texts.get(channel, {}):
        raise TemplateMissing(template=code, channel=channel)
    for field, text in (("subject", subject), ("body", body)):
        _check(text, shipped, field)
    current = template_for(session, clock, code=code, channel=channel, language=language)
    version = MessageTemplate(
        code=code,
        channel=channel,
        language=language,
        version=current.version + 1,
        subject=subject.strip(),
        body=body.strip(),
        created_at=clock.now(),
    )
    session.add(version)
    session.flush()  # The audit row names the version's id.
    after = {"template": code, "channel": channel, "language": language, "version": version.version}
    audit.record(session, actor, clock, "messages:edit_template", "message_template", version.id, after=after)
    return version


def marks_in(text: str) -> set[str]:
    """The names of the marks in a text."""
    return set(_MARK.findall(text))


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
    if unknown or "{{" in _MARK.sub("", text):
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
