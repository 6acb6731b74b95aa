"""Nulls that the standard demands are explained, so that a condition is never silently nothing."""

from __future__ import annotations

import pytest

from engine.feel import compile_expression

REASONS = [
    ("missing > 5", "feel_unknown_name"),
    ('amount > "5"', "feel_compare_kinds"),
    ("amount + true", "feel_operands"),
    ("amount / 0", "feel_arithmetic"),
    ("unit.floor", "feel_unknown_entry"),
    ("amount and true", "feel_not_boolean"),
    ("if amount then 1 else 2", "feel_condition_null"),
    ("[1, 2][7]", "feel_index"),
    ("for x in nothing return x", "feel_null_list"),
    ('for x in 1.."a" return x', "feel_not_countable"),
    ('date("31.12.2026")', "feel_not_a_date"),
    ("today()", "feel_no_clock"),
    ("now()", "feel_no_clock"),
    ('add working days(@"2026-01-01", 1)', "feel_no_calendar"),
    ("string length(5)", "feel_argument_kind"),
    ("amount(5)", "feel_not_a_function"),
    ('matches("a", "(")', "feel_pattern"),
    ("sqrt(-1)", "feel_no_value"),
    ("[5..1]", "feel_range_ends"),
    ("(function(x) x)(1, 2)", "feel_argument_count"),
    ("share", "feel_foreign_value"),
]


@pytest.mark.parametrize(("text", "code"), REASONS)
def test_null_comes_with_its_reason(text: str, code: str) -> None:
    context = {"amount": 5, "unit": {"no": "1"}, "nothing": None, "share": 0.5}
    evaluation = compile_expression(text).evaluate_with_warnings(context)
    assert code in [warning.code for warning in evaluation.warnings]
    assert evaluation.value is None or text.startswith("if")


def test_reason_names_the_place_and_what_was_found() -> None:
    evaluation = compile_expression('1 = 1 and amount > "5"').evaluate_with_warnings({"amount": 5})
    (warning,) = evaluation.warnings
    assert warning.offset == 17
    assert warning.params == {"left": "number", "right": "string", "operator": ">"}


def test_good_text_has_no_warnings() -> None:
    text = 'if amount > 3 and x = null then sum([1, 2]) else list contains(["a", 1], "a")'
    assert compile_expression(text).evaluate_with_warnings({"amount": 5, "x": None}).warnings == ()


def test_warnings_are_few_however_many_reasons_there_are() -> None:
    evaluation = compile_expression("for i in 1..1000 return missing + i").evaluate_with_warnings({})
    assert len(evaluation.warnings) == 50
