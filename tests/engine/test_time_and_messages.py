"""Timers, messages and signals through the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.api import InstanceFilter, Invalid, Stale
from kernel.actor import SYSTEM
from tests.engine.conftest import House, Story
from tests.engine.spiff.play import diagram, flows
from tests.engine.test_less_usual_elements import user


def publish(house: House, order: str, ttl: timedelta | None = None, **payload: Any) -> int:
    found: int = house.act(lambda e: e.publish("receipt_confirmed", {"order": order}, payload, ttl=ttl), SYSTEM)
    return found


def test_a_reminder_comes_twice_and_the_lapse_ends_the_task(house: House) -> None:
    story = house.start("pay_in_time", {"order": "7"})
    assert story.waits == [("message", "withdraw"), ("timer", "lapse"), ("timer", "remind"), ("user", "pay")]
    assert house.pass_time(days=1) == 1
    assert house.pass_time(days=1) == 1
    assert house.pass_time(days=1) == 0
    assert story.waiting_at == ["call", "call", "pay"]
    story.complete("call")
    assert house.pass_time(days=4) == 1
    assert story.waiting_at == ["call", "close"]
    assert story.waits == [("user", "call"), ("user", "close")]


def test_a_task_that_lapsed_cannot_be_completed_and_the_case_goes_on(house: House) -> None:
    """spiff-arena #533: it could still be completed, and the next gateway hung."""
    story = house.start("pay_in_time", {"order": "7"})
    pay = story.task("pay")
    house.pass_time(days=8)
    with pytest.raises(Stale, match="task_overtaken"):
        house.act(lambda e: e.complete(pay.id, {}), SYSTEM)
    for element in ("call", "call", "close"):
        story.complete(element)
    assert story.state == "completed"


def test_completing_takes_timers_and_subscriptions_away(house: House) -> None:
    story = house.start("pay_in_time", {"order": "7"})
    story.complete("pay")
    assert story.state == "completed"
    assert story.waits == []
    assert house.pass_time(days=30) == 0


def test_timers_that_came_due_together_fire_in_order_each_once(house: House) -> None:
    story = house.start("pay_in_time", {"order": "7"})
    assert house.pass_time(days=60) == 3
    fired = [e.element_id for e in story.history if e.code == "timer_fired"]
    assert fired == ["remind", "remind", "lapse"]


def test_run_due_runs_no_more_than_it_is_asked(house: House) -> None:
    for order in "123":
        house.start("pay_in_time", {"order": order})
    house.clock.advance(timedelta(days=1))
    assert house.act(lambda e: e.run_due(house.clock.now(), limit=2), SYSTEM) == 2
    assert house.run_due() == 1


def test_a_message_interrupts_with_its_declared_payload(house: House) -> None:
    story = house.start("pay_in_time", {"order": "7"})
    tell: Callable[[str], int] = lambda order: house.act(  # noqa: E731
        lambda e: e.publish("order_withdrawn", {"order": order}, {"why": "moved", "noise": 1}), SYSTEM
    )
    assert tell("8") == 0
    assert tell("7") == 1
    assert tell("7") == 0
    assert story.waiting_at == ["close"]
    assert story.data == {"order": "7", "reason": "moved"}


def test_a_message_reaches_all_that_wait_for_it_and_nobody_else(house: House) -> None:
    first, second, other = (house.start("wait_for_receipt", {"order": o}) for o in ("1", "1", "2"))
    assert publish(house, "1", amount=5) == 2
    assert [s.waiting_at for s in (first, second, other)] == [["thank"], ["thank"], []]
    assert first.data == {"order": "1", "amount": 5}


def test_a_message_nobody_waits_for_is_kept_for_its_time_and_delivered_once(house: House) -> None:
    assert publish(house, "1", timedelta(hours=1), amount=5) == 0
    early = house.start("wait_for_receipt", {"order": "1"})
    assert early.waiting_at == ["thank"]
    assert early.data["amount"] == 5
    assert house.start("wait_for_receipt", {"order": "1"}).waiting_at == []


def test_a_kept_message_does_not_outlive_its_time(house: House) -> None:
    publish(house, "1", timedelta(hours=1), amount=5)
    house.clock.advance(timedelta(hours=2))
    assert house.start("wait_for_receipt", {"order": "1"}).waiting_at == []


def test_without_a_time_to_live_a_message_nobody_waits_for_is_gone(house: House) -> None:
    publish(house, "1", amount=5)
    assert house.start("wait_for_receipt", {"order": "1"}).waiting_at == []


@pytest.mark.parametrize("ttl", [timedelta(0), timedelta(days=-1), timedelta(days=3651), timedelta.max])
def test_a_message_is_not_kept_for_no_time_or_for_longer_than_anybody_means(house: House, ttl: timedelta) -> None:
    with pytest.raises(Invalid) as refused:
        publish(house, "9", ttl=ttl, amount=5)
    assert (refused.value.code, refused.value.field) == ("kept_too_long", "ttl")


@pytest.mark.parametrize("receiver_first", [True, False])
def test_one_process_tells_another_whichever_comes_first(house: House, receiver_first: bool) -> None:
    story: Story | None = house.start("wait_for_receipt", {"order": "1"}) if receiver_first else None
    assert house.start("say_receipt", {"order": "1"}).state == "completed"
    story = story or house.start("wait_for_receipt", {"order": "1"})
    assert story.data["amount"] == 7


def test_a_signal_reaches_everybody(house: House) -> None:
    stories = [house.start("stop_all") for _ in range(3)]
    assert house.act(lambda e: e.signal("fire_alarm"), SYSTEM) == 3
    assert [s.state for s in stories] == ["completed"] * 3
    assert house.act(lambda e: e.signal("fire_alarm"), SYSTEM) == 0


def test_a_signal_start_begins_a_case_when_another_case_throws_it(house: House) -> None:
    signal = '<signal id="sig" name="sold_out"/>'
    event = '<signalEventDefinition signalRef="sig"/>'
    thrower = f'<startEvent id="s"/><endEvent id="e">{event}</endEvent>' + flows("s e")
    starter = f'<startEvent id="come">{event}</startEvent>{user("tell")}<endEvent id="e"/>' + flows("come tell e")
    files = {"a.bpmn": diagram(thrower, "closing", signal), "b.bpmn": diagram(starter, "telling", signal)}
    house.act(lambda e: e.deploy(files))
    house.act(lambda e: e.start("closing"))
    begun = house.ask(lambda e: e.find_instances(InstanceFilter(definition_keys=("telling",)))).rows
    assert [house.ask(lambda e, i=i: e.waiting(i.id))[0].element_id for i in begun] == ["tell"]


def test_a_signal_comes_once_to_its_own_case_and_once_to_every_other(house: House) -> None:
    event = '<signalEventDefinition signalRef="sig"/>'
    aside = (
        f'<subProcess id="aside" triggeredByEvent="true"><startEvent id="come" isInterrupting="false">{event}'
        f'</startEvent>{user("note")}<endEvent id="noted"/>{flows("come note noted")}</subProcess>'
    )
    body = f'<startEvent id="s"/>{user("t")}<intermediateThrowEvent id="call">{event}</intermediateThrowEvent>'
    xml = diagram(
        f'{body}{user("u")}<endEvent id="e"/>{aside}{flows("s t call u e")}',
        roots='<signal id="sig" name="sold_out"/>',
    )
    house.act(lambda e: e.deploy({"story.bpmn": xml}))
    mine, other = (Story(house, house.act(lambda e: e.start("story"))) for _ in range(2))
    mine.complete("t")
    assert (mine.waiting_at, other.waiting_at) == (["note", "u"], ["note", "t"])


def test_a_message_start_begins_an_instance_of_the_newest_version(house: House) -> None:
    house.deploy("started_by_message.bpmn")
    assert house.act(lambda e: e.publish("question", {}, {"who": "an", "noise": 1}), SYSTEM) == 1
    (instance,) = house.ask(lambda e: e.find_instances()).rows
    story = Story(house, instance)
    assert story.waiting_at == ["answer"]
    assert story.data == {"customer": "an"}


def test_what_a_called_process_waits_for_is_found_by_its_message(house: House) -> None:
    house.deploy("wait_for_receipt.bpmn")
    story = house.start("outer_process", {"order": "1", "secret": 2})
    assert story.waits == [("message", "receipt")]
    publish(house, "1", amount=5)
    assert story.waiting_at == ["thank"]
    story.complete("thank")
    assert story.waiting_at == ["book"]
    assert story.data == {"order": "1", "secret": 2, "amount": 5}
    story.complete("book")
    assert story.state == "completed"


def test_what_a_process_tells_itself_has_come_when_the_command_returns(house: House) -> None:
    house.deploy("talk_to_itself.bpmn")
    instance = house.act(lambda e: e.start("talk_to_itself", {"order": "1"}))
    story = Story(house, instance)
    assert story.waiting_at == ["after"]
    assert instance.open_tasks == (story.task("after").id,)
    assert instance.revision == story.instance.revision
