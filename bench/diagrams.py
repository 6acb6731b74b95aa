"""The diagrams that are measured."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

ENGINE_TASKS = 5

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_KEYTURN = "https://keyturn.example/schema/bpmn/1.0"
_TASK = """<userTask id="{0}"><extensionElements>
<keyturn:task form="linear" candidateGroups="clerk" due="P1D"/></extensionElements></userTask>"""
_SCRIPT = """<scriptTask id="{0}" scriptFormat="feel"><extensionElements>
<keyturn:assign name="step" value="= step + 1"/></extensionElements></scriptTask>"""


def linear(user_tasks: int, key: str = "linear") -> bytes:
    """A row of user tasks with engine tasks after each."""
    names, nodes = ["start"], ['<startEvent id="start"/>']
    for number in range(user_tasks):
        nodes.append(_TASK.format(f"u{number}"))
        names.append(f"u{number}")
        for step in range(ENGINE_TASKS):
            nodes.append(_SCRIPT.format(f"s{number}_{step}"))
            names.append(f"s{number}_{step}")
    names.append("end")
    return _process(key, [*nodes, '<endEvent id="end"/>', *_row(names)])


def rework() -> bytes:
    """A user task that is asked again for as long as the answer says so, with an engine task in each turn."""
    flows = [
        '<sequenceFlow id="f1" sourceRef="start" targetRef="merge"/>',
        '<sequenceFlow id="f2" sourceRef="merge" targetRef="u0"/>',
        '<sequenceFlow id="f3" sourceRef="u0" targetRef="s0"/>',
        '<sequenceFlow id="f4" sourceRef="s0" targetRef="again"/>',
        '<sequenceFlow id="f5" sourceRef="again" targetRef="end"/>',
        """<sequenceFlow id="f6" sourceRef="again" targetRef="merge">
<conditionExpression>amount &gt; 0</conditionExpression></sequenceFlow>""",
    ]
    nodes = [
        '<startEvent id="start"/><exclusiveGateway id="merge"/><exclusiveGateway id="again" default="f5"/>',
        _TASK.format("u0"),
        _SCRIPT.format("s0"),
        '<endEvent id="end"/>',
    ]
    return _process("rework", [*nodes, *flows])


def fan_outs(blocks: int, ways: int = 3) -> bytes:
    """Parallel blocks in a row, each with as many branches of one user task; what explodes when predicted."""
    nodes, flows = ['<startEvent id="start"/>'], []
    before = "start"
    for block in range(blocks):
        split, join = f"split{block}", f"join{block}"
        nodes.append(f'<parallelGateway id="{split}"/><parallelGateway id="{join}"/>')
        flows += _row([before, split], f"to{block}_")
        for way in range(ways):
            task = f"u{block}_{way}"
            nodes.append(_TASK.format(task))
            flows += _row([split, task, join], f"way{block}_{way}_")
        before = join
    return _process("fan_outs", [*nodes, '<endEvent id="end"/>', *flows, *_row([before, "end"], "last")])


def receipt() -> bytes:
    """Waits for one message."""
    wait = """<receiveTask id="wait" messageRef="m"><extensionElements>
<keyturn:correlation name="sale" value="= sale"/></extensionElements></receiveTask>"""
    nodes = ['<startEvent id="start"/>', wait, '<endEvent id="end"/>']
    return _process("receipt", [*nodes, *_row(["start", "wait", "end"])], '<message id="m" name="paid"/>')


def _process(key: str, inside: Iterable[str], beside: str = "") -> bytes:
    content = "\n".join(inside)
    return f"""<definitions xmlns="{_BPMN}" xmlns:keyturn="{_KEYTURN}"
 targetNamespace="https://keyturn.example/bench">{beside}
<process id="{key}" isExecutable="true">{content}</process></definitions>""".encode()


def _row(names: list[str], prefix: str = "f") -> list[str]:
    pairs = itertools.pairwise(names)
    return [f'<sequenceFlow id="{prefix}{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairs)]
