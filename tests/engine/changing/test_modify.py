"""An operator changes by hand where a case stands; afterwards it goes on with a normal step."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from engine.api import (
    BusinessError,
    Change,
    ChangeRefused,
    Context,
    HandlerRegistry,
    Invalid,
    Missing,
    Modification,
    NotAllowed,
    Stale,
)
from engine.models import JobRow
from kernel.actor import SYSTEM, Actor, Grant
from kernel.audit import AuditRow
from tests.engine.changing.versions import Versions, ends, flows, received, task, timer
from tests.engine.conftest import House, Story

START = '<startEvent id="s"/>'
PAID = '<message id="m" name="paid"/>'
CLERK = Actor("00000000-0000-0000-0000-0000000000c1", "Clerk", (Grant("clerk", "/"),))
MANY = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"


def moved(story: Story, from_: str, to: str, *, dry_run: bool = False) -> Modification:
    """Move the token."""
    found: Modification = story.house.act(lambda e: e.move(story.id, from_, to, reason="by hand", dry_run=dry_run))
    return found


def refused(story: Story, *changes: Change) -> list[str]:
    """The codes of what stands against changes, looked at and in earnest."""
    looked = story.house.act(lambda e: e.modify(story.id, changes, reason="by hand", dry_run=True))
    assert not looked.possible
    with pytest.raises(ChangeRefused) as caught:
        story.house.act(lambda e: e.modify(story.id, changes, reason="by hand"))
    codes = [finding.code for finding in caught.value.findings]
    assert codes == [finding.code for finding in looked.findings]
    return codes


def test_a_token_is_moved_and_what_hung_on_it_goes(versions: Versions) -> None:
    body = (START, task("t"), timer("lapse", "t"), received("in", "t", "m"), task("u"), task("v"))
    versions.deploy(*body, ends("e", "f", "g"), flows("s t u v e", "lapse f", "in g"), roots=PAID)
    story = versions.start({"order": "7"})
    looked = moved(story, "t", "v", dry_run=True)
    assert {(w.becomes, w.element_id) for w in looked.waits} == {
        ("ended", "t"), ("ended", "lapse"), ("ended", "in"), ("begun", "v"),
    }  # fmt: skip
    assert (looked.possible, looked.done, story.waiting_at) == (True, False, ["t"])
    old = story.task("t")
    assert moved(story, "t", "v").done
    assert story.waits == [("user", "v")]
    with pytest.raises(Stale, match="task_cancelled"):
        versions.house.act(lambda e: e.complete(old.id, {}), SYSTEM)
    assert versions.house.pass_time(days=30) == 0
    story.complete("v")
    assert story.state == "completed"


def test_a_token_moves_back_and_the_task_begins_anew(versions: Versions) -> None:
    versions.deploy(START, task("t"), task("u"), ends("e"), flows("s t u e"))
    story = versions.start()
    first = story.task("t").id
    story.complete("t", price=5)
    moved(story, "u", "t")
    assert story.task("t").id != first
    assert story.data == {"price": 5}
    story.complete("t")
    story.complete("u")
    assert story.state == "completed"


def test_the_act_stands_in_history_and_audit_with_its_reason(versions: Versions) -> None:
    versions.deploy(START, task("t"), task("u"), ends("e"), flows("s t u e"))
    story = versions.start()
    moved(story, "t", "u")
    event = next(e for e in story.history if e.code == "instance_modified")
    assert event.params == {"ended": ["t"], "before": ["u"], "reason": "by hand"}
    assert [e.element_id for e in story.history if e.code == "element_cancelled"] == ["t"]
    with versions.house.database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "instance:modify")).one()
    assert (row.after, row.reason) == ({"changes": ["cancel t", "before u"]}, "by hand")


@dataclass(frozen=True)
class Nothing:
    """Nothing goes in or out."""


class Till:
    """A verb that pays and sends a note, and may refuse."""

    def __init__(self, registry: HandlerRegistry) -> None:
        self.calls: list[str] = []
        self.refuses = False

        @registry.handler("story.pay", errors={"story.pay.refused"})
        def pay(data: Nothing, ctx: Context) -> Nothing:
            self.calls.append(ctx.idempotency_key)
            ctx.send("note", {"about": ctx.instance_id})
            if self.refuses:
                raise BusinessError("story.pay.refused")
            return Nothing()

        @registry.job_kind("note")
        def note(payload: dict[str, object], context: object) -> None:
            """Delivered by nobody here."""


PAY = '<serviceTask id="pay"><extensionElements><keyturn:handler name="story.pay"/></extensionElements></serviceTask>'


def notes(house: House) -> int:
    with house.database.reading() as session:
        return len(session.scalars(select(JobRow).where(JobRow.kind == "message_out")).all())


def test_a_preview_runs_everything_and_leaves_nothing(versions: Versions, registry: HandlerRegistry) -> None:
    till = Till(registry)
    versions.deploy(START, task("t"), PAY, task("u"), ends("e"), flows("s t pay u e"))
    story = versions.start()
    looked = moved(story, "t", "pay", dry_run=True)
    assert (looked.steps, [w.element_id for w in looked.waits if w.becomes == "begun"]) == (("pay",), ["u"])
    assert (len(till.calls), notes(versions.house), story.waiting_at, len(story.history)) == (1, 0, ["t"], 3)
    moved(story, "t", "pay")
    assert (notes(versions.house), story.waiting_at) == (1, ["u"])
    story.complete("u")
    assert story.state == "completed"


def test_a_step_that_would_fail_speaks_against_it_and_leaves_no_incident(
    versions: Versions, registry: HandlerRegistry
) -> None:
    till = Till(registry)
    till.refuses = True
    versions.deploy(START, task("t"), PAY, ends("e"), flows("s t pay e"))
    story = versions.start()
    assert refused(story, Change("cancel", "t"), Change("before", "pay")) == ["change_step_failed"]
    assert versions.house.ask(lambda e: e.incidents(instance_id=story.id)) == []
    till.refuses = False
    story.complete("t")
    assert story.state == "completed"


FORK = START + '<parallelGateway id="split"/><parallelGateway id="join"/>' + task("a") + task("b")
FORKED = (FORK, task("z"), ends("e"), flows("s split a join", "split b join", "join z e"))


def test_a_branch_is_ended_only_when_its_join_does_not_wait_for_it(versions: Versions) -> None:
    versions.deploy(*FORKED)
    story = versions.start()
    assert refused(story, Change("cancel", "a")) == ["change_join_stuck"]
    changes = [Change("cancel", "a"), Change("after", "a")]
    versions.house.act(lambda e: e.modify(story.id, changes, reason="done on paper"))
    assert story.waiting_at == ["b"]
    story.complete("b")
    story.complete("z")
    assert story.state == "completed"


def test_an_exclusive_branch_of_two_is_ended_and_the_other_goes_on(versions: Versions) -> None:
    body = START + '<parallelGateway id="split"/>' + task("a") + task("b") + ends("e", "f")
    versions.deploy(body, flows("s split a e", "split b f"))
    story = versions.start()
    versions.house.act(lambda e: e.cancel_branch(story.id, "a", reason="not needed"))
    assert story.waiting_at == ["b"]
    assert refused(story, Change("cancel", "b")) == ["change_nothing_left"]
    story.complete("b")
    assert story.state == "completed"


def test_a_branch_is_begun_anew_with_timers_that_count_from_now(versions: Versions) -> None:
    versions.deploy(START, task("t"), timer("lapse", "t", "P7D"), ends("e", "f"), flows("s t e", "lapse f"))
    story = versions.start()
    versions.house.act(lambda e: e.claim(story.task("t").id), CLERK)
    versions.house.pass_time(days=5)
    versions.house.act(lambda e: e.restart_branch(story.id, "t", reason="again"))
    assert story.task("t").assignee is None
    assert versions.house.pass_time(days=5) == 0
    assert versions.house.pass_time(days=3) == 1
    assert (story.state, story.done()[-1]) == ("completed", "f")


def inside(*body: str) -> str:
    return f'<subProcess id="p"><startEvent id="ps"/>{"".join(body)}</subProcess>'


SUB = (START, task("t"), inside(task("x"), task("y"), ends("pe"), flows("ps x y pe")), timer("late", "p", "P2D"),
       task("u"), ends("e", "f"), flows("s t p u e", "late f"))  # fmt: skip


def test_moving_into_a_sub_process_begins_it_with_its_timer(versions: Versions) -> None:
    versions.deploy(*SUB)
    story, late = versions.start(), versions.start()
    for one in (story, late):
        moved(one, "t", "y")
        assert one.waits == [("timer", "late"), ("user", "y")]
    story.complete("y")
    assert story.waiting_at == ["u"]
    story.complete("u")
    versions.house.pass_time(days=3)
    assert [(one.state, one.done()[-1]) for one in (story, late)] == [("completed", "e"), ("completed", "f")]


def test_moving_within_and_out_of_a_sub_process(versions: Versions) -> None:
    versions.deploy(*SUB)
    story = versions.start()
    story.complete("t")
    moved(story, "x", "y")
    assert story.waits == [("timer", "late"), ("user", "y")]
    moved(story, "y", "t")
    assert story.waits == [("user", "t")]
    for element in ("t", "x", "y", "u"):
        story.complete(element)
    assert story.state == "completed"


def test_a_whole_sub_process_is_left_or_begun_anew(versions: Versions) -> None:
    versions.deploy(*SUB)
    story = versions.start()
    story.complete("t")
    story.complete("x")
    versions.house.act(lambda e: e.restart_branch(story.id, "p", reason="again"))
    assert story.waiting_at == ["x"]
    moved(story, "p", "u")
    assert story.waits == [("user", "u")]
    story.complete("u")
    assert story.state == "completed"


def test_a_loop_is_left_as_a_whole_and_never_entered_by_a_side_door(versions: Versions) -> None:
    repeated = inside(task("x"), task("y"), ends("pe"), flows("ps x y pe"), MANY)
    versions.deploy(START, task("t"), repeated, task("u"), ends("e"), flows("s t p u e"))
    story = versions.start()
    assert refused(story, Change("cancel", "t"), Change("before", "y")) == ["change_into_loop"]
    story.complete("t")
    assert refused(story, Change("cancel", "x"), Change("before", "u")) == ["change_out_of_loop"]
    moved(story, "x", "y")
    assert story.waiting_at == ["x", "y"]
    moved(story, "p", "u")
    assert story.waiting_at == ["u"]
    story.complete("u")
    assert story.state == "completed"


def test_where_no_token_can_be_put(versions: Versions) -> None:
    versions.deploy(*FORKED)
    story = versions.start()
    assert refused(story, Change("cancel", "a"), Change("before", "join")) == ["change_into_join"]
    assert refused(story, Change("after", "e")) == ["change_nothing_after"]
    assert refused(story, Change("before", "nothing")) == ["change_element_unknown"]
    assert refused(story, Change("cancel", "z")) == ["change_nobody_there"]
    with pytest.raises(Invalid, match="change_kind_unknown"):
        versions.house.act(lambda e: e.modify(story.id, [Change("burn", "a")], reason="x"))
    with pytest.raises(Invalid, match="change_empty"):
        versions.house.act(lambda e: e.modify(story.id, [], reason="x"))
    with pytest.raises(Invalid, match="reason_missing"):
        versions.house.act(lambda e: e.move(story.id, "a", "z", reason=" "))
    with pytest.raises(NotAllowed, match="operate_missing"):
        versions.house.act(lambda e: e.move(story.id, "a", "z", reason="x"), CLERK)
    with pytest.raises(Missing, match="instance_missing"):
        versions.house.act(lambda e: e.move("none", "a", "z", reason="x"))
    story.complete("a")
    story.complete("b")
    story.complete("z")
    assert story.state == "completed"
    with pytest.raises(Stale, match="instance_not_active"):
        versions.house.act(lambda e: e.move(story.id, "a", "z", reason="x"))


def test_what_an_event_gateway_waits_for_is_left_by_any_of_its_events(versions: Versions) -> None:
    pause = (
        '<intermediateCatchEvent id="{0}"><timerEventDefinition><timeDuration>P{1}D</timeDuration>'
        "</timerEventDefinition></intermediateCatchEvent>"
    )
    gate = '<eventBasedGateway id="g"/>' + pause.format("one", 1) + pause.format("two", 2)
    versions.deploy(START, gate, task("u"), ends("e", "f"), flows("s g one e", "g two u f"))
    story = versions.start()
    moved(story, "two", "u")
    assert story.waits == [("user", "u")]
    story.complete("u")
    assert story.state == "completed"


def test_moving_within_a_called_process(versions: Versions) -> None:
    versions.deploy(START, task("c"), task("d"), ends("e"), flows("s c d e"), key="called")
    versions.deploy(START, '<callActivity id="call" calledElement="called"/>', task("u"), ends("e"),
                    flows("s call u e"))  # fmt: skip
    story = versions.start()
    moved(story, "c", "d")
    assert story.waiting_at == ["d"]
    story.complete("d")
    assert story.waiting_at == ["u"]
    story.complete("u")
    assert story.state == "completed"


def test_a_suspended_case_is_moved_and_goes_on_from_there(versions: Versions, registry: HandlerRegistry) -> None:
    """spiff-arena #888: after an operator's edit the resume failed."""
    till = Till(registry)
    versions.deploy(START, task("t"), PAY, task("u"), ends("e"), flows("s t pay u e"))
    story = versions.start()
    versions.house.act(lambda e: e.suspend(story.id, "look first"))
    looked = moved(story, "t", "pay", dry_run=True)
    assert looked.steps == ("pay",)
    till.calls.clear()
    moved(story, "t", "pay")
    assert (till.calls, story.waits, story.state) == ([], [], "suspended")
    versions.house.act(lambda e: e.resume(story.id, "go on"))
    assert (len(till.calls), story.waiting_at) == (1, ["u"])
    story.complete("u")
    assert story.state == "completed"


def test_a_cancelled_task_cannot_be_completed_and_the_gateway_behind_goes_on(versions: Versions) -> None:
    """spiff-arena #533: a boundary timer fired, the task could still be completed, the next gateway hung."""
    versions.deploy(FORK, timer("lapse", "a", "P1D"), task("z"), ends("e"), '<exclusiveGateway id="or"/>',
                    flows("s split a or join", "lapse or", "split b join", "join z e"))  # fmt: skip
    story = versions.start()
    old = story.task("a")
    versions.house.pass_time(days=1)
    with pytest.raises(Stale, match="task_overtaken"):
        versions.house.act(lambda e: e.complete(old.id, {}), SYSTEM)
    story.complete("b")
    story.complete("z")
    assert story.state == "completed"


def test_a_task_given_to_another_stays_with_them_whatever_happens_around(versions: Versions) -> None:
    """spiff-arena #678: the task vanished for its new owner after a refresh of the state."""
    versions.deploy(FORK, timer("remind", "a", "R/P1D", kind="timeCycle", interrupting=False), task("z"),
                    ends("e", "f"), flows("s split a join", "remind f", "split b join", "join z e"))  # fmt: skip
    story = versions.start()
    one = story.task("a")
    versions.house.act(lambda e: e.assign(one.id, CLERK.id, reason="holiday"))
    versions.house.pass_time(days=3)
    story.complete("b")
    versions.house.act(lambda e: e.suspend(story.id, "x"))
    versions.house.act(lambda e: e.resume(story.id, "y"))
    mine = versions.house.ask(lambda e: e.find_tasks(), CLERK).rows
    assert [(found.id, found.assignee) for found in mine] == [(one.id, CLERK.id)]
    story.complete("a", CLERK)
    story.complete("z")
    assert story.state == "completed"


UNDONE = (
    '<boundaryEvent id="x_undone" attachedToRef="x"><compensateEventDefinition/></boundaryEvent>'
    '<userTask id="undo_x" isForCompensation="true"><extensionElements><keyturn:task form="f" '
    'candidateGroups="clerk"/></extensionElements></userTask>'
    '<association sourceRef="x_undone" targetRef="undo_x" associationDirection="One"/>'
    '<intermediateThrowEvent id="back"><compensateEventDefinition/></intermediateThrowEvent>'
)


def test_what_could_be_undone_and_is_left_behind_is_named(versions: Versions) -> None:
    versions.deploy(START, inside(task("x"), task("y"), UNDONE, ends("pe"), flows("ps x y back pe")), task("u"),
                    ends("e"), flows("s p u e"))  # fmt: skip
    story = versions.start()
    story.complete("x")
    assert moved(story, "y", "u", dry_run=True).forgotten == ("x",)
    moved(story, "y", "back")
    assert story.waiting_at == ["undo_x"]
    assert refused(story, Change("cancel", "undo_x")) == ["change_while_undoing"]
    story.complete("undo_x")
    story.complete("u")
    assert story.state == "completed"
