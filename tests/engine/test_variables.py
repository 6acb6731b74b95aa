"""Process data edited by hand: checked, logged before and after, never past the ledger or four eyes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from engine.api import Context, HandlerRegistry, Invalid, Missing, Stale
from engine.variable_types import kind_of
from kernel.actor import SYSTEM
from kernel.audit import AuditRow
from tests.engine.conftest import House, Story
from tests.engine.definitions.drawing import extended, flow, process


@dataclass(frozen=True)
class OpenIn:
    """Input."""

    unit_id: str


@dataclass(frozen=True)
class OpenOut:
    """Output."""

    sale_id: str
    price_fen: int


DIAGRAM = process(
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended("serviceTask", 'id="open"', '<keyturn:handler name="sell.open"/>'),
    extended(
        "userTask",
        'id="sign"',
        '<keyturn:task form="test" candidateGroups="clerk" due="P1D" excluded="= [seller]" completedBy="signer"/>',
    ),
    flow("f1", "begin", "open"),
    flow("f2", "open", "sign"),
    flow("f3", "sign", "done"),
    key="sell",
)


@pytest.fixture
def sale(house: House, registry: HandlerRegistry) -> Story:
    @registry.handler("sell.open")
    def open_sale(data: OpenIn, ctx: Context) -> OpenOut:
        return OpenOut("s-1", 100)

    house.act(lambda e: e.deploy({"sell.bpmn": DIAGRAM}))
    begun = {
        "unit_id": "u-1",
        "seller": "an",
        "floors": 3,
        "signed_on": "2026-03-02",
        "phone": "138",
        "memo": None,
    }
    return Story(house, house.act(lambda e: e.start("sell", begun)))


def edit(house: House, story: Story, changes: dict[str, Any], reason: str = "mistyped", **more: Any) -> Any:
    return house.act(lambda e: e.set_variables(story.id, changes, reason, **more))


def test_a_value_is_set_and_logged_before_and_after_with_its_reason(house: House, sale: Story) -> None:
    edited = edit(house, sale, {"floors": 4, "memo": "anything", "phone": "139"})
    assert edited.revision == sale.instance.revision
    assert (sale.data["floors"], sale.data["memo"], sale.data["phone"]) == (4, "anything", "139")
    event = sale.history[-1]
    assert (event.code, event.actor_id, event.params["reason"]) == (
        "variables_changed",
        house.admin.id,
        "mistyped",
    )
    before, after = {"floors": 3, "memo": None, "phone": "138"}, {"floors": 4, "memo": "anything", "phone": "139"}
    assert (event.params["before"], event.params["after"]) == (before, after)
    with house.database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "instance:set_variables")).one()
        assert (row.before, row.after, row.reason) == (before, after, "mistyped")
    sale.complete("sign")
    assert sale.state == "completed"


@pytest.mark.parametrize("name", ["sale_id", "price_fen", "unit_id", "seller", "signer"])
def test_rows_of_the_ledger_and_who_acted_are_not_set_by_hand(house: House, sale: Story, name: str) -> None:
    with pytest.raises(Invalid, match="variable_protected") as caught:
        edit(house, sale, {name: "x"}, force=True)
    assert caught.value.field == name
    assert name not in ("sale_id",) or sale.data["sale_id"] == "s-1"


@pytest.mark.parametrize(
    ("name", "value"), [("floors", "4"), ("floors", True), ("floors", None), ("signed_on", "soon"), ("memo", 0.5)]
)
def test_a_value_of_another_kind_is_refused(house: House, sale: Story, name: str, value: object) -> None:
    with pytest.raises(Invalid, match=r"variable_type|value_not_json") as caught:
        edit(house, sale, {name: value})
    assert caught.value.field == name
    assert sale.data["floors"] == 3


def test_force_allows_another_kind_and_a_new_name_but_no_reserved_one(house: House, sale: Story) -> None:
    with pytest.raises(Invalid, match="variable_not_there"):
        edit(house, sale, {"flors": 4})
    edit(house, sale, {"floors": "four", "colour": "red"}, force=True)
    assert (sale.data["floors"], sale.data["colour"]) == ("four", "red")
    with pytest.raises(Invalid, match="name_reserved"):
        edit(house, sale, {"_token": 1}, force=True)


def test_somebody_elses_newer_work_is_not_overwritten(house: House, sale: Story) -> None:
    seen = sale.instance.revision
    edit(house, sale, {"floors": 4}, revision=seen)
    with pytest.raises(Stale, match="instance_revised"):
        edit(house, sale, {"floors": 5}, revision=seen)
    assert sale.data["floors"] == 4


def test_an_ended_case_keeps_its_data(house: House, sale: Story) -> None:
    sale.complete("sign")
    with pytest.raises(Stale, match="instance_not_active"):
        edit(house, sale, {"floors": 4})


def test_a_suspended_case_is_edited_and_goes_on_with_the_new_value(house: House, sale: Story) -> None:
    """spiff-arena #888: every operator act is followed by a normal step."""
    house.act(lambda e: e.suspend(sale.id, "wrong floor"))
    edit(house, sale, {"floors": 4})
    house.act(lambda e: e.resume(sale.id, "right floor"))
    sale.complete("sign")
    assert (sale.state, sale.data["floors"]) == ("completed", 4)


def test_data_of_a_called_process_is_set_where_its_token_stands(house: House) -> None:
    house.deploy("wait_for_receipt.bpmn")
    story = house.start("outer_process", {"order": "1", "amount": 0})
    house.act(lambda e: e.publish("receipt_confirmed", {"order": "1"}, {"amount": 5}), SYSTEM)
    edit(house, story, {"amount": 7}, element_id="thank")
    assert story.data["amount"] == 0
    with pytest.raises(Missing, match="element_without_token"):
        edit(house, story, {"amount": 8}, element_id="nowhere")
    story.complete("thank")
    assert story.data["amount"] == 7


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "nothing"), (True, "truth"), (3, "number"), ("a", "text"), ([1], "list"), ({}, "map"),
        ("2026-03-02", "date"), ("2026-03-02T01:00:00+00:00", "instant"), ("2026-13-40", "text"), ("20260302ab", "text"),
    ],
)  # fmt: skip
def test_kinds_of_values(value: object, kind: str) -> None:
    assert kind_of(value) == kind


WATCHED = process(
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/><bpmn:endEvent id="off"/>',
    extended("userTask", 'id="wait"', '<keyturn:task form="test" candidateGroups="clerk" due="P1D"/>'),
    '<bpmn:boundaryEvent id="high" attachedToRef="wait"><bpmn:conditionalEventDefinition>'
    "<bpmn:condition>= floors &gt; 5</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:boundaryEvent>",
    flow("f1", "begin", "wait"),
    flow("f2", "wait", "done"),
    flow("f3", "high", "off"),
    key="watched",
)


@pytest.mark.parametrize("suspended", [False, True])
def test_a_condition_that_an_edit_makes_true_comes_at_once_or_when_the_case_goes_on(
    house: House, suspended: bool
) -> None:
    house.act(lambda e: e.deploy({"watched.bpmn": WATCHED}))
    story = Story(house, house.act(lambda e: e.start("watched", {"floors": 3})))
    if suspended:
        house.act(lambda e: e.suspend(story.id, "wrong"))
    edit(house, story, {"floors": 6})
    if suspended:
        assert story.state == "suspended"
        house.act(lambda e: e.resume(story.id, "right"))
    assert (story.state, story.done()[-1]) == ("completed", "off")
