"""Cells and policies as drawing tools write them, on which other engines were seen to answer wrongly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.decisions import DecisionModel, RulesOverlap, check, evaluate
from engine.feel import NotJsonError, to_json
from tests.engine.decisions.dmn import decision, file, input_data, literal, table, text


def rows(*cells: str, policy: str = "UNIQUE") -> DecisionModel:
    """A model of one column whose rules answer with their number."""
    return file(decision(table([(cell, str(at)) for at, cell in enumerate(cells, 1)], policy=policy)))


@pytest.mark.parametrize(
    ("cell", "inside", "outside"),
    [
        ("[0.96..0.98)", ["0.96", "0.979"], ["0.98", "0.95"]),
        ("]0.96..0.98]", ["0.97", "0.98"], ["0.96"]),
        ("[0.96..0.98[", ["0.96"], ["0.98"]),
        ("0.96,0.97", ["0.96", "0.97"], ["0.965"]),
        ("< 0.96, > 0.98", ["0.9", "1"], ["0.96", "0.98"]),
        ("not(0.96, 0.97)", ["0.98"], ["0.96", "0.97"]),
        (">= 0.93", ["0.93", "0.94"], ["0.92"]),
    ],
)
def test_a_cell_takes_what_it_says(cell: str, inside: list[str], outside: list[str]) -> None:
    model = rows(cell)
    for value in inside + outside:
        for given in (Decimal(value), float(value)):
            made = evaluate(model, "decide", {"x": given}, strict=False).value
            assert made == (1 if value in inside else None), value


def test_float_thresholds_are_the_decimals_they_are_written_as() -> None:
    model = rows(">= 0.93", "< 0.93")
    for hundredths in range(88, 100):
        wanted = 1 if hundredths >= 93 else 2
        assert evaluate(model, "decide", {"x": hundredths / 100}).value == wanted


def test_a_catch_all_row_overlaps_under_unique_and_serves_under_first() -> None:
    with pytest.raises(RulesOverlap):
        evaluate(rows("> 5", "-"), "decide", {"x": 6})
    assert evaluate(rows("> 5", "-", policy="FIRST"), "decide", {"x": 6}).value == 1
    assert "decision_overlap" in {finding.code for finding in check(rows("> 5", "-"))}


@pytest.mark.parametrize(
    ("policy", "aggregation", "expected"),
    [
        ("UNIQUE", "", None),
        ("ANY", "", None),
        ("FIRST", "", 1),
        ("RULE ORDER", "", [1, 2]),
        ("COLLECT", "", [1, 2]),
        ("COLLECT", "SUM", 3),
        ("COLLECT", "MIN", 1),
        ("COLLECT", "MAX", 2),
        ("COLLECT", "COUNT", 2),
        ("FRIST", "", None),
    ],
)
def test_policies_differ_where_two_rules_fit(policy: str, aggregation: str, expected: object) -> None:
    model = file(decision(table([("> 1", "1"), ("> 2", "2")], policy=policy, aggregation=aggregation)))
    assert evaluate(model, "decide", {"x": 3}, strict=False).value == expected


@pytest.mark.parametrize(
    ("policy", "aggregation", "expected"),
    [
        ("UNIQUE", "", None),
        ("FIRST", "", None),
        ("COLLECT", "", None),
        ("COLLECT", "SUM", None),
        ("COLLECT", "COUNT", 0),
    ],
)
def test_no_fitting_rule_is_null_by_the_standard(policy: str, aggregation: str, expected: object) -> None:
    model = file(decision(table([("> 1", "1")], policy=policy, aggregation=aggregation)))
    made = evaluate(model, "decide", {"x": 0}, strict=False)
    assert made.value == expected
    if expected is None:
        assert [warning.code for warning in made.warnings] == ["decision_no_rule"]


def test_an_error_below_leaves_the_rest_of_the_decision_by_the_standard() -> None:
    model = file(
        input_data("x", "number"),
        decision(table([("> 1", "1")]), name="below", needs=["Input:x"]),
        decision(literal('{"b": below, "x": x}'), name="top", needs=["Decision:below", "Input:x"]),
    )
    assert evaluate(model, "top", {"x": 0}, strict=False).value == {"b": None, "x": 0}
    assert evaluate(model, "top", {"x": 2}, strict=False).value == {"b": 1, "x": 2}


def test_several_decisions_in_one_file_are_all_there() -> None:
    model = file(
        decision(literal("1"), name="one"), decision(literal("one + 1"), name="two", needs=["Decision:one"])
    )
    assert [evaluate(model, name, {}).value for name in ("one", "two")] == [1, 2]


def test_what_process_data_cannot_hold_is_told_and_dates_become_texts() -> None:
    assert to_json({"due": date(2026, 1, 31)}) == {"due": "2026-01-31"}
    with pytest.raises(NotJsonError) as caught:
        to_json({"rates": [Decimal("0.93")]})
    assert caught.value.params["path"] == "rates.1"


def test_a_column_of_a_type_takes_a_list_of_one_and_leaves_the_rest_to_the_cells() -> None:
    model = file(decision(table([("> 1", "1"), ("<= 1", "2"), ('"a"', "3")], types={"x": "number"})))
    assert evaluate(model, "decide", {"x": [5]}).value == 1
    assert evaluate(model, "decide", {"x": "a"}).value == 3
    assert evaluate(model, "decide", {"x": "a"}, strict=False).value is None


def test_outputs_have_the_type_of_their_column() -> None:
    kind = """<decisionTable hitPolicy="FIRST"><input><inputExpression><text>x</text></inputExpression></input>
    <output name="day" typeRef="date and time"/><output name="no" typeRef="number"/>{rule}</decisionTable>"""
    rule = (
        "<rule>"
        + text("inputEntry", "-")
        + text("outputEntry", '@"2026-01-31"')
        + text("outputEntry", '"7"')
        + "</rule>"
    )
    model = file(decision(kind.replace("{rule}", rule)))
    by_standard = evaluate(model, "decide", {"x": 1}, strict=False).value
    assert by_standard["no"] is None  # type: ignore[index]
    assert str(by_standard["day"]) == "2026-01-31 00:00:00+00:00"  # type: ignore[index]
    assert evaluate(model, "decide", {"x": 1}).outputs["no"] == "7"
