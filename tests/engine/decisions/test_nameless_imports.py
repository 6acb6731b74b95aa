"""Files imported without a name: their elements count as the importing file's own."""

from __future__ import annotations

import pytest

from engine.decisions import DecisionModel, check, evaluate, parse
from tests.engine.decisions.dmn import DMN, decision, input_data, literal, text


def named(namespace: str, *parts: str, imports: str = "") -> bytes:
    """A file of a namespace; ``imports`` are namespaces imported without a name, ``prefix=namespace`` with one."""
    lines = []
    for one in imports.split():
        prefix, _, target = one.rpartition("=")
        lines.append(f'<import name="{prefix}" namespace="{target}" importType="{DMN}"/>')
    body = "".join([*lines, *parts])
    return f'<definitions xmlns="{DMN}" name="{namespace}" namespace="{namespace}">{body}</definitions>'.encode()


def knowledge(name: str, content: str) -> str:
    """A business knowledge model without parameters."""
    logic = text("literalExpression", content)
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}">'
        f"<encapsulatedLogic>{logic}</encapsulatedLogic></businessKnowledgeModel>"
    )


RATES = named(
    "rates",
    '<itemDefinition name="tStage"><typeRef>string</typeRef></itemDefinition>',
    input_data("stage"),
    decision(literal("300"), name="rate"),
    knowledge("base", "100"),
)


def asked(*needs: str) -> tuple[str, ...]:
    """Decisions that use what the rates offer."""
    rate, base, stage = needs
    return (
        decision(literal("rate + 1"), name="by decision", needs=[rate]),
        decision(literal("base() + 1"), name="by knowledge", needs=[base]),
        decision(literal("stage"), name="by type", needs=[stage], type_ref="tStage"),
    )


LOCAL = asked("Decision:rate", "Knowledge:base", "Input:stage")


@pytest.fixture(params=["directly", "through another file"])
def offer(request: pytest.FixtureRequest) -> DecisionModel:
    """A file that has the rates for its own."""
    if request.param == "directly":
        return parse(named("offer", *LOCAL, imports="rates"), [RATES])
    return parse(named("offer", *LOCAL, imports="between"), [RATES, named("between", imports="rates")])


def test_elements_of_a_nameless_import_are_required_like_own_ones(offer: DecisionModel) -> None:
    assert evaluate(offer, "by decision", {}).value == 301
    assert evaluate(offer, "by knowledge", {}).value == 101
    assert evaluate(offer, "by type", {"stage": "signed"}).value == "signed"
    assert evaluate(offer, "by type", {"stage": 7}).value is None
    assert evaluate(offer, "rate", {}).value == 300
    assert check(offer) == []


def test_a_reference_by_namespace_means_the_same_element() -> None:
    for part in LOCAL:
        whole = part.replace('href="#', 'href="rates#')
        assert whole != part
        model = parse(named("offer", whole, imports="rates"), [RATES])
        assert check(model) == []
        name = next(iter(model.decisions.values())).name
        expected = {"by decision": 301, "by knowledge": 101, "by type": "paid"}
        assert evaluate(model, name, {"stage": "paid"}).value == expected[name]


def price(value: str) -> str:
    """A decision of the same id and name in several files."""
    return decision(literal(value), name="price")


USES = decision(literal("price"), name="use", needs=["Decision:price"])


@pytest.mark.parametrize(
    ("imports", "others", "expected"),
    [
        ("b", [named("b", price("2"), imports="c"), named("c", price("3"))], 2),
        ("b c", [named("b", price("2")), named("c", price("3"))], 2),
        ("b c", [named("b"), named("c", price("3"))], 3),
        ("b d", [named("b", imports="c"), named("c", price("3")), named("d", price("4"))], 3),
        ("b", [named("b", imports="c"), named("c", price("3"), imports="b")], 3),
        ("b", [named("b", price("2"), imports="a")], 2),
    ],
)
def test_the_first_element_of_a_name_counts(imports: str, others: list[bytes], expected: int) -> None:
    model = parse(named("a", USES, imports=imports), others)
    assert evaluate(model, "use", {}).value == expected


def test_own_elements_count_before_imported_ones_for_the_imported_too() -> None:
    imported = named("b", decision(literal("price * 10"), name="tenfold", needs=["Decision:price"]), price("2"))
    uses = decision(literal("tenfold"), name="use", needs=["Decision:tenfold"])
    model = parse(named("a", uses, price("7"), imports="b"), [imported])
    assert evaluate(model, "use", {}).value == 70


def test_a_reference_by_namespace_reaches_an_element_that_another_of_its_name_hides() -> None:
    uses = USES.replace('href="#', 'href="c#')
    model = parse(named("a", uses, imports="b c"), [named("b", price("2")), named("c", price("3"))])
    assert evaluate(model, "use", {}).value == 3
    assert check(model) == []


def test_what_an_imported_file_imports_by_name_comes_with_it() -> None:
    needs = decision(literal("tax.share"), name="due", needs=["Decision:share"]).replace('href="#', 'href="c#')
    share = decision(literal("rate / 2"), name="share", needs=["Input:rate"])
    files = [named("b", needs, imports="tax=c"), named("c", share, input_data("rate"))]
    model = parse(named("a", decision(literal("due"), name="use", needs=["Decision:due"]), imports="b"), files)
    assert evaluate(model, "use", {"tax.rate": 8}).value == 4
