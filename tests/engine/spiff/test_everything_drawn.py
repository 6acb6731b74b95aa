"""Everything mixed: compensation, transactions, loops, event sub-processes and boundary events, drawn and played at random.

Read back at every step, a case never breaks: it ends, or stands where BPMN lets it stand for ever (a join whose other
branch has left), or says that it runs in circles.
"""

from __future__ import annotations

import random

import pytest

from engine.errors import CannotGoOn
from tests.engine.spiff.play import Play, diagram, flow, flows
from tests.engine.spiff.test_compensation import throwing, undoing
from tests.engine.spiff.test_events import MESSAGE, ROOTS, timer

SIGNAL = '<signalEventDefinition signalRef="sig"/>'
ERROR = '<errorEventDefinition errorRef="e1"/>'
ESCALATION = '<escalationEventDefinition escalationRef="esc"/>'
UNDO, CANCEL = "<compensateEventDefinition/>", "<cancelEventDefinition/>"
CONDITION = "<conditionalEventDefinition><condition>x = 1</condition></conditionalEventDefinition>"
MUST_INTERRUPT = (ERROR, UNDO)
GUARDS = (MESSAGE, SIGNAL, ERROR, ESCALATION, CONDITION, timer("P1D"), timer("R2/P1D", "timeCycle"))
ASIDE = (MESSAGE, SIGNAL, ERROR, ESCALATION, CONDITION, UNDO)
Block = tuple[str, str, str]


class Drawing:
    """Draws blocks: XML, first and last node."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.count = 0

    def name(self, kind: str) -> str:
        """A new id."""
        self.count += 1
        return f"{kind}{self.count}"

    def maybe(self, chance: float) -> bool:
        """Whether to."""
        return self.random.random() < chance

    def flag(self, name: str, event: str) -> str:
        """Beside, now and then, where that is allowed."""
        return f' {name}="false"' if event not in MUST_INTERRUPT and self.maybe(0.5) else ""

    def many(self) -> str:
        """A loop, now and then."""
        order = self.random.choice(["", ' isSequential="true"'])
        inside = "<loopCardinality>2</loopCardinality>"
        loop = f"<multiInstanceLoopCharacteristics{order}>{inside}</multiInstanceLoopCharacteristics>"
        return loop if self.maybe(0.3) else ""

    def block(self, depth: int) -> Block:
        """Something."""
        kinds = ["task", "throw", "script"]
        kinds += ["task", "row", "fork", "sub", "sub", "transaction", "signal", "choice"] if depth > 0 else []
        drawn: Block = getattr(self, f"_{self.random.choice(kinds)}")(depth - 1)
        return drawn

    def _task(self, depth: int) -> Block:
        task = self.name("t")
        undo = undoing(task, kind=self.random.choice(["userTask", "task"])) if self.maybe(0.6) else ""
        return f'<userTask id="{task}">{self.many()}</userTask>{undo}{self._guard(task, depth)}', task, task

    def _script(self, _depth: int) -> Block:
        task, value = self.name("x"), self.random.randint(0, 1)
        assign = f'<extensionElements><keyturn:assign name="x" value="= {value}"/></extensionElements>'
        return f'<scriptTask id="{task}" scriptFormat="feel">{assign}</scriptTask>', task, task

    def _throw(self, _depth: int) -> Block:
        event = self.name("c")
        return throwing(event, self.random.choice(["", 'waitForCompletion="false"'])), event, event

    def _signal(self, _depth: int) -> Block:
        event, what = self.name("g"), self.random.choice([SIGNAL, ESCALATION])
        return f'<intermediateThrowEvent id="{event}">{what}</intermediateThrowEvent>', event, event

    def _row(self, depth: int) -> Block:
        first, second = self.block(depth), self.block(depth)
        return first[0] + second[0] + flows(f"{first[2]} {second[1]}"), first[1], second[2]

    def _fork(self, depth: int) -> Block:
        kind = self.random.choice(["parallelGateway", "inclusiveGateway"])
        split, join, parts = self.name("f"), self.name("j"), [self.block(depth), self.block(depth)]
        joined = "".join(p[0] + flows(f"{split} {p[1]}", f"{p[2]} {join}") for p in parts)
        return f'<{kind} id="{split}"/><{kind} id="{join}"/>{joined}', split, join

    def _choice(self, depth: int) -> Block:
        split, join, default = self.name("f"), self.name("j"), self.name("d")
        a, b = self.block(depth), self.block(depth)
        ways = (
            flow(split, a[1], "x = 1")
            + flow(split, b[1], flow_id=default)
            + flows(f"{a[2]} {join}", f"{b[2]} {join}")
        )
        gateways = f'<exclusiveGateway id="{split}" default="{default}"/><exclusiveGateway id="{join}"/>'
        return gateways + a[0] + b[0] + ways, split, join

    def _sub(self, depth: int) -> Block:
        sub = self.name("sub")
        undo = undoing(sub, kind="task") if self.maybe(0.2) else ""
        inside = self.inside(depth, ["", "", "<terminateEventDefinition/>", UNDO])
        return (
            f'<subProcess id="{sub}">{inside}{self.many()}</subProcess>{undo}{self._guard(sub, depth)}',
            sub,
            sub,
        )

    def _transaction(self, depth: int) -> Block:
        sub, event, end, after = self.name("tx"), self.name("b"), self.name("e"), self.block(depth - 1)
        left = f'<boundaryEvent id="{event}" attachedToRef="{sub}">{CANCEL}</boundaryEvent><endEvent id="{end}"/>'
        ways = after[0] + flows(f"{event} {after[1]}", f"{after[2]} {end}") + self._guard(sub, depth)
        inside = self.inside(depth, ["", CANCEL, CANCEL])
        return f'<transaction id="{sub}">{inside}{self.many()}</transaction>{left}{ways}', sub, sub

    def _guard(self, host: str, depth: int) -> str:
        if depth <= 0 or self.maybe(0.5):
            return ""
        event, end, what, after = self.name("b"), self.name("e"), self.random.choice(GUARDS), self.block(depth - 1)
        flag = self.flag("cancelActivity", what)
        boundary = f'<boundaryEvent id="{event}" attachedToRef="{host}"{flag}>{what}</boundaryEvent>'
        return boundary + after[0] + f'<endEvent id="{end}"/>' + flows(f"{event} {after[1]}", f"{after[2]} {end}")

    def inside(self, depth: int, ends: list[str], start: str = "", flag: str = "") -> str:
        """The inside of a process or sub-process, now and then with an event sub-process."""
        first, last, block = self.name("a"), self.name("z"), self.block(depth)
        drawn = f'<startEvent id="{first}"{flag}>{start}</startEvent>{block[0]}'
        drawn += f'<endEvent id="{last}">{self.random.choice(ends)}</endEvent>'
        drawn += flows(f"{first} {block[1]}", f"{block[2]} {last}")
        if not start and depth > 0 and self.maybe(0.4):
            event = self.random.choice(ASIDE)
            aside = self.inside(depth - 1, [""], event, self.flag("isInterrupting", event))
            drawn += f'<subProcess id="{self.name("aside")}" triggeredByEvent="true">{aside}</subProcess>'
        return drawn


def step(play: Play, choose: random.Random) -> None:
    """Something happens to the case, most often that a person does a task."""
    waits = play.case.waits()
    tasks = [wait for wait in waits if wait.kind == "user"]
    events = [wait for wait in waits if wait.kind not in ("user", "conditional")]
    if tasks and (not events or choose.random() < 0.8):
        play.case.complete(choose.choice(tasks).token, {"x": choose.randint(0, 1)})
    elif events:
        play.case.fire(choose.choice(events).token, {})
    else:
        play.case.scope.write({"x": 1 - play.data["x"]})
    play.case.run()
    play.turn()


@pytest.mark.parametrize("seed", range(120))
def test_a_case_of_everything_never_breaks(seed: int) -> None:
    choose = random.Random(seed)  # noqa: S311 - repeatable on purpose
    xml = diagram(Drawing(seed).inside(4, [""]), roots=ROOTS)
    try:
        play = Play(xml, {"x": choose.randint(0, 1)})
        for _ in range(300):
            if play.ended or not play.case.waits():
                break
            step(play, choose)
    except CannotGoOn as fault:
        assert fault.code == "too_many_steps"
        return
    assert play.ended or play.case.active()
    assert not play.ended or not play.case.subprocesses
