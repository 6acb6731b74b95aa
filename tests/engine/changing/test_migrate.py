"""A running case goes on by another version of its diagram."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from engine.api import ChangeRefused, Engine, Invalid, Missing, NotAllowed, Stale
from kernel.actor import Actor, Grant
from kernel.audit import AuditRow
from tests.engine.changing.versions import Versions, against, becoming, ends, flows, task, timer

START = '<startEvent id="s"/>'
PAID = '<message id="m" name="paid"/><message id="m2" name="settled"/>'
CLERK = Actor("00000000-0000-0000-0000-0000000000c1", "Clerk", (Grant("clerk", "/"),))


def test_an_open_task_survives_with_who_has_it_and_what_was_written(versions: Versions) -> None:
    house = versions.house
    versions.deploy(START, task("t", name="Check"), ends("e"), flows("s t e"))
    story = versions.start({"price": 5})
    one = story.task("t")
    due = house.clock.now() + timedelta(days=3)
    house.act(lambda e: e.claim(one.id), CLERK)
    house.act(lambda e: e.save_draft(one.id, {"note": "half"}), CLERK)
    house.act(lambda e: e.add_comment(one.id, "look twice"), CLERK)
    house.act(lambda e: e.set_due(one.id, due))
    versions.deploy(START, task("t", name="Check twice", form="other"), task("u"), ends("e"), flows("s t u e"))
    plan = versions.preview(story)
    assert (plan.possible, plan.done, plan.from_version, plan.to_version) == (True, False, 1, 2)
    assert becoming(plan) == {"t": "kept"}
    assert (story.instance.version, story.task("t").form_key) == (1, "t")
    versions.migrate(story, reason="a second look")
    kept = story.task("t")
    assert (kept.id, kept.assignee, kept.due_at, kept.candidates) == (one.id, CLERK.id, due, ("clerk@/",))
    assert (kept.name, kept.form_key, kept.definition_version) == ("Check twice", "other", 2)
    detail = house.ask(lambda e: e.get_task(one.id), CLERK)
    assert detail.own_draft is not None
    assert (detail.own_draft.answers, [c.text for c in detail.comments]) == ({"note": "half"}, ["look twice"])
    assert (story.data, story.instance.version) == ({"price": 5}, 2)
    story.complete("t", CLERK)
    story.complete("u")
    assert story.state == "completed"


def test_a_migration_stands_in_history_and_audit_with_its_reason(versions: Versions) -> None:
    versions.deploy(START, task("t"), ends("e"), flows("s t e"))
    story = versions.start()
    versions.deploy(START, task("t"), task("u"), ends("e"), flows("s t u e"))
    versions.migrate(story, reason="the law")
    event = next(e for e in story.history if e.code == "instance_migrated")
    assert event.params == {"from_version": 1, "to_version": 2, "reason": "the law"}
    with versions.house.database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "instance:migrate")).one()
    assert (row.before, row.reason) == ({"version": 1}, "the law")
    assert row.after == {"key": "story", "version": 2, "mapping": {}}


def test_an_element_that_is_gone_is_named_and_nothing_is_changed(versions: Versions) -> None:
    versions.deploy(START, task("t", name="Check"), ends("e"), flows("s t e"))
    story = versions.start()
    versions.deploy(START, task("u"), ends("e"), flows("s u e"))
    plan = versions.preview(story)
    assert (plan.possible, against(plan)) == (False, [("migrate_element_gone", "t")])
    assert plan.findings[0].params["element"] == "Check"
    with pytest.raises(ChangeRefused) as refused:
        versions.migrate(story)
    assert [f.code for f in refused.value.findings] == ["migrate_element_gone"]
    assert (story.instance.version, story.waiting_at) == (1, ["t"])
    story.complete("t")
    assert story.state == "completed"


def test_a_renamed_element_goes_on_by_the_mapping(versions: Versions) -> None:
    versions.deploy(START, task("t"), ends("e"), flows("s t e"))
    story = versions.start()
    versions.deploy(START, task("u"), ends("e"), flows("s u e"))
    first = story.task("t").id
    plan = versions.migrate(story, mapping={"t": "u"})
    assert [(t.element_id, t.to) for t in plan.tokens] == [("t", "u")]
    assert (story.waiting_at, story.task("u").id) == (["u"], first)
    story.complete("u")
    assert story.state == "completed"


def test_a_mapping_that_names_nothing_is_refused(versions: Versions) -> None:
    versions.deploy(START, task("t"), ends("e"), flows("s t e"))
    story = versions.start()
    versions.deploy(START, task("t"), task("u"), ends("e"), flows("s t u e"))
    plan = versions.preview(story, mapping={"x": "t", "t": "y"})
    assert {code for code, _ in against(plan)} >= {"migrate_mapping_from_unknown", "migrate_mapping_to_unknown"}


CHANGED = [
    ("migrate_kind_changed", '<subProcess id="t"><startEvent id="ts"/><endEvent id="te"/>' + flows("ts te") + "</subProcess>",
     ends("e") + flows("s t e")),
    (
        "migrate_loop_changed",
        task("t", "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
             "</multiInstanceLoopCharacteristics>"),
        ends("e") + flows("s t e"),
    ),
    (
        "migrate_scope_changed",
        '<subProcess id="p"><startEvent id="ps"/>' + task("t") + ends("pe") + flows("ps t pe") + "</subProcess>",
        ends("e") + flows("s p e"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("code", "element", "rest"), CHANGED)
def test_an_element_that_became_another_is_named(versions: Versions, code: str, element: str, rest: str) -> None:
    versions.deploy(START, task("t"), ends("e"), flows("s t e"))
    story = versions.start()
    versions.deploy(START, element, rest, roots=PAID)
    assert against(versions.preview(story)) == [(code, "t")]


FORK = START + '<parallelGateway id="split"/><parallelGateway id="join"/>' + task("a") + task("b")


def test_a_half_filled_join_goes_on_with_an_element_inserted_before_it(versions: Versions) -> None:
    versions.deploy(FORK, ends("e"), flows("s split a join", "split b join", "join e"))
    story = versions.start()
    story.complete("a")
    versions.deploy(FORK, task("c"), task("z"), ends("e"), flows("s split a c join", "split b join", "join z e"))
    versions.migrate(story)
    story.complete("b")
    assert story.waiting_at == ["z"]
    story.complete("z")
    assert story.state == "completed"


def test_a_join_that_would_wait_for_ever_is_refused(versions: Versions) -> None:
    versions.deploy(FORK, ends("e"), flows("s split a join", "split b join", "join e"))
    story = versions.start()
    versions.deploy(FORK, task("c"), ends("e"), flows("s split a join", "split b join", "split c join", "join e"))
    assert against(versions.preview(story)) == [("change_join_stuck", "join")]
    with pytest.raises(ChangeRefused):
        versions.migrate(story)
    story.complete("a")
    story.complete("b")
    assert story.state == "completed"


def test_a_join_lets_go_when_the_new_version_asks_for_less(versions: Versions) -> None:
    versions.deploy(FORK, ends("e"), flows("s split a join", "split b join", "join e"))
    story = versions.start()
    story.complete("a")
    versions.deploy(FORK, task("z"), ends("e", "f"), flows("s split a join", "split b f", "join z e"))
    versions.migrate(story)
    assert story.waiting_at == ["b", "z"]
    story.complete("b")
    story.complete("z")
    assert story.state == "completed"


MANY = (
    "<multiInstanceLoopCharacteristics{0}><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
)


@pytest.mark.parametrize("order", ["", ' isSequential="true"'])
def test_a_multi_instance_half_done_goes_on_where_it_was(versions: Versions, order: str) -> None:
    """spiff-arena #1920."""
    versions.deploy(START, task("t", MANY.format(order)), ends("e"), flows("s t e"))
    story = versions.start()
    story.complete("t")
    versions.deploy(START, task("t", MANY.format(order)), task("u"), ends("e"), flows("s t u e"))
    versions.migrate(story)
    story.complete("t")
    assert story.waiting_at == ["t"]
    story.complete("t")
    assert story.waiting_at == ["u"]
    story.complete("u")
    assert (story.state, story.done().count("t")) == ("completed", 4)


def test_a_multi_instance_that_changes_its_order_is_refused(versions: Versions) -> None:
    versions.deploy(START, task("t", MANY.format("")), ends("e"), flows("s t e"))
    story = versions.start()
    versions.deploy(START, task("t", MANY.format(' isSequential="true"')), ends("e"), flows("s t e"))
    assert against(versions.preview(story)) == [("migrate_loop_changed", "t")]


def inside(*body: str) -> str:
    return f'<subProcess id="p"><startEvent id="ps"/>{"".join(body)}</subProcess>'


def test_a_case_inside_a_sub_process_with_its_timer_goes_on(versions: Versions) -> None:
    rest = (timer("late", "p", "P2D"), ends("e", "f"), flows("s p e", "late f"))
    versions.deploy(START, inside(task("t"), ends("pe"), flows("ps t pe")), *rest)
    story, other = versions.start(), versions.start()
    versions.deploy(START, inside(task("t"), task("u"), ends("pe"), flows("ps t u pe")), *rest)
    assert becoming(versions.migrate(story)) == {"t": "kept", "late": "kept"}
    versions.migrate(other)
    story.complete("t")
    story.complete("u")
    versions.house.pass_time(days=2)
    assert (story.done()[-1], other.done()[-1]) == ("e", "f")
    assert (story.state, other.state) == ("completed", "completed")


def test_a_called_process_stays_on_its_version_while_its_caller_goes_on(versions: Versions) -> None:
    versions.deploy(START, task("c"), ends("e"), flows("s c e"), key="called")
    call = '<callActivity id="call" calledElement="called"/>'
    versions.deploy(START, call, ends("e"), flows("s call e"))
    story = versions.start()
    versions.deploy(START, task("c"), task("c2"), ends("e"), flows("s c c2 e"), key="called")
    versions.deploy(START, call, task("u"), ends("e"), flows("s call u e"))
    assert becoming(versions.migrate(story)) == {"c": "kept"}
    story.complete("c")
    assert story.waiting_at == ["u"]
    story.complete("u")
    assert story.state == "completed"
    fresh = versions.start()
    fresh.complete("c")
    assert fresh.waiting_at == ["c2"]


def test_a_suspended_case_is_migrated_and_stays_suspended(versions: Versions) -> None:
    versions.deploy(FORK, ends("e"), flows("s split a join", "split b join", "join e"))
    story = versions.start()
    story.complete("a")
    versions.house.act(lambda e: e.suspend(story.id, "wait"))
    lapse = timer("lapse", "b", "P1D")
    versions.deploy(
        FORK, lapse, task("z"), ends("e", "f"), flows("s split a join", "split b f", "lapse f", "join z e")
    )
    versions.migrate(story)
    assert versions.house.pass_time(days=3) == 0
    assert (story.state, story.waiting_at) == ("suspended", ["b"])
    versions.house.act(lambda e: e.resume(story.id, "go on"))
    assert story.waiting_at == ["b", "z"]
    assert versions.house.run_due() == 1
    story.complete("z")
    assert story.state == "completed"


def test_there_and_back_again(versions: Versions) -> None:
    versions.deploy(START, task("t"), timer("lapse", "t"), ends("e", "f"), flows("s t e", "lapse f"))
    story = versions.start()
    versions.deploy(START, task("u"), timer("lapse", "u"), ends("e", "f"), flows("s u e", "lapse f"))
    before = story.task("t")
    versions.migrate(story, mapping={"t": "u"})
    versions.migrate(story, 1, mapping={"u": "t"})
    after = story.task("t")
    assert (after.id, after.name, after.definition_version) == (before.id, before.name, 1)
    story.complete("t")
    assert story.state == "completed"


def test_who_may_not_operate_and_what_has_ended_are_refused(versions: Versions) -> None:
    versions.deploy(START, task("t"), ends("e"), flows("s t e"))
    story = versions.start()
    versions.deploy(START, task("t"), task("u"), ends("e"), flows("s t u e"))
    for dry_run in (True, False):
        with pytest.raises(NotAllowed, match="operate_missing"):
            versions.house.act(partial(Engine.migrate, instance_id=story.id, version=2, dry_run=dry_run), CLERK)
    with pytest.raises(Invalid, match="migrate_same_version"):
        versions.migrate(story, 1)
    with pytest.raises(Missing, match="definition_missing"):
        versions.migrate(story, 9)
    with pytest.raises(Missing, match="instance_missing"):
        versions.house.act(lambda e: e.migrate("none", 2))
    story.complete("t")
    with pytest.raises(Stale, match="instance_not_active"):
        versions.migrate(story)


def booked(handler: str) -> str:
    undo = (
        f'<boundaryEvent id="x_undone" attachedToRef="x"><compensateEventDefinition/></boundaryEvent>'
        f'<userTask id="{handler}" isForCompensation="true"><extensionElements><keyturn:task form="f" '
        'candidateGroups="clerk"/></extensionElements></userTask>'
        f'<association sourceRef="x_undone" targetRef="{handler}" associationDirection="One"/>'
    )
    return START + task("x") + task("t") + (undo if handler else "")


BACK = '<intermediateThrowEvent id="back"><compensateEventDefinition/></intermediateThrowEvent>'


def test_what_was_done_can_be_undone_by_the_new_version(versions: Versions) -> None:
    versions.deploy(booked("undo"), BACK, ends("e"), flows("s x t back e"))
    story, undoing = versions.start(), versions.start()
    for one in (story, undoing):
        one.complete("x")
    undoing.complete("t")
    versions.deploy(booked("undo_otherwise"), BACK, task("u"), ends("e"), flows("s x t u back e"))
    versions.deploy(booked(""), ends("e"), flows("s x t e"))
    assert against(versions.preview(story, 3)) == [("migrate_undo_gone", "x")]
    assert against(versions.preview(undoing)) == [("change_while_undoing", None)]
    versions.migrate(story)
    story.complete("t")
    story.complete("u")
    assert story.waiting_at == ["undo_otherwise"]
    story.complete("undo_otherwise")
    assert story.state == "completed"


def test_a_called_process_under_way_goes_on_by_another_version_of_its_own(versions: Versions) -> None:
    versions.deploy(START, task("c"), ends("e"), flows("s c e"), key="called")
    versions.deploy(START, '<callActivity id="call" calledElement="called"/>', task("u"), ends("e"),
                    flows("s call u e"))  # fmt: skip
    story = versions.start({"price": 5})
    versions.deploy(START, task("c", form="other"), task("d"), ends("e"), flows("s c d e"), key="called")
    versions.deploy(START, task("x"), ends("e"), flows("s x e"), key="called")
    assert against(versions.preview(story, 3, called="called")) == [("migrate_element_gone", "c")]
    first = story.task("c").id
    plan = versions.migrate(story, 2, called="called", reason="the law")
    assert (plan.key, plan.from_version, plan.to_version, becoming(plan)) == ("called", 1, 2, {"c": "kept"})
    assert (story.instance.version, story.task("c").form_key, story.task("c").id) == (1, "other", first)
    with pytest.raises(Invalid, match="migrate_same_version"):
        versions.migrate(story, 2, called="called")
    with pytest.raises(Invalid, match="migrate_not_called"):
        versions.migrate(story, 1, called="story")
    event = next(e for e in story.history if e.code == "called_migrated")
    assert event.params == {"process": "called", "from_version": 1, "to_version": 2, "reason": "the law"}
    for element in ("c", "d", "u"):
        story.complete(element)
    assert story.state == "completed"
