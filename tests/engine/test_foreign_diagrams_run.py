"""A diagram of another tool, deployed as it came, runs as it is read; its file stays as it was."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engine.api import Context, HandlerRegistry
from engine.errors import DefinitionError
from kernel.actor import Actor, Grant
from tests.engine.conftest import House, Story

SHOP = "/keyturn/east/"
ORDER = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:tns="http://example.org/order"
    xmlns:studio="http://example.org/other" targetNamespace="http://example.org/order">
  <message id="Message_1" name="paid"/>
  <process id="Order-Process" name="Order">
    <userTask id="Start" name="Take the order" camunda:formKey="order/take" camunda:candidateGroups="clerk"
        camunda:assignee="${chosen}" studio:colour="red"/>
    <exclusiveGateway id="big"/>
    <userTask id="approve" name="Approve" camunda:formKey="order/approve" camunda:candidateGroups="${approvers}"/>
    <serviceTask id="ship" name="Ship" camunda:type="external" camunda:topic="order.ship">
      <extensionElements><camunda:inputOutput>
        <camunda:inputParameter name="amount">${amount * 2}</camunda:inputParameter>
      </camunda:inputOutput></extensionElements>
    </serviceTask>
    <scriptTask id="End" scriptFormat="groovy"><script>execution.setVariable("done", amount &gt; 0)</script></scriptTask>
    <sequenceFlow sourceRef="Start" targetRef="tns:big"/>
    <sequenceFlow sourceRef="big" targetRef="approve">
      <conditionExpression xsi:type="tFormalExpression"><![CDATA[${amount > 100 && !empty approvers}]]></conditionExpression>
    </sequenceFlow>
    <sequenceFlow sourceRef="big" targetRef="ship"/>
    <sequenceFlow sourceRef="approve" targetRef="ship"/>
    <sequenceFlow sourceRef="ship" targetRef="End"/>
  </process>
</definitions>
"""


@dataclass(frozen=True)
class ShipIn:
    """Input."""

    amount: int


@dataclass(frozen=True)
class ShipOut:
    """Output."""

    shipped: int


@pytest.fixture(autouse=True)
def _handlers(registry: HandlerRegistry) -> None:
    @registry.handler("order.ship")
    def ship(data: ShipIn, ctx: Context) -> ShipOut:
        return ShipOut(shipped=data.amount)


def begun(house: House, **variables: object) -> Story:
    house.act(lambda e: e.deploy({"order.bpmn20.xml": ORDER}))
    return Story(house, house.act(lambda e: e.start("order_process", variables, scope=SHOP)))


CLERK = Actor("c1", "c1", (Grant("clerk", SHOP),))


def test_a_small_order_ends_by_the_default_that_was_read(house: House) -> None:
    story = begun(house, chosen="c1", approvers=["manager"])
    assert story.tasks[0].assignee == "c1"
    story.complete("Start", CLERK, amount=7)
    assert story.state == "completed"
    assert (story.data["shipped"], story.data["done"]) == (14, True)
    assert story.done() == ["Start", "big", "ship", "End"]


def test_a_big_order_goes_to_whom_the_expression_names(house: House) -> None:
    story = begun(house, chosen=None, approvers=["manager"])
    story.complete("Start", CLERK, amount=700)
    assert story.waiting_at == ["approve"]
    story.complete("approve", Actor("m1", "m1", (Grant("manager", SHOP),)))
    assert story.data["shipped"] == 1400


def test_the_file_stays_byte_for_byte_and_what_was_rewritten_is_told(house: House) -> None:
    begun(house, chosen=None, approvers=[])
    assert house.ask(lambda e: e.resource("order_process", 1)) == ORDER
    told = {f.code for f in house.ask(lambda e: e.check({"order.bpmn": ORDER})) if f.severity == "rewritten"}
    assert told >= {
        "rewritten_key", "rewritten_executable", "rewritten_flow_ids", "rewritten_prefixes", "rewritten_condition",
        "rewritten_default", "rewritten_setting", "start_left_out", "end_left_out",
    }  # fmt: skip


def test_what_cannot_run_is_refused_whole_with_everything_that_is_wrong(house: House) -> None:
    wrong = ORDER.replace(b'camunda:topic="order.ship"', b'camunda:class="x.Ship"').replace(
        b"amount > 100", b"f(amount)"
    )
    with pytest.raises(DefinitionError) as refused:
        house.act(lambda e: e.deploy({"order.bpmn": wrong}))
    assert {f.code for f in refused.value.findings if f.severity == "error"} == {
        "foreign_code",
        "foreign_condition",
    }
