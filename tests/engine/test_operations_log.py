"""Who did what on whose behalf, and whom a change concerns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.api import Invalid, Missing, OperationFilter, Page, Usage
from kernel.actor import Actor, Grant
from tests.engine.conftest import House, Story

ELSEWHERE = Actor("else", "else", (Grant("operator", "/b/", frozenset({"engine:operate"})),))


def log(house: House, actor: Actor | None = None, **wanted: Any) -> list[tuple[str, str | None]]:
    page = house.ask(lambda e: e.operations(OperationFilter(**wanted)), actor)
    assert page.count == len(page.rows)
    return [(row.action, row.reason) for row in page.rows]


@pytest.fixture
def story(house: House) -> Story:
    return house.start("pay_in_time", {"order": "1", "floor": 3}, scope="/a/")


def test_every_act_of_an_operator_is_logged_with_its_reason_and_a_step_follows(house: House, story: Story) -> None:
    """spiff-arena #888: every operator act is followed by a normal step."""
    pay = story.task("pay")
    house.act(lambda e: e.suspend(story.id, "audit"))
    house.act(lambda e: e.set_variables(story.id, {"floor": 4}, "mistyped"))
    house.act(lambda e: e.resume(story.id, "done"))
    house.act(lambda e: e.assign(pay.id, "an", reason="ill"))
    job = house.ask(lambda e: e.jobs()).rows[0]
    house.act(lambda e: e.fire_job(job.id, "asked"))
    assert house.run_due() == 1
    house.act(lambda e: e.set_instance_facts(story.id, {"unit": "1"}))
    story.complete("pay")
    story.complete("call")
    assert story.state == "completed"
    assert log(house) == [
        ("instance:set_facts", None),
        ("job:fire", "asked"),
        ("task:assign", "ill"),
        ("instance:resumed", "done"),
        ("instance:set_variables", "mistyped"),
        ("instance:suspended", "audit"),
        ("definition:deploy", None),
    ]
    assert log(house, subject_id=story.id, action="instance:suspended") == [("instance:suspended", "audit")]
    assert log(house, path="/b/") == []
    assert log(house, ELSEWHERE) == []


def test_a_substitutes_act_names_whom_it_was_for(house: House, story: Story) -> None:
    deputy = replace(house.admin, id="deputy", on_behalf_of="chief")
    house.act(lambda e: e.suspend(story.id, "for the chief"), deputy)
    (row,) = house.ask(lambda e: e.operations(OperationFilter(actor_id="chief"))).rows
    assert (row.actor_id, row.on_behalf_of, row.reason) == ("deputy", "chief", "for the chief")


def test_notes_are_added_to_an_act_that_itself_never_changes(house: House, story: Story) -> None:
    house.act(lambda e: e.suspend(story.id, "audit"))
    (row,) = house.ask(lambda e: e.operations(OperationFilter(action="instance:suspended"))).rows
    for note in ("see ticket 7", "closed"):
        house.act(lambda e, n=note: e.annotate_operation(row.id, n))
    (again,) = house.ask(lambda e: e.operations(OperationFilter(action="instance:suspended"), Page(1, 1))).rows
    assert again == replace(row, notes=("see ticket 7", "closed"))
    with pytest.raises(Invalid, match="comment_length"):
        house.act(lambda e: e.annotate_operation(row.id, " "))
    with pytest.raises(Missing, match="operation_missing"):
        house.act(lambda e: e.annotate_operation(row.id, "mine"), ELSEWHERE)


def test_whoever_changes_a_part_sees_its_callers_and_their_open_cases(house: House) -> None:
    house.deploy("wait_for_receipt.bpmn", "approvers.dmn")
    house.start("outer_process", {"order": "1"})
    done = house.start("outer_process", {"order": "2"})
    house.act(lambda e: e.cancel(done.id, "double"))
    house.deploy("route_discount.bpmn")

    def used(kind: str, name: str) -> list[Usage]:
        found: list[Usage] = house.ask(lambda e: e.used_by(kind, name))
        return found

    assert used("process", "wait_for_receipt") == [Usage("outer_process", 1, True, ("call",), 1)]
    assert used("decision", "approvers") == [Usage("route_discount", 1, True, ("route",), 0)]
    assert {usage.key for usage in used("form", "test")} == {"outer_process", "wait_for_receipt", "route_discount"}
    assert used("handler", "nothing") == []
    with pytest.raises(Invalid, match="usage_kind_unknown"):
        used("table", "x")


def test_older_versions_count_as_long_as_a_case_is_open(house: House) -> None:
    house.deploy("wait_for_receipt.bpmn")
    old = house.start("outer_process", {"order": "1"})
    newer = (house.ask(lambda e: e.resource("outer_process"))).replace(b'id="book"', b'id="book" name="Book"')
    house.act(lambda e: e.deploy({"outer_process.bpmn": newer}))
    found = house.ask(lambda e: e.used_by("process", "wait_for_receipt"))
    assert [(one.version, one.newest, one.open_cases) for one in found] == [(2, True, 0), (1, False, 1)]
    house.act(lambda e: e.cancel(old.id, "over"))
    found = house.ask(lambda e: e.used_by("process", "wait_for_receipt"))
    assert [(one.version, one.open_cases) for one in found] == [(2, 0)]
