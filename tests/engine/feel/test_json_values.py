"""From FEEL to process data and back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.feel import FeelError, FeelLimitError, Months, NotJsonError, evaluate, from_json, to_json


def test_whole_numbers_become_integers() -> None:
    assert to_json(evaluate("10 / 4 * 2")) == 5
    assert type(to_json(Decimal("5.00"))) is int
    assert to_json({"a": [Decimal("1E+3"), None, True, "x"]}) == {"a": [1000, None, True, "x"]}


def test_fraction_is_refused_with_its_place() -> None:
    with pytest.raises(NotJsonError) as caught:
        to_json({"plan": [{"fen": Decimal("0.5")}]})
    assert caught.value.code == "feel_not_whole"
    assert caught.value.params == {"path": "plan.1.fen", "value": "0.5"}


def test_temporal_values_become_iso_texts() -> None:
    assert to_json([date(2026, 1, 31), Months(18)]) == ["2026-01-31", "P1Y6M"]
    assert to_json(evaluate('@"2026-01-31T09:30:00@Asia/Shanghai"')) == "2026-01-31T09:30:00@Asia/Shanghai"


@pytest.mark.parametrize("text", ["[1..5]", "function(x) x", "[1, (< 5)]"])
def test_range_and_function_are_refused(text: str) -> None:
    with pytest.raises(NotJsonError):
        to_json(evaluate(text))


def test_float_becomes_the_decimal_it_is_written_as() -> None:
    assert from_json({"rate": [0.1]}) == {"rate": [Decimal("0.1")]}
    with pytest.raises(NotJsonError):
        from_json(float("nan"))
    with pytest.raises(NotJsonError):
        from_json({"a": object()})


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity"])
def test_number_that_is_none_never_gets_out(number: str) -> None:
    try:
        value = evaluate("if a > 1 and a + 1 != 2 then 1 else 2", {"a": Decimal(number)})
    except FeelError as error:
        assert error.code == "feel_not_a_number"
    else:
        assert value in (1, 2)


def test_value_that_multiplies_when_written_out_is_refused() -> None:
    value: object = 1
    for _time in range(40):
        value = [value, value]
    with pytest.raises(FeelLimitError):
        to_json(value)


@pytest.mark.parametrize("value", [evaluate('"a\\u0000b"'), ["a", "\ud83d"], {"a": {"\udc0e": 1}}])
def test_a_text_that_no_database_stores_is_no_process_data(value: object) -> None:
    with pytest.raises(NotJsonError, match="feel_text_unwritable"):
        to_json(value)
