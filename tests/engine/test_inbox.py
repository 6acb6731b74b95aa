"""The inbox: who sees what, claims, assigns, delegates; filters, order and counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from engine.api import (
    COUNT_CAP,
    Context,
    HandlerRegistry,
    Invalid,
    Missing,
    NotAllowed,
    Page,
    PageOf,
    Stale,
    Task,
    TaskFilter,
)
from engine.models import TaskRow
from engine.tables.columns import table_of
from kernel.actor import Actor, Grant
from kernel.ids import new_id
from tests.engine.conftest import House, NoDirectory, Story
from tests.engine.test_linear import WorkOutIn, WorkOutOut

SHOP, OTHER = "/keyturn/east/", "/keyturn/west/"
AN, BO = (Actor(name, name, (Grant("clerk", SHOP),)) for name in ("an", "bo"))
WEST = Actor("wu", "wu", (Grant("clerk", OTHER),))
CHIEF = Actor("chief", "chief", (Grant("manager", "/keyturn/", frozenset({"engine:operate"})),))


@pytest.fixture(autouse=True)
def _handlers(house: House, registry: HandlerRegistry) -> None:
    house.directory = NoDirectory(AN, BO, WEST, CHIEF)

    @registry.handler("offers.work_out")
    def work_out(data: WorkOutIn, ctx: Context) -> WorkOutOut:
        return WorkOutOut(total=data.price)


def offer(house: House, number: str, scope: str = SHOP) -> Story:
    return house.start("approve_offer", {"offer_no": number}, scope=scope)


def find(house: House, viewer: Actor, page: Page | None = None, **wanted: Any) -> PageOf[Task]:
    found: PageOf[Task] = house.ask(lambda e: e.find_tasks(TaskFilter(**wanted), page), viewer)
    return found


def numbers(house: House, viewer: Actor, **wanted: Any) -> list[str | None]:
    return [task.business_key for task in find(house, viewer, **wanted).rows]


def test_a_group_sees_its_tasks_at_its_node_and_below_and_no_others(house: House) -> None:
    offer(house, "A1", "/keyturn/east/shanghai/")
    offer(house, "B1", OTHER)
    offer(house, "C1", "/keyturn/eastern/")
    assert numbers(house, AN, box="group") == ["A1"]
    assert numbers(house, WEST, box="group") == ["B1"]
    assert numbers(house, CHIEF, box="group") == []
    assert sorted(map(str, numbers(house, CHIEF, box="all"))) == ["A1", "B1", "C1"]


def test_a_foreign_task_looks_absent(house: House) -> None:
    task = offer(house, "A1").task("draft")
    for command in (
        lambda e: e.get_task(task.id),
        lambda e: e.claim(task.id),
        lambda e: e.complete(task.id, {}),
        lambda e: e.add_comment(task.id, "hello"),
        lambda e: e.get_instance(task.instance_id),
        lambda e: e.history(task.instance_id),
    ):
        with pytest.raises(Missing):
            house.act(command, WEST)


def test_of_two_who_claim_one_wins_and_the_other_is_told_who(house: House) -> None:
    task = offer(house, "A1").task("draft")
    house.act(lambda e: e.claim(task.id), AN)
    with pytest.raises(Stale, match="task_claimed") as caught:
        house.act(lambda e: e.claim(task.id), BO)
    assert caught.value.params["by"] == "an"
    with pytest.raises(NotAllowed, match="task_of_another"):
        house.act(lambda e: e.complete(task.id, {"price": 1}), BO)
    assert numbers(house, AN, box="mine") == ["A1"]
    assert numbers(house, BO, box="group") == []
    house.act(lambda e: e.unclaim(task.id), AN)
    assert numbers(house, BO, box="group") == ["A1"]


def test_a_reassigned_task_is_with_the_new_owner_and_stays_there(house: House) -> None:
    """spiff-arena #678: it vanished after the state was refreshed."""
    story = offer(house, "A1")
    task = story.task("draft")
    house.act(lambda e: e.claim(task.id), AN)
    house.act(lambda e: e.assign(task.id, "bo", reason="holiday"), CHIEF)
    house.pass_time(days=3)
    house.act(lambda e: e.set_instance_facts(story.id, {"late": True}), CHIEF)
    assert numbers(house, BO, box="mine") == ["A1"]
    assert numbers(house, AN, box="mine") == []
    with pytest.raises(NotAllowed):
        house.act(lambda e: e.complete(task.id, {"price": 1}), AN)
    house.act(lambda e: e.complete(task.id, {"price": 1}), BO)
    assigned = next(e for e in story.history if e.code == "task_assigned")
    assert assigned.params == {"former": "an", "assignee": "bo", "reason": "holiday"}


def test_assigning_needs_the_right_to_oversee_and_respects_four_eyes(house: House) -> None:
    story = offer(house, "A1")
    task = story.task("draft")
    with pytest.raises(NotAllowed, match="oversee_missing"):
        house.act(lambda e: e.assign(task.id, "bo"), AN)
    house.act(lambda e: e.complete(task.id, {"price": 200_000}), AN)
    approve = story.task("approve")
    with pytest.raises(NotAllowed, match="four_eyes"):
        house.act(lambda e: e.assign(approve.id, "an"), CHIEF)


def test_a_substitute_cannot_approve_what_the_person_he_stands_for_applied_for(house: House) -> None:
    """OpenMetadata #14337: the applicant approved himself, by another door."""
    story = offer(house, "A1")
    house.act(lambda e: e.complete(story.task("draft").id, {"price": 200_000}), AN)
    for who in (
        Actor("an", "an", (Grant("manager", "/"),)),
        Actor("mo", "mo", (Grant("manager", "/"),), on_behalf_of="an"),
    ):
        with pytest.raises(NotAllowed, match="four_eyes"):
            story.complete("approve", who)
    substitute = Actor("mo", "mo", (Grant("manager", "/"),), on_behalf_of="lin")
    story.complete("approve", substitute)
    done = story.history[-3]
    assert (done.actor_id, done.on_behalf_of) == ("mo", "lin")


def test_a_delegate_prepares_and_the_owner_completes(house: House) -> None:
    story = offer(house, "A1")
    task = story.task("draft")
    house.act(lambda e: e.claim(task.id), AN)
    house.act(lambda e: e.delegate(task.id, "bo"), AN)
    with pytest.raises(NotAllowed, match="task_delegated"):
        house.act(lambda e: e.complete(task.id, {"price": 5}), BO)
    resolved = house.act(lambda e: e.resolve(task.id, {"price": 5}), BO)
    assert (resolved.assignee, resolved.delegation) == ("an", "resolved")
    detail = house.ask(lambda e: e.get_task(task.id), AN)
    assert detail.draft == {"price": 5}
    house.act(lambda e: e.complete(task.id, detail.draft), AN)
    assert story.state == "completed"


def test_dates_priority_and_comments(house: House) -> None:
    story = offer(house, "A1")
    task, now = story.task("draft"), house.clock.now()
    with pytest.raises(NotAllowed):
        house.act(lambda e: e.set_due(task.id, now), AN)
    house.act(lambda e: e.set_due(task.id, now + timedelta(days=9)), CHIEF)
    house.act(lambda e: e.set_priority(task.id, 90), CHIEF)
    with pytest.raises(Invalid, match="priority_out_of_range"):
        house.act(lambda e: e.set_priority(task.id, 101), CHIEF)
    house.act(lambda e: e.add_comment(task.id, " call first "), AN)
    with pytest.raises(Invalid, match="comment_length"):
        house.act(lambda e: e.add_comment(task.id, "  "), AN)
    house.act(lambda e: e.complete(task.id, {"price": 200_000}), AN)
    later = house.ask(lambda e: e.get_task(story.task("approve").id), CHIEF)
    assert [(c.text, c.author_id) for c in later.comments] == [("call first", "an")]
    codes = [e.code for e in story.history]
    assert {"task_due_set", "task_priority_set", "comment_added"} <= set(codes)


def test_a_snoozed_task_is_hidden_until_its_day(house: House) -> None:
    task = offer(house, "A1").task("draft")
    house.act(lambda e: e.set_follow_up(task.id, house.clock.now() + timedelta(days=1)), AN)
    assert numbers(house, AN, box="group") == []
    assert numbers(house, AN, box="group", show_snoozed=True) == ["A1"]
    house.clock.advance(timedelta(days=2))
    assert numbers(house, AN, box="group") == ["A1"]


def test_a_stale_form_is_told(house: House) -> None:
    task = offer(house, "A1").task("draft")
    house.act(lambda e: e.set_priority(task.id, 90), CHIEF)
    with pytest.raises(Stale, match="task_changed"):
        house.act(lambda e: e.complete(task.id, {"price": 1}, revision=task.revision), AN)


def test_lists_filter_and_sort_by_business_facts(house: House) -> None:
    for number, price, day in (("A1", 30, "2026-03-09"), ("A2", 5, "2026-03-07"), ("A3", 200, "2026-03-08")):
        story = offer(house, number)
        facts = {"amount": price, "move_in": day, "tower": f"Tower {number}"}
        house.act(lambda e, s=story, f=facts: e.set_instance_facts(s.id, f), CHIEF)
    assert numbers(house, AN, box="group", sort=("fact:amount",)) == ["A2", "A1", "A3"]
    assert numbers(house, AN, box="group", sort=("-fact:amount",)) == ["A3", "A1", "A2"]
    assert numbers(house, AN, box="group", sort=("fact:move_in",)) == ["A2", "A3", "A1"]
    assert numbers(house, AN, box="group", facts={"amount": (">", 20)}, sort=("created",)) == ["A1", "A3"]
    assert numbers(house, AN, box="group", facts={"move_in": ("<=", date(2026, 3, 7))}) == ["A2"]
    assert numbers(house, AN, box="group", facts={"tower": ("startswith", "Tower A3")}) == ["A3"]
    assert numbers(house, AN, box="group", search="a3 draft") == ["A3"]
    assert numbers(house, AN, box="group", search="%") == []
    with pytest.raises(Invalid, match="operator_unknown"):
        find(house, AN, box="group", facts={"amount": ("like", 1)})
    with pytest.raises(Invalid, match="sort_unknown"):
        find(house, AN, box="group", sort=("salary",))


def test_pages_in_an_order_of_two_facts_are_the_whole_list_in_pieces(house: House) -> None:
    """What ties in the first key is put in order by the second, across the end of a page and without a value too."""
    for number, price, day in (
        ("A1", 30, "2026-03-09"),
        ("A2", 5, "2026-03-07"),
        ("A3", 5, "2026-03-08"),
        ("A4", 5, None),
        ("A5", None, "2026-03-08"),
        ("A6", None, "2026-03-09"),
    ):
        case = offer(house, number)
        facts = {name: value for name, value in (("amount", price), ("move_in", day)) if value is not None}
        house.act(lambda e, case=case, facts=facts: e.set_instance_facts(case.id, facts), CHIEF)
    orders = {
        ("fact:amount", "-fact:move_in"): ["A3", "A2", "A4", "A1", "A6", "A5"],
        ("-fact:amount", "fact:move_in", "-created"): ["A1", "A2", "A3", "A4", "A5", "A6"],
        ("fact:move_in", "-created"): ["A2", "A3", "A5", "A1", "A6", "A4"],
        ("-priority", "-fact:amount", "fact:move_in"): ["A1", "A2", "A3", "A4", "A5", "A6"],
    }
    for order, whole in orders.items():
        for size in (1, 2, 3, 6):
            pages = [
                find(house, AN, Page(number, size), box="group", sort=order).rows
                for number in range(1, 6 // size + 1)
            ]
            assert [task.business_key for page in pages for task in page] == whole


def test_the_done_box_shows_what_one_did(house: House) -> None:
    story = offer(house, "A1")
    house.act(lambda e: e.complete(story.task("draft").id, {"price": 200_000}), AN)
    assert numbers(house, AN, box="done") == ["A1"]
    assert numbers(house, BO, box="done") == []
    assert house.ask(lambda e: e.history(story.id), AN)


def test_tasks_of_old_and_new_versions_are_listed_together(house: House) -> None:
    """Camunda 8 Tasklist #28684: the filter saw the latest version only."""
    offer(house, "A1")
    newer = (house.ask(lambda e: e.get_definition("approve_offer")), b"")
    assert newer[0].version == 1
    offer(house, "A2")
    wanted: dict[str, Any] = {"box": "group", "definition_keys": ("approve_offer",)}
    assert numbers(house, AN, **wanted) == ["A1", "A2"]


def test_a_page_costs_two_statements_and_counts_are_capped(house: House) -> None:
    story = offer(house, "A1")
    table = table_of(TaskRow)
    with house.database.unit_of_work() as session:
        row = dict(session.execute(table.select()).mappings().one())
        copies = [row | {"id": new_id(), "assignee": "an"} for _ in range(COUNT_CAP + 5)]
        session.execute(insert(table), copies)
    statements: list[str] = []

    def count(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", count)
    found = find(house, AN, Page(number=2, size=50), box="mine")
    event.remove(house.database.engine, "before_cursor_execute", count)
    assert (len(found.rows), found.count, found.capped) == (50, COUNT_CAP, True)
    asked = [s for s in statements if s.lstrip().upper().startswith("SELECT") and "set_config" not in s]
    assert len(asked) == 2
    assert story.state == "active"
