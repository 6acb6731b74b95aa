"""A form as the page draws it, and what the browser posts back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from forms import compile as compiled
from forms.describe import describe, opening_values
from forms.posted import read_posted
from forms.validator import FormValidator
from kernel.clock import MovedClock
from kernel.errors import AnswersInvalid
from tests.forms.making import REQUIRED, component, form

BUYERS = component(
    "dynamiclist",
    "buyers",
    path="buyers",
    components=[component("textfield", "share", properties={"kind": "share"})],
)
MONEY = component("textfield", "deposit", properties={"kind": "money"}, **REQUIRED)
DAY = component("datetime", "signed_on", subtype="date", properties={"max": "today"})


def test_process_data_is_shown_as_a_person_would_type_it() -> None:
    ask = form(MONEY, BUYERS, component("textfield", "off", properties={"kind": "basis_points"}))
    data = {"deposit": 5_000_050, "off": 425, "buyers": [{"share": "1/2"}, {"share": "1/3"}]}
    fields = {field.name: field for field in describe(ask, "zh", data)}
    assert fields["deposit"].value == "50000.50"
    assert fields["deposit"].label == "标"
    assert fields["off"].value == "4.25"
    assert [[f.name, f.value] for row in fields["buyers"].rows for f in row] == [
        ["buyers-0-share", "50"],
        ["buyers-1-share", "1/3"],
    ]
    assert fields["buyers"].columns[0].name == "buyers-__row__-share"


def test_refusals_stand_at_their_fields_and_what_was_typed_stays() -> None:
    errors = {"buyers.0.share": [("share_invalid", {})], "deposit": [("money_negative", {})]}
    fields = describe(form(MONEY, BUYERS), "en", {"deposit": "-5", "buyers": [{"share": "x"}]}, errors)
    assert (fields[0].value, fields[0].error) == ("-5", "money_negative")
    assert (fields[1].rows[0][0].value, fields[1].rows[0][0].error) == ("x", "share_invalid")


def test_what_the_browser_posts_becomes_answers() -> None:
    posted = [
        ("csrf_token", "t"),
        ("buyers-2-share", "50"),
        ("buyers-0-share", "1/2"),
        ("buyers-1-share", ""),
        ("buyers-__row__-share", ""),
        ("deposit", "5"),
    ]
    answers = read_posted(form(MONEY, BUYERS).model, posted)
    assert answers == {"deposit": "5", "buyers": [{"share": "1/2"}, {"share": "50"}]}


def test_today_is_the_day_where_the_project_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "load", lambda _key: form(DAY))
    clock = MovedClock(datetime(2026, 3, 1, 17, 0, tzinfo=UTC))  # already 2 March in Shanghai
    validate = FormValidator().validate
    assert validate("story/ask", {"signed_on": "2026-03-02"}, {}, clock) == {"signed_on": "2026-03-02"}
    with pytest.raises(AnswersInvalid) as caught:
        validate("story/ask", {"signed_on": "2026-03-02"}, {"zone": "UTC"}, clock)
    assert caught.value.errors == {"signed_on": [("date_too_late", {"maximum": "2026-03-01"})]}
    with pytest.raises(AnswersInvalid) as caught:
        validate("story/ask", {"signed_on": "30 February"}, {}, clock)
    assert caught.value.errors == {"signed_on": [("date_invalid", {})]}


def test_a_form_opens_blank_unless_it_mends_what_is_there() -> None:
    data = {"deposit": 5_000_050, "customer": "lin"}
    assert opening_values(form(MONEY), data) == {"customer": "lin"}
    assert opening_values(compiled.load("booking_to_contract/enter_terms"), {"deposit_fen": 1}) == {
        "deposit_fen": 1
    }
    assert opening_values(compiled.load("approval/decide"), {"decision": "approved"}) == {}
