"""Texts written to break out, to run for ever or to fill the memory: each ends at once and harmlessly.

``syntax``: refused when read. ``limit``: stopped while running. ``null``: the standard's answer to nonsense.
Anything else is the value itself.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

import pytest

from engine.feel import (
    FeelError,
    FeelLimitError,
    FeelSyntaxError,
    Function,
    compile_expression,
    compile_unary_tests,
    evaluate,
    to_json,
)
from engine.feel.limits import MAX_TEXT

SECONDS = 3.0


class Secret:
    """A Python object that a text must not be able to look into."""

    token = "s3cret"

    def __getattr__(self, name: str) -> str:
        raise AssertionError(f"attribute {name} was looked up")


CONTEXT: dict[str, object] = {"secret": Secret(), "items": list(range(500)), "text": "a" * 20_000, "n": 7}


@dataclass(frozen=True)
class Case:
    """A hostile text and what must come of it."""

    name: str
    text: str
    outcome: object = None


SANDBOX = [
    Case("import of os", '__import__("os")', None),
    Case("system call through import", '__import__("os").system("id")', None),
    Case("class of a string", '"".__class__', None),
    Case("bases of a class", '"".__class__.__bases__[1]', None),
    Case("subclasses of object", "[].__class__.__mro__[2].__subclasses__()", None),
    Case("globals of a built-in function", "count.__globals__", None),
    Case("code of a built-in function", "sum.invoke.__code__", None),
    Case("globals of an own function", "(function(x) x).invoke.__globals__", None),
    Case("format string reaching attributes", '"{0.__class__}".format(1)', None),
    Case("attribute of a Python object", "secret.token", None),
    Case("attribute through get value", 'get value(secret, "token")', None),
    Case("Python object turned into text", "string(secret)", None),
    Case("Python object in a list filter", "[secret][token = 1]", []),
    Case("eval by name", 'eval("1+1")', None),
    Case("exec by name", 'exec("import os")', None),
    Case("open a file", 'open("/etc/passwd")', None),
    Case("getattr by name", 'getattr(n, "real")', None),
    Case("real part of an int", "n.real", None),
    Case("lambda", "lambda x: x", "syntax"),
    Case("statement separator", "1; 2", "syntax"),
    Case("assignment", "n := 5", "syntax"),
    Case("backtick", "`id`", "syntax"),
    Case("f-string", 'f"{n}"', "syntax"),
    Case("template of another language", "${7*7}", "syntax"),
    Case("external Java function", 'function(x) external {java: {class: "java.lang.Runtime"}}', "syntax"),
    Case("dunder entry of a context", "{__class__: 1}.__class__", 1),
    Case("zone name that is a path", '@"10:00:00@../../etc/passwd"', "syntax"),
    Case("zone name that is a module", 'time("10:00:00@os/path")', None),
    Case("null byte in a text", 'string length("a\x00b")', 3),
]

LOOPS = [
    Case("three nested loops", "for i in 1..10000, j in 1..10000, k in 1..10000 return 1", "limit"),
    Case("endless range", "for i in 1..999999999999 return i", "limit"),
    Case("endless range downwards", "for i in 999999999999..1 return i", "limit"),
    Case("range beyond whole numbers", "for i in 1..1e300 return i", None),
    Case("range value walked", "count([1..999999999999][item > 5])", "limit"),
    Case("all days of history", 'for d in @"0001-01-01"..@"9999-12-31" return d', "limit"),
    Case("some over an endless range", "some x in 1..999999999 satisfies x < 0", "limit"),
    Case("every over an endless range", "every x in 1..999999999 satisfies x > 0", "limit"),
    Case("nested quantifiers", "every a in items, b in items, c in items satisfies a + b + c >= 0", "limit"),
    Case("nested filters", "items[count(items[count(items[item >= 0]) > 0]) > 0]", "limit"),
    Case("quadratic distinct values", "distinct values(for i in 1..5000 return [i])", "limit"),
    Case("partial copied at every turn", "for i in 1..90000 return count(partial)", "limit"),
    Case("partial within partial", "for i in 1..60 return partial", "limit"),
    Case("twenty loops in one", f"for {', '.join(f'x{i} in 1..2' for i in range(20))} return 1", "syntax"),
    Case("sixteen loops in one", f"for {', '.join(f'x{i} in 1..9' for i in range(16))} return 1", "limit"),
    Case("sort with an exploding comparator", "sort(items, function(a, b) count(items[item > a]) > b)", "limit"),
    Case("sort with a lying comparator", "count(sort(items, function(a, b) true))", 500),
    Case("sort that sorts in its comparator", "sort(items, function(a, b) sort(items)[1] < a)", "limit"),
    Case("replace in a list of lists", "list replace(items, function(a, b) a in items, 1)", "limit"),
]

_DOUBLING = ", ".join(["a0: text"] + [f"a{i}: a{i - 1} + a{i - 1}" for i in range(1, 40)])
_DOUBLED_LISTS = ", ".join(["a0: [1, 1]"] + [f"a{i}: [a{i - 1}, a{i - 1}]" for i in range(1, 40)])
_GROWING_LISTS = ", ".join(["a0: items"] + [f"a{i}: concatenate(a{i - 1}, a{i - 1})" for i in range(1, 30)])

_MERGED = ", ".join(
    ["a0: context(for i in 1..400 return {key: string(i), value: i})"]
    + [
        f"a{i}: context merge([a{i - 1}, context(for e in get entries(a{i - 1})"
        ' return {key: e.key + "x", value: e.value})])'
        for i in range(1, 18)
    ]
)

SIZES = [
    Case("string doubling", f"{{{_DOUBLING}}}.a39", "limit"),
    Case("string doubling by join", 'string join(for i in 1..5000 return text, "")', "limit"),
    Case("many long strings", "for i in 1..50000 return text + string(i)", "limit"),
    Case("list doubling", f"{{{_GROWING_LISTS}}}.a29", "limit"),
    Case("shared lists flattened", f"flatten({{{_DOUBLED_LISTS}}}.a39)", "limit"),
    Case("shared lists as text", f"string({{{_DOUBLED_LISTS}}}.a39)", "limit"),
    Case("shared lists compared", f"{{{_DOUBLED_LISTS}, b: a39 = a39}}.b", "limit"),
    Case("shared lists written out", f"{{{_DOUBLED_LISTS}}}.a39", "limit"),
    Case("replacement that multiplies", f'replace(text, "a", "{"b" * 500}")', "limit"),
    Case("replacement between all signs", 'replace(text, "x*", "boom")', None),
    Case("upper case that grows", 'string length(upper case("' + "ß" * 4_000 + '"))', 8_000),
    Case("huge exponent", "9 ** 999999999", None),
    Case("tower of exponents", "9 ** 9 ** 9 ** 9 ** 9", None),
    Case("tiny number to a huge power", "1.0000001 ** 99999999999 > 0", True),
    Case("literal with a huge exponent", "1e999999999", "syntax"),
    Case("literal of a thousand digits", "9" * 1_000, "syntax"),
    Case("exp of a huge number", "exp(1e30)", None),
    Case("factorial by loop", "product(for i in 1..5000 return i)", None),
    Case("rounding to a million places", "decimal(1/3, 1000000)", None),
    Case("number text of a thousand digits", f'number("{"9" * 1_000}")', None),
    Case("number text with a huge exponent", 'number("1e99999")', None),
    Case("duration of the age of the universe", 'duration("P999999999999D")', None),
    Case("months beyond the calendar", '@"2026-01-31" + duration("P999999999Y")', None),
    Case("duration times a huge number", '@"P1D" * 1e300', None),
    Case("substring far outside", "substring(text, 1e300, 1e300)", None),
    Case("index far outside", "items[1e300]", None),
    Case("entries of shared lists", f"{{{_DOUBLED_LISTS.replace('[1, 1]', '[{x: 1}]')}}}.a39.x", "limit"),
    Case("context merge that doubles", f"{{{_MERGED}}}.a17", "limit"),
    Case("context put at every turn", 'for i in 1..3000 return context put({a: partial}, "b", partial)', "limit"),
    Case(
        "context of fifty thousand entries",
        "context(for i in 1..60000 return {key: string(i), value: i})",
        "limit",
    ),
    Case("deep path into a new context", 'context put({}, for i in 1..200000 return "a", 1)', "limit"),
    Case("year beyond nine digits", 'date("9999999999-01-01")', None),
    Case("far days without end", 'for d in @"-999999999-01-01"..@"999999999-12-31" return d', None),
    Case("far span", '@"999999999-12-31" - @"-999999999-01-01"', None),
    Case("far months", 'years and months duration(@"-999999999-01-01", @"999999999-12-31").years', 1_999_999_998),
    Case("working days of a far year", 'add working days(@"99999-01-01", 1)', None),
    Case("working days without end", 'add working days(@"2026-01-01", 1e15)', None),
]

PATTERNS = [
    Case("catastrophic plus", 'matches("' + "a" * 40 + '!", "^(a+)+$")', "limit-or-false"),
    Case("catastrophic alternatives", 'matches("' + "a" * 40 + '!", "^(a|a)*$")', "limit-or-false"),
    Case("catastrophic nested star", 'matches("' + "x" * 60 + '", "(x*)*y")', "limit-or-false"),
    Case("catastrophic back reference", 'matches("' + "a" * 60 + '", "^(a*)\\\\1(a*)\\\\2b$")', "limit-or-false"),
    Case(
        "catastrophic email",
        'matches("' + "a" * 60 + '", "^([a-zA-Z0-9])(([-.]|[_]+)?([a-zA-Z0-9]+))*(@)$")',
        "limit-or-false",
    ),
    Case("catastrophe once per element", 'for i in 1..500 return matches(text, "(a*)*b")', "limit"),
    Case("split by a catastrophe", 'split(text + "!", "(a+)+$")', "limit-or-false"),
    Case("replace by a catastrophe", 'replace("' + "a" * 60 + '!", "(a+)+$", "")', "limit-or-false"),
    Case("huge repetition", 'matches("a", "a{1000000000}")', None),
    Case("nested repetition", 'matches("a", "((a{1000}){1000}){1000}")', None),
    Case("long pattern", f'matches("a", "{"a?" * 1_000}")', None),
    Case("deep groups", f'matches("a", "{"(" * 200}a{")" * 200}")', None),
    Case("look-behind", 'matches("ab", "(?<=a)b")', None),
    Case("recursive pattern", 'matches("aaa", "(?R)*")', None),
    Case("fuzzy matching", 'matches("aaaa", "(?:abcdefgh){e<=8}")', None),
    Case("inline flags", 'matches("A", "(?i)a")', None),
    Case("possessive quantifier", 'matches("a", "a++")', None),
    Case("conditional group", 'matches("a", "(a)?(?(1)b|c)")', None),
    Case("unknown property", 'matches("a", "\\\\p{Nonsense}")', None),
    Case("half a class", 'matches("a", "[a")', None),
    Case("replacement with a lone dollar", 'replace("a", "a", "$")', None),
]

DEPTH = [
    Case("ten thousand parentheses", "(" * 4_000 + "1" + ")" * 4_000, "syntax"),
    Case("open parentheses only", "(" * 9_000, "syntax"),
    Case("a thousand brackets", "[" * 1_000 + "]" * 1_000, "syntax"),
    Case("a thousand braces", "{a:" * 1_000 + "1" + "}" * 1_000, "syntax"),
    Case("a thousand minus signs", "-" * 1_000 + "n", "syntax"),
    Case("a thousand nots", "not(" * 1_000 + "true" + ")" * 1_000, "syntax"),
    Case("a thousand ifs", "if true then " * 700 + "1", "syntax"),
    Case("a thousand paths", "n" + ".a" * 2_000, "syntax"),
    Case("a thousand filters", "items" + "[1]" * 2_000, "syntax"),
    Case("a thousand calls", "n" + "()" * 2_000, "syntax"),
    Case("a thousand equations", "1" + "=1" * 2_000, "syntax"),
    Case("a thousand instance ofs", "n" + " instance of number" * 400, "syntax"),
    Case("a thousand nested types", "n instance of " + "list<" * 1_000 + "number" + ">" * 1_000, "syntax"),
    Case("filters within parentheses", "(" * 50 + "items" + "[1])" * 50 + "[1]" * 80, "syntax"),
    Case("sixty tests within each other", "1 in (" * 60 + "1" + ")" * 60, True),
    Case("sixty ranges within each other", "1 in (1..(" * 30 + "1" + ")" * 60, False),
    Case("sixty choices within each other", "1 in (2, 1 in (" * 30 + "1" + "))" * 30, True),
    Case("list nested by partial", "for i in 1..5000 return [partial[-1]]", "limit"),
    Case("list nested by partial compared", "{a: for i in 1..5000 return [partial[-1]], b: a = a}.b", "limit"),
    Case("list nested by partial as text", "string(for i in 1..5000 return [partial[-1]])", "limit"),
    Case("two thousand sums", "1" + "+1" * 2_000, 2_001),
    Case("a thousand ands", "true" + " and true" * 1_000, True),
    Case("text longer than allowed", " " * MAX_TEXT + "1", "syntax"),
    Case("function that calls itself", "(function(f) f(f))(function(f) f(f))", "limit"),
    Case("functions that call each other", "(function(f, g) f(g, f))(function(f, g) f(g, f), function(f, g) f(g, f))", "limit"),
    Case("fixed-point combinator", "(function(f) (function(x) x(x))(function(x) f(function(y) x(x)(y))))(function(s) s(1))", "limit"),
    Case("recursion that doubles", "(function(f) [f(f), f(f)])(function(f) [f(f), f(f)])", "limit"),
    Case("recursion through a sort", "(function(f) f(f))(function(f) sort([2, 1], function(a, b) f(f)))", "limit"),
    Case("entry that calls itself", "{f: function(n) f(n + 1), r: f(1)}.r", "limit"),
    Case("entry that calls itself twice", "{f: function(n) if n > 25 then 1 else f(n + 1) + f(n + 1), r: f(1)}.r", "limit"),
    Case("open ranges within each other", "1 in (..(" * 20 + "1" + ")" * 40, None),
    Case("function type of functions", "n instance of " + "function<number>->" * 400 + "number", "syntax"),
    Case("a thousand keys with operators", "{" + ", ".join(f"a-{i}: {i}" for i in range(700)) + "}.a-699", 699),
    Case("typed parameter with a deep list", "(function(l: list<list<number>>) count(l))(for i in 1..300 return [1, 2])", 300),
    Case("recursion through a filter", "(function(f) f(f))(function(f) [1, 2][f(f)])", "limit"),
]  # fmt: skip

BROKEN = [
    Case("unterminated string", '"abc', "syntax"),
    Case("unterminated comment", "1 /* abc", "syntax"),
    Case("escape beyond Unicode", '"\\U110000"', "syntax"),
    Case("lone surrogate", '"\\uD800"', "syntax"),
    Case("operator without operand", "1 +", "syntax"),
    Case("comparison chain", "1 < n < 5", "syntax"),
    Case("full-width bracket", "（1）", "syntax"),
    Case("right-to-left override", "n \u202e = 7", "syntax"),
    Case("empty text", "", "syntax"),
    Case("only a comment", "// nothing", "syntax"),
    Case("division by zero", "n / 0", None),
    Case("zero to a negative power", "0 ** -1", None),
    Case("root of a negative number", "sqrt(-1)", None),
    Case("modulo by zero", "modulo(5, 0)", None),
]

CASES = [*SANDBOX, *LOOPS, *SIZES, *PATTERNS, *DEPTH, *BROKEN]


def _outcome(text: str) -> object:
    try:
        return to_json(evaluate(text, CONTEXT))
    except FeelLimitError:
        return "limit"
    except FeelSyntaxError:
        return "syntax"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile_text_is_harmless(case: Case) -> None:
    started = time.process_time()
    outcome = _outcome(case.text)
    assert time.process_time() - started < SECONDS
    if case.outcome == "limit-or-false":
        assert outcome in ("limit", False) or isinstance(outcome, (list, str))
    else:
        assert outcome == case.outcome


def test_there_are_at_least_sixty_hostile_texts_with_different_names() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile_text_is_harmless_as_a_cell_too(case: Case) -> None:
    started = time.process_time()
    with suppress(FeelError):
        assert compile_unary_tests(case.text, CONTEXT)(5, CONTEXT) in (True, False, None)
    assert time.process_time() - started < SECONDS


def test_no_value_that_a_text_can_make_is_a_python_object_of_ours() -> None:
    made = evaluate("{f: function(x) x, s: secret, l: [secret]}", CONTEXT)
    assert isinstance(made, dict)
    assert made["s"] is None
    assert isinstance(made["f"], Function)


def test_limits_say_which_limit_was_passed() -> None:
    with pytest.raises(FeelLimitError) as caught:
        evaluate("for i in 1..999999999 return i")
    assert caught.value.code == "feel_step_limit"
    assert caught.value.params == {"limit": 100_000}


def test_syntax_errors_say_where() -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression("amount >\n  5 )")
    assert (caught.value.line, caught.value.column) == (2, 5)
    assert caught.value.params["found"] == ")"
