"""What a decision-table cell says of a value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.feel import FeelSyntaxError, compile_unary_tests

CASES = [
    ("-", 5, True),
    ("-", None, True),
    ("5", 5, True),
    ("5", 6, False),
    ("< 5", 4, True),
    ("< 5", 5, False),
    ("<= 5", 5, True),
    ("> 5", 6, True),
    (">= 5", 5, True),
    ("= 5", 5, True),
    ("!= 5", 5, False),
    ("!= 5", 6, True),
    ("[1..5]", 5, True),
    ("(1..5]", 1, False),
    ("[1..5)", 5, False),
    ("]1..5[", 3, True),
    ("1, 3, 5", 3, True),
    ("1, 3, 5", 4, False),
    ("1, 3, 5", Decimal("3.0"), True),
    ("3", Decimal("3.0"), True),
    ("[1..5]", Decimal("4.5"), True),
    ("< 3, > 7", 8, True),
    ("< 3, > 7", 5, False),
    ("not(1, 3)", 2, True),
    ("not(1, 3)", 3, False),
    ("not(> 5)", 5, True),
    ("not([1..3], 9)", 9, False),
    ('"a"', "a", True),
    ('"a", "b"', "b", True),
    ('not("a", "b")', "c", True),
    ('"a"', 5, None),
    ("true", True, True),
    ("true", False, False),
    ("not(true)", False, True),
    ("null", None, True),
    ("null", 5, False),
    ("< 5", None, None),
    ("< 5", "a", None),
    ("? > 3 and ? < 9", 5, True),
    ("? > 3 and ? < 9", 9, False),
    ("not(? > 3)", 5, False),
    ('contains(?, "ab")', "cabs", True),
    ("? in [1..limit]", 7, True),
    ("limit", 7, True),
    ("limit + 1", 8, True),
    ("< limit", 6, True),
    ("[1..limit]", 7, True),
    ("list", 2, True),
    ("list", 4, False),
    ("list[1]", 1, True),
    ("even(?)", 4, True),
    ("count(?) > 1", [1, 2], True),
    ("limit > 5", "any text", True),
    ("limit > 9", "any text", False),
    ("flag", True, True),
    ("flag", False, False),
    ('date("2026-01-31")', date(2026, 1, 31), True),
    ('>= date("2026-02-01")', date(2026, 1, 31), False),
    ('[@"2026-01-01"..@"2026-01-31"]', date(2026, 1, 31), True),
    ("-5", -5, True),
    ("-5, -3", -3, True),
    ("[-5..-1]", -3, True),
    ("if limit > 5 then 1 else 2", 1, True),
]


@pytest.mark.parametrize(("text", "value", "expected"), CASES, ids=[f"{t} on {v}" for t, v, _ in CASES])
def test_cell_takes_value(text: str, value: object, expected: bool | None) -> None:
    context = {"limit": 7, "list": [1, 2, 3], "flag": True}
    assert compile_unary_tests(text)(value, context) is expected


@pytest.mark.parametrize("text", ["", "1,", "not(1", "- 5 -", "> 5 >", "not()", "1 2", "< < 5", ", 1"])
def test_broken_cell_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_unary_tests(text)


def test_cell_names_what_it_takes_from_the_context_and_not_the_value() -> None:
    assert compile_unary_tests("? > limit, [low..high]").names == {"limit", "low", "high"}
