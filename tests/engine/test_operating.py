"""What operators do: deploy, cancel, suspend, resume, look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from engine.api import DefinitionError, InstanceFilter, Invalid, Missing, NotAllowed, Stale, StepFailed
from engine.models import DecisionLogRow, HistoryRow
from kernel.actor import SYSTEM, Actor, Grant
from kernel.audit import AuditRow
from tests.engine.conftest import DIAGRAMS, House, Story

CLERK = Actor("an", "an", (Grant("clerk", "/"),))


def changed(name: str, old: str, new: str) -> dict[str, bytes]:
    text = (DIAGRAMS / name).read_text()
    assert old in text
    return {name: text.replace(old, new).encode()}


def test_an_unchanged_file_keeps_its_version_and_a_changed_one_gets_the_next(house: House) -> None:
    house.deploy("pay_in_time.bpmn", note="first")
    house.deploy("pay_in_time.bpmn", note="again")
    (definition,) = house.ask(lambda e: e.find_definitions())
    assert (definition.version, definition.note) == (1, "first")
    house.act(lambda e: e.deploy(changed("pay_in_time.bpmn", "P7D", "P8D")))
    assert house.ask(lambda e: e.get_definition("pay_in_time")).version == 2
    assert house.ask(lambda e: e.get_definition("pay_in_time", 1)).note == "first"


def test_a_running_case_stays_on_its_version(house: House) -> None:
    old = house.start("pay_in_time", {"order": "1"})
    house.act(lambda e: e.deploy(changed("pay_in_time.bpmn", "P7D", "P30D")))
    new = Story(house, house.act(lambda e: e.start("pay_in_time", {"order": "2"})))
    house.pass_time(days=8)
    assert old.waiting_at == ["call", "call", "close"]
    assert "pay" in new.waiting_at
    assert (old.instance.version, new.instance.version) == (1, 2)


def test_a_wrong_diagram_is_refused_with_its_element_and_line_and_changes_nothing(house: House) -> None:
    with pytest.raises(DefinitionError) as caught:
        house.act(lambda e: e.deploy(changed("pay_in_time.bpmn", 'form="test"', "")))
    finding = next(f for f in caught.value.findings if f.code == "form_missing")
    assert finding.element_id == "pay"
    assert finding.line
    assert house.ask(lambda e: e.find_definitions()) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"no xml", b"<a/>", b"\xff\xfe\x00", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<a>" * 5000],
)
def test_what_is_no_diagram_is_a_finding_and_never_a_traceback(house: House, content: bytes) -> None:
    assert house.ask(lambda e: e.check({"x.bpmn": content}))
    with pytest.raises(DefinitionError):
        house.act(lambda e: e.deploy({"x.bpmn": content}))


def test_deploying_and_operating_need_rights(house: House) -> None:
    with pytest.raises(NotAllowed, match="deploy_missing"):
        house.act(lambda e: e.deploy({}), CLERK)
    story = house.start("pay_in_time", {"order": "1"})
    for command in (
        lambda e: e.cancel(story.id, "no"),
        lambda e: e.suspend(story.id, "no"),
        lambda e: e.set_instance_facts(story.id, {"a": 1}),
    ):
        with pytest.raises(NotAllowed, match="operate_missing"):
            house.act(command, CLERK)
    with pytest.raises(NotAllowed, match="start_not_allowed"):
        house.act(lambda e: e.start("pay_in_time", {}), CLERK)
    with pytest.raises(Missing, match="definition_missing"):
        house.act(lambda e: e.start("nothing"))


def test_cancelling_takes_everything_away_and_is_logged_with_its_reason(house: House) -> None:
    story = house.start("pay_in_time", {"order": "1"})
    pay = story.task("pay")
    with pytest.raises(Invalid, match="reason_missing"):
        house.act(lambda e: e.cancel(story.id, " "))
    house.act(lambda e: e.cancel(story.id, "double"))
    assert story.state == "cancelled"
    assert story.waits == []
    assert house.pass_time(days=30) == 0
    with pytest.raises(Stale, match="task_case_cancelled"):
        house.act(lambda e: e.complete(pay.id, {}), SYSTEM)
    with pytest.raises(Stale, match="instance_not_active"):
        house.act(lambda e: e.cancel(story.id, "double"))
    assert story.history[-1].params == {"reason": "double"}
    with house.database.reading() as session:
        assert "instance:cancel" in session.scalars(select(AuditRow.action)).all()


def test_a_suspended_case_stands_still_and_goes_on_afterwards(house: House) -> None:
    """spiff-arena #888: after an operator's act the resume failed."""
    story = house.start("pay_in_time", {"order": "1"})
    pay = story.task("pay")
    house.act(lambda e: e.suspend(story.id, "audit"))
    with pytest.raises(Stale, match="instance_not_active"):
        house.act(lambda e: e.complete(pay.id, {}), SYSTEM)
    assert house.pass_time(days=2) == 0
    house.act(lambda e: e.resume(story.id, "done"))
    assert house.run_due() == 2
    assert story.waiting_at == ["call", "call", "pay"]
    story.complete("pay")
    with pytest.raises(Stale, match="instance_in_other_state"):
        house.act(lambda e: e.resume(story.id, "done"))


def test_history_is_only_ever_added_to(house: House) -> None:
    house.start("pay_in_time", {"order": "1"})
    with pytest.raises(DatabaseError, match="append_only"), house.database.unit_of_work() as session:
        session.query(HistoryRow).delete()


def test_the_diagram_says_what_is_done_active_and_how_it_came_there(house: House) -> None:
    story = house.start("pay_in_time", {"order": "1"})
    house.pass_time(days=1)
    state = house.ask(lambda e: e.diagram(story.id))
    assert state.active == ["pay", "call"]
    assert state.completed == ["begin", "remind"]
    assert state.flows_taken == ["begin_pay", "remind_call"]
    assert state.xml.startswith("<?xml")
    assert state.holders == {"pay": [None], "call": [None]}
    house.act(lambda e: e.complete(story.task("pay").id, {}), SYSTEM)
    state = house.ask(lambda e: e.diagram(story.id))
    assert state.completed == ["begin", "remind", "pay", "paid"]
    assert (state.notes["pay"]["by"], state.notes["pay"]["times"]) == ("system", 1)


def test_instances_are_found_by_state_place_and_number(house: House) -> None:
    first = house.start("wait_for_receipt", {"order": "1"}, scope="/a/b/", business_key="YX-2026-1")
    house.start("wait_for_receipt", {"order": "2"}, scope="/c/", business_key="YX-2026-2")

    def keys(**wanted: Any) -> list[str | None]:
        found = house.ask(lambda e: e.find_instances(InstanceFilter(**wanted)))
        return sorted(i.business_key for i in found.rows)

    assert keys() == ["YX-2026-1", "YX-2026-2"]
    assert keys(search="2026-2") == ["YX-2026-2"]
    assert keys(path="/a/") == ["YX-2026-1"]
    house.act(lambda e: e.publish("receipt_confirmed", {"order": "1"}, {}), SYSTEM)
    assert keys(waiting_at="thank") == ["YX-2026-1"]
    first.complete("thank")
    assert keys(states=("active",)) == ["YX-2026-2"]
    here = Actor("v", "v", (Grant("viewer", "/c/", frozenset({"engine:view"})),))
    assert [i.business_key for i in house.ask(lambda e: e.find_instances(), here).rows] == ["YX-2026-2"]
    with pytest.raises(Missing):
        house.ask(lambda e: e.variables(first.id), here)


def test_a_decision_routes_and_is_logged_with_the_rule_that_fired(house: House) -> None:
    house.deploy("approvers.dmn")
    story = house.start("route_discount", {"discount": 400, "applicant": "an"})
    managers = Actor("mo", "mo", (Grant("manager", "/"),))
    assert story.task("approve").candidates == ("manager@/",)
    story.complete("approve", managers, verdict="yes")
    assert story.task("approve").candidates == ("director@/",)
    story.complete("approve", Actor("di", "di", (Grant("director", "/"),)), verdict="no")
    assert story.state == "completed"
    assert story.data["verdicts"] == ["yes", "no"]
    with house.database.reading() as session:
        log = session.scalars(select(DecisionLogRow)).one()
    assert (log.decision_key, log.inputs, [f["rule"] for f in log.fired]) == (
        "approvers",
        {"discount": 400},
        [1, 2],
    )


def test_no_matching_rule_is_an_incident_and_never_an_earlier_answer(house: House) -> None:
    house.deploy("approvers.dmn")
    with pytest.raises(StepFailed) as caught:
        house.start("route_discount", {"discount": 5, "applicant": "an", "route": ["earlier"]})
    assert (caught.value.element_id, caught.value.message_code) == ("route", "decision_no_rule")
    (incident,) = house.ask(lambda e: e.incidents())
    assert (incident.instance_id, incident.definition_key) == (None, "route_discount")


@pytest.mark.parametrize("name", ["typename", "_hidden"])
def test_trap_6_reserved_names_are_refused_where_they_enter(house: House, name: str) -> None:
    with pytest.raises(Invalid, match="name_reserved"):
        house.start("wait_for_receipt", {"order": "1", name: 1})


@pytest.mark.parametrize("value", [0.5, object(), {1: 2}, b"x", timedelta(1)])
def test_trap_11_what_is_no_json_value_is_refused_where_it_enters(house: House, value: object) -> None:
    with pytest.raises(Invalid, match="value_not_json") as caught:
        house.start("wait_for_receipt", {"order": {"deep": [value]}})
    assert (caught.value.field or "").startswith("order.deep[0]")


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\udfff!"])
def test_trap_11_a_text_that_only_one_database_could_hold_is_refused_where_it_enters(
    house: House, text: str
) -> None:
    with pytest.raises(Invalid, match="value_unwritable"):
        house.start("wait_for_receipt", {"order": {"deep": [text]}})
    with pytest.raises(Invalid, match="value_unwritable"):
        house.start("wait_for_receipt", {"order": {text: 1}})
    with pytest.raises(Invalid, match="value_unwritable"):
        house.act(lambda e: e.publish(text, {"order": "1"}, {}), SYSTEM)
    with pytest.raises(Invalid, match="value_unwritable"):
        house.act(lambda e: e.publish("paid", {"order": text}, {}), SYSTEM)
    with pytest.raises(Invalid, match="value_unwritable"):
        house.start("wait_for_receipt", {"order": "1"}, business_key=text)


def test_names_that_no_column_holds_are_refused(house: House) -> None:
    with pytest.raises(Invalid, match="value_too_long"):
        house.act(lambda e: e.publish("x" * 256, {}, {}), SYSTEM)
    with pytest.raises(Invalid, match="value_too_long"):
        house.start("wait_for_receipt", {"order": "1"}, business_key="x" * 256)
