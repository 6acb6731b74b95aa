"""The shipped diagrams say what people need: a form, people and a due date for each task, words in Chinese."""

from __future__ import annotations

from importlib.resources import files
from itertools import pairwise

import pytest
from lxml import etree

from engine.definitions.model import ProcessModel
from engine.definitions.reader import read
from forms import compile as forms

SLUGS = sorted(
    folder.name for folder in files("processes").iterdir() if folder.joinpath(f"{folder.name}.bpmn").is_file()
)
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
GAP = 1  # Lines touch the border of the shapes they join.


def drawn(slug: str) -> bytes:
    """The file of a diagram."""
    return files("processes").joinpath(slug, f"{slug}.bpmn").read_bytes()


@pytest.fixture(params=SLUGS)
def model(request: pytest.FixtureRequest) -> ProcessModel:
    """A shipped process."""
    return read(drawn(request.param))


def test_every_user_task_has_a_form_somebody_to_do_it_and_a_due_date(model: ProcessModel) -> None:
    for node in (node for node in model.nodes.values() if node.kind == "userTask"):
        assert node.task is not None
        assert node.task.form and forms.exists(node.task.form), node.id
        assert node.task.candidate_groups or node.task.assignee, node.id
        assert node.task.due, node.id


def test_everything_that_is_named_is_named_in_chinese_too(model: ProcessModel) -> None:
    named = [*model.nodes.values(), *model.flows.values()]
    assert [thing.id for thing in named if thing.name and not thing.labels.get("zh")] == []


def test_every_flow_that_leaves_a_choice_says_when(model: ProcessModel) -> None:
    for node in model.nodes.values():
        if node.kind == "exclusiveGateway" and len(node.outgoing) > 1:
            assert all(model.flows[flow].name for flow in node.outgoing), node.id
            assert node.default in node.outgoing, node.id
            assert all(model.flows[f].condition for f in node.outgoing if f != node.default), node.id


def test_nothing_dangles(model: ProcessModel) -> None:
    for node in model.nodes.values():
        jumps = node.event is not None and node.event.kind == "link"
        begins = node.attached_to or node.kind == "startEvent" or node.triggered_by_event
        assert node.incoming or begins or jumps, node.id
        assert node.outgoing or node.kind == "endEvent" or node.triggered_by_event or jumps, node.id


@pytest.mark.parametrize("slug", SLUGS)
def test_the_layout_shows_everything_and_no_line_crosses_a_shape(slug: str) -> None:
    model, plane = read(drawn(slug)), etree.fromstring(drawn(slug))
    boxes = {
        shape.get("bpmnElement"): [float(shape.find(f"{DC}Bounds").get(k)) for k in ("x", "y", "width", "height")]
        for shape in plane.iter(f"{BPMNDI}BPMNShape")
    }
    lines = {
        edge.get("bpmnElement"): [(float(p.get("x")), float(p.get("y"))) for p in edge.iter(f"{DI}waypoint")]
        for edge in plane.iter(f"{BPMNDI}BPMNEdge")
    }
    assert set(model.nodes) <= set(boxes)
    assert set(model.flows) == set(lines)
    solid = [n for n in model.nodes.values() if n.kind != "subProcess"]
    for flow_id, points in lines.items():
        flow = model.flows[flow_id]
        for node in solid:
            if node.id not in (flow.source, flow.target) and node.attached_to != flow.source:
                assert not _crosses(points, boxes[node.id]), f"{flow_id} runs through {node.id}"


def _crosses(points: list[tuple[float, float]], box: list[float]) -> bool:
    """Whether a line of horizontal and vertical pieces enters the inside of a box."""
    left, top, right, bottom = box[0] + GAP, box[1] + GAP, box[0] + box[2] - GAP, box[1] + box[3] - GAP
    return any(
        max(a[0], b[0]) > left and min(a[0], b[0]) < right and max(a[1], b[1]) > top and min(a[1], b[1]) < bottom
        for a, b in pairwise(points)
    )
