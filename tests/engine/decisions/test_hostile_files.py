"""Decision files written to run for ever or to fill the memory: each is stopped by a limit that has a name."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from engine.decisions import DecisionFileError, DecisionModel, evaluate, evaluate_service, parse
from engine.feel import FeelLimitError
from tests.engine.decisions.dmn import DMN, decision, file, input_data, literal, source, text

SECONDS = 5.0


def loop(kind: str, inner: str, body: str) -> str:
    """A boxed loop over a list of numbers."""
    part = "match" if kind == "filter" else "return" if kind == "for" else "satisfies"
    return f'<{kind} iteratorVariable="x"><in>{literal(inner)}</in><{part}>{body}</{part}></{kind}>'


def knowledge(name: str, body: str, *needs: str) -> str:
    """A business knowledge model of one parameter ``n``."""
    required = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{need}"/></knowledgeRequirement>' for need in needs
    )
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"/><encapsulatedLogic>'
        f'<formalParameter name="n"/>{literal(body)}</encapsulatedLogic>{required}</businessKnowledgeModel>'
    )


NESTED_LOOPS = loop("for", "[1..999]", loop("for", "[1..999]", loop("some", "[1..999]", literal("x < 0"))))
SERVICE = """<decisionService id="round" name="round"><variable name="round"/>
<outputDecision href="#decide"/></decisionService>"""
CALLS_SERVICE = '<knowledgeRequirement><requiredKnowledge href="#round"/></knowledgeRequirement>' + literal(
    "round()"
)
TREE_TYPE = """<itemDefinition name="tTree"><itemComponent name="left"><typeRef>tTree</typeRef></itemComponent>
<itemComponent name="right"><typeRef>tTree</typeRef></itemComponent></itemDefinition>"""
SLOW_TYPE = (
    '<itemDefinition name="tSlow" isCollection="true"><typeRef>number</typeRef>'
    + text("allowedValues", "count([1..90000][item > ?]) > 0")
    + "</itemDefinition>"
)

HOSTILE: dict[str, tuple[DecisionModel, Mapping[str, object]]] = {
    "boxed loops within each other": (file(decision(NESTED_LOOPS)), {}),
    "filter over an endless range": (file(decision(loop("filter", "[1..99999999]", literal("x > 0")))), {}),
    "knowledge that calls itself": (
        file(knowledge("f", "f(n + 1)", "f"), decision(literal("f(1)"), needs=["Knowledge:f"])),
        {},
    ),
    "knowledge that calls itself twice": (
        file(
            knowledge("f", "if n > 25 then 1 else f(n + 1) + f(n + 1)", "f"),
            decision(literal("f(1)"), needs=["Knowledge:f"]),
        ),
        {},
    ),
    "knowledge that calls each other": (
        file(
            knowledge("f", "g(n)", "g"),
            knowledge("g", "f(n)", "f"),
            decision(literal("f(1)"), needs=["Knowledge:f"]),
        ),
        {},
    ),
    "service that needs itself": (file(SERVICE, decision(CALLS_SERVICE)), {}),
    "allowed values that never end": (
        file(SLOW_TYPE, input_data("l", "tSlow"), decision(literal("l"), needs=["Input:l"])),
        {"l": list(range(500))},
    ),
}


@pytest.mark.parametrize("strict", [True, False], ids=["strict", "standard"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_passes_a_limit(name: str, strict: bool) -> None:
    model, inputs = HOSTILE[name]
    started = time.process_time()
    with pytest.raises(FeelLimitError):
        evaluate(model, "decide", inputs, strict=strict)
    assert time.process_time() - started < SECONDS


def test_a_service_that_needs_itself_is_stopped_as_entry_point_too() -> None:
    with pytest.raises(FeelLimitError):
        evaluate_service(file(SERVICE, decision(CALLS_SERVICE)), "round", {})


def test_a_type_of_itself_ends_with_its_value() -> None:
    tree: dict[str, object] | None = None
    for _level in range(200):
        tree = {"left": tree, "right": tree}
    model = file(TREE_TYPE, input_data("t", "tTree"), decision(literal("t.left.left != null"), needs=["Input:t"]))
    try:
        value = evaluate(model, "decide", {"t": tree}).value
    except FeelLimitError:
        value = None
    assert value in (True, None)


def test_imports_of_many_files_are_read_once_each() -> None:
    names = [f"m{n}" for n in range(30)]
    imports = "".join(f'<import namespace="{name}" name="{name}"/>' for name in names)
    sources = [
        f'<definitions xmlns="{DMN}" id="{name}" name="{name}" namespace="{name}">{imports}'
        f"{decision(literal('1'))}</definitions>".encode()
        for name in names
    ]
    started = time.process_time()
    assert evaluate(parse(sources[0], sources), "decide", {}).value == 1
    assert time.process_time() - started < SECONDS


def test_a_file_that_is_no_dmn_is_refused_among_the_imported_too() -> None:
    with pytest.raises(DecisionFileError):
        parse(source(decision(literal("1"))), [b"<html/>"])


def paths(number: int) -> str:
    """As many functions, each with a parameter named like a path, beside as many other names."""
    functions = "".join(
        f'<businessKnowledgeModel id="k{n}" name="k{n}"><variable name="k{n}"/><encapsulatedLogic>'
        f'<formalParameter name="p{n}.age"/>{literal(f"p{n}.age + {n}")}</encapsulatedLogic></businessKnowledgeModel>'
        for n in range(number)
    )
    return functions + "".join(input_data(f"size{n} of it") for n in range(number))


def test_many_functions_with_names_of_their_own_are_read_in_time() -> None:
    started = time.process_time()
    parse(source(paths(990), decision(literal("1"))))
    assert time.process_time() - started < SECONDS


def test_names_of_functions_of_their_own_count_among_all_names() -> None:
    with pytest.raises(DecisionFileError) as refused:
        parse(source(paths(1_000), decision(literal("1"))))
    assert refused.value.code == "decision_file_too_deep"
