"""Texts of messages are read with all their versions, tried with sample values, and refused by name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.messages.errors import TemplateChanged, TemplateInvalid, TemplateMissing
from ledger.messages.models import MessageTemplate
from ledger.messages.samples import sampled, samples_of
from ledger.messages.templates import LONGEST_SMS, edit_template, marks_in, shipped_templates
from ledger.messages.texts import get_text, list_texts, versions_of
from ledger.reviews.marks import accepted

WHERE = {"code": "receipt_issued", "channel": "sms", "language": "en"}
BODY = "{{amount_fen}} came in."


def edit(session: Session, admin: Actor, clock: MovedClock, **changes: object) -> MessageTemplate:
    with accepted(session):
        return edit_template(session, admin, clock, **WHERE, **{"subject": "Money", "body": BODY, **changes})


def test_every_text_is_listed_as_delivered_until_it_is_changed(
    session: Session, admin: Actor, clock: MovedClock
) -> None:
    count = sum(len(texts) for one in shipped_templates().values() for texts in one.texts.values())
    assert len(list_texts(session)) == count
    assert {(one.version, one.changed_at) for one in list_texts(session)} == {(1, None)}
    edit(session, admin, clock)
    (changed,) = (one for one in list_texts(session) if one.version == 2)
    assert (changed.body, changed.changed_at) == (BODY, clock.now())
    assert get_text(session, **WHERE) == changed


def test_the_list_asks_once(session: Session) -> None:
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    session.connection()  # Its transaction has begun.
    event.listen(session.get_bind(), "before_cursor_execute", note)
    list_texts(session)
    event.remove(session.get_bind(), "before_cursor_execute", note)
    assert len(asked) == 1


def test_a_version_tells_who_when_why_and_what_stood_there_before(
    session: Session, admin: Actor, clock: MovedClock
) -> None:
    assert versions_of(session, **WHERE) == []
    first = edit(session, admin, clock, reason="shorter")
    clock.advance(timedelta(hours=1))
    edit(session, admin, clock, body="Thank you for {{amount_fen}}.")
    newest, second, delivered = versions_of(session, **WHERE)
    assert (newest.version, newest.by, newest.at, newest.reason) == (3, admin.id, clock.now(), None)
    assert (newest.body_before, newest.body) == (BODY, "Thank you for {{amount_fen}}.")
    assert (second.reason, second.at, second.reviewed_by) == ("shorter", first.created_at, None)
    assert (delivered.version, delivered.by, delivered.body_before) == (1, None, None)


@pytest.mark.parametrize(
    ("part", "code", "params"),
    [
        ({"body": "{{phone}} {{Amount}} {{amount_fen"}, "template_mark_unknown", ["phone", "{{Amount}}", "{{amount_fen"]),
        ({"subject": "{{secret}}"}, "template_mark_unknown", ["secret"]),
        ({"body": "x" * (LONGEST_SMS + 1)}, "template_too_long", None),
        ({"subject": "x" * 201}, "template_too_long", None),
        ({"body": " \n "}, "template_empty", None),
    ],
)  # fmt: skip
def test_what_could_not_be_sent_is_refused_by_name(
    session: Session, admin: Actor, clock: MovedClock, part: dict[str, str], code: str, params: list[str] | None
) -> None:
    with pytest.raises(TemplateInvalid) as refused:
        edit(session, admin, clock, **part)
    assert (refused.value.code, refused.value.field) == (code, next(iter(part)))
    assert refused.value.params.get("unknown") == params


def test_the_same_text_again_is_no_version(session: Session, admin: Actor, clock: MovedClock) -> None:
    edit(session, admin, clock)
    with pytest.raises(TemplateInvalid, match="template_unchanged"):
        edit(session, admin, clock, subject=" Money ", body=f"{BODY}\r\n")


def test_who_changed_an_older_version_hears_of_the_newer(
    session: Session, admin: Actor, clock: MovedClock
) -> None:
    edit(session, admin, clock, seen=1)
    with pytest.raises(TemplateChanged):
        edit(session, admin, clock, body="Another.", seen=1)
    edit(session, admin, clock, body="Another.", seen=2)


def test_a_text_is_kept_without_what_no_channel_carries(session: Session, admin: Actor, clock: MovedClock) -> None:
    kept = edit(session, admin, clock, subject="Two\nlines", body="a\u3000b\r\nc\x00\x07 🏠")
    assert (kept.subject, kept.body) == ("Two lines", "a\u3000b\nc 🏠")


def test_every_mark_has_a_sample_in_both_languages() -> None:
    for code, shipped in shipped_templates().items():
        for texts in shipped.texts.values():
            for language, text in texts.items():
                assert marks_in(text["body"]) <= samples_of(code, language).keys()
                assert "{{" not in sampled(text["body"], code, language)
        unnamed = {mark for mark, value in samples_of(code, "en").items() if value == mark}
        assert unnamed == set(), code


def test_an_unknown_text_is_missing(session: Session) -> None:
    with pytest.raises(TemplateMissing):
        get_text(session, "receipt_issued", "fax", "en")
