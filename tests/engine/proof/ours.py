"""The engine's side: the drawing as an analyst would draw it, played through commands on a database.

Every step is a command in a unit of work of its own, so the instance is written down and read back each time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from sqlalchemy import select

from engine import cache, jobs
from engine.api import BusinessError, Context, Engine, HandlerRegistry, Instance, StepFailed
from engine.spiff.build import Bundle
from engine.spiff.codec import FORMAT, dump, load
from engine.store.instances import TABLE
from kernel.actor import SYSTEM
from tests.engine.conftest import WORKER, House
from tests.engine.proof.drawing import Drawing, Happening, Line, Many, Place, Process
from tests.engine.proof.handlers import CODES, Seat, Seated
from tests.engine.proof.prints import print_of
from tests.engine.spiff.play import diagram

_USER = '<keyturn:task form="any/form" candidateGroups="clerk" due="P1D"/>'
_KEY = '<keyturn:correlation name="no" value="= no"/>'
_FLAGS = {"startEvent": "isInterrupting", "boundaryEvent": "cancelActivity"}


def file_of(process: Process) -> bytes:
    """A process as a file for Keyturn."""
    roots = "".join(root(place.event) for place in process.places.values() if place.event is not None)
    return diagram(_region(process, process.key), key=process.key, roots=roots)


def _region(process: Process, region: str) -> str:
    places = "".join(_place(process, place) for place in process.inside(region))
    inside = {place.id for place in process.inside(region)}
    return places + "".join(_line(line) for line in process.lines.values() if line.source in inside)


def _line(line: Line) -> str:
    condition = escape(line.condition.text) if line.condition else ""
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return (
        f'<sequenceFlow id="{line.id}" sourceRef="{line.source}" targetRef="{line.target}">{inside}</sequenceFlow>'
    )


def _place(process: Process, place: Place) -> str:
    attributes = {
        "default": place.default,
        "attachedToRef": place.attached,
        "calledElement": place.calls,
        "triggeredByEvent": "true" if place.aside else None,
        _FLAGS.get(place.kind, ""): None if place.interrupting else "false",
        "messageRef": f"r_{place.event.name}" if place.kind == "receiveTask" and place.event else None,
        "scriptFormat": "feel" if place.kind == "scriptTask" else None,
    }
    written = "".join(f' {name}="{value}"' for name, value in attributes.items() if value)
    event = "" if place.event is None or place.kind == "receiveTask" else definition(place.event)
    inside = _region(process, place.id) if place.kind == "subProcess" else ""
    extensions = f"<extensionElements>{_extensions(place)}</extensionElements>" if _extensions(place) else ""
    loop = _many(place, place.many) if place.many else ""
    return f'<{place.kind} id="{place.id}"{written}>{extensions}{event}{loop}{inside}</{place.kind}>'


def _extensions(place: Place) -> str:
    if place.kind == "userTask":
        return _USER
    if place.kind == "serviceTask":
        verb = "proof.ask" if place.outside else "proof.seat"
        inputs = f'<keyturn:input name="amount" value="= amount"/><keyturn:input name="code" value="= &quot;{place.code}&quot;"/>'
        return f'<keyturn:handler name="{verb}">{inputs}<keyturn:output name="v_{place.id}" value="= result.seats"/></keyturn:handler>'
    if place.kind == "scriptTask" and place.nested:
        return (
            '<keyturn:assign name="doc" value="= context put(doc, [&quot;a&quot;, &quot;n&quot;], doc.a.n + 1)"/>'
        )
    if place.kind == "scriptTask":
        return f'<keyturn:assign name="v_{place.id}" value="= amount + 1"/>'
    is_message = place.event is not None and place.event.kind == "message"
    return _KEY if is_message else ""


def _many(place: Place, many: Many) -> str:
    collection = f' collection="= {many.collection}" element="item"' if many.collection else ""
    gather = f' outputCollection="r_{place.id}" outputElement="= v_{place.id}"' if many.gathers else ""
    own = f"<extensionElements><keyturn:loop{collection}{gather}/></extensionElements>"
    count = "" if many.collection else f"<loopCardinality>{many.count}</loopCardinality>"
    until = f"nrOfCompletedInstances &gt;= {many.until}" if many.until else ""
    condition = f"<completionCondition>{until}</completionCondition>" if until else ""
    flag = ' isSequential="true"' if many.sequential else ""
    return f"<multiInstanceLoopCharacteristics{flag}>{own}{count}{condition}</multiInstanceLoopCharacteristics>"


def definition(event: Happening) -> str:
    """An event definition."""
    if event.kind == "timer":
        text = f"PT{event.seconds}S"
        tag, text = ("timeCycle", f"R{event.turns}/{text}") if event.turns > 1 else ("timeDuration", text)
        return f"<timerEventDefinition><{tag}>{text}</{tag}></timerEventDefinition>"
    if event.kind == "link":
        return f'<linkEventDefinition name="{event.name}"/>'
    reference = f' {event.kind}Ref="r_{event.name}"' if event.name else ""
    return f"<{event.kind}EventDefinition{reference}/>"


def root(event: Happening) -> str:
    if event.name is None or event.kind not in ("message", "signal", "error", "escalation"):
        return ""
    code = {"error": "errorCode", "escalation": "escalationCode"}.get(event.kind)
    coded = f' {code}="{event.name}"' if code else ""
    return f'<{event.kind} id="r_{event.name}" name="{event.name}"{coded}/>'


def register(registry: HandlerRegistry) -> None:
    """The one verb of all drawings."""

    @registry.handler("proof.seat", errors=CODES)
    def seat(data: Seat, _ctx: Context) -> Seated:
        if data.amount > 5:
            raise BusinessError(data.code)
        return Seated(data.amount * 2)

    @registry.handler("proof.ask", errors=CODES, external=True)
    def ask(data: Seat, ctx: Context) -> Seated:
        return seat(data, ctx)


class Bundles:
    """All that reading a state asks of the engine around it."""

    def __init__(self, engine: Engine) -> None:
        self.session = engine.host.session

    def bundle(self, definition_id: str) -> Bundle:
        """A parsed definition."""
        return cache.bundle_of(self.session, definition_id)


class Failed(Exception):
    """The engine refused a step and rolled it back."""


class Ours:
    """One instance in the engine."""

    def __init__(self, house: House, drawing: Drawing, data: dict[str, Any]) -> None:
        self.house = house
        self.no = data["no"]
        files = {f"{key}.bpmn": file_of(process) for key, process in drawing.processes.items()}
        house.act(lambda e: e.deploy(files))
        try:
            begun: Instance = house.act(lambda e: e.start(drawing.main, data, scope="/"))
        except StepFailed as fault:
            raise Failed from fault
        self.id = begun.id
        self.look()
        self.shared_before = self.shared()

    def look(self) -> None:
        """Read everything that is to be compared, in one transaction."""

        def read(engine: Engine) -> tuple[Any, ...]:
            kept = select(TABLE.c.tokens, TABLE.c.definition_id).where(TABLE.c.id == self.id)
            seen = engine.get_instance(self.id), engine.variables(self.id), engine.waiting(self.id)
            return *seen, *engine.host.session.execute(kept).one()

        instance, self.data, waiting, self.stored, self.definition = self.house.ask(read)
        self.state = instance.state
        self.people = [(w.element_id, w.task_id) for w in waiting if w.kind == "user"]
        self.others = [w for w in waiting if w.kind != "user"]

    def written_again(self) -> str:
        """The stored state once it has been read and written: nothing may be lost on the way."""
        if self.state != "active":
            return str(self.stored)

        def again(engine: Engine) -> str:
            services: Any = Bundles(engine)
            bundle = services.bundle(self.definition)
            return dump(load(bundle, self.stored, FORMAT, dict(self.data), services))

        return str(self.house.ask(again))

    def shared(self) -> dict[str, Any]:
        """The print of the specification that all instances share."""
        found: dict[str, Any] = self.house.ask(
            lambda e: print_of(cache.bundle_of(e.host.session, self.definition))
        )
        return found

    @property
    def ended(self) -> bool:
        """Whether the instance has completed."""
        return self.state == "completed"

    def offered(self) -> list[str]:
        """Open user tasks, the oldest first."""
        return [element for element, _ in self.people]

    def waiting(self) -> list[tuple[str, str, str]]:
        """Events awaited: kind, element, and the instant of timers."""
        return sorted((w.kind, w.element_id, w.due_at.isoformat() if w.due_at else "") for w in self.others)

    def data_at(self, element: str, index: int) -> dict[str, Any]:
        """What one of the open tasks at an element sees."""
        task = [task for found, task in self.people if found == element][index]
        found: dict[str, Any] = self.house.ask(lambda e: e.get_task(task).variables)
        return found

    def complete(self, element: str, index: int, answers: dict[str, Any]) -> None:
        """A person has done a task."""
        task = [task for found, task in self.people if found == element][index]
        self._act(lambda e: e.complete(task, answers), WORKER)

    def tell(self, kind: str, name: str, payload: dict[str, Any]) -> int:
        """A message or signal comes; to how many."""
        if kind == "message":
            return int(self._act(lambda e: e.publish(name, {"no": self.no}, payload), SYSTEM))
        return int(self._act(lambda e: e.signal(name, payload), SYSTEM))

    def pass_time(self, now: datetime) -> None:
        """The clock moves and the worker fires what is due."""
        self.house.clock.advance(now - self.house.clock.now())
        while self._act(lambda e: e.run_due(self.house.clock.now()), SYSTEM):
            pass

    def work(self) -> None:
        """A worker answers for the oldest external service: leased, run, and finished in three transactions."""

        def lease(engine: Engine) -> jobs.LeasedJob | None:
            host = engine.host
            return jobs.lease_next(host.session, host.clock.now(), timedelta(minutes=1), worker="one")

        job = self.house.act(lease, SYSTEM)
        outcome = jobs.run(job, self.house.registry, self.house.clock)
        self._act(lambda e: jobs.finish(e.host, job, outcome), SYSTEM)

    def done(self) -> list[str]:
        """The elements done, as the history tells them, sorted."""
        codes = ("element_done", "task_completed")
        return sorted(e.element_id for e in self.house.ask(lambda e: e.history(self.id)) if e.code in codes)

    def stop(self) -> None:
        """Leave nothing behind that another instance could meet."""
        if self.state == "active":
            self.house.act(lambda e: e.cancel(self.id, "the proof is over"))

    def _act(self, do: Any, actor: Any) -> Any:
        try:
            return self.house.act(do, actor)
        except StepFailed as fault:
            raise Failed from fault
        finally:
            self.look()
