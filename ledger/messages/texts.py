"""Reading the texts of messages: the newest of each, and the versions of one with who made them and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.audit import AuditRow
from ledger.messages.errors import TemplateMissing
from ledger.messages.models import MessageTemplate
from ledger.messages.templates import EDIT, shipped_templates
from ledger.reviews.models import ProposedChange


@dataclass(frozen=True)
class Text:
    """A text as it is sent now. Version 1 is as delivered; ``changed_at`` is None until somebody changes it."""

    code: str
    channel: str
    language: str
    version: int
    subject: str
    body: str
    changed_at: datetime | None


@dataclass(frozen=True)
class TextVersion:
    """A version with the one before; without ``by`` it is as delivered. ``reviewed_by`` accepted it, if any."""

    version: int
    at: datetime | None
    by: str | None
    reviewed_by: str | None
    reason: str | None
    subject: str
    body: str
    subject_before: str | None
    body_before: str | None


def list_texts(session: Session) -> list[Text]:
    """The newest text of every kind of message, in the order in which they are delivered, in one query."""
    newest = (
        select(MessageTemplate.code, MessageTemplate.channel, MessageTemplate.language,
               func.max(MessageTemplate.version).label("version"))
        .group_by(MessageTemplate.code, MessageTemplate.channel, MessageTemplate.language)
        .subquery()
    )  # fmt: skip
    same = (
        (MessageTemplate.code == newest.c.code)
        & (MessageTemplate.channel == newest.c.channel)
        & (MessageTemplate.language == newest.c.language)
        & (MessageTemplate.version == newest.c.version)
    )
    rows = session.scalars(select(MessageTemplate).join(newest, same))
    kept = {(row.code, row.channel, row.language): row for row in rows}
    return [
        _text(code, channel, language, words["subject"], words["body"], kept.get((code, channel, language)))
        for code, shipped in shipped_templates().items()
        for channel, languages in shipped.texts.items()
        for language, words in languages.items()
    ]


def _text(code: str, channel: str, language: str, subject: str, body: str, row: MessageTemplate | None) -> Text:
    if row is None:
        return Text(code, channel, language, 1, subject, body, None)
    changed_at = row.created_at if row.version > 1 else None
    return Text(code, channel, language, row.version, row.subject, row.body, changed_at)


def get_text(session: Session, code: str, channel: str, language: str) -> Text:
    """One text as it is sent now. Raises `TemplateMissing`."""
    shipped = shipped_templates().get(code)
    words = shipped.texts.get(channel, {}).get(language) if shipped else None
    if words is None:
        raise TemplateMissing(template=code, channel=channel)
    row = next(iter(_rows(session, code, channel, language)), None)
    return _text(code, channel, language, words["subject"], words["body"], row)


def versions_of(session: Session, code: str, channel: str, language: str) -> list[TextVersion]:
    """The versions of a text, the newest first, in three queries however many there are."""
    rows = _rows(session, code, channel, language)
    made = (AuditRow.subject == "message_template") & AuditRow.subject_id.in_([row.id for row in rows])
    acts = {act.subject_id: act for act in session.scalars(select(AuditRow).where(made, AuditRow.action == EDIT))}
    reviewers = _reviewers(session, f"{code}/{channel}/{language}")
    before = {row.version + 1: row for row in rows}
    found = []
    for row in rows:
        act, former = acts.get(row.id), before.get(row.version)
        found.append(
            TextVersion(
                row.version,
                row.created_at if act else None,
                act.actor_id if act else None,
                reviewers.get(row.created_at) if act else None,
                act.reason if act else None,
                row.subject,
                row.body,
                former.subject if former else None,
                former.body if former else None,
            )
        )
    return found


def _rows(session: Session, code: str, channel: str, language: str) -> list[MessageTemplate]:
    query = select(MessageTemplate).where(
        MessageTemplate.code == code, MessageTemplate.channel == channel, MessageTemplate.language == language
    )
    return list(session.scalars(query.order_by(MessageTemplate.version.desc())))


def _reviewers(session: Session, record_id: str) -> dict[datetime | None, str | None]:
    """Who accepted changes of a text, by the instant, which is that of the version it made."""
    mine = (ProposedChange.kind == "message_texts") & (ProposedChange.record_id == record_id)
    query = select(ProposedChange.decided_at, ProposedChange.decided_by).where(
        mine, ProposedChange.state == "accepted"
    )
    return {row.decided_at: row.decided_by for row in session.execute(query)}
