"""Decisions that require others, boxed expressions of every kind, types, clock and broken files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.decisions import DecisionBroken, DecisionMissing, check, evaluate, evaluate_service
from engine.feel import FeelLimitError
from tests.engine.decisions.dmn import decision, file, input_data, literal, table


def test_required_decisions_are_made_first_and_once() -> None:
    model = file(
        input_data("price", "number"),
        decision(literal("price * 2"), name="double", needs=["Input:price"]),
        decision(literal("double + 1"), name="left", needs=["Decision:double"]),
        decision(literal("double + 2"), name="right", needs=["Decision:double"]),
        decision(literal("left * right"), name="top", needs=["Decision:left", "Decision:right"]),
    )
    result = evaluate(model, "top", {"price": 5})
    assert result.value == 132
    assert result.decisions == {"double": 10, "left": 11, "right": 12, "top": 132}
    assert check(model) == []


def test_fired_rules_of_required_tables_are_named_with_their_decision() -> None:
    model = file(
        decision(table([("> 0", '"plus"'), ("<= 0", '"minus"')]), name="sign"),
        decision(table([('"plus"', "1"), ('"minus"', "2")], ["sign"]), name="top", needs=["Decision:sign"]),
    )
    result = evaluate(model, "top", {"x": -3})
    assert [(rule.decision_id, rule.rule_index) for rule in result.fired] == [("sign", 2), ("top", 2)]


def test_circle_of_requirements_is_refused_and_found() -> None:
    model = file(
        decision(literal("b"), name="a", needs=["Decision:b"]),
        decision(literal("a"), name="b", needs=["Decision:a"]),
    )
    with pytest.raises(DecisionBroken) as caught:
        evaluate(model, "a", {})
    assert caught.value.code == "decision_circle"
    assert {finding.code for finding in check(model)} == {"decision_circle"}


def test_long_chain_of_requirements_does_not_exhaust_the_stack() -> None:
    parts = [decision(literal("1"), name="d0")]
    parts += [
        decision(literal(f"d{n - 1} + 1"), name=f"d{n}", needs=[f"Decision:d{n - 1}"]) for n in range(1, 600)
    ]
    assert evaluate(file(*parts), "d599", {}).value == 600


def test_missing_decision_and_missing_requirement_are_told_apart() -> None:
    model = file(decision(literal("1"), needs=["Decision:gone"]))
    with pytest.raises(DecisionMissing):
        evaluate(model, "other", {})
    with pytest.raises(DecisionBroken) as caught:
        evaluate(model, "decide", {})
    assert caught.value.params["target"] == "gone"


KNOWLEDGE = """
<businessKnowledgeModel id="instalment" name="instalment">
  <variable name="instalment"/>
  <encapsulatedLogic>
    <formalParameter name="total" typeRef="number"/><formalParameter name="share" typeRef="number"/>
    <literalExpression><text>round money(total * share / 100)</text></literalExpression>
  </encapsulatedLogic>
</businessKnowledgeModel>
"""


def test_business_knowledge_is_a_function_by_position_name_or_box() -> None:
    boxed = """
    <invocation><literalExpression><text>instalment</text></literalExpression>
      <binding><parameter name="share"/><literalExpression><text>30</text></literalExpression></binding>
      <binding><parameter name="total"/><literalExpression><text>price</text></literalExpression></binding>
    </invocation>"""
    needs = ["Input:price", "Knowledge:instalment"]
    model = file(
        input_data("price"),
        KNOWLEDGE,
        decision(literal("instalment(price, 30)"), name="first", needs=needs),
        decision(literal("instalment(share: 30, total: price)"), name="second", needs=needs),
        decision(boxed, name="third", needs=needs),
    )
    for name in ("first", "second", "third"):
        assert evaluate(model, name, {"price": 1_001}).value == 300
    assert check(model) == []


def test_boxed_context_list_relation_and_function() -> None:
    boxed = """
    <context>
      <contextEntry><variable name="base price"/><literalExpression><text>100</text></literalExpression></contextEntry>
      <contextEntry><variable name="raise"/><functionDefinition>
        <formalParameter name="p"/><literalExpression><text>base price * (1 + p / 100)</text></literalExpression>
      </functionDefinition></contextEntry>
      <contextEntry><variable name="both"/><list>
        <literalExpression><text>raise(10)</text></literalExpression>
        <literalExpression><text>raise(20)</text></literalExpression>
      </list></contextEntry>
      <contextEntry><variable name="rows"/><relation><column name="a"/><column name="b"/>
        <row><literalExpression><text>1</text></literalExpression><literalExpression><text>2</text></literalExpression></row>
        <row><literalExpression><text>3</text></literalExpression><literalExpression><text>4</text></literalExpression></row>
      </relation></contextEntry>
      <contextEntry><literalExpression><text>{both: both, b: rows[a = 3].b}</text></literalExpression></contextEntry>
    </context>"""
    model = file(decision(boxed))
    assert evaluate(model, "decide", {}).value == {"both": [110, 120], "b": [4]}


def test_boxed_conditional_loop_and_filter() -> None:
    boxed = """
    <for iteratorVariable="n">
      <in><filter><in><literalExpression><text>[1, 2, 3]</text></literalExpression></in>
        <match><literalExpression><text>item &gt; 1</text></literalExpression></match></filter></in>
      <return><conditional>
        <if><literalExpression><text>n = 2</text></literalExpression></if>
        <then><literalExpression><text>"two"</text></literalExpression></then>
        <else><literalExpression><text>n * 10</text></literalExpression></else>
      </conditional></return>
    </for>"""
    assert evaluate(file(decision(boxed)), "decide", {}).value == ["two", 30]
    some = """<some iteratorVariable="n"><in><literalExpression><text>[1, 5]</text></literalExpression></in>
      <satisfies><literalExpression><text>n &gt; 4</text></literalExpression></satisfies></some>"""
    assert evaluate(file(decision(some)), "decide", {}).value is True


def test_decision_service_is_a_function() -> None:
    service = """
    <decisionService id="pricing" name="pricing">
      <outputDecision href="#net"/><inputData href="#price"/>
    </decisionService>"""
    model = file(
        input_data("price", "number"),
        decision(literal("price - 1"), name="net", needs=["Input:price"]),
        service,
        decision(literal("pricing(10) + pricing(20)"), needs=["Knowledge:pricing"]),
    )
    assert evaluate(model, "decide", {}).value == 28


TYPES = """
<itemDefinition name="tStage"><typeRef>string</typeRef><allowedValues><text>"subscribed", "filed"</text></allowedValues></itemDefinition>
<itemDefinition name="tSale">
  <itemComponent name="stage"><typeRef>tStage</typeRef></itemComponent>
  <itemComponent name="signed on"><typeRef>date</typeRef></itemComponent>
</itemDefinition>
<itemDefinition name="tSales" isCollection="true"><typeRef>tSale</typeRef></itemDefinition>
"""


def test_iso_texts_from_outside_become_dates_where_the_type_says_so() -> None:
    model = file(
        TYPES,
        input_data("sales", "tSales"),
        decision(literal("for s in sales return s.signed on.year"), needs=["Input:sales"]),
    )
    sales = [{"stage": "filed", "signed on": "2026-01-31"}, {"stage": "filed", "signed on": "2025-01-31"}]
    assert evaluate(model, "decide", {"sales": sales}).value == [2026, 2025]


def test_value_that_is_not_allowed_becomes_null_with_a_reason() -> None:
    model = file(TYPES, input_data("stage", "tStage"), decision(literal("stage = null"), needs=["Input:stage"]))
    result = evaluate(model, "decide", {"stage": "dreamt of"})
    assert result.value is True
    assert [warning.code for warning in result.warnings] == ["decision_type"]


def test_result_of_another_type_than_declared_becomes_null_with_a_reason() -> None:
    result = evaluate(file(decision(literal('"five"'), type_ref="number")), "decide", {})
    assert result.value is None
    assert result.warnings[0].params == {"name": "decide", "type": "number", "found": "string"}


def test_entries_that_input_data_lack_are_null_and_those_that_a_made_structure_lacks_make_it_null() -> None:
    knowledge = """<businessKnowledgeModel id="see" name="see"><encapsulatedLogic>
      <formalParameter name="sale" typeRef="tSale"/>
      <literalExpression><text>if sale.signed on = null then sale.stage else "signed"</text></literalExpression>
    </encapsulatedLogic></businessKnowledgeModel>"""
    model = file(
        TYPES,
        knowledge,
        input_data("sale", "tSale"),
        decision(literal("see(sale)"), name="given", needs=["Input:sale", "Knowledge:see"]),
        decision(literal('see({stage: "filed"})'), name="made", needs=["Knowledge:see"]),
        decision(literal('{stage: "filed"}'), name="result", type_ref="tSale"),
    )
    assert evaluate(model, "given", {"sale": {"stage": "filed"}}).value == "filed"
    for asked in ("made", "result"):
        result = evaluate(model, asked, {"sale": None})
        assert result.value is None
        assert [warning.code for warning in result.warnings] == ["decision_type"]


def test_boxed_call_gives_a_value_of_its_own_type() -> None:
    call = """<invocation typeRef="{}"><literalExpression><text>abs</text></literalExpression>
      <binding><parameter name="n"/><literalExpression><text>-3</text></literalExpression></binding></invocation>"""
    assert evaluate(file(decision(call.format("number"))), "decide", {}).value == 3
    assert evaluate(file(decision(call.format("string"))), "decide", {}).value is None


def test_floats_from_outside_are_the_decimals_they_are_written_as() -> None:
    model = file(decision(literal("rate + 0.2")))
    assert evaluate(model, "decide", {"rate": 0.1}).value == Decimal("0.3")


def test_today_is_that_of_the_clock() -> None:
    model = file(decision(literal('today() + duration("P1M")')))
    assert evaluate(model, "decide", {}, today=date(2026, 1, 31)).value == date(2026, 2, 28)


def test_broken_cell_is_refused_when_the_decision_is_made() -> None:
    model = file(decision(table([("> > 5", "1"), ("-", "2")], policy="FIRST")))
    with pytest.raises(DecisionBroken) as caught:
        evaluate(model, "decide", {"x": 1})
    assert caught.value.params["element_id"] == "cell_1_1"


@pytest.mark.parametrize(
    "logic",
    [
        "",
        '<literalExpression expressionLanguage="http://www.java.com"><text>x</text></literalExpression>',
        '<functionDefinition kind="Java"><literalExpression><text>x</text></literalExpression></functionDefinition>',
    ],
)
def test_logic_that_is_missing_or_not_feel_is_refused_and_found(logic: str) -> None:
    model = file(decision(logic))
    with pytest.raises(DecisionBroken):
        evaluate(model, "decide", {})
    assert [finding.severity for finding in check(model)] == ["error"]


def test_one_budget_covers_all_of_a_decision() -> None:
    loop = "count(for i in 1..40000 return i)"
    parts = [decision(literal(loop), name="a"), decision(literal(loop), name="b")]
    model = file(*parts, decision(literal("a + b"), name="top", needs=["Decision:a", "Decision:b"]))
    assert evaluate(model, "a", {}).value == 40_000
    with pytest.raises(FeelLimitError):
        evaluate(model, "top", {})


def test_decision_service_can_be_asked_directly() -> None:
    model = file(
        input_data("price", "number"),
        decision(literal("price - 1"), name="net", needs=["Input:price"]),
        decision(literal("net * 2"), name="twice", needs=["Decision:net"]),
        '<decisionService id="s" name="both"><outputDecision href="#net"/><outputDecision href="#twice"/></decisionService>',
        '<decisionService id="t" name="top"><outputDecision href="#twice"/><inputDecision href="#net"/></decisionService>',
    )
    assert evaluate_service(model, "both", {"price": 5}).outputs == {"net": 4, "twice": 8}
    assert evaluate_service(model, "t", {"net": 10}).value == 20
    with pytest.raises(DecisionMissing):
        evaluate_service(model, "u", {})


def test_types_of_the_file_can_be_asked_for() -> None:
    text = "[s instance of tSale, s.stage instance of tStage, 5 instance of tStage, [s] instance of tSales]"
    model = file(TYPES, input_data("s", "tSale"), decision(literal(text), needs=["Input:s"]))
    sale = {"stage": "filed", "signed on": "2026-01-31"}
    assert evaluate(model, "decide", {"s": sale}).value == [True, True, False, True]


def test_a_type_asked_for_is_not_asked_for_its_allowed_values() -> None:
    text = '["unheard of" instance of tStage, {stage: "unheard of", signed on: null} instance of tSale]'
    model = file(TYPES, decision(literal(text)))
    assert evaluate(model, "decide", {}).value == [True, True]


def test_parameters_may_be_named_like_the_paths_that_are_bound_to_them() -> None:
    unit = (
        '<itemDefinition name="tUnit"><itemComponent name="floor"><typeRef>number</typeRef></itemComponent>'
        '<itemComponent name="facing"><typeRef>string</typeRef></itemComponent></itemDefinition>'
    )
    surcharge = (
        '<businessKnowledgeModel id="surcharge" name="surcharge"><variable name="surcharge"/><encapsulatedLogic>'
        '<formalParameter name="unit.floor" typeRef="number"/><formalParameter name="unit.facing" typeRef="string"/>'
        + table(
            [["> 10", '"south"', "unit.floor * 200"], ["-", "-", "0"]],
            ("unit.floor", "unit.facing"),
            policy="FIRST",
        )
        + "</encapsulatedLogic></businessKnowledgeModel>"
    )
    bindings = (
        f'<binding><parameter name="{name}"/>{literal(name)}</binding>' for name in ("unit.facing", "unit.floor")
    )
    call = f"<invocation>{literal('surcharge')}{''.join(bindings)}</invocation>"
    model = file(
        unit,
        input_data("unit", "tUnit"),
        surcharge,
        decision(call, name="extra", needs=["Input:unit", "Knowledge:surcharge"]),
    )
    assert evaluate(model, "extra", {"unit": {"floor": 12, "facing": "south"}}).value == 2_400
    assert evaluate(model, "extra", {"unit": {"floor": 12, "facing": "north"}}).value == 0
    assert [finding.code for finding in check(model)] == []


def test_by_the_standard_times_are_equal_to_the_second() -> None:
    text = (
        '[@"09:30:00.25" = @"09:30:00.75", @"09:30:00.25Z" = @"10:30:00.75+01:00", @"09:30:00" = @"09:30:01",'
        ' @"2026-01-31T09:30:00.25" = @"2026-01-31T09:30:00", @"2026-01-31T09:30:00" = @"2026-01-31T09:30:00Z",'
        ' @"09:30:00.000000001" = @"09:30:00", @"09:30:00.25" < @"09:30:00.75"]'
    )
    model = file(decision(literal(text)))
    assert evaluate(model, "decide", {}, strict=False).value == [True, True, False, True, False, True, True]
    assert evaluate(model, "decide", {}).value == [False, False, False, False, False, False, True]


def test_constraint_of_a_list_looks_at_the_whole() -> None:
    pair = (
        '<itemDefinition name="tPair" isCollection="true"><typeRef>number</typeRef>'
        "<typeConstraint><text>count(?) = 2</text></typeConstraint></itemDefinition>"
    )
    model = file(pair, input_data("p", "tPair"), decision(literal("p"), needs=["Input:p"]))
    assert evaluate(model, "decide", {"p": [1, 2]}).value == [1, 2]
    assert evaluate(model, "decide", {"p": [1]}).value is None
