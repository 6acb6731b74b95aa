"""What expressions mean: precedence, logic with three values, names, paths, filters, loops, functions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.feel import (
    FeelSyntaxError,
    Range,
    compile_expression,
    evaluate,
)

SALE: dict[str, object] = {
    "amount": 1_250_000,
    "stage": "signed",
    "monthly payment": 8_000,
    "unit": {"no": "3-1201", "floor": 12, "list price": 1_300_000},
    "lines": [
        {"no": 1, "fen": 300, "paid": True},
        {"no": 2, "fen": 500, "paid": False},
        {"no": 3, "fen": 700, "paid": False},
    ],
    "nothing": None,
    "yes": True,
}

PRECEDENCE = [
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("10 - 4 - 3", 3),
    ("100 / 10 / 5", 2),
    ("2 * 3 ** 2", 18),
    ("-2 ** 2", 4),
    ("-amount ** 2 > 0", True),
    ("2 ** 3 ** 2", 64),
    ("2 ** -1", Decimal("0.5")),
    ("10--5", 15),
    ("10 - -5", 15),
    ("1 + 2 = 3", True),
    ("1 + 1 > 1 and 2 > 1", True),
    ("true or false and false", True),
    ("(true or false) and false", False),
    ("false and false or true", True),
    ("1 = 1 and 2 = 2 or 3 = 4", True),
    ("1 < 2 = true", True),
    ("5 between 1 + 1 and 2 * 3 and true", True),
    ("2 in [1..3] and 5 in [4..6]", True),
    ("if 1 > 2 then 3 else 4 + 5", 9),
    ("if false then 1 else if false then 2 else 3", 3),
    ("for x in [1, 2] return x + 1 = 2", [True, False]),
    ("not(1 = 2) and true", True),
    ("-1 instance of number", True),
    ("1 + 2 instance of number", None),
    ("(1 + 2) instance of number", True),
    ("[1, 2, 3][2] ** 2", 4),
    ("unit.floor * 2 + 1", 25),
    ("-unit.floor + 1", -11),
    ("lines[2].fen - lines[1].fen", 200),
    ("1 + if true then 1 else 2", 2),
]

LOGIC = [
    (f"{left} {sign} {right}", expected)
    for sign, table in {
        "and": {"tt": True, "tf": False, "tn": None, "ff": False, "fn": False, "nn": None},
        "or": {"tt": True, "tf": True, "tn": True, "ff": False, "fn": None, "nn": None},
    }.items()
    for pair, expected in table.items()
    for left, right in sorted({tuple(pair), tuple(reversed(pair))})
    for left, right in [tuple({"t": "true", "f": "false", "n": "null"}[key] for key in (left, right))]
]

COMPARISONS = [
    ("null = null", True),
    ("nothing = null", True),
    ("1 = null", False),
    ("1 != null", True),
    ('1 = "1"', None),
    ("1 = 1.0", True),
    ("true = 1", None),
    ('"a" < "b"', True),
    ('"a" < 1', None),
    ("null < 1", None),
    ("true < false", None),
    ("[1, 2] = [1, 2]", True),
    ("[1, 2] = [2, 1]", False),
    ("{a: 1, b: 2} = {b: 2, a: 1}", True),
    ("{a: 1} = {a: 2}", False),
    ("[1..3] = [1..3]", True),
    ("[1..3] = [1..3)", False),
    ("0.1 + 0.2 = 0.3", True),
    ("3 between 1 and 3", True),
    ("null between 1 and 3", None),
    ('"b" between "a" and "c"', True),
]

MEMBERSHIP = [
    ("5 in [1..5]", True),
    ("5 in [1..5)", False),
    ("5 in [1..5[", False),
    ("1 in ]1..5]", False),
    ("1 in (1..5)", False),
    ("3 in (1..5)", True),
    ("3 in (1, 3)", True),
    ("3 in (1, > 5)", False),
    ("7 in (1, > 5)", True),
    ("7 in > 5", True),
    ("7 in [1, 7]", True),
    ("7 in ([1..3], [6..8])", True),
    ("null in [1..3]", None),
    ("null in (null, 1)", True),
    ('"x" in ("x", "y")', True),
    ("2 in [[1..3], 9]", True),
    ("(< 5) = (< 5)", True),
    ("4 in (< 5)", True),
]

NAMES = [
    ("monthly payment * 12", 96_000),
    ("unit.list price - unit.floor", 1_299_988),
    ("amount-1", 1_249_999),
    ("lines.fen", [300, 500, 700]),
    ("unit.nothing here", None),
    ("unknown name", None),
    ("nothing.a", None),
    ("{a: 1, b: a + 1, c: b * 2}.c", 4),
    ('{"two words": 1, x: two words + 1}.x', 2),
    ("{one more key: 1}.one more key", 1),
    ('{房号: "1-101", x: 房号}.x', "1-101"),
    ("// a comment\n1 + /* inner */ 1", 2),
    ("{if: 1, for: 2}", {"if": 1, "for": 2}),
    ("{count: 1, n: count([1, 2])}.n", 2),
]

FILTERS = [
    ("lines[fen > 400].no", [2, 3]),
    ("lines[item.fen > 400 and not(paid)].no", [2, 3]),
    ("lines[1].no", 1),
    ("lines[-1].no", 3),
    ("lines[4]", None),
    ("lines[0]", None),
    ("[1, 2, 3][item >= 2]", [2, 3]),
    ("[1, 2, 3][1 + 1]", 2),
    ("{i: 3, r: [10, 20, 30][i]}.r", 30),
    ("[][1]", None),
    ("[][item > 1]", []),
    ("5[1]", 5),
    ("5[item > 3]", [5]),
    ("5[2]", None),
    ("lines[amount > 5].no", [1, 2, 3]),
    ("lines[fen > lines[1].fen].no", [2, 3]),
    ("[{a: 1}, {b: 2}][a = 1]", [{"a": 1}]),
    ("[[1, 2], [3]][2][1]", 3),
    ("[1..4][item > 2]", [3, 4]),
]

LOOPS = [
    ("for i in 1..3 return i * i", [1, 4, 9]),
    ("for i in 3..1 return i", [3, 2, 1]),
    ("for i in [1, 2], j in [10, 20] return i + j", [11, 21, 12, 22]),
    ("for i in 1..3, j in 1..i return j", [1, 1, 2, 1, 2, 3]),
    ("for i in 1..4 return if i <= 2 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3]),
    ("for i in [1..3) return i", [1, 2]),
    ('for d in @"2026-01-30"..@"2026-02-01" return d.day', [30, 31, 1]),
    ("for line in lines return line.fen", [300, 500, 700]),
    ("for i in null return i", None),
    ("for i in 5 return i", [5]),
    ("some l in lines satisfies l.fen > 600", True),
    ("every l in lines satisfies l.fen > 600", False),
    ("some i in [] satisfies true", False),
    ("every i in [] satisfies false", True),
    ("some i in [1, null] satisfies i > 5", None),
    ("every i in [1, null] satisfies i < 5", None),
    ("some i in [1, 2], j in [2, 3] satisfies i = j", True),
]

FUNCTIONS = [
    ("(function(a, b) a - b)(5, 3)", 2),
    ("(function(a, b) a - b)(b: 3, a: 5)", 2),
    ("{double: function(x) x * 2, r: double(21)}.r", 42),
    ('{f: function(x: number) x, r: f("a")}.r', None),
    ("{k: 2, f: function(x) x * k, r: f(3)}.r", 6),
    ("(function() 5)()", 5),
    ("(function(x) x)(1, 2)", None),
    ("[function(x) x + 1][1](4)", 5),
    ("sort(list: [2, 1], precedes: function(a, b) a < b)", [1, 2]),
    ('substring(start position: 2, string: "abc")', "bc"),
    ("for f in [floor, ceiling] return f(1.5)", [1, 2]),
    ("nothing(1)", None),
    ("{f: {g: function(x) x + 1}}.f.g(1)", 2),
]

INSTANCES = [
    ("1 instance of number", True),
    ('"a" instance of string', True),
    ("null instance of number", False),
    ("null instance of Any", False),
    ("1 instance of Any", True),
    ("[1, 2] instance of list<number>", True),
    ('[1, "a"] instance of list<number>', False),
    ("{a: 1} instance of context<a: number>", True),
    ("{b: 1} instance of context<a: number>", False),
    ('@"2026-01-01" instance of date', True),
    ('@"2026-01-01T00:00:00" instance of date', False),
    ('@"2026-01-01T00:00:00" instance of date and time', True),
    ('@"P1D" instance of days and time duration', True),
    ('@"P1M" instance of years and months duration', True),
    ("(function(x) x) instance of function", True),
    ("[1..2] instance of range<number>", True),
]

EVERYTHING = [
    *PRECEDENCE,
    *LOGIC,
    *COMPARISONS,
    *MEMBERSHIP,
    *NAMES,
    *FILTERS,
    *LOOPS,
    *FUNCTIONS,
    *INSTANCES,
]


@pytest.mark.parametrize(("text", "expected"), EVERYTHING, ids=[text for text, _ in EVERYTHING])
def test_expression_has_its_value(text: str, expected: object) -> None:
    value = evaluate(text, SALE)
    assert value == expected
    assert (value is True) == (expected is True)
    assert (value is False) == (expected is False)


SYNTAX_ERRORS = [
    ("1 +", "feel_unexpected_end", 1, 4),
    ("1 2", "feel_unexpected_token", 1, 3),
    ("[1, 2", "feel_unexpected_end", 1, 6),
    ("if true then 1", "feel_unexpected_end", 1, 15),
    ("a >\n> b", "feel_unexpected_token", 2, 1),
    ('"open', "feel_open_string", 1, 1),
    ("amount ＞ 5", "feel_full_width_sign", 1, 8),
    ('@"2026-02-30"', "feel_temporal_literal", 1, 1),
    ("abs(1, 2)", "feel_argument_count", 1, 1),
    ('substring(text: "a", start position: 1)', "feel_argument_names", 1, 1),
    ('substring("a", start position: 1)', "feel_mixed_arguments", 1, 10),
    ("{a: 1, a: 2}", "feel_duplicate_key", 1, 8),
    ("x instance of whatever", "feel_unknown_type", 1, 15),
    ("1 < x < 3", "feel_comparison_chain", 1, 7),
    ("a # b", "feel_unknown_sign", 1, 3),
]


@pytest.mark.parametrize(("text", "code", "line", "column"), SYNTAX_ERRORS)
def test_syntax_error_has_code_and_place(text: str, code: str, line: int, column: int) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    assert (caught.value.code, caught.value.line, caught.value.column) == (code, line, column)


def test_declared_name_with_operators_is_taken_whole() -> None:
    expression = compile_expression("Approved/Declined + rate-of-pay", ["Approved/Declined", "rate-of-pay"])
    assert expression.evaluate({"Approved/Declined": 2, "rate-of-pay": 3}) == 5


def test_longest_declared_name_wins() -> None:
    context = {"a": 1, "a b": 2, "a b c": 3}
    assert compile_expression("a b c + a b + a", context).evaluate(context) == 6


def test_names_are_those_taken_from_the_context() -> None:
    expression = compile_expression(
        "for l in lines return l.fen * rate + count(lines[fen > limit]) + {a: 1, b: a}.b"
    )
    assert expression.names == {"lines", "rate"}
    assert expression.item_names == {"fen", "limit"}


def test_a_text_is_compiled_once_for_the_same_names() -> None:
    assert compile_expression("a + 1", ["x", "y"]) is compile_expression("a + 1", ("y", "x"))
    assert compile_expression("a + 1", ["x"]) is not compile_expression("a + 1", ["x", "y"])


def test_range_is_a_value_with_ends() -> None:
    assert evaluate("[1..5)") == Range(1, 5, True, False)
    assert evaluate("[1..5).end included") is False


def test_variable_named_as_a_builtin_function_is_still_a_variable() -> None:
    assert evaluate("count > 3 and count([1]) = 1", {"count": 4}) is True
    assert compile_expression("count + count([1])", ["count"]).evaluate({"count": 4}) == 5


def test_context_may_be_any_mapping_and_is_not_changed() -> None:
    context = {"a": {"b": [1, 2]}}
    made = evaluate('context put(a, "b", append(a.b, 3))', context)
    assert made == {"b": [1, 2, 3]}
    assert context == {"a": {"b": [1, 2]}}
