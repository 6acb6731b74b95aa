"""What an analyst is told about compensation and transactions before they are deployed."""

from __future__ import annotations

import pytest

from engine.definitions import read
from engine.definitions.checks import check_process
from engine.definitions.wiring import Wiring
from engine.findings import ERROR
from tests.engine.spiff.play import diagram, flows

UNDO = "<compensateEventDefinition/>"
CANCEL = "<cancelEventDefinition/>"
ROW = '<startEvent id="s"/><scriptTask id="t" scriptFormat="feel"><extensionElements>{assign}</extensionElements></scriptTask>'
ROW = ROW.format(assign='<keyturn:assign name="a" value="= 1"/>') + '<endEvent id="e"/>'
HANDLER = (
    '<scriptTask id="h" isForCompensation="true"><extensionElements><keyturn:assign name="b" value="= 1"/>'
    "</extensionElements></scriptTask>"
)
EVENT = f'<boundaryEvent id="b" attachedToRef="t">{UNDO}</boundaryEvent>'
JOIN = '<association sourceRef="b" targetRef="h"/>'
THROW = f'<intermediateThrowEvent id="back">{UNDO}</intermediateThrowEvent>'
LINE = flows("s t back e")


def told(body: str, severity: str | None = None) -> set[tuple[str, str | None]]:
    found = check_process(read(diagram(body)), Wiring())
    return {(f.code, f.element_id) for f in found if severity in (None, f.severity)}


def test_an_activity_with_its_handler_and_a_throw_are_no_mistake() -> None:
    assert told(ROW + HANDLER + EVENT + JOIN + THROW + LINE) == set()


SALE = '<startEvent id="s"/><transaction id="sale"><startEvent id="a"/>{inside}</transaction><endEvent id="e"/>'
GIVEN_UP = f'<endEvent id="z">{CANCEL}</endEvent>' + flows("a z")
LEFT = f'<boundaryEvent id="left" attachedToRef="sale">{CANCEL}</boundaryEvent>' + flows("s sale e", "left e")


def test_a_transaction_with_both_sides_of_its_cancel_is_no_mistake() -> None:
    assert told(SALE.format(inside=GIVEN_UP) + LEFT) == set()


ASIDE = f'<subProcess id="x" triggeredByEvent="true"><startEvent id="c">{UNDO}</startEvent><endEvent id="d"/>{flows("c d")}</subProcess>'


@pytest.mark.parametrize(
    ("body", "code", "element"),
    [
        (ROW + HANDLER + EVENT + THROW + LINE, "compensation_handler_missing", "b"),
        (ROW + EVENT + '<association sourceRef="b" targetRef="e"/>' + THROW + LINE, "compensation_handler_missing", "b"),
        (ROW + HANDLER + THROW + LINE, "unreachable", "h"),
        (ROW + HANDLER + EVENT + JOIN + THROW + LINE + flows("h e"), "compensation_handler_connected", "h"),
        (ROW + HANDLER + EVENT + JOIN + THROW + LINE + flows("b e"), "compensation_with_flow", "b"),
        (ROW + HANDLER + EVENT + JOIN + THROW + LINE + EVENT.replace('"b"', '"two"'), "compensation_twice", "two"),
        (ROW + THROW.replace("Definition/", 'Definition activityRef="x"/') + LINE, "compensation_activity_unknown", "back"),
        (ROW + ASIDE + flows("s t e"), "compensation_of_process", "c"),
        (ROW + f'<endEvent id="z">{CANCEL}</endEvent>' + flows("s t e", "t z"), "cancel_outside_transaction", "z"),
        (ROW + EVENT.replace(UNDO, CANCEL) + flows("s t e", "b e"), "cancel_outside_transaction", "b"),
        (SALE.format(inside=GIVEN_UP) + flows("s sale e"), "cancel_without_boundary", "z"),
        (SALE.format(inside=GIVEN_UP) + LEFT + LEFT.replace('"left"', '"two"') + flows("two e"), "cancel_twice", "two"),
        (SALE.format(inside=GIVEN_UP) + LEFT.replace("attachedToRef", 'cancelActivity="false" attachedToRef'), "cancel_must_interrupt", "left"),
        (ROW + f'<intermediateThrowEvent id="c">{CANCEL}</intermediateThrowEvent>' + flows("s t c e"), "event_out_of_place", "c"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_element(body: str, code: str, element: str) -> None:
    assert (code, element) in told(body, ERROR)


@pytest.mark.parametrize(
    ("body", "code", "element"),
    [
        (ROW + THROW + LINE, "compensation_of_nothing", "back"),
        (
            ROW + THROW.replace("Definition/", 'Definition activityRef="t"/') + LINE,
            "compensation_of_nothing",
            "back",
        ),
        (SALE.format(inside='<endEvent id="z"/>' + flows("a z")) + LEFT, "cancel_never_thrown", "left"),
    ],
)
def test_what_would_do_nothing_is_told_without_forbidding_it(body: str, code: str, element: str) -> None:
    assert (code, element) in told(body, "warning")
    assert told(body, ERROR) == set()
