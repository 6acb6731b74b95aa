"""Makes texts that look like FEEL: some by its grammar, some by mutating good ones, some by chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from engine.feel.builtins import BUILTINS

CONTEXT: dict[str, object] = {
    "amount": 125_000,
    "rate": 3,
    "stage": "signed",
    "flag": True,
    "nothing": None,
    "lines": [{"no": 1, "due": "2026-01-31", "fen": 100}, {"no": 2, "due": "2026-02-28", "fen": 250}],
    "unit": {"no": "3-1201", "floor": 12, "price list": {"fen": 1_250_000}},
    "numbers": [3, 1, 2],
    "words": ["a", "bb", "ccc"],
}

SEEDS = (
    'amount > 100000 and stage = "signed"',
    "for i in 1..3, j in numbers return i * j",
    "some x in lines satisfies x.fen > 100",
    "lines[fen > 100].no",
    'if flag then unit.no else "none"',
    "{a: 1, b: a + 1, f: function(x) x * 2}.f(3)",
    'date("2026-01-31") + duration("P1M")',
    '@"2026-01-31T10:00:00@Asia/Shanghai" - @"PT1H"',
    "sort(numbers, function(a, b) a > b)",
    'replace("aXbX", "X(.)", "[$1]")',
    "amount in [1..100], > 200",
    "not(1, 2, [3..4])",
    "x instance of list<number>",
    "x instance of function<number, list<string>>->context<a: range<date>>",
    "rate in (..5] or rate in [5..)",
    "{f: function(n: number) if n < 2 then 1 else n * f(n - 1), r: f(rate)}.r",
    '@"-99999-12-31T10:00:00.123456789+08:00" + @"P1Y"',
    'matches(stage, "\\p{IsBasicLatin}[\\w-[a-c]]+", "xi")',
    '{"a-b": {c+d: 1}}.a-b.c+d',
    'number(from: "1.5", grouping separator: ",")',
    'string join(words, ", ")',
    "decimal(amount / 7, 2) between 1 and 10 ** 5",
    "overlaps([1..5), (3..9])",
    'context put(unit, "floor", 1).price list.fen',
)

PIECES = (
    *("and", "or", "not", "if", "then", "else", "for", "in", "return", "some", "every", "satisfies"),
    *("function", "between", "instance of", "true", "false", "null", "?", "item", "partial"),
    *("+", "-", "*", "/", "**", "=", "!=", "<", ">=", "..", ".", ",", ":", "@", "->"),
    *("(", ")", "[", "]", "{", "}", '"', "\\", "//", "/*", "*/", "\n", "\u3000", "（", "横綱", "🐎"),
    *("0", "1", "9999999999", "1e6000", "-0.5", '"abc"', '"(a+)+$"', '@"P1D"', "1..99999999"),
)


def texts(count: int, seed: int) -> Iterator[str]:
    """So many texts, the same for the same seed."""
    random = Random(seed)  # noqa: S311 — repeatable tests, not secrets.
    makers: tuple[Callable[[Random], str], ...] = (_grown, _mutated, _thrown)
    for number in range(count):
        yield makers[number % 3](random)


def _grown(random: Random) -> str:
    return _expression(random, random.randint(1, 4))


def _mutated(random: Random) -> str:
    text = random.choice(SEEDS)
    for _time in range(random.randint(1, 2)):
        at = random.randint(0, len(text))
        until = min(len(text), at + random.randint(0, 6))
        other = random.choice(SEEDS)
        cut = random.randint(0, len(other))
        middle = random.choice((random.choice(PIECES), other[cut : cut + 12], text[at:until] * 2, ""))
        text = text[:at] + middle + text[until:]
    return text


def _thrown(random: Random) -> str:
    glue = random.choice(("", " "))
    return glue.join(random.choice(PIECES) for _piece in range(random.randint(1, 25)))


def _atom(random: Random) -> str:
    name = random.choice(tuple(CONTEXT))
    number = str(random.choice((0, 1, -1, 2, 7, 10**9, "0.1", "1e300", "99999999999999999999")))
    text = random.choice(('""', '"a"', '"2026-01-31"', '"(a|a)*b"', '"' + "x" * 50 + '"'))
    temporal = random.choice(('@"2026-01-31"', '@"P1M"', '@"PT36H"', '@"10:00:00Z"', '@"9999-12-31T23:59:59"'))
    return random.choice((name, number, text, temporal, "true", "null", "item", "x", "lines.fen"))


def _expression(random: Random, depth: int) -> str:
    if depth <= 0:
        return _atom(random)
    return random.choice(_FORMS)(random, depth - 1)


def _pair(random: Random, depth: int) -> str:
    sign = random.choice(["+", "-", "*", "/", "**", "=", "!=", "<", ">=", "and", "or", "in"])
    return f"({_expression(random, depth)} {sign} {_expression(random, depth)})"


def _call(random: Random, depth: int) -> str:
    name = random.choice(tuple(BUILTINS))
    overload = random.choice(BUILTINS[name])
    count = len(overload.parameters) if random.random() < 0.9 else random.randint(0, 4)
    arguments = ", ".join(_expression(random, depth) for _each in range(count))
    return f"{name}({arguments})"


def _loop(random: Random, depth: int) -> str:
    head, tail = random.choice((("for", "return"), ("some", "satisfies"), ("every", "satisfies")))
    source = random.choice(("1..20", "-3..3", "numbers", "lines", _expression(random, depth)))
    if random.random() < 0.005:
        source = "1..99999999"
    return f"{head} x in {source} {tail} {_expression(random, depth)}"


def _shape(random: Random, depth: int) -> str:
    first, second = _expression(random, depth), _expression(random, depth)
    return random.choice(
        (
            f"[{first}, {second}]",
            f"{{a: {first}, b: {second}, c: [a, b, a]}}",
            f"[{first}..{second})",
            f"({first})[{second}]",
            f"({first}).a",
            f"if {first} then {second} else x",
            f"(function(x) {first})({second})",
            f"({first}) between {second} and 10",
            f"-({first})",
            f"({first}) instance of list<number>",
            f"({first}) in ({second}, > 3)",
            f"sort([{first}, {second}, 1], function(a, b) a < b)",
        )
    )


_FORMS: tuple[Callable[[Random, int], str], ...] = (_pair, _call, _call, _loop, _shape, _shape)
