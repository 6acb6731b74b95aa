"""How fast a cached condition and a decision table are, against limits of our own."""

from __future__ import annotations

import timeit

from bench.sizes import FULL, Sizes
from engine.decisions import DecisionModel, evaluate, parse
from engine.feel import compile_expression

CONDITION = 'amount > 100000 and stage = "signed"'
CONDITION_LIMIT = 5.0
TABLE_LIMIT = 300.0
RULES = 100

Figure = dict[str, object]


def figures(sizes: Sizes = FULL) -> list[Figure]:
    """The figures of this group, in microseconds, each the best of several rounds."""
    return [
        _figure("cached condition", _condition(sizes.feel_rounds), CONDITION_LIMIT),
        _figure(f"table of {RULES} rules × 3 inputs", _table(sizes.feel_rounds), TABLE_LIMIT),
    ]


def _figure(name: str, value: float, limit: float) -> Figure:
    return {
        "figure": f"{name} µs",
        "value": round(value, 2),
        "limit": limit,
        "holds": value <= limit,
        "unit": "µs",
        "database": None,
    }


def _condition(rounds: int) -> float:
    expression = compile_expression(CONDITION)
    context = {"amount": 125_000, "stage": "signed", "unit": "3-1201", "buyers": ["a", "b"]}
    return _microseconds(lambda: expression.evaluate(context), 4_000, rounds)


def _table(rounds: int) -> float:
    model = table_model()
    inputs = {"kind": "k9", "amount": 995, "flag": True}
    return _microseconds(lambda: evaluate(model, "route", inputs), 100, rounds)


def _microseconds(work: object, number: int, rounds: int) -> float:
    timer = timeit.Timer(work)  # type: ignore[arg-type]
    return min(timer.repeat(repeat=rounds, number=number)) / number * 1e6


def table_model() -> DecisionModel:
    """A UNIQUE table of a hundred rules over a text, a range and a flag, each rule to be looked at."""
    rules = "".join(
        f"<rule><inputEntry><text>-</text></inputEntry>"
        f"<inputEntry><text>[{10 * n}..{10 * n + 10})</text></inputEntry>"
        f"<inputEntry><text>{'true' if n % 2 else '-'}</text></inputEntry>"
        f'<outputEntry><text>"step {n}"</text></outputEntry></rule>'
        if n % 3
        else f'<rule><inputEntry><text>"k{n % 10}", "x"</text></inputEntry>'
        f"<inputEntry><text>[{10 * n}..{10 * n + 10})</text></inputEntry>"
        f"<inputEntry><text>-</text></inputEntry>"
        f'<outputEntry><text>"step {n}"</text></outputEntry></rule>'
        for n in range(RULES)
    )
    inputs = "".join(
        f"<input><inputExpression><text>{name}</text></inputExpression></input>"
        for name in ("kind", "amount", "flag")
    )
    return parse(
        f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="bench">'
        f'<decision id="route" name="route"><decisionTable hitPolicy="UNIQUE">{inputs}'
        f'<output name="step"/>{rules}</decisionTable></decision></definitions>'.encode()
    )
