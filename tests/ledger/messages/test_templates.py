"""Templates are data: complete in both languages, changed by version, filled without running anything."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.errors import NotAllowed
from ledger.messages.errors import TemplateInvalid, TemplateMissing
from ledger.messages.templates import edit_template, fill, marks_in, shipped_templates, template_for
from ledger.reviews.marks import accepted

WANTED = {
    "sign_by_reminder",
    "subscription_lapsed",
    "contract_signed",
    "receipt_issued",
    "hold_expiring",
    "filing_accepted",
    "filing_returned",
}
TEXT = {"code": "receipt_issued", "channel": "sms", "language": "zh", "subject": "收款"}


def test_every_delivered_template_is_complete_in_both_languages() -> None:
    assert shipped_templates().keys() >= WANTED
    for template in shipped_templates().values():
        for channel, texts in template.texts.items():
            assert texts.keys() == {"zh", "en"}, (template.code, channel)
            for language, text in texts.items():
                used = marks_in(text["body"]) | marks_in(text["subject"])
                assert used <= set(template.marks), (template.code, channel, language)
                assert any("\u4e00" <= sign <= "\u9fff" for sign in text["body"]) == (language == "zh")


def test_a_new_version_is_used_from_then_on(session: Session, admin: Actor, clock: MovedClock) -> None:
    first = template_for(session, clock, code="receipt_issued", channel="sms", language="zh")
    with accepted(session):
        edit_template(session, admin, clock, **TEXT, body="收到{{amount_fen}}")
    newest = template_for(session, clock, code="receipt_issued", channel="sms", language="zh")
    assert (first.version, newest.version, newest.body) == (1, 2, "收到{{amount_fen}}")


def test_a_language_nobody_wrote_falls_back_to_chinese(session: Session, clock: MovedClock) -> None:
    assert template_for(session, clock, code="receipt_issued", channel="sms", language="fr").language == "zh"


@pytest.mark.parametrize(
    "body", ["{{phone}}", "{{ amount_fen.__class__ }}", "{{amount_fen", " ", "{{Amount_fen}}"]
)
def test_a_mark_that_nothing_fills_is_refused(
    session: Session, admin: Actor, clock: MovedClock, body: str
) -> None:
    with pytest.raises(TemplateInvalid) as refusal:
        edit_template(session, admin, clock, **TEXT, body=body)
    assert refusal.value.field == "body"


def test_only_who_manages_messages_changes_texts(
    session: Session, admin: Actor, clock: MovedClock, actor_with: Callable[..., Actor]
) -> None:
    with pytest.raises(NotAllowed):
        edit_template(session, actor_with("customers:edit"), clock, **TEXT, body="x")
    with pytest.raises(TemplateMissing):
        edit_template(session, admin, clock, **(TEXT | {"code": "poem"}), body="x")


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_value_is_put_in_as_it_is_and_never_read_as_a_mark(before: str, value: str) -> None:
    before = before.replace("{", "")
    params = {"customer": value, "secret": "42"}
    assert fill(before + "{{customer}}", params, language="zh") == before + value
    assert fill("{{customer}}", params | {"customer": "{{secret}}"}, language="zh") == "{{secret}}"


@pytest.mark.parametrize(
    ("language", "fen", "written"),
    [("zh", 123456789, "1,234,567.89元"), ("en", 5, "CNY 0.05"), ("zh", -150, "-1.50元")],
)
def test_money_is_written_to_the_fen(language: str, fen: int, written: str) -> None:
    assert fill("{{total_fen}}", {"total_fen": fen}, language=language) == written
