"""Suspending a process: nothing new begins, what runs goes on, and nothing that was to begin is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.api import InstanceFilter, Invalid, JobFilter, Missing, NotAllowed, Stale
from kernel.actor import SYSTEM, Actor, Grant
from kernel.audit import AuditRow
from tests.engine.conftest import DIAGRAMS, House
from tests.engine.definitions.drawing import extended, flow, process

CLERK = Actor("an", "an", (Grant("clerk", "/", frozenset({"pay_in_time:start"})),))
LOCAL = Actor("lo", "lo", (Grant("operator", "/a/b/c/", frozenset({"engine:operate"})),))
DAILY = process(
    '<bpmn:startEvent id="begin"><bpmn:timerEventDefinition><bpmn:timeCycle>R/P1D</bpmn:timeCycle>'
    '</bpmn:timerEventDefinition></bpmn:startEvent><bpmn:endEvent id="done"/>',
    extended("userTask", 'id="look"', '<keyturn:task form="test" candidateGroups="clerk" due="P1D"/>'),
    flow("f1", "begin", "look"),
    flow("f2", "look", "done"),
    key="daily",
)


def suspend(house: House, key: str, **more: Any) -> Any:
    return house.act(lambda e: e.suspend_definition(key, "prices are wrong", **more))


def running(house: House, key: str) -> int:
    count: int = house.ask(lambda e: e.find_instances(InstanceFilter(definition_keys=(key,)))).count
    return count


def test_new_starts_are_refused_with_who_why_and_until_when_and_running_cases_go_on(house: House) -> None:
    story = house.start("pay_in_time", {"order": "1"})
    until = house.clock.now() + timedelta(days=2)
    control = suspend(house, "pay_in_time", until=until)
    assert (control.suspended, control.reason, control.until) == (True, "prices are wrong", until)
    assert house.ask(lambda e: e.suspended_definitions()) == ["pay_in_time"]
    with pytest.raises(Stale, match="definition_suspended_until") as caught:
        house.act(lambda e: e.start("pay_in_time", {"order": "2"}), CLERK)
    assert caught.value.params | {"at": None} == {
        "key": "pay_in_time",
        "by": house.admin.id,
        "at": None,
        "reason": "prices are wrong",
        "until": until,
    }
    house.pass_time(days=1)
    assert story.waiting_at == ["call", "pay"]
    story.complete("pay")
    assert running(house, "pay_in_time") == 1
    with pytest.raises(Stale, match="definition_suspended"):
        suspend(house, "pay_in_time")
    house.pass_time(days=1, seconds=1)
    house.act(lambda e: e.start("pay_in_time", {"order": "2"}), CLERK)
    with pytest.raises(Stale, match="definition_active"):
        house.act(lambda e: e.activate_definition("pay_in_time", "again"))


def test_a_suspension_is_scheduled_and_ends_by_itself(house: House) -> None:
    house.deploy("pay_in_time.bpmn")
    now = house.clock.now()
    control = suspend(house, "pay_in_time", at=now + timedelta(days=1), until=now + timedelta(days=3))
    assert (control.suspended, [(t.act, t.at) for t in control.scheduled]) == (
        False,
        [("suspend", now + timedelta(days=1))],
    )
    house.act(lambda e: e.start("pay_in_time", {"order": "1"}))
    house.pass_time(days=1)
    control = house.ask(lambda e: e.definition_control("pay_in_time"))
    assert (control.suspended, control.suspended_by) == (True, house.admin.id)
    with pytest.raises(Stale, match="definition_suspended_until"):
        house.act(lambda e: e.start("pay_in_time", {"order": "2"}))
    house.pass_time(days=2)
    house.act(lambda e: e.start("pay_in_time", {"order": "2"}))
    with house.database.reading() as session:
        acts = session.execute(
            select(AuditRow.action, AuditRow.on_behalf_of)
            .where(AuditRow.subject == "definition")
            .order_by(AuditRow.id)
        ).all()
    assert [tuple(row) for row in acts if row.action != "definition:deploy"] == [
        ("definition:schedule_suspend", None),
        ("definition:schedule_activate", house.admin.id),
        ("definition:suspend", house.admin.id),
        ("definition:activate", house.admin.id),
    ]


def test_an_activation_by_hand_ends_the_one_that_was_scheduled(house: House) -> None:
    house.deploy("pay_in_time.bpmn")
    suspend(house, "pay_in_time", until=house.clock.now() + timedelta(days=1))
    house.act(lambda e: e.activate_definition("pay_in_time", "mended"))
    suspend(house, "pay_in_time")
    house.pass_time(days=2)
    assert house.ask(lambda e: e.definition_control("pay_in_time")).suspended
    with pytest.raises(Stale, match=r"^definition_suspended\("):
        house.act(lambda e: e.start("pay_in_time", {"order": "1"}))


def test_what_messages_were_to_start_is_started_in_order_at_the_activation(house: House) -> None:
    house.deploy("started_by_message.bpmn")
    suspend(house, "started_by_message")
    for number in (1, 2):
        assert house.act(lambda e, n=number: e.publish("question", {}, {"who": n}), SYSTEM) == 1
    assert running(house, "started_by_message") == 0
    assert house.run_due() == 0
    control = house.ask(lambda e: e.definition_control("started_by_message"))
    assert control.kept_starts == 2
    newer = (DIAGRAMS / "started_by_message.bpmn").read_bytes() + b"<!-- newer -->"
    house.act(lambda e: e.deploy({"started_by_message.bpmn": newer}))
    house.act(lambda e: e.activate_definition("started_by_message", "mended"))
    assert house.run_due() == 2
    page = house.ask(lambda e: e.find_instances(InstanceFilter(definition_keys=("started_by_message",))))
    asked = [house.ask(lambda e, i=row.id: e.variables(i))["customer"] for row in page.rows]
    assert ([row.version for row in page.rows], sorted(asked)) == ([2, 2], [1, 2])
    assert house.ask(lambda e: e.definition_control("started_by_message")).kept_starts == 0


def test_timer_starts_wait_and_are_made_up_for_in_order(house: House) -> None:
    house.act(lambda e: e.deploy({"daily.bpmn": DAILY}))
    house.pass_time(days=1)
    assert running(house, "daily") == 1
    suspend(house, "daily")
    house.act(lambda e: e.deploy({"daily.bpmn": DAILY.replace(b'id="look"', b'id="look" name="Look"')}))
    assert house.pass_time(days=2, hours=1) == 0
    (job,) = house.ask(lambda e: e.find_jobs(JobFilter(definition_keys=("daily",)))).rows
    assert (job.kind, job.suspended) == ("timer_start", True)
    house.act(lambda e: e.activate_definition("daily", "mended"))
    assert house.run_due() == 2
    assert running(house, "daily") == 3


def test_suspending_needs_the_right_for_the_whole_house_and_a_reason(house: House) -> None:
    house.deploy("pay_in_time.bpmn")
    for actor in (CLERK, LOCAL):
        with pytest.raises(NotAllowed, match="operate_missing"):
            house.act(lambda e: e.suspend_definition("pay_in_time", "mine"), actor)
    with pytest.raises(Invalid, match="reason_missing"):
        house.act(lambda e: e.suspend_definition("pay_in_time", " "))
    with pytest.raises(Invalid, match="until_before"):
        suspend(house, "pay_in_time", until=house.clock.now())
    with pytest.raises(Missing, match="definition_missing"):
        suspend(house, "nothing")
    with pytest.raises(Invalid, match="days_out_of_range"):
        house.act(lambda e: e.set_history_days("pay_in_time", 0, "shorter"))
    assert house.act(lambda e: e.set_history_days("pay_in_time", 365, "the law")).history_days == 365


def test_messages_that_nobody_waited_for_are_listed_until_they_are_delivered_or_forgotten(house: House) -> None:
    house.deploy("wait_for_receipt.bpmn")
    for order in "12":
        house.act(
            lambda e, o=order: e.publish("receipt_confirmed", {"order": o}, {"amount": 5}, ttl=timedelta(days=1)),
            SYSTEM,
        )

    def listed(state: str) -> list[str]:
        rows = house.ask(lambda e: e.find_messages(state=state)).rows
        assert all(row.state == state for row in rows)
        return sorted(row.correlation["order"] for row in rows)

    assert listed("waiting") == ["1", "2"]
    story = house.start("wait_for_receipt", {"order": "1"})
    assert story.waiting_at == ["thank"]
    assert (listed("waiting"), listed("delivered"), listed("expired")) == (["2"], ["1"], [])
    house.clock.advance(timedelta(days=2))
    assert (listed("waiting"), listed("expired")) == ([], ["2"])
    with pytest.raises(NotAllowed, match="operate_missing"):
        house.ask(lambda e: e.find_messages(), LOCAL)
    with pytest.raises(Invalid, match="message_state_unknown"):
        house.ask(lambda e: e.find_messages(state="lost"))


def test_who_operates_a_group_sees_and_moves_what_serves_the_whole_house(house: House) -> None:
    rights = frozenset({"engine:operate", "engine:deploy"})
    group, project = (Actor(path, path, (Grant("operator", path, rights),)) for path in ("/kt/", "/kt/sh/yx/"))
    house.act(lambda e: e.deploy({"daily.bpmn": DAILY}))
    (job,) = house.ask(lambda e: e.find_jobs(), group).rows
    assert house.ask(lambda e: e.find_jobs(), project).rows == []
    with pytest.raises(Missing, match="job_missing"):
        house.act(lambda e: e.fire_job(job.id, "mine"), project)
    house.act(lambda e: e.fire_job(job.id, "asked for"), group)
    assert house.run_due() == 1
    assert house.ask(lambda e: e.find_messages(), group).rows == []
