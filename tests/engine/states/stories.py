"""Instances that every release must be able to take over: where they stand, and how they go on.

A story is told by any release alike: `begun` are the steps until its state is kept, `rest` those that end it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.engine.spiff.play import diagram, flow, flows

Step = tuple[Any, ...]
ROOTS = '<message id="m" name="paid"/><message id="w" name="withdrawn"/><error id="full" errorCode="desk.full"/>'
KEY = '<extensionElements><keyturn:correlation name="no" value="= no"/></extensionElements>'


@dataclass(frozen=True)
class Story:
    """``files`` by name, the first one is started with ``variables``."""

    name: str
    files: dict[str, bytes]
    begun: list[Step]
    rest: list[Step]
    variables: dict[str, Any] = field(default_factory=dict)


def user(*names: str, loop: str = "") -> str:
    """User tasks that pass the checks."""
    task = '<keyturn:task form="any/form" candidateGroups="clerk" due="P1D"/>'
    inside = f"<extensionElements>{task}</extensionElements>{loop}"
    return "".join(f'<userTask id="{name}">{inside}</userTask>' for name in names)


def ends(*names: str) -> str:
    """A start event and end events."""
    return '<startEvent id="s"/>' + "".join(f'<endEvent id="{name}"/>' for name in names or ("e",))


def timer(text: str, kind: str = "timeDuration") -> str:
    """A timer definition."""
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def boundary(name: str, host: str, event: str, *, beside: bool = False, key: str = "") -> str:
    """A boundary event."""
    flag = ' cancelActivity="false"' if beside else ""
    return f'<boundaryEvent id="{name}" attachedToRef="{host}"{flag}>{key}{event}</boundaryEvent>'


def sub(name: str, inside: str, loop: str = "") -> str:
    """A sub-process of two tasks in a row, with more inside."""
    row = f'<startEvent id="{name}_s"/>{user(f"{name}_x", f"{name}_y")}<endEvent id="{name}_e"/>'
    return f'<subProcess id="{name}">{loop}{row}{inside}</subProcess>'


def many(flag: str = "", until: str = "") -> str:
    """Multi-instance over the people, gathering what they say."""
    loop = '<keyturn:loop collection="= people" element="person" outputCollection="said" outputElement="= word"/>'
    return (
        f"<multiInstanceLoopCharacteristics{flag}><extensionElements>{loop}</extensionElements>{until}"
        "</multiInstanceLoopCharacteristics>"
    )


def one(name: str, body: str, begun: list[Step], rest: list[Step], **variables: Any) -> Story:
    """A story of a single diagram."""
    return Story(name, {"story.bpmn": diagram(body, roots=ROOTS)}, begun, rest, variables)


MESSAGE = '<messageEventDefinition messageRef="m"/>'
IN_SUB = flows("sub_s sub_x sub_y sub_e")
PEOPLE = ["an", "bo", "chen"]
LOOP = (
    ends() + '<exclusiveGateway id="in"/>' + user("t") + '<exclusiveGateway id="ok" default="back"/>'
    + flows("s in t ok") + flow("ok", "e", "good") + flow("ok", "in", flow_id="back")
)  # fmt: skip
FORK = '<{kind} id="fork"/><{kind} id="join"/>'
INCLUSIVE = (
    ends() + '<inclusiveGateway id="fork" default="d"/><inclusiveGateway id="join"/>' + user("a", "b", "after")
    + flows("s fork", "a join after e", "b join") + flow("fork", "a", "amount > 1") + flow("fork", "b", flow_id="d")
)  # fmt: skip
ASIDE = (
    '<subProcess id="{name}" triggeredByEvent="true"><startEvent id="{name}_s"{flag}>{key}{event}</startEvent>'
    + "{user}"
    + '<endEvent id="{name}_e"/>{flows}</subProcess>'
)


def aside(name: str, event: str, *, beside: bool = False, key: str = "") -> str:
    """An event sub-process with one task."""
    flag = ' isInterrupting="false"' if beside else ""
    inside = flows(f"{name}_s {name}_t {name}_e")
    return ASIDE.format(name=name, flag=flag, key=key, event=event, user=user(f"{name}_t"), flows=inside)


def stories() -> list[Story]:
    """All of them."""
    return [*_plain(), *_joins(), *_inside(), *_repeated(), *_awaited(), *_outside(), *_signed()]


def _plain() -> list[Story]:
    row = ends() + user("t", "u") + flows("s t u e")
    turns: list[Step] = [("complete", "t", {"good": False, "turn": n}) for n in range(60)]
    return [
        one("in_a_user_task", row, [], [("complete", "t", {"a": 1}), ("complete", "u", {"b": [1, {"c": None}]})], x=1),
        one("late_in_a_loop", LOOP, turns, [("complete", "t", {"good": False}), ("complete", "t", {"good": True})]),
        one(
            "suspended",
            row + boundary("late", "t", timer("P2D")) + flows("late u"),
            [("suspend",), ("time", {"days": 3})],
            [("resume",), ("time", {"hours": 1}), ("complete", "u", {})],
        ),
        one("in_a_standard_loop", ends() + user("t", loop=(
            "<standardLoopCharacteristics><loopCondition>again</loopCondition></standardLoopCharacteristics>"
        )) + flows("s t e"), [("complete", "t", {"again": True})],
            [("complete", "t", {"again": True}), ("complete", "t", {"again": False})]),
    ]  # fmt: skip


def _signed() -> list[Story]:
    row = ends() + user("t", "u") + flows("s t u e")
    agree = {"decision": "approved"}
    done: Step = ("complete", "u", {})
    return [
        one("signing_before_half_done", row, [("ask_along", "t", ["an", "bo"], "before"), ("decide", "an", agree)],
            [("decide", "bo", agree), ("complete", "t", {"a": 1}), done]),
        one("signing_after_begun", row, [("ask_along", "t", ["an", "bo"], "after"), ("complete", "t", agree)],
            [("decide", "an", agree), ("decide", "bo", agree), done]),
    ]  # fmt: skip


def _joins() -> list[Story]:
    fork = '<parallelGateway id="fork"/><parallelGateway id="join"/>'
    parallel = ends() + fork + user("a", "b", "after") + flows("s fork a join after e", "fork b join")
    excess = (
        ends() + fork + '<exclusiveGateway id="merge"/>' + user("a", "b", "c", "after")
        + flows("s fork a merge join after e", "fork b merge", "fork c join")
    )  # fmt: skip
    return [
        one("half_joined", parallel, [("complete", "a", {"a": 1})], [("complete", "b", {}), ("complete", "after", {})]),
        one("half_joined_inclusive", INCLUSIVE.replace("> 1", "&gt; 1"), [],
            [("complete", "a", {}), ("complete", "after", {})], amount=5),
        one("excess_token_at_a_join", excess, [("complete", "a", {}), ("complete", "b", {})],
            [("complete", "c", {}), ("complete", "after", {})]),
    ]  # fmt: skip


def _inside() -> list[Story]:
    nested = sub("sub", IN_SUB).replace(
        user("sub_x"), sub("deep", flows("deep_s deep_x deep_y deep_e")) + user("sub_x")
    )
    nested = nested.replace("</subProcess>", "</subProcess>", 1)
    deep = ends() + nested.replace(
        '<sequenceFlow sourceRef="sub_s" targetRef="sub_x"/>', flows("sub_s deep sub_x")
    ) + user("after") + flows("s sub after e")  # fmt: skip
    guarded = (
        ends() + sub("sub", IN_SUB) + user("mend") + boundary("gone", "sub", MESSAGE, key=KEY)
        + flows("s sub e", "gone mend e")
    )  # fmt: skip
    caller = diagram(
        ends() + '<callActivity id="call" calledElement="approval"><extensionElements>'
        '<keyturn:in name="sum" value="= price * 2"/><keyturn:out name="verdict" value="= answer"/>'
        "</extensionElements></callActivity>" + user("after") + flows("s call after e")
    )  # fmt: skip
    callee = diagram(ends() + user("ask", "again") + flows("s ask again e"), key="approval")
    return [
        one("in_a_sub_process_of_a_sub_process", deep, [("complete", "deep_x", {"a": 1})],
            [("complete", "deep_y", {}), ("complete", "sub_x", {}), ("complete", "sub_y", {}), ("complete", "after", {})]),
        one("in_a_sub_process_that_a_message_ends", guarded, [("complete", "sub_x", {})],
            [("message", "paid", {"sum": 3}), ("complete", "mend", {})], no=7),
        Story("in_a_called_process", {"story.bpmn": caller, "approval.bpmn": callee}, [("complete", "ask", {"answer": "yes"})],
              [("complete", "again", {}), ("complete", "after", {})], {"price": 4}),
    ]  # fmt: skip


def _repeated() -> list[Story]:
    at_once = ends() + user("t", loop=many()) + user("after") + flows("s t after e")
    until = "<completionCondition>nrOfCompletedInstances &gt;= 2</completionCondition>"
    row = ends() + user("t", loop=many(' isSequential="true"', until)) + user("after") + flows("s t after e")
    subs = ends() + sub("sub", IN_SUB, many()) + user("late") + boundary("b", "sub", timer("P9D"))
    after: Step = ("complete", "after", {})
    return [
        one("at_once_half_done", at_once, [("complete", "t", {"word": "x"})],
            [("complete", "t", {"word": "y"}), ("complete", "t", {"word": "z"}), after], people=PEOPLE),
        one("one_after_the_other", row, [("complete", "t", {"word": "x"})],
            [("complete", "t", {"word": "y"}), after], people=PEOPLE),
        one("sub_processes_at_once", subs + flows("s sub e", "b late e"), [("complete", "sub_x", {})],
            [("complete", "sub_x", {}), ("time", {"days": 10}), ("complete", "late", {})], people=PEOPLE),
    ]  # fmt: skip


def _awaited() -> list[Story]:
    guarded = ends() + user("t", "u")
    cycle = boundary("remind", "t", timer("R5/P1D", "timeCycle"), beside=True) + '<endEvent id="told"/>'
    race = (
        ends() + '<eventBasedGateway id="g"/>'
        f'<intermediateCatchEvent id="paid">{KEY}{MESSAGE}</intermediateCatchEvent>'
        f'<intermediateCatchEvent id="late">{timer("P3D")}</intermediateCatchEvent>'
        f'<receiveTask id="gone" messageRef="w">{KEY}</receiveTask>' + user("t")
        + flows("s g paid t e", "g late t", "g gone t")
    )  # fmt: skip
    armed = ends() + user("t") + aside("off", MESSAGE, key=KEY) + aside("note", timer("P2D"), beside=True)
    return [
        one("boundary_timer_armed", guarded + boundary("b", "t", timer("P2D")) + flows("s t e", "b u e"), [],
            [("time", {"days": 2}), ("complete", "u", {})]),
        one("reminder_under_way", guarded + cycle + flows("s t e", "remind u told"), [("time", {"days": 2})],
            [("time", {"days": 1}), ("complete", "u", {}), ("complete", "t", {}), ("complete", "u", {}), ("complete", "u", {})]),
        one("event_sub_processes_armed", armed + flows("s t e"), [],
            [("time", {"days": 2}), ("message", "paid", {"sum": 1}), ("complete", "off_t", {})], no=3),
        one("event_sub_process_running", armed + flows("s t e"), [("time", {"days": 2})],
            [("complete", "t", {}), ("complete", "note_t", {})], no=4),
        one("event_gateway", race, [], [("message", "withdrawn", {"why": "moved"}), ("complete", "t", {})], no=5),
        one("event_gateway_and_time", race, [], [("time", {"days": 3}), ("complete", "t", {})], no=6),
    ]  # fmt: skip


def _outside() -> list[Story]:
    task = '<extensionElements><keyturn:handler name="desk.ask"/></extensionElements>'
    parked = (
        ends() + f'<serviceTask id="ask">{task}</serviceTask>' + user("t", "full")
        + boundary("no", "ask", '<errorEventDefinition errorRef="full"/>') + flows("s ask t e", "no full e")
    )  # fmt: skip
    return [
        one("external_step_parked", parked, [], [("work",), ("complete", "t", {})], amount=3),
        one("external_step_that_will_fail", parked, [], [("work",), ("complete", "full", {})], amount=9),
    ]
