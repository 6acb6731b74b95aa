"""What people type becomes plain process data or a refusal by field."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from forms.validator import flatten
from tests.forms.making import REQUIRED, component, form


def refusals(*components: dict[str, Any], **answers: object) -> dict[str, list[str]]:
    """The codes of the refusals by field."""
    with pytest.raises(ValidationError) as caught:
        form(*components).load(answers)
    return {name: [code for code, _ in entries] for name, entries in flatten(caught.value.messages).items()}


MONEY = component("textfield", "deposit", properties={"kind": "money"}, **REQUIRED)
PERCENT = component("textfield", "off", properties={"kind": "basis_points", "max": "2000"})
BUYERS = component(
    "dynamiclist",
    "buyers",
    path="buyers",
    properties={"sum_column": "share"},
    components=[
        component("textfield", "customer_id", properties={"kind": "customer"}, **REQUIRED),
        component(
            "textfield", "share", properties={"kind": "share", "shown_when": "ownership=shares"}, **REQUIRED
        ),
    ],
    **REQUIRED,
)
OWNERSHIP = component(
    "radio", "ownership", values=[{"label": "Joint", "value": "joint"}, {"label": "Shares", "value": "shares"}]
)


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("50000", 5_000_000),
        ("1,280,000.00", 128_000_000),
        ("¥ 12.5", 1250),
        ("１２３", 12_300),
        ("0", 0),
        (5_000_000, 5_000_000),
    ],
)
def test_money_typed_in_yuan_becomes_fen_and_an_integer_is_fen_already(typed: object, fen: int) -> None:
    assert form(MONEY).load({"deposit": typed}) == {"deposit": fen}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("100.001", "money_third_decimal"),
        ("-5", "money_negative"),
        (-5, "money_negative"),
        ("99999999999", "money_absurd"),
        (10**12 + 1, "money_absurd"),
        ("1e9", "money_invalid"),
        ("NaN", "money_invalid"),
        ("12a", "money_invalid"),
        (12.5, "money_invalid"),
        (True, "money_invalid"),
        ("", "answer_required"),
        (None, "answer_required"),
        ([1], "money_invalid"),
    ],
)
def test_wrong_money_is_refused_by_field(typed: object, code: str) -> None:
    assert refusals(MONEY, deposit=typed) == {"deposit": [code]}


@pytest.mark.parametrize(("typed", "bp"), [("4", 400), ("4.25 %", 425), ("20", 2000), (300, 300), ("", None)])
def test_a_discount_typed_in_per_cent_becomes_basis_points(typed: object, bp: int | None) -> None:
    assert form(PERCENT).load({"off": typed}) == {"off": bp}


def test_a_discount_beyond_the_form_s_limit_is_refused() -> None:
    assert refusals(PERCENT, off="20.01") == {"off": ["percent_out_of_range"]}
    assert refusals(PERCENT, off="1.001") == {"off": ["percent_third_decimal"]}


def test_shares_of_thirds_are_exact_and_must_sum_to_one() -> None:
    thirds = [{"customer_id": f"c{n}", "share": "1/3"} for n in range(3)]
    clean = form(OWNERSHIP, BUYERS).load({"ownership": "shares", "buyers": thirds})
    assert [row["share"] for row in clean["buyers"]] == ["1/3"] * 3
    assert refusals(OWNERSHIP, BUYERS, ownership="shares", buyers=thirds[:2]) == {"buyers": ["shares_not_one"]}
    per_cent = [{"customer_id": f"c{n}", "share": "33.33%"} for n in range(3)]
    assert refusals(OWNERSHIP, BUYERS, ownership="shares", buyers=per_cent) == {"buyers": ["shares_not_one"]}


def test_what_a_condition_hides_is_neither_required_nor_accepted() -> None:
    clean = form(OWNERSHIP, BUYERS).load({"ownership": "joint", "buyers": [{"customer_id": "c1", "share": "9/1"}]})
    assert clean["buyers"] == [{"customer_id": "c1", "share": None}]


def test_a_wrong_row_is_refused_by_list_index_and_column() -> None:
    rows = [{"customer_id": "c1", "share": "1/2"}, {"customer_id": "", "share": "3/2"}]
    assert refusals(OWNERSHIP, BUYERS, ownership="shares", buyers=rows) == {
        "buyers.1.customer_id": ["answer_required"],
        "buyers.1.share": ["share_out_of_range"],
    }
    assert refusals(OWNERSHIP, BUYERS, ownership="shares", buyers=[]) == {"buyers": ["answer_required"]}
    assert refusals(OWNERSHIP, BUYERS, ownership="shares", buyers="x") == {"buyers": ["rows_invalid"]}


def test_answers_that_were_not_asked_are_refused_and_read_only_ones_ignored() -> None:
    price = component("textfield", "price", properties={"kind": "money"}, readonly=True)
    assert form(MONEY, price).load({"deposit": "1", "price": "2"}) == {"deposit": 100}
    assert refusals(MONEY, deposit="1", floor_price="2") == {"floor_price": ["answer_unknown"]}


def test_text_choices_ticks_and_numbers_are_checked() -> None:
    note = component("textfield", "note", validate={"maxLength": 3, "pattern": "[a-z]+"})
    assert form(note).load({"note": " abc "}) == {"note": "abc"}
    assert refusals(note, note="abcd") == {"note": ["answer_too_long"]}
    assert refusals(note, note="ABC") == {"note": ["answer_pattern"]}
    assert refusals(note, note="a\x00") == {"note": ["answer_control_characters"]}
    assert refusals(note, note={"a": 1}) == {"note": ["answer_not_text"]}
    assert refusals(OWNERSHIP, ownership="sole") == {"ownership": ["choice_unknown"]}
    tick = component("checkbox", "agreed", **REQUIRED)
    assert form(tick).load({"agreed": "on"}) == {"agreed": True}
    assert refusals(tick) == {"agreed": ["answer_required"]}
    days = component("number", "days", validate={"min": 1, "max": 30})
    assert form(days).load({"days": "7"}) == {"days": 7}
    assert refusals(days, days="0") == {"days": ["number_too_small"]}
    assert refusals(days, days="2.5") == {"days": ["number_not_whole"]}
    several = component("checklist", "papers", values=[{"label": v, "value": v} for v in ("id", "loan")])
    assert form(several).load({"papers": ["loan", "id"]}) == {"papers": ["id", "loan"]}


def test_a_pattern_that_explodes_ends_in_a_refusal() -> None:
    note = component("textfield", "note", validate={"pattern": "(a+)+b"})
    assert refusals(note, note="a" * 60) == {"note": ["answer_pattern"]}
