"""What a table answers when no rule fits, one, or several."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.decisions import (
    DecisionBroken,
    NoRuleMatched,
    OutputInvalid,
    RulesOverlap,
    evaluate,
)
from tests.engine.decisions.dmn import decision, file, table

TWO = [("> 10", '"low"'), ("> 20", '"high"')]
RANKED = {"result": '"high", "low"'}


def _decide(x: object, **shape: object) -> object:
    rules = shape.pop("rules", TWO)
    return evaluate(file(decision(table(rules, **shape))), "decide", {"x": x})  # type: ignore[arg-type]


def _value(x: object, **shape: object) -> object:
    return _decide(x, **shape).value  # type: ignore[attr-defined]


def test_unique_gives_the_only_fitting_rule() -> None:
    assert _value(15) == "low"


def test_unique_refuses_two_fitting_rules() -> None:
    with pytest.raises(RulesOverlap) as caught:
        _value(25)
    assert caught.value.code == "decision_rules_overlap"
    assert caught.value.params["rules"] == [1, 2]
    assert caught.value.params["decision"] == "decide"


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"])
def test_no_fitting_rule_is_an_error_under_every_policy(policy: str) -> None:
    with pytest.raises(NoRuleMatched) as caught:
        _value(5, policy=policy, allowed=RANKED)
    assert caught.value.params["element_id"] == "table"


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY", "PRIORITY"])
def test_default_answers_when_no_rule_fits(policy: str) -> None:
    assert _value(5, policy=policy, allowed=RANKED, defaults={"result": '"none"'}) == "none"


def test_first_takes_the_first_in_order() -> None:
    assert _value(25, policy="FIRST") == "low"
    result = _decide(25, policy="FIRST")
    assert [rule.rule_index for rule in result.fired] == [1]  # type: ignore[attr-defined]


def test_priority_takes_the_output_that_ranks_first() -> None:
    assert _value(25, policy="PRIORITY", allowed=RANKED) == "high"


def test_priority_refuses_an_output_without_a_rank() -> None:
    with pytest.raises(OutputInvalid):
        _value(25, policy="PRIORITY", allowed={"result": '"high"'})


def test_any_takes_equal_outputs_and_refuses_different_ones() -> None:
    assert _value(25, policy="ANY", rules=[("> 10", "1"), ("> 20", "2 - 1")]) == 1
    with pytest.raises(RulesOverlap) as caught:
        _value(25, policy="ANY")
    assert caught.value.code == "decision_rules_differ"


def test_collect_and_rule_order_give_all_in_order_of_rules() -> None:
    assert _value(25, policy="COLLECT") == ["low", "high"]
    assert _value(25, policy="RULE ORDER") == ["low", "high"]
    assert _value(15, policy="COLLECT") == ["low"]


def test_output_order_gives_all_by_rank() -> None:
    assert _value(25, policy="OUTPUT ORDER", allowed=RANKED) == ["high", "low"]


AMOUNTS = [("> 10", "3"), ("> 20", "1.5"), ("> 20", "3")]
TOTALS = [("SUM", Decimal("7.5")), ("MIN", Decimal("1.5")), ("MAX", 3), ("COUNT", 3)]


@pytest.mark.parametrize(("aggregation", "expected"), TOTALS)
def test_collect_adds_up(aggregation: str, expected: object) -> None:
    assert _value(25, policy="COLLECT", aggregation=aggregation, rules=AMOUNTS) == expected


def test_count_of_nothing_is_zero_but_sum_of_nothing_is_an_error() -> None:
    assert _value(5, policy="COLLECT", aggregation="COUNT", rules=AMOUNTS) == 0
    with pytest.raises(NoRuleMatched):
        _value(5, policy="COLLECT", aggregation="SUM", rules=AMOUNTS)


def test_sum_of_texts_is_an_error() -> None:
    with pytest.raises(OutputInvalid):
        _value(25, policy="COLLECT", aggregation="SUM")


def test_unknown_policy_is_refused() -> None:
    with pytest.raises(DecisionBroken):
        _value(15, policy="SOMETIMES")


def test_several_outputs_make_a_context_ranked_from_left_to_right() -> None:
    rules = [("> 10", '"b"', "1"), ("> 10", '"a"', "2"), ("> 10", '"a"', "1")]
    shape = {"outputs": ("grade", "step"), "allowed": {"grade": '"a", "b"', "step": "1, 2"}}
    assert _value(11, policy="PRIORITY", rules=rules, **shape) == {"grade": "a", "step": 1}
    ordered = _value(11, policy="OUTPUT ORDER", rules=rules, **shape)
    assert [(row["grade"], row["step"]) for row in ordered] == [("a", 1), ("a", 2), ("b", 1)]  # type: ignore[attr-defined]


def test_outputs_of_an_earlier_decision_are_never_kept() -> None:
    model = file(decision(table(TWO)))
    inputs: dict[str, object] = {"x": 15, "result": "old", "decide": "old"}
    assert evaluate(model, "decide", inputs).outputs == {"result": "low"}
    with pytest.raises(NoRuleMatched):
        evaluate(model, "decide", {**inputs, "x": 1})
    assert inputs["result"] == "old"
