"""Bare SpiffWorkflow's side: its parser, its engine, everything in memory, the wall clock replaced.

A service task that raises is drawn as a sub-process that ends with the error, which is what its boundary event means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions import timer
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from tests.engine.proof.drawing import Drawing, Line, Many, Place, Process
from tests.engine.proof.ours import Ours, definition, root

_HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="https://keyturn.example/tests">'
_KINDS = {MessageEventDefinition: "message", SignalEventDefinition: "signal"}
Same = Callable[[str, Any, Any], None]


class _Moved(datetime):
    """Stands where SpiffWorkflow reads the wall clock."""

    instant = datetime(2026, 1, 1, tzinfo=UTC)

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        """The instant it was moved to."""
        return cls.instant.astimezone(tz or UTC)


class Broken(Exception):
    """Bare SpiffWorkflow raised where nothing is wrong."""


class Bare:
    """One instance of a drawing in bare SpiffWorkflow."""

    def __init__(self, drawing: Drawing, data: dict[str, Any], now: datetime) -> None:
        timer.datetime = _Moved
        _Moved.instant = now
        self.drawing = drawing
        self.turns = 0
        self.data_is_beyond = bool(data_beyond_bare(drawing))
        with _told():
            self.flow = _read(drawing)
            self.flow.task_tree.data.update(data)
            self._go()

    def _go(self) -> None:
        self.flow.do_engine_steps()
        self.flow.do_engine_steps()

    def _people(self) -> list[Any]:
        return list(self.flow.get_tasks(state=TaskState.READY, manual=True))

    def compare(self, ours: Ours, same: Same) -> None:
        """Tasks, waiting events, data and end against the engine's."""
        same("bare: offered tasks", sorted(_element(t) for t in self._people()), sorted(ours.offered()))
        same("bare: waiting events", self.waiting(), [(kind, element) for kind, element, _ in ours.waiting()])
        if (
            ours.ended or ours.offered() or ours.waiting()
        ):  # Bare takes a case that is stuck at a join for completed.
            same("bare: end", bool(self.flow.completed), ours.ended)
        if self.data_is_beyond:
            return
        if self.flow.completed:
            same("bare: data", self.flow.data, ours.data)
        for task in self._people():
            seen = ours.data_at(_element(task), 0) if ours.offered().count(_element(task)) == 1 else task.data
            same(f"bare: data at {_element(task)}", dict(task.data), {k: seen.get(k) for k in task.data})

    def waiting(self) -> list[tuple[str, str]]:
        """Events awaited: kind and element."""
        found = []
        for task in self.flow.event_manager.tasks.values():
            event = task.task_spec.event_definition
            several = isinstance(event, MultipleEventDefinition)
            for one in event.event_definitions if several else [event]:
                if isinstance(one, timer.TimerEventDefinition):
                    found.append(("timer", one.name))
                elif type(one) in _KINDS:
                    found.append((_KINDS[type(one)], one.name.partition("_")[2]))
        return sorted(found)

    def complete(self, element: str, index: int, answers: dict[str, Any]) -> None:
        """A person has done a task."""
        task = [t for t in self._people() if _element(t) == element][index]
        task.data.update(answers)
        with _told():
            task.run()
            self._go()

    def tell(self, kind: str, name: str, _payload: dict[str, Any]) -> None:
        """A message or signal comes."""
        event = MessageEventDefinition(name) if kind == "message" else SignalEventDefinition(name)
        with _told():
            self.flow.send_event(BpmnEvent(event, payload={}))
            self._go()

    def pass_time(self, now: datetime) -> None:
        """The clock moves; bare timers fire only once their instant is past."""
        self.turns += 1
        _Moved.instant = now + timedelta(milliseconds=self.turns)
        with _told():
            self.flow.refresh_timers()
            self._go()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Exception as fault:
        raise Broken(f"{type(fault).__name__}: {fault}") from fault


def _read(drawing: Drawing) -> Any:
    parser = BpmnParser()
    for process in drawing.processes.values():
        parser.add_bpmn_xml(etree.parse(BytesIO(_file(process).encode())))
    return BpmnWorkflow(parser.get_spec(drawing.main), parser.get_subprocess_specs(drawing.main))


def _element(task: Any) -> str:
    return str(task.task_spec.bpmn_id or task.task_spec.name)


def _file(process: Process) -> str:
    roots = "".join(root(place.event) for place in process.places.values() if place.event is not None)
    raised = {place.code for place in process.places.values() if place.code}
    known = {p.event.name for p in process.places.values() if p.event is not None and p.event.kind == "error"}
    roots += "".join(f'<error id="r_{code}" name="{code}" errorCode="{code}"/>' for code in raised - known)
    return f'{_HEAD}{roots}<process id="{process.key}" isExecutable="true">{_region(process, process.key)}</process></definitions>'


def _region(process: Process, region: str) -> str:
    inside = process.inside(region)
    ids = {place.id for place in inside}
    return "".join(_place(process, place) for place in inside) + "".join(
        _line(line) for line in process.lines.values() if line.source in ids
    )


def _line(line: Line) -> str:
    condition = escape(line.condition.text) if line.condition else ""
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return (
        f'<sequenceFlow id="{line.id}" sourceRef="{line.source}" targetRef="{line.target}">{inside}</sequenceFlow>'
    )


def _place(process: Process, place: Place) -> str:
    if place.kind == "serviceTask":
        return _service(place)
    attributes = {
        "default": place.default,
        "attachedToRef": place.attached,
        "calledElement": place.calls,
        "cancelActivity": None if place.interrupting else "false",
        "messageRef": f"r_{place.event.name}" if place.kind == "receiveTask" and place.event else None,
    }
    written = "".join(f' {name}="{value}"' for name, value in attributes.items() if value)
    event = "" if place.event is None or place.kind == "receiveTask" else _definition(place)
    inside = _region(process, place.id) if place.kind == "subProcess" else ""
    script = f"<script>{_script(place)}</script>" if place.kind == "scriptTask" else ""
    loop = _many(place, place.many) if place.many else ""
    return f'<{place.kind} id="{place.id}"{written}>{event}{script}{loop}{inside}</{place.kind}>'


def _definition(place: Place) -> str:
    # Durations are Python to the bare engine.
    text = definition(place.event) if place.event else ""
    return text.replace("<timeDuration>", "<timeDuration>'").replace("</timeDuration>", "'</timeDuration>")


def _script(place: Place) -> str:
    if place.nested:
        return "doc = {**doc, 'a': {**doc['a'], 'n': doc['a']['n'] + 1}}"
    return f"v_{place.id} = amount + 1"


def _service(place: Place) -> str:
    a, x, s, bad, good = (f"{place.id}_{n}" for n in ("begin", "choice", "work", "bad", "good"))
    return (
        f'<subProcess id="{place.id}"><startEvent id="{a}"/><exclusiveGateway id="{x}" default="{x}_d"/>'
        f'<scriptTask id="{s}"><script>v_{place.id} = amount * 2</script></scriptTask><endEvent id="{good}"/>'
        f'<endEvent id="{bad}"><errorEventDefinition errorRef="r_{place.code}"/></endEvent>'
        f'<sequenceFlow id="{x}_0" sourceRef="{a}" targetRef="{x}"/>'
        f'<sequenceFlow id="{x}_1" sourceRef="{x}" targetRef="{bad}">'
        "<conditionExpression>amount &gt; 5</conditionExpression></sequenceFlow>"
        f'<sequenceFlow id="{x}_d" sourceRef="{x}" targetRef="{s}"/>'
        f'<sequenceFlow id="{x}_2" sourceRef="{s}" targetRef="{good}"/></subProcess>'
    )


def _many(place: Place, many: Many) -> str:
    refs = f"<loopDataInputRef>{many.collection}</loopDataInputRef>" if many.collection else ""
    count = "" if many.collection else f"<loopCardinality>{many.count}</loopCardinality>"
    flag = ' isSequential="true"' if many.sequential else ""
    return f"<multiInstanceLoopCharacteristics{flag}>{count}{refs}</multiInstanceLoopCharacteristics>"


def beyond_bare(drawing: Drawing) -> list[str]:
    """What of a drawing bare SpiffWorkflow is known to do otherwise than BPMN, by name."""
    found = []
    for process in drawing.processes.values():
        for place in process.places.values():
            found += _beyond(process, place)
    if "branches in a loop" in drawing.features:
        found.append("a join in a loop does not wait on its second turn, and mixes in values of the first")
    if "multi-instance behind a boundary event" in drawing.features:
        found.append("a multi-instance activity behind a boundary event cannot begin")
    codes = [
        p.event.name for p in drawing.places() if p.event and p.event.kind == "error" and p.kind == "boundaryEvent"
    ]
    if len(codes) != len(set(codes)) or None in codes:
        found.append("an error fires every live catcher of its code, and a catch-all besides a specific one")
    return found


def _beyond(process: Process, place: Place) -> list[str]:
    reasons = []
    event = place.event
    if place.outside:
        reasons.append("a service always completes at once")
    if place.aside:
        reasons.append("event sub-processes start by themselves, do not interrupt and are not seen waiting")
    if place.kind == "boundaryEvent" and not place.interrupting:
        reasons.append("a non-interrupting boundary event fires once")
    if event is not None and event.kind == "link":
        reasons.append("links are passed as if they were nothing")
    if place.kind == "intermediateThrowEvent" and event is not None and event.kind == "escalation":
        catchers = [p for p in process.inside(place.region) if p.kind == "boundaryEvent" and p.event]
        if any(p.event is not None and p.event.kind == "escalation" for p in catchers):
            reasons.append("an escalation is caught at what runs beside its thrower")
    if len(process.outgoing(place.id)) > 1 and not place.kind.endswith("Gateway"):
        reasons.append("several flows out of a task are rejected")
    if place.many is not None and place.many.until is not None:
        reasons.append("the counters of a multi-instance are not seen by its completion condition")
    if place.many is not None and process.guards(place.id):
        reasons.append("an instance is unusable after a boundary event of a multi-instance sub-process")
    if _is_cut_off(process, place) and any("amount" in inner.writes for inner in _within(process, place.id)):
        reasons.append("what an interrupted sub-process wrote is lost, and conditions read it")
    return reasons


def data_beyond_bare(drawing: Drawing) -> list[str]:
    """Where bare SpiffWorkflow's data are known to be others than BPMN's scopes hold, by name."""
    found = []
    for process in drawing.processes.values():
        if any(_is_cut_off(process, place) for place in process.places.values()):
            found.append("what an interrupted sub-process wrote is lost")
    if any(place.event is not None and place.event.kind == "terminate" for place in drawing.places()):
        found.append("what other branches wrote before a terminate end is lost")
    if any(place.many is not None for place in drawing.places()):
        found.append("the instances of a multi-instance keep or lose what they wrote by chance")
    return found


def _is_cut_off(process: Process, place: Place) -> bool:
    return place.kind == "subProcess" and bool(process.guards(place.id))


def _within(process: Process, region: str) -> list[Place]:
    inside = process.inside(region)
    return inside + [
        deeper for place in inside if place.kind == "subProcess" for deeper in _within(process, place.id)
    ]
