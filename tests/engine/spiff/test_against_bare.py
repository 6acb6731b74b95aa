"""The same diagrams, the same answers: ours, written down and read back at every step, beside bare SpiffWorkflow.

Conditions and assignments are texts that FEEL and Python read alike. Two things bare SpiffWorkflow is known to get
wrong are left out, because BPMN says otherwise and tests of their own hold us to it: an inclusive join inside a
loop does not wait on its second turn; branches overwrite each other's values when they join, inside a loop even
with values of the turn before.
"""

from __future__ import annotations

import itertools
import random
from io import BytesIO
from typing import Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from tests.engine.spiff.play import Play, diagram

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ASSIGN = "{https://keyturn.example/schema/bpmn/1.0}assign"


class Bare:
    """Bare SpiffWorkflow on the same file, with Python scripts put in for the assignments."""

    def __init__(self, xml: bytes, data: dict[str, Any]) -> None:
        root = etree.parse(BytesIO(xml)).getroot()
        for task in root.iter(f"{BPMN}scriptTask"):
            lines = [f"{a.get('name')} {a.get('value')}" for a in task.iter(ASSIGN)]
            etree.SubElement(task, f"{BPMN}script").text = "\n".join(lines)
        parser = BpmnParser()
        parser.add_bpmn_xml(root)
        self.flow = BpmnWorkflow(parser.get_spec("story"), parser.get_subprocess_specs("story"))
        self.flow.task_tree.data.update(data)
        self.flow.do_engine_steps()

    def offered(self) -> list[str]:
        """User tasks offered, sorted."""
        tasks = self.flow.get_tasks(state=TaskState.READY, manual=True)
        return sorted(task.task_spec.bpmn_id for task in tasks)

    def complete(self, element: str, values: dict[str, Any]) -> None:
        """Complete the first task at an element."""
        tasks = self.flow.get_tasks(state=TaskState.READY, manual=True)
        task = next(t for t in tasks if t.task_spec.bpmn_id == element)
        task.data.update(values)
        task.run()
        self.flow.do_engine_steps()


class Drawing:
    """Draws random diagrams of sequence, choices, forks, loops back and sub-processes."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.count = 0
        self.parts: list[str] = []
        self.within: list[str] = []
        self.forked: set[str] = set()
        self.fork_in_loop = False

    def name(self, kind: str) -> str:
        """A new id."""
        self.count += 1
        return f"{kind}{self.count}"

    def add(self, node: str) -> None:
        """Add a node."""
        self.parts.append(node)

    def connect(self, source: str, target: str, condition: str = "", flow_id: str = "") -> None:
        """Add a flow."""
        identity = flow_id or self.name("f")
        inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        self.add(
            f'<sequenceFlow id="{identity}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'
        )

    def block(self, depth: int) -> tuple[str, str]:
        """Draw one block; its first and last node."""
        kinds = ["task", "script"] if depth == 0 else ["task", "script", "row", "choice", "fork", "loop", "sub"]
        kind = self.random.choice(kinds)
        self.within.append(kind)
        first, last = getattr(self, f"_{kind}")(depth)
        self.within.pop()
        return str(first), str(last)

    def _task(self, _depth: int) -> tuple[str, str]:
        name = self.name("u")
        self.add(f'<userTask id="{name}"/>')
        if "fork" in self.within:
            self.forked.add(name)
        return name, name

    def _script(self, _depth: int) -> tuple[str, str]:
        name = self.name("s")
        self.add(
            f'<scriptTask id="{name}" scriptFormat="feel"><extensionElements>'
            f'<keyturn:assign name="v_{name}" value="= amount + {self.count}"/></extensionElements></scriptTask>'
        )
        return name, name

    def _row(self, depth: int) -> tuple[str, str]:
        blocks = [self.block(depth - 1) for _ in range(self.random.randint(2, 3))]
        for (_, end), (start, _) in itertools.pairwise(blocks):
            self.connect(end, start)
        return blocks[0][0], blocks[-1][1]

    def _choice(self, depth: int) -> tuple[str, str]:
        split, join, default = self.name("x"), self.name("x"), self.name("d")
        self.add(f'<exclusiveGateway id="{split}" default="{default}"/><exclusiveGateway id="{join}"/>')
        for condition, flow_id in ((f"amount > {self.random.randint(2, 8)}", ""), ("", default)):
            start, end = self.block(depth - 1)
            self.connect(split, start, condition, flow_id)
            self.connect(end, join)
        return split, join

    def _fork(self, depth: int) -> tuple[str, str]:
        kinds = ["parallelGateway"] if "loop" in self.within else ["parallelGateway", "inclusiveGateway"]
        kind = self.random.choice(kinds)
        self.fork_in_loop |= "loop" in self.within
        split, join = self.name("p"), self.name("p")
        self.add(f'<{kind} id="{split}"/><{kind} id="{join}"/>')
        for _ in range(2):
            start, end = self.block(depth - 1)
            self.connect(split, start, "amount > 0" if kind == "inclusiveGateway" else "")
            self.connect(end, join)
        return split, join

    def _loop(self, depth: int) -> tuple[str, str]:
        enter, leave, back = self.name("l"), self.name("l"), self.name("d")
        task, _ = self._task(0)
        self.add(f'<exclusiveGateway id="{enter}"/><exclusiveGateway id="{leave}" default="{back}"/>')
        start, end = self.block(depth - 1)
        self.connect(enter, start)
        self.connect(end, task)
        self.connect(task, leave)
        after, _ = self._script(0)
        self.connect(leave, after, "amount > 5")
        self.connect(leave, enter, "", back)
        return enter, after

    def _sub(self, depth: int) -> tuple[str, str]:
        outer, self.parts = self.parts, []
        self._framed(depth)
        inside, self.parts = "".join(self.parts), outer
        name = self.name("sub")
        self.add(f'<subProcess id="{name}">{inside}</subProcess>')
        return name, name

    def _framed(self, depth: int) -> None:
        start, end = self.name("b"), self.name("e")
        self.add(f'<startEvent id="{start}"/><endEvent id="{end}"/>')
        first, last = self.block(depth - 1)
        self.connect(start, first)
        self.connect(last, end)

    def draw(self) -> bytes:
        """A whole process."""
        self._framed(4)
        return diagram("".join(self.parts))


@pytest.mark.parametrize("seed", range(80))
def test_a_drawn_process_offers_the_same_tasks_and_ends_alike(seed: int) -> None:
    drawing = Drawing(seed)
    xml = drawing.draw()
    choose = random.Random(seed)  # noqa: S311 - repeatable on purpose
    ours, bare = Play(xml, {"amount": 4}), Bare(xml, {"amount": 4})
    for _ in range(60):
        assert ours.waits("user") == bare.offered()
        if not bare.offered():
            break
        element = choose.choice(bare.offered())
        answers = {"amount": choose.randint(1, 9), f"by_{element}": element}
        if element in drawing.forked:
            answers.pop("amount")
        bare.complete(element, answers)
        ours.complete(element, **answers)
    if not bare.offered():
        assert ours.ended
        assert bare.flow.completed
        if not drawing.fork_in_loop:
            assert {k: v for k, v in ours.data.items() if v is not None} == dict(bare.flow.data)
