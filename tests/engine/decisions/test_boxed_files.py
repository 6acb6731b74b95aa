"""Decision files of every boxed kind, with types, services and imports: what each decision gives.

Evaluated as the standard says, so that what has no value is null; ``strict`` is tested beside it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine.decisions import (
    DecisionBroken,
    DecisionModel,
    check,
    evaluate,
    evaluate_knowledge,
    evaluate_service,
    parse,
)
from engine.feel import FeelLimitError
from tests.engine.decisions.dmn import decision, file, input_data, literal

FILES = Path(__file__).parent / "files"


def model(name: str, *imported: str) -> DecisionModel:
    """A file of the folder, with the files it imports."""
    return parse((FILES / name).read_bytes(), [(FILES / other).read_bytes() for other in imported])


def given(of: DecisionModel, decision: str, **inputs: object) -> object:
    """What a decision gives by the standard; inputs may be written with underscores for spaces."""
    return evaluate(of, decision, inputs, strict=False).value


BOXED = model("boxed.dmn")
PRICES = {"prices": [50, 150, 250], "limit": 100}

BOXED_CASES: list[tuple[str, dict[str, object], object]] = [
    ("conditional", {"limit": 101}, "high"),
    ("conditional", {"limit": 100}, "low"),
    ("conditional", {}, "low"),
    ("filter", PRICES, [150, 250]),
    ("filter", {"prices": [1], "limit": 100}, []),
    ("filter", {"prices": None, "limit": 100}, None),
    ("filter", {"prices": 500, "limit": 100}, [500]),
    ("position", PRICES, 250),
    ("filter of contexts", {}, [{"unit": "3-1202", "fen": 300}]),
    ("running total", PRICES, [50, 200, 450]),
    ("running total", {"prices": []}, []),
    ("running total", {"prices": None}, None),
    ("squares", {}, [1, 4, 9]),
    ("some", PRICES, True),
    ("some", {"prices": [1], "limit": 100}, False),
    ("some", {"prices": [], "limit": 100}, False),
    ("some", {"prices": [1]}, None),
    ("every", PRICES, False),
    ("every", {"prices": [], "limit": 100}, True),
    ("every", {"prices": [500], "limit": 100}, True),
    ("context", {"limit": 5}, {"base": 5, "wrong kind": None, "of one": 5, "nested": {"twice": 10}}),
    ("context with result", {}, [120, 3]),
    ("list", {}, [2, ["a"], {"x": None}]),
    ("call of a built-in", {}, date(2026, 11, 28)),
    ("call with an optional part left out", {}, "bar"),
    ("Java", {}, {"cos": None, "other": 1}),
    ("broken", {}, {"bad": None, "good": 1}),
    ("no logic", {}, None),
]


@pytest.mark.parametrize(("decision", "inputs", "expected"), BOXED_CASES)
def test_boxed_expression(decision: str, inputs: dict[str, object], expected: object) -> None:
    assert evaluate(BOXED, decision, inputs, strict=False).value == expected


@pytest.mark.parametrize("decision", ["Java", "broken", "no logic"])
def test_what_cannot_be_decided_is_refused_when_strict(decision: str) -> None:
    with pytest.raises(DecisionBroken):
        evaluate(BOXED, decision, {})


def test_what_cannot_be_decided_is_found_before_it_is_deployed() -> None:
    found = {(finding.code, finding.element_id) for finding in check(BOXED)}
    assert {code for code, _element in found} == {"decision_language", "feel_syntax", "decision_no_logic"}


TYPES = model("types.dmn")
BUYER = {"full name": "Li", "age": 40, "stages": ["signed"]}

TYPE_CASES: list[tuple[str, dict[str, object], object]] = [
    ("as number", {"value": 1}, 1),
    ("as number", {"value": [1]}, 1),
    ("as number", {"value": [1, 2]}, None),
    ("as number", {"value": "1"}, None),
    ("as string", {"value": 1}, None),
    ("as moment", {}, datetime(2026, 1, 31, tzinfo=UTC)),
    ("as stages", {"value": "signed"}, ["signed"]),
    ("as stages", {"value": ["signed", "paid"]}, ["signed", "paid"]),
    ("as stages", {"value": ["signed", "lost"]}, None),
    ("as stages", {"value": [1]}, None),
    ("as stages", {"value": []}, []),
    ("as stages", {"value": None}, None),
    ("as buyers", {"value": [BUYER]}, [BUYER]),
    ("as buyers", {"value": BUYER}, [BUYER]),
    ("as buyers", {"value": [BUYER | {"age": "x"}]}, None),
    ("as buyers", {"value": [BUYER | {"stages": ["lost"]}]}, None),
    ("as buyers", {"value": [1]}, None),
    ("as buyers", {"value": [{"full name": "Li", "stages": ["signed"]}]}, None),
    (
        "as buyers",
        {"value": [BUYER | {"age": None, "district": "Yunxi"}]},
        [BUYER | {"age": None, "district": "Yunxi"}],
    ),
    ("see stage", {"stage": "paid"}, "paid"),
    ("see stage", {"stage": "lost"}, None),
    ("see rate", {"rate": 100}, 100),
    ("see rate", {"rate": 101}, None),
    ("see rate", {"rate": "x"}, None),
    ("see name", {"buyer": BUYER}, "Li"),
    ("see name", {"buyer": "Li"}, None),
    ("see name", {"buyer": {"full name": "Wang"}}, "Wang"),
    ("see hour", {"moment": "2026-01-31T09:30:00+08:00"}, 9),
    ("see hour", {"moment": "yesterday"}, None),
    ("is buyer", {"value": BUYER}, True),
    ("is buyer", {"value": {"full name": "Li"}}, False),
    ("is buyer", {"value": 1}, False),
    ("called", {}, 3),
    ("no function", {}, None),
    ("table", {"value": 7}, "signed"),
    ("table", {"value": 10}, "reserved"),
    ("table", {"value": [7]}, "signed"),
    ("table", {"value": "7"}, None),
    ("table", {"value": -1}, None),
]


@pytest.mark.parametrize(("decision", "inputs", "expected"), TYPE_CASES)
def test_types_of_inputs_results_and_columns(decision: str, inputs: dict[str, object], expected: object) -> None:
    assert evaluate(TYPES, decision, inputs, strict=False).value == expected


def test_outputs_are_ranked_and_checked_by_the_allowed_values_of_their_type() -> None:
    found = {(finding.code, finding.element_id) for finding in check(TYPES)}
    assert ("decision_no_output_values", "table") not in found
    broken = (FILES / "types.dmn").read_text().replace('<outputEntry><text>"paid"', '<outputEntry><text>"lost"')
    assert "decision_output_not_allowed" in {finding.code for finding in check(parse(broken.encode()))}


SERVICES = model("services.dmn")


def test_knowledge_calls_knowledge_with_a_table_within() -> None:
    assert given(SERVICES, "price", **{"list price": 1_000}) == 900
    assert given(SERVICES, "price", **{"list price": 200}) == 190
    assert given(SERVICES, "price", **{"list price": 1}) is None


def test_knowledge_may_call_itself_and_is_stopped_when_it_never_ends() -> None:
    assert given(SERVICES, "numbers") == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]
    with pytest.raises(FeelLimitError):
        evaluate_knowledge(SERVICES, "fibonacci", {"n": 10_000}, strict=False)


def test_knowledge_knows_itself_without_requiring_itself() -> None:
    alone = (FILES / "services.dmn").read_text()
    own = '<knowledgeRequirement><requiredKnowledge href="#fib"/></knowledgeRequirement>\n  </businessKnowledgeModel>'
    assert own in alone
    made = parse(alone.replace(own, "</businessKnowledgeModel>").encode())
    assert evaluate_knowledge(made, "fibonacci", {"n": 10}).value == 55


def test_knowledge_is_an_entry_point_too() -> None:
    assert evaluate_knowledge(SERVICES, "percent off", {"amount": 200, "percent": 10}).value == 180
    assert evaluate_knowledge(SERVICES, "percent off", {"amount": "x", "percent": 10}).value is None
    assert evaluate(SERVICES, "net price", {"amount": 1_000}).value == 900


def test_a_service_hides_its_decisions_and_gives_its_outputs_by_name() -> None:
    served = evaluate_service(SERVICES, "whole service", {"list price": 1_000, "paid": 900})
    assert served.value == {"open amount": 0, "settled": True}
    assert evaluate(SERVICES, "whole service", {"list price": 1_000, "paid": 900}).value == served.value


def test_a_service_takes_decisions_from_its_caller() -> None:
    assert evaluate_service(SERVICES, "given price", {"price": 30, "paid": 10}).value == 20
    assert evaluate_service(SERVICES, "given price", {"price": "x", "paid": 10}, strict=False).value is None


def test_a_service_is_a_function_of_its_input_data_and_input_decisions() -> None:
    assert given(SERVICES, "both ways") == {
        "w": {"open amount": 0, "settled": True},
        "g": 20,
        "short": None,
    }


def test_the_result_of_a_service_has_the_type_of_its_variable() -> None:
    inputs = {"list price": 1_000, "paid": 0}
    assert evaluate_service(SERVICES, "mistyped", inputs, strict=False).value is None


OFFER = model("offer.dmn", "rates.dmn")
TERMS = {"years": 30, "kind": "home"}


def test_imported_knowledge_is_called_by_its_prefix() -> None:
    assert given(OFFER, "yearly rate", terms=TERMS) == Decimal("3.5")
    assert given(OFFER, "boxed call") == Decimal("4.5")


def test_imported_types_check_values_here() -> None:
    assert given(OFFER, "yearly rate", terms=TERMS | {"kind": "boat"}) == Decimal("4.5")
    assert evaluate(OFFER, "yearly rate", {"terms": TERMS | {"kind": "boat"}}, strict=False).warnings
    assert given(OFFER, "known kind") == [True, False]


@pytest.mark.parametrize(
    "inputs",
    [{"bank rates.bank name": "Ms Qian"}, {"bank rates": {"bank name": "Ms Qian"}}, {"bank name": "Ms Qian"}],
)
def test_imported_input_data_is_given_under_the_prefix(inputs: dict[str, object]) -> None:
    assert given(OFFER, "letter", terms=TERMS, **inputs) == "Dear Ms Qian: 3.5"


def test_an_import_that_is_not_given_is_refused_and_found() -> None:
    alone = model("offer.dmn")
    with pytest.raises(DecisionBroken):
        evaluate(alone, "letter", {})
    assert "decision_import" in {finding.code for finding in check(alone)}


def test_an_import_that_is_given_leaves_nothing_to_find() -> None:
    assert check(OFFER) == []
    assert {finding.code for finding in check(SERVICES)} == {"decision_gap"}


def test_a_function_among_entries_may_name_itself() -> None:
    entry = (
        '<contextEntry><variable name="fac"/><functionDefinition><formalParameter name="n"/>'
        "<literalExpression><text>if n = 0 then x else n * fac(n - 1)</text></literalExpression>"
        "</functionDefinition></contextEntry>"
        "<contextEntry><literalExpression><text>fac(4)</text></literalExpression></contextEntry>"
    )
    made = file(input_data("x", "number"), decision(f"<context>{entry}</context>", needs=["Input:x"]))
    assert evaluate(made, "decide", {"x": 2}).value == 48
    assert check(made) == []


def test_files_that_import_each_other_are_read_once_each() -> None:
    one, two = (
        f'<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="{own}" name="{own}" namespace="{own}">'
        f'<import namespace="{other}" name="{other}"/>'
        f'<decision id="d" name="d"><literalExpression><text>"{own}"</text></literalExpression></decision>'
        "</definitions>"
        for own, other in (("a", "b"), ("b", "a"))
    )
    assert given(parse(one.encode(), [two.encode(), one.encode()]), "d") == "a"


def test_one_file_imported_by_two_others_has_its_own_input_data_for_each() -> None:
    def xml(own: str, imports: dict[str, str], body: str) -> bytes:
        named = "".join(f'<import namespace="{space}" name="{name}"/>' for name, space in imports.items())
        space = "https://www.omg.org/spec/DMN/20230324/MODEL/"
        return f'<definitions xmlns="{space}" id="{own}" name="{own}" namespace="{own}">{named}{body}</definitions>'.encode()

    def needs(*hrefs: str) -> str:
        return "".join(
            f'<informationRequirement><requiredDecision href="{href}"/></informationRequirement>' for href in hrefs
        )

    people = xml(
        "a",
        {},
        input_data("person", "string") + decision(literal('"Dear " + person'), name="hi", needs=["Input:person"]),
    )
    first = xml(
        "b", {"a side": "a"}, f'<decision id="d" name="greet">{needs("a#hi")}{literal("a side.hi")}</decision>'
    )
    second = xml(
        "c", {"a side": "a"}, f'<decision id="d" name="greet">{needs("a#hi")}{literal("a side.hi + 1")}</decision>'
    )
    main = xml(
        "m",
        {"one": "b", "two more": "c"},
        f'<decision id="d" name="all">{needs("b#d", "c#d")}{literal("[one.greet, two more.greet]")}</decision>',
    )
    inputs = {"one.a side.person": "Li", "two more.a side.person": "Qian"}
    made = parse(main, [people, first, second])
    assert evaluate(made, "all", inputs, strict=False).value == ["Dear Li", None]
    assert check(made) == []
