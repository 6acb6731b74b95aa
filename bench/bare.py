"""The peer: SpiffWorkflow itself on the same diagram and data, in memory or saved and restored the stock way."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from bench.diagrams import ENGINE_TASKS, linear

_NESTING = 50_000


class Bare:
    """The linear diagram in the library's own hands.

    Its parser and its prediction recurse once per step and more, so Python's limit is raised for it.
    """

    def __init__(self, user_tasks: int) -> None:
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _NESTING))
        self._user_tasks = user_tasks
        self._specification = _parsed(linear(user_tasks))
        self._serializer = BpmnWorkflowSerializer()

    def in_memory(self) -> None:
        """One instance from start to end, nothing saved."""
        workflow = self._begin()
        for _ in range(self._user_tasks):
            self._step(workflow)
        self._check(workflow)

    def stock(self) -> None:
        """The same, the whole instance serialized and restored at each step; no database."""
        saved = self._serializer.serialize_json(self._begin())
        for _ in range(self._user_tasks):
            workflow = self._serializer.deserialize_json(saved)
            self._step(workflow)
            saved = self._serializer.serialize_json(workflow)
        self._check(workflow)

    def _begin(self) -> BpmnWorkflow:
        workflow = BpmnWorkflow(self._specification)
        workflow.task_tree.data["step"] = 0
        workflow.do_engine_steps()
        return workflow

    @staticmethod
    def _step(workflow: BpmnWorkflow) -> None:
        (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        task.data["amount"] = 5
        task.run()
        workflow.do_engine_steps()

    def _check(self, workflow: BpmnWorkflow) -> None:
        if not workflow.completed or workflow.data["step"] != self._user_tasks * ENGINE_TASKS:
            raise RuntimeError("the bare run did not finish")


def _parsed(diagram: bytes) -> Any:
    root = etree.parse(BytesIO(diagram)).getroot()
    namespace = root.nsmap[None]
    for task in root.iter(f"{{{namespace}}}scriptTask"):
        etree.SubElement(task, f"{{{namespace}}}script").text = "step = step + 1"
    parser = BpmnParser()
    parser.add_bpmn_xml(root)
    return parser.get_spec("linear")
