"""Texts of messages in the browser: listed, read with sample values, changed by review, with all versions."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

from engine.api import TaskFilter
from kernel.actor import SYSTEM
from ledger.messages.templates import LONGEST_SMS
from ledger.messages.texts import get_text
from ledger.organisation.operations import set_parameter
from tests.webapp.house import Browser, House
from webapp.definitions import deploy_shipped
from webapp.engine_room import engine_for

PAGE = "/admin/messages/receipt_issued/sms/en"
NEW = "We have {{amount_fen}} from you, {{customer}}."
FORM = {"subject": "Receipt", "body": NEW, "reason": "Shorter"}


@pytest.fixture
def house(house: House) -> House:
    """A house with its processes."""
    with house.database.unit_of_work() as session:
        deploy_shipped(session, SYSTEM, house.database.clock)
    return house


@pytest.fixture
def second(house: House, browser_of: Callable[..., Browser]) -> Browser:
    """The browser of another administrator."""
    return browser_of("administrator", "bo", "/")


@pytest.fixture
def at_once(house: House) -> None:
    """Texts take effect without a review."""
    rule = {"path": "/kt/", "name": "review_message_texts", "value": False}
    with house.database.unit_of_work() as session:
        day = house.database.clock.now().date()
        set_parameter(session, SYSTEM, house.database.clock, effective_from=day, **rule)


def body(house: House) -> str:
    with house.database.reading() as session:
        return get_text(session, "receipt_issued", "sms", "en").body


def task(house: House) -> str:
    with house.database.reading() as session:
        found = engine_for(session, SYSTEM, house.database.clock).find_tasks(TaskFilter(box="all")).rows
        return next(row.id for row in found if row.state == "open")


def test_a_text_is_proposed_and_in_effect_when_a_second_administrator_accepts_it(
    house: House, admin: Browser, second: Browser
) -> None:
    was = body(house)
    page = admin.get(PAGE).text
    assert "Propose the text" in page
    assert "{{paid_on}}" in page
    answer = admin.post(PAGE, FORM, page=PAGE)
    assert (answer.status_code, body(house)) == (302, was)
    assert "A change awaits review" in admin.get(PAGE).text
    assert "Awaits review" in admin.get("/admin/messages/").text
    shown = html.unescape(second.get(answer.location).text)
    assert NEW in shown
    assert f'href="{PAGE}"' in shown
    assert second.post(f"/tasks/{task(house)}", {"decision": "approved"}).status_code == 302
    assert body(house) == NEW
    versions = html.unescape(admin.get(PAGE).text).partition("Versions")[2]
    for part in (was, NEW, "Ada", "Accepted by Bo", "Shorter", "As delivered"):
        assert part in versions
    assert "Version 2" in admin.get("/admin/messages/?channel=sms").text


def test_where_texts_are_not_marked_a_change_takes_effect_at_once(
    house: House, admin: Browser, at_once: None
) -> None:
    page = admin.get(PAGE).text
    assert "Change the text" in page
    assert admin.post(PAGE, {**FORM, "reason": ""}, page=PAGE).location == PAGE
    assert body(house) == NEW
    older = {**FORM, "body": "Thanks.", "revision": "1"}
    refused = admin.post(PAGE, older, page=PAGE)
    assert refused.status_code == 409
    assert "Somebody made version 2 of this text" in refused.text
    assert ">Thanks.</textarea>" in refused.text
    assert admin.post(PAGE, {**FORM, "revision": "2"}, page=PAGE).status_code == 422
    assert body(house) == NEW


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("body", "Dear {{buyer}}, thank you.", "Nothing fills these marks: buyer. Use only these: customer, project,"),
        ("body", "{{7*7}}", "Nothing fills these marks: {{7*7}}."),
        ("subject", "", "The message text is empty"),
        ("body", "x" * (LONGEST_SMS + 1), "at most 500 are possible"),
        ("reason", " ", "Give the reason"),
    ],
)  # fmt: skip
def test_what_could_not_be_sent_is_told_beside_its_field_with_what_was_typed(
    house: House, admin: Browser, second: Browser, field: str, text: str, told: str
) -> None:
    answer = admin.post(PAGE, {**FORM, field: text}, page=PAGE)
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert re.findall(r'id="e-([a-z]+)"', page) == [field]
    assert told in page
    assert field != "body" or f">{text}</textarea>" in page


def test_the_preview_fills_samples_counts_parts_and_runs_nothing(house: House, admin: Browser) -> None:
    def look(text: str, page: str = PAGE) -> str:
        return html.unescape(admin.post(f"{page}/preview", {"subject": "S", "body": text}, page=page).text)

    short = look("Dear {{customer}}: {{amount_fen}} on {{paid_on}}")
    assert "Dear Zhang San: CNY 50,000.00 on 18 October 2026" in short
    assert "1 text message" in short
    assert "2 text messages" in look("x" * 161)
    chinese = look("收" * 71, "/admin/messages/receipt_issued/sms/zh")
    assert "71 characters · 2 text messages" in chinese
    wrong = look("{{config}} {{customer.__class__}} {% raw %}")
    assert "Nothing fills these marks: config, {{customer.__class__}}" in wrong
    assert "<script>" not in admin.post(f"{PAGE}/preview", {"body": "<script>1</script>"}, page=PAGE).text
    assert "text message" not in look("Mail", "/admin/messages/receipt_issued/mail/en").partition("Marks")[0]
    assert body(house) != "x" * 161


def test_the_only_administrator_is_told_before_he_types(admin: Browser) -> None:
    assert "A second person is lacking" in admin.get(PAGE).text
    answer = admin.post(PAGE, FORM, page=PAGE)
    assert answer.status_code == 422
    assert "for the whole house or a node above" in answer.text
    assert NEW in html.unescape(answer.text)


def test_who_manages_part_of_the_house_reads_and_others_see_nothing(
    house: House, browser_of: Callable[..., Browser]
) -> None:
    analyst = browser_of("business_analyst", "ann", "/kt/")
    page = analyst.get(PAGE).text
    assert "Propose the text" not in page
    assert "Who manages messages for the whole house changes this text." in page
    assert analyst.post(PAGE, FORM, page=PAGE).status_code == 403
    seller = browser_of("sales_manager", "sam")
    assert seller.get(PAGE).status_code == 403
    assert seller.get("/admin/messages/").status_code == 403
    assert seller.post(f"{PAGE}/preview", FORM, page="/inbox").status_code == 403
    assert "Texts of messages" not in seller.get("/inbox").text


def test_the_list_is_narrowed_by_channel_and_words(admin: Browser) -> None:
    def rows(query: str) -> list[str]:
        return re.findall(r'data-row="([a-z_-]+)"', admin.get(f"/admin/messages/{query}").text)

    assert len(rows("")) > 50
    assert {row.partition("-")[2] for row in rows("?channel=mail")} == {"mail"}
    assert rows("?channel=sms&q=收据") == ["receipt_issued-sms"]
    assert "No text fits" in admin.get("/admin/messages/?q=nothing+like+it").text
    for unknown in ("/admin/messages/poem/sms/en", "/admin/messages/receipt_issued/fax/en"):
        assert admin.get(unknown).status_code == 404
