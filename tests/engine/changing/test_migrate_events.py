"""Timers, messages, events and conditions of a running case under another version of its diagram."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.api import ChangeRefused
from kernel.actor import SYSTEM
from tests.engine.changing.versions import Versions, against, becoming, ends, flows, received, task, timer

START = '<startEvent id="s"/>'
PAID = '<message id="m" name="paid"/><message id="m2" name="settled"/>'


def test_timers_keep_their_instant_unless_told_to_count_anew(versions: Versions) -> None:
    clock = versions.house.clock
    versions.deploy(START, task("t"), timer("lapse", "t", "P7D"), ends("e", "f"), flows("s t e", "lapse f"))
    kept, anew = versions.start(), versions.start()
    due = clock.now() + timedelta(days=7)
    versions.house.pass_time(days=2)
    versions.deploy(START, task("t"), timer("lapse", "t", "P30D"), ends("e", "f"), flows("s t e", "lapse f"))
    plan = versions.migrate(kept)
    assert {w.element_id: (w.becomes, w.due_at) for w in plan.waits}["lapse"] == ("kept", due)
    plan = versions.migrate(anew, recalculate=True)
    assert {w.element_id: (w.becomes, w.due_at) for w in plan.waits}["lapse"] == (
        "renewed",
        clock.now() + timedelta(days=30),
    )
    versions.house.pass_time(days=6)
    assert (kept.state, anew.state) == ("completed", "active")
    versions.house.pass_time(days=25)
    assert (anew.state, anew.done()[-1]) == ("completed", "f")


def test_boundary_events_come_and_go_with_the_version(versions: Versions) -> None:
    versions.deploy(START, task("t"), timer("lapse", "t"), ends("e", "f"), flows("s t e", "lapse f"))
    story = versions.start({"order": "7"})
    versions.deploy(
        START, task("t"), received("paid", "t", "m"), ends("e", "f"), flows("s t e", "paid f"), roots=PAID
    )
    plan = versions.migrate(story)
    assert becoming(plan) == {"t": "kept", "paid": "begun", "lapse": "ended"}
    assert story.waits == [("message", "paid"), ("user", "t")]
    assert versions.house.pass_time(days=30) == 0
    versions.house.act(lambda e: e.publish("paid", {"order": "7"}), SYSTEM)
    assert (story.state, story.done()[-2:]) == ("completed", ["paid", "f"])


def test_a_message_that_the_diagram_renames_is_waited_for_by_its_new_name(versions: Versions) -> None:
    versions.deploy(
        START, task("t"), received("paid", "t", "m"), ends("e", "f"), flows("s t e", "paid f"), roots=PAID
    )
    story = versions.start({"order": "7"})
    versions.deploy(
        START, task("t"), received("paid", "t", "m2"), ends("e", "f"), flows("s t e", "paid f"), roots=PAID
    )
    assert becoming(versions.migrate(story)) == {"t": "kept", "paid": "renewed"}
    assert versions.house.act(lambda e: e.publish("paid", {"order": "7"}), SYSTEM) == 0
    assert versions.house.act(lambda e: e.publish("settled", {"order": "7"}), SYSTEM) == 1
    assert story.state == "completed"


def test_a_reminder_that_has_fired_does_not_fire_again(versions: Versions) -> None:
    """The timer of a once-only reminder is spent; the new version holds it still (spiff-arena #1909)."""
    body = (START, task("t"), timer("remind", "t", "P1D", interrupting=False), task("call"), ends("e", "f"))
    versions.deploy(*body, flows("s t e", "remind call f"))
    story = versions.start()
    versions.house.pass_time(days=1)
    assert story.waiting_at == ["call", "t"]
    versions.deploy(*body, task("u"), flows("s t u e", "remind call f"))
    assert becoming(versions.migrate(story)) == {"t": "kept", "call": "kept"}
    assert versions.house.pass_time(days=5) == 0
    for element in ("call", "t", "u"):
        story.complete(element)
    assert story.state == "completed"


def test_a_cycle_goes_on_counting(versions: Versions) -> None:
    body = (START, task("t"), timer("remind", "t", "R3/P1D", kind="timeCycle", interrupting=False), ends("e", "f"))
    versions.deploy(*body, flows("s t e", "remind f"))
    story = versions.start()
    versions.house.pass_time(days=1)
    versions.deploy(*body, task("u"), flows("s t u e", "remind f"))
    versions.migrate(story)
    assert versions.house.pass_time(days=5) == 2
    story.complete("t")
    story.complete("u")
    assert story.state == "completed"


def handler(element: str, ref: str, *, cancel: bool = True) -> str:
    interrupting = "" if cancel else ' isInterrupting="false"'
    return (
        f'<subProcess id="{element}" triggeredByEvent="true"><startEvent id="{element}_s"{interrupting}>'
        f'<extensionElements><keyturn:correlation name="order" value="= order"/></extensionElements>'
        f'<messageEventDefinition messageRef="{ref}"/></startEvent>{task(element + "_t")}'
        f"{ends(element + '_e')}{flows(f'{element}_s {element}_t {element}_e')}</subProcess>"
    )


def test_event_sub_processes_are_armed_and_disarmed_with_the_version(versions: Versions) -> None:
    body = (START, task("t"), ends("e"), flows("s t e"))
    versions.deploy(*body, handler("gone", "m"), roots=PAID)
    story = versions.start({"order": "7"})
    versions.deploy(*body, handler("came", "m2"), roots=PAID)
    plan = versions.migrate(story)
    assert {(w.becomes, w.element_id) for w in plan.waits} == {
        ("kept", "t"), ("begun", "came_s"), ("ended", "gone_s"),
    }  # fmt: skip
    assert versions.house.act(lambda e: e.publish("paid", {"order": "7"}), SYSTEM) == 0
    assert versions.house.act(lambda e: e.publish("settled", {"order": "7"}), SYSTEM) == 1
    assert story.waiting_at == ["came_t"]
    story.complete("came_t")
    assert story.state == "completed"


def test_a_running_event_sub_process_goes_on(versions: Versions) -> None:
    body = (START, task("t"), ends("e"), flows("s t e"))
    versions.deploy(*body, handler("h", "m"), roots=PAID)
    story = versions.start({"order": "7"})
    versions.house.act(lambda e: e.publish("paid", {"order": "7"}), SYSTEM)
    versions.deploy(*body, handler("h", "m"), handler("more", "m2"), roots=PAID)
    assert becoming(versions.migrate(story)) == {"h_t": "kept"}
    story.complete("h_t")
    assert story.state == "completed"


GATE = START + '<eventBasedGateway id="g"/>'


def waiting_for(element: str, ref: str) -> str:
    key = '<extensionElements><keyturn:correlation name="order" value="= order"/></extensionElements>'
    return (
        f'<intermediateCatchEvent id="{element}">{key}<messageEventDefinition messageRef="{ref}"/>'
        "</intermediateCatchEvent>"
    )


def test_what_an_event_gateway_waits_for_follows_the_version(versions: Versions) -> None:
    first = waiting_for("a", "m")
    pause = '<intermediateCatchEvent id="b"><timerEventDefinition><timeDuration>P9D</timeDuration></timerEventDefinition></intermediateCatchEvent>'
    versions.deploy(GATE, first, pause, ends("e", "f"), flows("s g a e", "g b f"), roots=PAID)
    story = versions.start({"order": "7"})
    versions.deploy(GATE, first, waiting_for("c", "m2"), ends("e", "f"), flows("s g a e", "g c f"), roots=PAID)
    assert becoming(versions.migrate(story)) == {"a": "kept", "c": "begun", "b": "ended"}
    versions.house.act(lambda e: e.publish("settled", {"order": "7"}), SYSTEM)
    assert (story.state, story.done()[-1], story.waits) == ("completed", "f", [])


def test_an_event_whose_time_cannot_be_worked_out_is_a_finding(versions: Versions) -> None:
    versions.deploy(START, task("t"), ends("e"), flows("s t e"))
    story = versions.start()
    versions.deploy(START, task("t"), timer("lapse", "t", "= missing"), ends("e", "f"), flows("s t e", "lapse f"))
    assert against(versions.preview(story)) == [("migrate_event_unclear", "lapse")]
    with pytest.raises(ChangeRefused):
        versions.migrate(story)
    assert story.instance.version == 1


def condition(text: str) -> str:
    event = f"<conditionalEventDefinition><condition>{text}</condition></conditionalEventDefinition>"
    return f'<boundaryEvent id="full" attachedToRef="t" cancelActivity="false">{event}</boundaryEvent>'


def test_a_condition_that_the_diagram_changes_is_asked_as_it_is_now(versions: Versions) -> None:
    body = (START, task("t"), task("b"), '<parallelGateway id="split"/>', task("call"), ends("e", "f", "g"))
    flow = flows("s split t e", "split b f", "full call g")
    versions.deploy(*body, condition("= count &gt; 5"), flow)
    story = versions.start({"count": 1})
    versions.deploy(*body, condition("= count &gt; 2"), flow)
    assert becoming(versions.migrate(story))["full"] == "renewed"
    story.complete("b", count=3)
    assert story.waiting_at == ["call", "t"]
    story.complete("call")
    story.complete("t")
    assert story.state == "completed"
