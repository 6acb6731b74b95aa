"""A diagram of another tool in the browser: shown, and written out again by the bundle without losing a word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from lxml import etree
from playwright.sync_api import Page, Route, expect

from engine.definitions.reader import read
from webapp.app import create_app
from webapp.db import Database
from webapp.settings import Settings

BPMN = "http://www.omg.org/spec/BPMN/20100524/"
SHAPE = '<bpmndi:BPMNShape id="{0}_di" bpmnElement="{0}"><dc:Bounds x="{1}" y="80" width="{2}" height="{3}"/></bpmndi:BPMNShape>'
EDGE = (
    '<bpmndi:BPMNEdge id="{0}_di" bpmnElement="{0}"><di:waypoint x="{1}" y="98"/><di:waypoint x="{2}" y="98"/>'
    "</bpmndi:BPMNEdge>"
)
DRAWN = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions id="Definitions_1" targetNamespace="http://example.org/order"
    xmlns:bpmn="{BPMN}MODEL" xmlns:bpmndi="{BPMN}DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
    xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
    xmlns:signavio="http://www.signavio.com" xmlns:unheard="http://example.org/unheard">
  <bpmn:process id="Order_1" name="Order" isExecutable="true" camunda:historyTimeToLive="5" unheard:kept="yes">
    <bpmn:extensionElements><signavio:signavioMetaData metaKey="bgcolor" metaValue="#ffffff"/></bpmn:extensionElements>
    <bpmn:startEvent id="begin" name="Begin"/>
    <bpmn:userTask id="take" name="Take it" camunda:assignee="${{owner}}" camunda:candidateGroups="sales" unheard:cost="5">
      <bpmn:extensionElements>
        <unheard:note level="2">keep <unheard:inner/></unheard:note>
        <camunda:taskListener event="create" class="x.Y"/>
        <zeebe:taskHeaders><zeebe:header key="a" value="b"/></zeebe:taskHeaders>
      </bpmn:extensionElements>
      <bpmn:multiInstanceLoopCharacteristics camunda:collection="buyers" camunda:elementVariable="buyer">
        <bpmn:completionCondition xsi:type="bpmn:tFormalExpression">${{done}}</bpmn:completionCondition>
      </bpmn:multiInstanceLoopCharacteristics>
    </bpmn:userTask>
    <bpmn:endEvent id="over" name="Over"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="take"/>
    <bpmn:sequenceFlow id="f2" sourceRef="take" targetRef="over">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${{total &gt; 5}}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="p" bpmnElement="Order_1">
    {SHAPE.format("begin", 100, 36, 36)}{SHAPE.format("take", 200, 100, 80)}{SHAPE.format("over", 400, 36, 36)}
    {EDGE.format("f1", 136, 200)}{EDGE.format("f2", 300, 400)}
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>"""


@pytest.fixture
def address(database: Database, serve: Callable[[Flask], str]) -> str:
    """A page with a diagram on it."""
    return serve(create_app(Settings(testing=True), database)) + "/styleguide/board"


def meaning(xml: str) -> str:
    """What would run, lines left out."""
    model = read(xml.encode())
    return re.sub(r"line=\d+", "", repr(replace(model, line=0)))


def layout(xml: str) -> Counter[Any]:
    """Every shape and line with its places."""
    found: Counter[Any] = Counter()
    for element in etree.fromstring(xml.encode()).iter("{*}BPMNShape", "{*}BPMNEdge"):
        places = [
            tuple(sorted((k, float(v)) for k, v in part.attrib.items() if k in ("x", "y", "width", "height")))
            for part in element.iter("{*}Bounds", "{*}waypoint")
        ]
        found[element.get("bpmnElement"), tuple(places)] += 1
    return found


def extensions(xml: str) -> Counter[Any]:
    """Every element and attribute of other programs, with its text."""
    found: Counter[Any] = Counter()
    for element in etree.fromstring(xml.encode()).iter(etree.Element):
        if "omg.org/spec" in (etree.QName(element).namespace or ""):
            for key, value in element.attrib.items():
                if str(key).startswith("{") and "XMLSchema" not in str(key):
                    found[element.get("id"), str(key), value] += 1
        else:
            found[element.tag, (element.text or "").strip(), tuple(sorted(element.attrib.items()))] += 1
    return found


def test_a_foreign_diagram_is_shown_and_keeps_meaning_layout_and_extensions_when_written_out(
    page: Page, address: str
) -> None:
    def answer(route: Route) -> None:
        route.fulfill(content_type="application/xml; charset=utf-8", body=DRAWN)

    page.route("**/diagram.bpmn", answer)
    page.goto(address)
    expect(page.locator("[data-diagram]")).to_have_attribute("data-shown", "")
    expect(page.get_by_text("Take it")).to_be_visible()
    written = page.evaluate(
        "async () => (await document.querySelector('[data-diagram]').ktViewer.saveXML({ format: true })).xml"
    )
    assert meaning(written) == meaning(DRAWN)
    assert layout(written) == layout(DRAWN)
    assert extensions(written) == extensions(DRAWN)
    assert len(extensions(DRAWN)) > 10
