"""What a check finds in a decision file before anyone depends on it."""

from __future__ import annotations

import itertools
from random import Random

import pytest

from engine.decisions import DecisionError, DecisionFinding, DecisionModel, check, evaluate
from tests.engine.decisions.dmn import decision, file, input_data, literal, source, table


def _found(model: DecisionModel, code: str) -> list[DecisionFinding]:
    return [finding for finding in check(model) if finding.code == code]


def _regions(model: DecisionModel) -> list[object]:
    return [finding.params["region"] for finding in _found(model, "decision_gap")]


def test_syntax_error_names_the_cell_and_its_line() -> None:
    model = file(decision(table([("> 5", "1"), ("<= > 5", "2")])))
    (finding,) = _found(model, "feel_syntax")
    lines = source(decision(table([("> 5", "1"), ("<= > 5", "2")]))).decode().splitlines()
    assert finding.severity == "error"
    assert finding.element_id == "cell_2_1"
    assert "&lt;= &gt; 5" in lines[finding.line - 1]
    assert finding.params["text"] == "<= > 5"
    assert (finding.params["detail"], finding.params["column"]) == ("feel_unexpected_token", 4)


def test_every_syntax_error_is_reported() -> None:
    model = file(decision(table([("(", "1 +"), (")", "2")])), decision(literal("if"), name="other"))
    assert len(_found(model, "feel_syntax")) == 4


@pytest.mark.parametrize(
    ("rules", "gaps"),
    [
        ([("< 5", "1"), ("> 5", "2")], ["x: 5"]),
        ([("<= 5", "1"), ("(6..8)", "2"), ("[8..9]", "3")], ["x: (5..6], > 9"]),
        ([("[1..3]", "1")], ["x: < 1, > 3"]),
        ([("1", "1"), ("2", "1")], ["x: …"]),
        ([("not(1, 2)", "1"), ("2", "1")], ["x: 1"]),
        ([("< 5", "1"), (">= 5", "2")], []),
        ([("< 5", "1"), ("-", "2")], []),
        ([('"a"', "1"), ('not("a")', "2")], []),
        ([("true", "1")], ["x: false"]),
        ([("true", "1"), ("false", "2")], []),
        ([('< @"2026-01-01"', "1"), ('> date("2026-01-01")', "2")], ['x: @"2026-01-01"']),
        ([('<= duration("P1D")', "1"), ('> duration("P7D")', "2")], ['x: (@"P1D"..@"P7D"]']),
        ([("< 1 + 1", "1"), ("> 2", "2")], ["x: 2"]),
        ([("!= 3", "1")], ["x: 3"]),
        ([("(300..500]", "1"), ("<= 300", "2"), (">500", "3")], []),
    ],
)
def test_gaps_of_one_column_are_found_exactly(rules: list[tuple[str, str]], gaps: list[str]) -> None:
    assert _regions(file(decision(table(rules, policy="FIRST")))) == gaps


def test_gaps_of_several_columns_are_boxes() -> None:
    rules = [("< 10", "true", "1"), (">= 10", "-", "2"), ("< 5", "false", "3")]
    model = file(decision(table(rules, ["x", "y"])))
    assert _regions(model) == ["x: [5..10); y: false"]


def test_allowed_values_are_all_that_must_be_covered() -> None:
    rules = [('"a"', "1"), ('"b"', "2")]
    assert _regions(file(decision(table(rules, allowed={"x": '"a", "b"'})))) == []
    assert _regions(file(decision(table(rules, allowed={"x": '"a", "b", "c"'})))) == ['x: "c"']
    numbers = [("< 5", "1"), ("> 5", "2")]
    assert _regions(file(decision(table(numbers, allowed={"x": "[0..4], [6..9]"})))) == []


def test_allowed_values_of_a_type_count_too() -> None:
    kind = '<itemDefinition name="tX"><typeRef>string</typeRef><allowedValues><text>"a", "b"</text></allowedValues></itemDefinition>'
    model = file(kind, input_data("x", "tX"), decision(table([('"a"', "1")]), needs=["Input:x"]))
    assert _regions(model) == ['x: "b"']


def test_whole_numbers_leave_no_gap_between_neighbours() -> None:
    rules = [("<= 24", "1"), (">= 25", "2")]
    assert _regions(file(decision(table(rules)))) == ["x: (24..25)"]
    assert _regions(file(decision(table(rules, types={"x": "integer"})))) == []


def test_gap_is_an_error_unless_many_rules_may_fit() -> None:
    severities = {
        policy: [
            finding.severity
            for finding in _found(file(decision(table([("> 5", "1")], policy=policy))), "decision_gap")
        ]
        for policy in ("UNIQUE", "FIRST", "ANY", "COLLECT", "RULE ORDER")
    }
    assert severities["UNIQUE"] == severities["FIRST"] == severities["ANY"] == ["error"]
    assert severities["COLLECT"] == severities["RULE ORDER"] == ["warning"]


def test_default_output_closes_all_gaps() -> None:
    assert _regions(file(decision(table([("> 5", "1")], defaults={"result": "0"})))) == []


def test_overlap_under_unique_names_both_rules_and_where() -> None:
    rules = [
        ("[1..5]", "true", "1"),
        ("[5..9]", "-", "2"),
        ("< 1", "-", "3"),
        ("> 9", "-", "4"),
        ("[1..5)", "false", "5"),
    ]
    (finding,) = _found(file(decision(table(rules, ["x", "y"]))), "decision_overlap")
    assert finding.element_id == "rule_2"
    assert finding.params == {"rules": [1, 2], "region": "x: 5; y: true"}


def test_overlap_under_any_matters_only_if_outputs_differ() -> None:
    same = [("> 1", "2"), ("> 2", "1 + 1"), ("<= 1", "0")]
    assert check(file(decision(table(same, policy="ANY")))) == []
    different = [("> 1", "2"), ("> 2", "3"), ("<= 1", "0")]
    (finding,) = check(file(decision(table(different, policy="ANY"))))
    assert (finding.code, finding.params["rules"]) == ("decision_rules_differ", [1, 2])


def test_rule_that_earlier_rules_hide_is_found_under_first() -> None:
    rules = [
        ("< 10", "-", "1"),
        (">= 10", "true", "2"),
        ("> 20", "true", "3"),
        ("[0..30]", "-", "4"),
        ("-", "-", "5"),
    ]
    hidden = _found(file(decision(table(rules, ["x", "y"], policy="FIRST"))), "decision_rule_hidden")
    assert [finding.params["rule"] for finding in hidden] == [3]
    rules.insert(3, (">= 10", "false", "2"))
    hidden = _found(file(decision(table(rules, ["x", "y"], policy="FIRST"))), "decision_rule_hidden")
    assert [finding.params["rule"] for finding in hidden] == [3, 5, 6]


def test_cell_that_looks_at_other_values_is_told_and_never_called_a_gap() -> None:
    rules = [("> limit", "1"), ("<= limit", "2")]
    model = file(decision(table([(a, "-", b) for a, b in rules], ["x", "limit"])))
    assert {finding.code for finding in check(model)} == {"decision_cell_unchecked"}


CODES = [
    (table([("1", "1")], policy="SOMETIMES"), "decision_hit_policy"),
    (table([("-", "1")], policy="COLLECT", aggregation="AVERAGE"), "decision_aggregation"),
    (table([("-", "1")], policy="UNIQUE", aggregation="SUM"), "decision_aggregation_place"),
    (table([("-", "1")], policy="PRIORITY"), "decision_no_output_values"),
    (table([("-", "1")], policy="OUTPUT ORDER"), "decision_no_output_values"),
    (table([]), "decision_no_rules"),
    (table([("-", "1", "2")]), "decision_rule_shape"),
    (table([("-", "1")], outputs=("a", "b")), "decision_rule_shape"),
    (table([("-", "1", "2")], outputs=("a", "a")), "decision_output_names"),
    (table([("-", "")]), "decision_empty_output"),
    (table([("-", '"c"')], allowed={"result": '"a", "b"'}), "decision_output_not_allowed"),
    (table([('"c"', "1"), ("-", "1")], allowed={"x": '"a", "b"'}), "decision_value_not_allowed"),
    (table([('"c"', "1"), ("-", "1")], allowed={"x": '"a", "b"'}), "decision_rule_impossible"),
    (table([('"five"', "1")], types={"x": "number"}), "decision_cell_type"),
    (table([('"five"', "1"), ("5", "2")]), "decision_column_kinds"),
    (table([("-", "1")], types={"x": "tUnknown"}), "decision_unknown_type"),
    (table([("-", "other + 1")]), "decision_unknown_name"),
    (table([("< other", "1"), ("-", "1")]), "decision_unknown_name"),
]


@pytest.mark.parametrize(("logic", "code"), CODES, ids=[code for _, code in CODES])
def test_mistake_has_its_finding(logic: str, code: str) -> None:
    assert _found(file(decision(logic)), code)


def test_unknown_name_is_found_where_input_data_is_drawn() -> None:
    model = file(
        input_data("price"),
        input_data("other"),
        decision(literal("price + other + sum([1])"), needs=["Input:price"]),
    )
    (finding,) = check(model)
    assert (finding.code, finding.params["name"]) == ("decision_unknown_name", "other")


def test_duplicate_names_imports_and_missing_requirements_are_found() -> None:
    model = file(
        '<import name="lib" namespace="n" importType="t"/>',
        decision(literal("1"), needs=["Decision:gone"]),
        decision(literal("2")),
    )
    codes = {finding.code for finding in check(model)}
    assert {"decision_import", "decision_duplicate"} <= codes
    assert _found(file(decision(literal("1"), needs=["Decision:gone"])), "decision_requirement_missing")
    assert _found(file(), "decision_none")


CELLS = ("-", "< 3", "[1..4]", "(2..5)", "> 4", "3", "1, 5", "not(2)", ">= 2")
FLAGS = ("-", "true", "false")


@pytest.mark.parametrize("seed", range(40))
def test_findings_agree_with_trying_all_values(seed: int) -> None:
    random = Random(seed)  # noqa: S311 — repeatable tests, not secrets.
    rules = [(random.choice(CELLS), random.choice(FLAGS), str(n)) for n in range(random.randint(1, 5))]
    unique = file(decision(table(rules, ["x", "y"], types={"x": "number", "y": "boolean"})))
    outcomes = set()
    for x, y in itertools.product([n / 2 for n in range(-1, 14)], [True, False]):
        try:
            evaluate(unique, "decide", {"x": x, "y": y})
            outcomes.add("one")
        except DecisionError as error:
            outcomes.add(error.code)
    assert bool(_found(unique, "decision_gap")) == ("decision_no_rule" in outcomes)
    assert bool(_found(unique, "decision_overlap")) == ("decision_rules_overlap" in outcomes)
    first = file(decision(table(rules, ["x", "y"], policy="FIRST", types={"x": "number", "y": "boolean"})))
    fired = set()
    for x, y in itertools.product([n / 2 for n in range(-1, 14)], [True, False]):
        try:
            fired |= {rule.rule_index for rule in evaluate(first, "decide", {"x": x, "y": y}).fired}
        except DecisionError:
            continue
    hidden = {finding.params["rule"] for finding in _found(first, "decision_rule_hidden")}
    assert hidden == set(range(1, len(rules) + 1)) - fired


def test_outputs_that_are_nested_without_end_are_not_compared_for_ever() -> None:
    deep = "for i in 1..400 return [partial[-1]]"
    findings = check(file(decision(table([("> 1", deep), ("> 2", deep), ("<= 1", "1")], policy="ANY"))))
    assert {finding.code for finding in findings} <= {"decision_rules_differ"}


def test_big_table_is_checked_or_given_up_but_never_for_long() -> None:
    rules = [(*(f"[{(n * k) % 97}..{(n * k) % 97 + 9}]" for k in range(1, 9)), "1") for n in range(400)]
    names = [f"x{k}" for k in range(8)]
    findings = check(file(decision(table(rules, names, policy="FIRST"))))
    assert {"decision_too_complex", "decision_gap"} & {finding.code for finding in findings}


def test_input_data_drawn_for_another_decision_must_be_required_to_be_used() -> None:
    model = file(input_data("price"), decision(literal("price + fee"), name="loose"))
    (finding,) = check(model)
    assert (finding.code, finding.params["name"]) == ("decision_unknown_name", "price")
    result = evaluate(model, "loose", {"price": 1, "fee": 2})
    assert result.value is None


def test_business_knowledge_sees_its_parameters_and_nothing_else() -> None:
    knowledge = (
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="a"/>'
        "<literalExpression><text>a + amount</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
    )
    model = file(knowledge, decision(literal("k(1)"), needs=["Knowledge:k"]))
    (finding,) = check(model)
    assert (finding.code, finding.params["name"]) == ("decision_unknown_name", "amount")
    assert evaluate(model, "decide", {"amount": 2}).value is None


def test_open_ranges_and_far_dates_meet_without_a_gap() -> None:
    assert check(file(decision(table([("(..5]", "1"), ("(5..9)", "2"), ("[9..)", "3")])))) == []
    far = [('< @"99999-01-01"', "1"), ('>= @"99999-01-01"', "2")]
    assert check(file(decision(table(far)))) == []
    gap = check(file(decision(table([("(..5]", "1"), ("(6..)", "2")]))))
    assert [finding.params["region"] for finding in gap] == ["x: (5..6]"]
