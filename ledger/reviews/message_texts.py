"""Texts of messages under review: subject and body; the record is ``<template>/<channel>/<language>``."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from kernel.actor import ROOT, Actor
from kernel.clock import Clock
from ledger.messages.templates import edit_template, shipped_templates, text_of
from ledger.organisation.parameters import REVIEW_MESSAGE_TEXTS
from ledger.organisation.queries import top_path
from ledger.reviews.errors import ChangeInvalid, ChangeMissing
from ledger.reviews.marks import is_marked
from ledger.reviews.reviewable import Order, Place, Values
from ledger.staff.permissions import Permission

FIELDS = ("subject", "body")


class MessageTexts:
    """The newest text of a template in one channel and language."""

    kind = "message_texts"
    review = Permission.MESSAGES_REVIEW
    views = (Permission.MESSAGES_MANAGE, Permission.MESSAGES_REVIEW)

    def place(self, session: Session, actor: Actor, record_id: str) -> Place:
        """The root: all nodes send the same texts."""
        actor.require(Permission.MESSAGES_MANAGE)
        _split(record_id)
        return Place(ROOT)

    def is_marked(self, session: Session, clock: Clock, record_id: str, path: str) -> bool:
        """As the topmost node says."""
        return is_marked(session, clock, REVIEW_MESSAGE_TEXTS, top_path(session))

    def current(self, session: Session, record_id: str, values: Values) -> dict[str, Any]:
        """The newest text."""
        subject, body = text_of(session, *_split(record_id))
        found = {"subject": subject, "body": body}
        return {field: found.get(field) for field in values}

    def apply(self, order: Order, record_id: str, values: Values) -> None:
        """Make a new version; a part that is left out stays. Raises what `edit_template` raises."""
        if unknown := sorted(set(values) - set(FIELDS)):
            raise ChangeInvalid("change_field_unknown", field=unknown[0])
        code, channel, language = _split(record_id)
        whole = {**self.current(order.session, record_id, dict.fromkeys(FIELDS)), **values}
        edit_template(
            order.session,
            order.proposer,
            order.clock,
            code=code,
            channel=channel,
            language=language,
            subject=str(whole["subject"] or ""),
            body=str(whole["body"] or ""),
            reason=order.reason,
        )

    def shown(self, field: str, value: Any) -> Any:
        """As it is."""
        return value

    def subject(self, session: Session, record_id: str, language: str) -> str:
        """The template's code with channel and language."""
        return record_id


def record_of(code: str, channel: str, language: str) -> str:
    """The id of a text as a record."""
    return f"{code}/{channel}/{language}"


def _split(record_id: str) -> tuple[str, str, str]:
    code, channel, language = [*record_id.split("/"), "", "", ""][:3]
    shipped = shipped_templates().get(code)
    if shipped is None or language not in shipped.texts.get(channel, {}):
        raise ChangeMissing("change_record_missing", id=record_id)
    return code, channel, language
