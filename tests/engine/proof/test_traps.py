"""The library's traps that no test of an element's own holds: depth, sharing, Python in a diagram, cost.

docs/engine.md lists every trap with how it is met and the test that holds it.
"""

from __future__ import annotations

import ast
import itertools
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import engine
from engine.api import Context, DefinitionError, HandlerRegistry, Invalid, StepFailed
from engine.definitions import read
from engine.definitions.checks import check_process
from engine.definitions.wiring import Wiring
from engine.errors import CannotGoOn
from engine.spiff.build import build
from engine.store.instances import TABLE
from kernel.actor import SYSTEM
from tests.engine.conftest import House, Story
from tests.engine.proof.prints import print_of
from tests.engine.proof.work import Meter
from tests.engine.spiff.play import Play, diagram, flow, flows
from tests.engine.states.stories import KEY, MESSAGE, ROOTS, aside, boundary, ends, sub, timer, user


@dataclass(frozen=True)
class Basket:
    """What a careless handler gets."""

    lines: list[dict[str, Any]]


def test_trap_1_a_handler_that_changes_its_input_in_place_changes_no_process_data(
    house: House, registry: HandlerRegistry
) -> None:
    """SpiffWorkflow hands finished ancestors, siblings and running steps the same nested values."""

    @registry.handler("basket.spoil")
    def spoil(data: Basket, _ctx: Context) -> None:
        data.lines[0]["price"] = 0
        data.lines.append({"price": 1})

    task = '<extensionElements><keyturn:handler name="basket.spoil"/></extensionElements>'
    body = ends() + f'<serviceTask id="x">{task}</serviceTask>' + user("t") + flows("s x t e")
    house.act(lambda e: e.deploy({"story.bpmn": diagram(body)}))
    given = {"lines": [{"price": 9}]}
    story = Story(house, house.act(lambda e: e.start("story", given)))
    assert story.data == given == {"lines": [{"price": 9}]}


def row(count: int) -> bytes:
    """So many tasks in a row."""
    names = [f"t{n}" for n in range(count)]
    tasks = "".join(f'<scriptTask id="{name}">{ASSIGN}</scriptTask>' for name in names)
    return diagram(ends() + tasks + flows(f"s {' '.join(names)} e"))


ASSIGN = '<extensionElements><keyturn:assign name="n" value="= n + 1"/></extensionElements>'


def test_trap_2_five_thousand_nodes_in_a_row_are_read_checked_built_and_run_without_recursion() -> None:
    """SpiffWorkflow's parser recurses past Python's limit at about 300."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(_depth() + 150)
    try:
        model = read(row(5_000))
        findings = list(check_process(model, Wiring()))
        play = Play(build(model, "story", 1), {"n": 0})
    finally:
        sys.setrecursionlimit(limit)
    assert findings == []
    assert play.ended
    assert play.data == {"n": 5_000}


def _depth() -> int:
    return next(n for n in itertools.count(1) if not _has_frame(n))


def _has_frame(number: int) -> bool:
    try:
        sys._getframe(number)
    except ValueError:
        return False
    return True


def nested(depth: int) -> bytes:
    """A task within so many sub-processes."""
    body = ends() + user("t") + flows("s t e")
    for n in range(depth):
        body = (
            f'<startEvent id="a{n}"/><subProcess id="sub{n}">{body}</subProcess><endEvent id="z{n}"/>'
            + flows(f"a{n} sub{n} z{n}")
        )  # fmt: skip
    return diagram(body)


def test_trap_2_a_task_within_forty_sub_processes_is_offered_and_leads_out_of_them_all(house: House) -> None:
    house.act(lambda e: e.deploy({"story.bpmn": nested(40)}))
    story = Story(house, house.act(lambda e: e.start("story", {})))
    assert story.waiting_at == ["t"]
    story.complete("t")
    assert story.state == "completed"


def test_trap_2_what_is_nested_beyond_all_use_is_refused_in_words() -> None:
    with pytest.raises(CannotGoOn, match="nested_too_deep"):
        Play(nested(60))


def fans(count: int) -> bytes:
    """So many three-way parallel blocks in a row, a task on each way."""
    blocks = "".join(
        f'<parallelGateway id="f{n}"/><parallelGateway id="j{n}"/>'
        + user(f"a{n}", f"b{n}", f"c{n}")
        + flows(
            f"f{n} a{n} j{n}",
            f"f{n} b{n} j{n}",
            f"f{n} c{n} j{n}",
            f"j{n} {f'f{n + 1}' if n + 1 < count else 'e'}",
        )
        for n in range(count)
    )
    return diagram(ends() + blocks + flows("s f0"))


def test_trap_3_eight_fan_outs_in_a_row_start_with_the_work_of_one(hasty: House) -> None:
    """SpiffWorkflow predicts 42,645 tasks at the start; here nothing is predicted, so only what is reached counts."""
    meter = Meter(hasty.database.engine)
    seen = []
    for count in (1, 8):
        hasty.act(lambda e, count=count: e.deploy({"story.bpmn": fans(count)}))
        story = Story(hasty, hasty.act(lambda e: e.start("story", {})))
        with meter.counting() as work:
            again = Story(hasty, hasty.act(lambda e: e.start("story", {})))
        with hasty.database.reading() as session:
            tokens = session.execute(TABLE.select().where(TABLE.c.id == again.id)).one().tokens
        seen.append((work.written, work.statements, len(tokens), len(again.tasks)))
        assert story.waiting_at == again.waiting_at == ["a0", "b0", "c0"]
    assert seen[0] == seen[1]


ARMED = (
    ends() + user("t", "u") + aside("off", MESSAGE, key=KEY) + aside("note", timer("P1D"), beside=True)
    + boundary("late", "t", timer("P3D"), beside=True) + flows("s t u e", "late u")
)  # fmt: skip


def test_trap_4_threads_share_a_specification_whose_event_sub_processes_fire_in_some_of_them() -> None:
    """In SpiffWorkflow the first that fires changes the specification, and the next instance never completes."""
    bundle = build(read(diagram(ARMED, roots=ROOTS)), "story", 1)
    before = print_of(bundle)

    def go(number: int) -> bool:
        play = Play(bundle, {"no": number})
        if number % 3 == 0:
            return play.fire("off_s").complete("off_t").ended
        if number % 3 == 1:
            return play.pass_time(days=1).complete("note_t").complete("t").complete("u").ended
        return play.complete("t").complete("u").ended

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(go, range(120)))
    assert print_of(bundle) == before


def test_trap_7_what_an_interrupted_part_waited_for_no_longer_finds_it(house: House) -> None:
    """SpiffWorkflow's reset leaves stale waiting events until the instance is loaded again."""
    inside = '<receiveTask id="r" messageRef="w">' + KEY + "</receiveTask>"
    body = (
        ends() + sub("sub", inside + flows("sub_s sub_x r sub_y sub_e")) + user("after")
        + boundary("off", "sub", MESSAGE, key=KEY) + flows("s sub after e", "off after")
    )  # fmt: skip
    house.act(lambda e: e.deploy({"story.bpmn": diagram(body, roots=ROOTS)}))
    story = Story(house, house.act(lambda e: e.start("story", {"no": 5})))
    story.complete("sub_x")
    assert story.waits == [("message", "off"), ("message", "r")]
    assert house.act(lambda e: e.publish("paid", {"no": 5}), SYSTEM) == 1
    assert story.waits == [("user", "after")]
    assert house.act(lambda e: e.publish("withdrawn", {"no": 5}), SYSTEM) == 0


def test_trap_9_a_failing_handler_is_told_by_its_own_name(house: House, registry: HandlerRegistry) -> None:
    """In SpiffWorkflow whatever a service raises surfaces as ``NameError: script``."""

    @registry.handler("desk.break")
    def break_down(_data: None, _ctx: Context) -> None:
        raise LookupError("no such desk")

    task = '<extensionElements><keyturn:handler name="desk.break"/></extensionElements>'
    body = ends() + f'<serviceTask id="x">{task}</serviceTask>' + flows("s x e")
    house.act(lambda e: e.deploy({"story.bpmn": diagram(body)}))
    with pytest.raises(StepFailed) as caught:
        house.act(lambda e: e.start("story", {}))
    assert (caught.value.error_type, caught.value.element_id) == ("LookupError", "x")


PYTHON = "__import__('os').environ.setdefault('KEYTURN_CAUGHT', 'x')"
LOOP = "<multiInstanceLoopCharacteristics><extensionElements>{}</extensionElements>{}</multiInstanceLoopCharacteristics>"
PLACES: Mapping[str, Callable[[str], str]] = {
    "condition": lambda text: (
        '<exclusiveGateway id="g" default="d"/>' + flows("s g") + flow("g", "e", text) + flow("g", "e", flow_id="d")
    ),
    "assignment": lambda text: (
        f'<scriptTask id="x"><extensionElements><keyturn:assign name="n" value="= {text}"/></extensionElements>'
        "</scriptTask>" + flows("s x e")
    ),
    "script": lambda text: (
        f'<scriptTask id="x" scriptFormat="python"><script>{text}</script></scriptTask>' + flows("s x e")
    ),
    "timer": lambda text: (
        f'<intermediateCatchEvent id="x">{timer(f"= {text}")}</intermediateCatchEvent>' + flows("s x e")
    ),
    "correlation": lambda text: (
        f'<receiveTask id="x" messageRef="m">{KEY.replace("= no", f"= {text}")}</receiveTask>' + flows("s x e")
    ),
    "collection": lambda text: (
        user("t", loop=LOOP.format(f'<keyturn:loop collection="= {text}"/>', "")) + flows("s t e")
    ),
    "cardinality": lambda text: (
        user("t", loop=LOOP.format("", f"<loopCardinality>{text}</loopCardinality>")) + flows("s t e")
    ),
    "due": lambda text: user("t").replace('due="P1D"', f'due="= {text}"') + flows("s t e"),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_trap_10_python_in_a_diagram_is_refused_and_never_run(
    house: House, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SpiffWorkflow evaluates conditions and scripts with ``eval`` and ``exec``."""
    monkeypatch.delenv("KEYTURN_CAUGHT", raising=False)
    body = ends() + PLACES[place](PYTHON)
    with pytest.raises((DefinitionError, StepFailed)):
        house.act(lambda e: e.deploy({"story.bpmn": diagram(body, roots=ROOTS)}))
        house.act(lambda e: e.start("story", {"no": 1}))
    assert "KEYTURN_CAUGHT" not in __import__("os").environ


def test_trap_10_nothing_in_the_engine_compiles_python() -> None:
    calls = [
        (file.name, node.lineno, node.func.id)
        for file in Path(engine.__file__ or "").parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert len(calls) > 1_000
    assert [call for call in calls if call[2] in ("eval", "exec", "compile", "__import__")] == []


WAITS = ends() + user("t") + f'<receiveTask id="r" messageRef="m">{KEY}</receiveTask>' + flows("s t r e")
STRANGE = [float("nan"), float("inf"), 0.1, Decimal("0.93"), date(2026, 3, 2), timedelta(1), {1}, b"x"]


@pytest.mark.parametrize("value", STRANGE, ids=repr)
def test_trap_11_what_json_cannot_hold_is_refused_at_each_entrance(house: House, value: object) -> None:
    """In SpiffWorkflow Decimals and dates raise only when the instance is saved."""
    house.act(lambda e: e.deploy({"story.bpmn": diagram(WAITS, roots=ROOTS)}))
    with pytest.raises(Invalid, match="value_not_json"):
        house.act(lambda e: e.start("story", {"no": 1, "x": [value]}))
    story = Story(house, house.act(lambda e: e.start("story", {"no": 1})))
    with pytest.raises(Invalid, match="value_not_json"):
        story.complete("t", x={"deep": value})
    story.complete("t", x=1)
    with pytest.raises(Invalid, match="value_not_json"):
        house.act(lambda e: e.publish("paid", {"no": 1}, {"x": value}), SYSTEM)
    assert (story.waits, story.data) == ([("message", "r")], {"no": 1, "x": 1})


@pytest.mark.parametrize("text", ["1 / 3", "0.5", "sqrt(2)"])
def test_trap_11_what_an_expression_makes_is_held_to_the_same(text: str) -> None:
    """Fractions have spellings of their own; one that came of a calculation is refused where it is written."""
    xml = diagram(ends() + f'<scriptTask id="x">{ASSIGN.replace("n + 1", text)}</scriptTask>' + flows("s x e"))
    with pytest.raises(CannotGoOn):
        Play(xml, {"n": 1})


def calls_of(do: Callable[[], object]) -> int:
    """How many Python functions are called, which is the same on every machine."""
    count = 0

    def called(_frame: object, what: str, _arg: object) -> None:
        nonlocal count
        count += what == "call"

    sys.setprofile(called)
    try:
        do()
    finally:
        sys.setprofile(None)
    return count


def test_cost_a_chain_of_scripts_costs_in_proportion_to_its_length() -> None:
    """SpiffWorkflow takes 2, 53 and 795 ms for 10, 100 and 400: quadratic."""
    short, long = (build(read(row(count)), "story", 1) for count in (100, 400))
    Play(short, {"n": 0})
    one, four = calls_of(lambda: Play(short, {"n": 0})), calls_of(lambda: Play(long, {"n": 0}))
    assert four <= one * 4.2


def test_cost_a_diagram_is_parsed_once_however_many_instances_run(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SpiffWorkflow's serializer writes the specifications with every instance: half of its 190 KB."""
    house.act(lambda e: e.deploy({"story.bpmn": diagram(WAITS, roots=ROOTS)}))
    house.act(lambda e: e.start("story", {"no": 1}))
    monkeypatch.setattr("engine.cache.build", lambda *_args: pytest.fail("parsed again"))
    for number in range(2, 5):
        Story(house, house.act(lambda e, number=number: e.start("story", {"no": number}))).complete("t")
