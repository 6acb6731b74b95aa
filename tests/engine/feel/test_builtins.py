"""The built-in functions by example."""

from __future__ import annotations

import itertools
from contextlib import nullcontext, suppress
from datetime import date
from decimal import Decimal

import pytest

from engine.feel import Limits, Run, evaluate
from engine.feel.builtins import BUILTINS
from engine.feel.builtins.registry import as_function
from engine.feel.errors import FeelError

NUMERIC = [
    ("decimal(1/3, 2)", Decimal("0.33")),
    ("decimal(1.5, 0)", 2),
    ("decimal(2.5, 0)", 2),
    ("decimal(125, -1)", 120),
    ("floor(1.5)", 1),
    ("floor(-1.5)", -2),
    ("floor(-1.56, 1)", Decimal("-1.6")),
    ("ceiling(1.5)", 2),
    ("ceiling(-1.5)", -1),
    ("round up(5.5, 0)", 6),
    ("round up(-5.5, 0)", -6),
    ("round up(1.121, 2)", Decimal("1.13")),
    ("round down(5.5, 0)", 5),
    ("round down(-5.5, 0)", -5),
    ("round half up(5.5, 0)", 6),
    ("round half up(-5.5, 0)", -6),
    ("round half up(1.126, 2)", Decimal("1.13")),
    ("round half down(5.5, 0)", 5),
    ("round half down(-5.5, 0)", -5),
    ("round money(100.5)", 101),
    ("round money(-100.5)", -101),
    ("round money(1234567 * 15 / 100000)", 185),
    ("abs(-10)", 10),
    ('abs(@"-P1D") = @"P1D"', True),
    ('abs(@"-P1M") = @"P1M"', True),
    ("modulo(12, 5)", 2),
    ("modulo(-12, 5)", 3),
    ("modulo(12, -5)", -3),
    ("modulo(-12, -5)", -2),
    ("modulo(10.1, 4.5)", Decimal("1.1")),
    ("modulo(-10.1, 4.5)", Decimal("3.4")),
    ("sqrt(16)", 4),
    ("log(10)", Decimal("2.302585092994045684017991454684364")),
    ("decimal(exp(5), 8)", Decimal("148.41315910")),
    ("odd(5)", True),
    ("odd(2)", False),
    ("even(2)", True),
    ("even(2.5)", False),
    ("even(1e30)", True),
]

STRINGS = [
    ('substring("foobar", 3)', "obar"),
    ('substring("foobar", 3, 3)', "oba"),
    ('substring("foobar", -2, 1)', "a"),
    ('substring("foobar", 0)', None),
    ('substring("foobar", 9)', None),
    ('substring("横綱🐎", 3)', "🐎"),
    ('string length("foo🐎")', 4),
    ('upper case("aBc4")', "ABC4"),
    ('lower case("aBc4")', "abc4"),
    ('substring before("foobar", "bar")', "foo"),
    ('substring before("foobar", "xyz")', ""),
    ('substring after("foobar", "ob")', "ar"),
    ('substring after("", "a")', ""),
    ('contains("foobar", "of")', False),
    ('starts with("foobar", "fo")', True),
    ('ends with("foobar", "r")', True),
    ('matches("foobar", "^fo*b")', True),
    ('matches("FOO", "foo", "i")', True),
    ('matches("a\\nb", "a.b")', False),
    ('matches("a\\nb", "a.b", "s")', True),
    ('matches("b", "[a-z-[aeiou]]")', True),
    ('matches("e", "[a-z-[aeiou]]")', False),
    ('matches("hello world", "hello\\\\ sworld", "x")', True),
    ('matches("helloworld", "hello world", "x")', True),
    ('matches("a.b", "a.b", "q")', True),
    ('matches("axb", "a.b", "q")', False),
    ('matches("3-1201", "^\\\\d+-\\\\d{3,4}$")', True),
    ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
    ('replace("a.b", ".", "-", "q")', "a-b"),
    ('replace("cost 5", "5", "\\\\$5")', "cost $5"),
    ('split("John Doe", "\\\\s")', ["John", "Doe"]),
    ('split("a;b;c;;", ";")', ["a", "b", "c", "", ""]),
    ('split("a(1)b", "\\\\((\\\\d)\\\\)")', ["a", "b"]),
    ('extract("references are 1234, 1256", "12[0-9]*")', ["1234", "1256"]),
    ('string join(["a", "b", "c"], "_and_")', "a_and_b_and_c"),
    ('string join(["a", null, "c"])', "ac"),
    ('string join([], "x")', ""),
    ('string join(["a", 1])', None),
    ('"foo" + "bar"', "foobar"),
    ('"foo" + 1', None),
    ('string length("\\u6a2a\\U01F40E")', 2),
]

CONVERSION = [
    ('number("1 000,0", " ", ",")', 1000),
    ('number("1,000.5", ",", ".")', Decimal("1000.5")),
    ('number("abc")', None),
    ('number("1.5", ".", ".")', None),
    ("string(1.10)", "1.1"),
    ("string(100.00)", "100"),
    ("string(1e3)", "1000"),
    ("string(-0.0)", "0"),
    ("string(null)", None),
    ("string(true)", "true"),
    ('string([1, "a", null])', '[1, "a", null]'),
    ('string({a: {b: "c"}})', '{a: {b: "c"}}'),
    ("string([1..5))", "[1..5)"),
    ("not(true)", False),
    ("not(null)", None),
    ("is(1, 1.0)", True),
    ('is(1, "1")', False),
]

LISTS = [
    ("list contains([1, 2, null], null)", True),
    ('list contains([1, "2"], 2)', False),
    ("count([1, 2, 3])", 3),
    ("count(1, 2)", 2),
    ("min([3, 1, 2])", 1),
    ("min(3, 1, 2)", 1),
    ('max(["a", "c", "b"])', "c"),
    ('max(1, "a")', None),
    ("min([])", None),
    ("sum([1, 2.5])", Decimal("3.5")),
    ("sum([])", None),
    ('sum([@"P1D", @"PT1H"]) = @"P1DT1H"', True),
    ('sum(["a", "b"])', None),
    ("mean([1, 2, 3, 4])", Decimal("2.5")),
    ("median([8, 2, 5, 3, 4])", 4),
    ("median([6, 1, 2, 3])", Decimal("2.5")),
    ("stddev([2, 4, 7, 5]) > 2.08", True),
    ("mode([6, 3, 9, 6, 6])", [6]),
    ("mode([6, 1, 9, 6, 1])", [1, 6]),
    ("mode([])", []),
    ("product([2, 3, 4])", 24),
    ("all([true, false])", False),
    ("all([true, null])", None),
    ("all([])", True),
    ("any([false, true])", True),
    ("any([])", False),
    ("sublist([4, 5, 6], 1, 2)", [4, 5]),
    ("sublist([4, 5, 6], -2)", [5, 6]),
    ("sublist([4, 5, 6], 1, 9)", None),
    ("append([1], 2, 3)", [1, 2, 3]),
    ("append(1, 2)", [1, 2]),
    ("concatenate([1, 2], [3])", [1, 2, 3]),
    ("insert before([1, 3], 1, 2)", [2, 1, 3]),
    ("remove([1, 2, 3], 2)", [1, 3]),
    ("remove([1, 2, 3], 9)", None),
    ("list replace([2, 4, 7], 3, 6)", [2, 4, 6]),
    ("list replace([2, 4, 7], function(item, newItem) item < newItem, 5)", [5, 5, 7]),
    ("reverse([1, 2, 3])", [3, 2, 1]),
    ("index of([1, 2, 3, 2], 2)", [2, 4]),
    ("union([1, 2], [2, 3])", [1, 2, 3]),
    ('distinct values([1, 2, 1.0, "a", null, null, {a: 1}, {a: 1}])', [1, 2, "a", None, {"a": 1}]),
    ("flatten([[1, 2], [[3]], 4])", [1, 2, 3, 4]),
    ("sort([3, 1, 2])", [1, 2, 3]),
    ('sort(["b", "a"], function(x, y) x < y)', ["a", "b"]),
    ("sort([{k: 2, n: 1}, {k: 1, n: 2}, {k: 2, n: 3}], function(x, y) x.k < y.k).n", [2, 1, 3]),
    ('sort([1, "a"])', None),
]

CONTEXTS = [
    ('get value({a: 1}, "a")', 1),
    ('get value({a: 1}, "b")', None),
    ('get value({a: {b: 2}}, ["a", "b"])', 2),
    ("get entries({a: 1, b: 2})", [{"key": "a", "value": 1}, {"key": "b", "value": 2}]),
    ('context([{key: "a", value: 1}])', {"a": 1}),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None),
    ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
    ('context put({a: {b: 1, c: 3}}, ["a", "b"], 2)', {"a": {"b": 2, "c": 3}}),
    ("context merge([{a: 1, b: 1}, {b: 2}])", {"a": 1, "b": 2}),
]

RANGES = [
    ("before(1, 10)", True),
    ("before(10, 1)", False),
    ("before([1..5], 10)", True),
    ("before(1, (1..5])", True),
    ("before([1..5), [5..10])", True),
    ("before([1..5], [5..10])", False),
    ("after(10, [1..5])", True),
    ("after((5..9], 5)", True),
    ("meets([1..5], [5..10])", True),
    ("meets([1..5), [5..10])", False),
    ("met by([5..10], [1..5])", True),
    ("overlaps([1..5], [3..8])", True),
    ("overlaps([1..5], [6..8])", False),
    ("overlaps([1..5), [5..8])", False),
    ("overlaps before([1..5], [3..8])", True),
    ("overlaps before([3..8], [1..5])", False),
    ("overlaps after([3..8], [1..5])", True),
    ("finishes(10, [1..10])", True),
    ("finishes([5..10], [1..10])", True),
    ("finishes([5..10), [1..10])", False),
    ("finished by([1..10], 10)", True),
    ("includes([1..10], 5)", True),
    ("includes([1..10), 10)", False),
    ("includes([1..10], [4..6])", True),
    ("includes((1..10], [1..6])", False),
    ("during(5, [1..10])", True),
    ("during([4..6], [1..10])", True),
    ("starts(1, [1..10])", True),
    ("starts([1..5], [1..10])", True),
    ("started by([1..10], 1)", True),
    ("coincides(5, 5)", True),
    ("coincides([1..5], [1..5])", True),
    ("coincides([1..5], [1..6])", False),
    ('before(@"2026-01-01", @"2026-02-01")', True),
    ('before(1, "a")', None),
    ("includes((> 5), 7)", True),
    ("overlaps((< 5), [3..8])", True),
    ("before(point: 1, range: [2..3])", True),
    ("overlaps(range2: [1..2], range1: [2..3])", True),
    ("includes(range: [1..3], point: 2)", True),
    ("includes(point: 2, range: [1..3])", True),
    ("before(range: [2..3], point: 1)", False),
    ('range("[1..5)") = [1..5)', True),
    ('range("[date(\\"2026-01-01\\")..@\\"2026-02-01\\"]").end', date(2026, 2, 1)),
    ('range("[5..1]")', None),
    ('range("[1..today()]")', None),
    ('range("5")', None),
    ("count(null)", None),
]

EVERYTHING = [*NUMERIC, *STRINGS, *CONVERSION, *LISTS, *CONTEXTS, *RANGES]


@pytest.mark.parametrize(("text", "expected"), EVERYTHING, ids=[text for text, _ in EVERYTHING])
def test_function_has_its_value(text: str, expected: object) -> None:
    value = evaluate(text)
    assert value == expected
    assert isinstance(value, bool) == isinstance(expected, bool)


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_function_takes_null_for_every_argument_without_failing(name: str) -> None:
    for overload in BUILTINS[name]:
        arguments = ", ".join("null" for _parameter in overload.parameters)
        evaluate(f"{name}({arguments})")


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_function_may_be_called_by_parameter_names(name: str) -> None:
    for overload in BUILTINS[name]:
        if not overload.variadic or len(overload.parameters) == 1:
            arguments = ", ".join(f"{parameter.name}: null" for parameter in overload.parameters)
            evaluate(f"{name}({arguments})")


ANY_VALUES = (
    *("null", "true", "0", "-1", "2.5", "1e300", '""', '"a"', '"2026-01-31"', '"(["', "[]", "[1]"),
    *("[null, 1]", '["a", 1]', "{a: 1}", "{}", '@"2026-01-31"', '@"09:30:00"', '@"09:30:00Z"'),
    *('@"2026-01-31T09:30:00"', '@"2026-01-31T09:30:00@Asia/Shanghai"', '@"P1M"', '@"-PT36H"'),
    *("[1..5)", '(< "b")', '[@"2026-01-01"..@"2026-02-01"]', "function(x) x", "function(a, b) a"),
)


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_function_never_fails_whatever_it_is_given(name: str) -> None:
    """But for the few that find people: they refuse what names nobody, in words."""
    values = {text: evaluate(text) for text in ANY_VALUES}
    run = Run(Limits(steps=10**9), None, None, None)
    function = as_function(name)
    assert function is not None
    for overload in BUILTINS[name]:
        count = min(len(overload.parameters), 3)
        for arguments in itertools.product(values.values(), repeat=count):
            with suppress(FeelError) if overload.refuses else nullcontext():
                function.invoke(run, list(arguments), 0)


@pytest.mark.parametrize(
    "operator", ["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "in", "and", "or"]
)
def test_operator_never_fails_whatever_it_is_given(operator: str) -> None:
    for left, right in itertools.product(ANY_VALUES, repeat=2):
        evaluate(f"({left}) {operator} ({right})")
