"""Broken and bent diagrams: whatever a file holds, there is a report and never an exception."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable

import pytest

from engine.definitions.check import check_resources
from engine.definitions.reader import read
from engine.definitions.wiring import Wiring
from engine.errors import DefinitionError
from engine.findings import errors_of
from engine.spiff.build import build
from tests.engine.definitions.drawing import flow
from tests.engine.definitions.test_foreign_tools import drawing, extended
from tests.machine import SHARED

BENT = int(os.environ.get("KEYTURN_FUZZ_DIAGRAMS", "400"))
OWN = [
    drawing(
        '<bpmn:startEvent id="s" camunda:formKey="x/y"/><bpmn:exclusiveGateway id="g" default="c"/>',
        '<bpmn:userTask id="t" camunda:assignee="${a.b}" camunda:candidateGroups="x,${y}"/><bpmn:endEvent id="e"/>',
        flow("a", "s", "g"), flow("b", "g", "t", "${x == 1}"), flow("c", "g", "e"), flow("d", "t", "e"),
        '<bpmn:boundaryEvent id="x" attachedToRef="t"><bpmn:timerEventDefinition><bpmn:timeDuration>${d}'
        "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>", flow("h", "x", "e"),
        '<bpmn:laneSet id="l"><bpmn:lane id="l1" name="L"><bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>',
    ),
    drawing(
        extended("callActivity", 'calledElement="ship"', '<camunda:in source="a" target="b"/><zeebe:calledElement processId="q"/>',
                 '<bpmn:multiInstanceLoopCharacteristics camunda:collection="l" camunda:elementVariable="m"/>'),
        '<bpmn:subProcess id="sub" triggeredByEvent="true"><bpmn:startEvent id="ss"><bpmn:messageEventDefinition messageRef="m"/>'
        '</bpmn:startEvent><bpmn:scriptTask id="sc" scriptFormat="python"><bpmn:script>x = 1</bpmn:script></bpmn:scriptTask>'
        '<bpmn:sequenceFlow id="sf" sourceRef="ss" targetRef="sc"/></bpmn:subProcess>',
        outside='<bpmn:message id="m" name="M"/>',
    ),
]  # fmt: skip
OTHERS = sorted((SHARED / "data" / "bpmn").rglob("*.bpmn"))


def cut_off(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text))]


def without_an_attribute(text: str, chance: random.Random) -> str:
    found = list(re.finditer(r'\s[\w:]+="[^"]*"', text))
    one = chance.choice(found)
    return text[: one.start()] + text[one.end() :]


def with_an_id_of_another(text: str, chance: random.Random) -> str:
    ids = re.findall(r'\sid="([^"]*)"', text)
    return text.replace(f'id="{chance.choice(ids)}"', f'id="{chance.choice(ids)}"', 1)


def with_references_swapped(text: str, chance: random.Random) -> str:
    names = r'((?:source|target|attachedTo|message)Ref|default|calledElement)="([^"]*)"'
    values = [match[1] for match in re.findall(names, text)] or ["x"]
    return re.sub(names, lambda match: f'{match[1]}="{chance.choice(values)}"', text)


def with_another_element(text: str, chance: random.Random) -> str:
    kinds = [
        "task",
        "process",
        "subProcess",
        "boundaryEvent",
        "parallelGateway",
        "sequenceFlow",
        "lane",
        "dataObject",
    ]
    found = list(set(re.findall(r"<(?:\w+:)?(\w+)", text)))
    old, new = chance.choice(found), chance.choice(kinds)
    return re.sub(rf"(</?(?:\w+:)?){old}\b", rf"\g<1>{new}", text)


def with_noise(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    return (
        text[:place]
        + chance.choice(["${", "}", "<", "&", '"', "=", "\u2028", "流", "((((", "None"])
        + text[place:]
    )


def with_a_part_twice(text: str, chance: random.Random) -> str:
    parts = list(re.finditer(r"<[^<>/]+/>", text))
    one = chance.choice(parts)
    return text[: one.end()] + one[0] * chance.randrange(1, 4) + text[one.end() :]


BENDS: list[Callable[[str, random.Random], str]] = [
    cut_off, without_an_attribute, with_an_id_of_another, with_references_swapped, with_another_element, with_noise,
    with_a_part_twice,
]  # fmt: skip


def bent(chance: random.Random, texts: list[str]) -> str:
    text = chance.choice(texts)
    for _ in range(chance.randrange(1, 4)):
        try:
            text = chance.choice(BENDS)(text, chance)
        except IndexError:
            continue
    return text


def texts_to_bend() -> list[str]:
    small = [file for file in OTHERS if file.stat().st_size < 60_000]
    texts = [file.read_bytes().decode("utf-8", "replace").replace("UTF-16", "UTF-8") for file in small]
    return [*(own.decode() for own in OWN), *texts]


@pytest.mark.parametrize("seed", range(4))
def test_a_bent_diagram_is_answered_and_one_without_errors_can_be_built(seed: int) -> None:
    chance, texts = random.Random(seed), texts_to_bend()  # noqa: S311 - repeatable, no secret
    for _ in range(BENT // 4):
        xml = bent(chance, texts).encode()
        findings = check_resources({"a.bpmn": xml}, Wiring())
        if not errors_of(findings):
            build(read(xml), "", 0)


def test_read_says_no_by_findings_alone() -> None:
    chance = random.Random(99)  # noqa: S311 - repeatable, no secret
    for _ in range(BENT // 4):
        try:
            read(bent(chance, texts_to_bend()[:2]).encode())
        except DefinitionError as refused:
            assert refused.findings
