"""People added before and after the holder of a task: who decides when, and what ends it early."""

from __future__ import annotations

import pytest

from engine.api import Invalid, NotAllowed, Stale
from tests.engine.conftest import House, Story
from tests.engine.together.conftest import AN, BO, CAI, CHIEF, GUEST, MEI, NING, decide, mine, offer, only, told


def approval(house: House) -> tuple[Story, str]:
    """An offer of An's that Mei or Ning must approve."""
    story = offer(house)
    story.complete("draft", AN, price=200_000)
    return story, story.task("approve").id


def test_those_before_decide_first_and_their_opinions_stand_before_the_holder(house: House) -> None:
    story, task_id = approval(house)
    house.act(lambda e: e.add_signers(task_id, ["bo", "guest"], part="before", reason="price"), MEI)
    assert (mine(house, MEI), mine(house, BO), mine(house, GUEST)) == ([], ["approve"], ["approve"])
    with pytest.raises(Invalid, match="task_waits_for_signers"):
        house.act(lambda e: e.complete(task_id, {"decision": "approved"}), MEI)
    decide(house, BO, opinion="fair")
    assert mine(house, MEI) == []
    decide(house, GUEST, opinion="I know them")
    assert mine(house, MEI) == ["approve"]
    (state,) = house.ask(lambda e: e.get_task(task_id), MEI).signings
    assert [(s.person, s.decision, s.opinion) for s in state.signers] == [
        ("bo", "approved", "fair"),
        ("guest", "approved", "I know them"),
    ]
    decide(house, MEI)
    assert story.state == "completed"
    assert told(story) == [
        "signers_added_before",
        "signer_decided_before",
        "signer_decided_before",
        "signing_over",
    ]
    signed = story.data["signing"]
    assert (signed["by"], signed["own"]["decision"]) == ("mei", "approved")
    assert [(said["by"], said["part"]) for said in signed["opinions"]] == [("bo", "before"), ("guest", "before")]


def test_an_added_person_has_the_same_form_facts_and_data(house: House) -> None:
    _, task_id = approval(house)
    house.act(lambda e: e.add_signers(task_id, ["bo"], part="before"), MEI)
    theirs = house.ask(lambda e: e.get_task(only(house, BO).id), BO)
    parent = house.ask(lambda e: e.get_task(task_id), MEI)
    assert (theirs.task.form_key, theirs.task.facts) == (parent.task.form_key, parent.task.facts)
    assert theirs.variables["drafted_by"] == "an"
    assert (theirs.task.parent_id, theirs.task.part) == (task_id, "before")
    assert (theirs.rights.complete, theirs.rights.add_signers, theirs.rights.unclaim) == (True, False, False)


def test_who_disagrees_before_sends_it_back_at_once_and_the_others_are_told_why(house: House) -> None:
    story, task_id = approval(house)
    house.act(lambda e: e.add_signers(task_id, ["bo", "cai"], part="before"), MEI)
    left = only(house, CAI)
    decide(house, BO, "rejected", opinion="too cheap")
    assert (mine(house, CAI), mine(house, MEI)) == ([], ["approve"])
    with pytest.raises(Stale, match="task_signed_without") as caught:
        house.act(lambda e: e.complete(left.id, {}), CAI)
    assert caught.value.params["by"] == "bo"
    over = next(e for e in story.history if e.code == "signing_over")
    assert (over.params["outcome"], over.params["staff"]) == ("decision.rejected", ["cai"])
    house.act(lambda e: e.add_signers(task_id, ["cai"], part="before"), MEI)
    assert mine(house, CAI) == ["approve"]


def test_those_after_begin_once_the_holder_agrees_and_the_last_lets_the_case_go_on(house: House) -> None:
    story, task_id = approval(house)
    house.act(lambda e: e.add_signers(task_id, ["ning"], part="after"), MEI)
    house.act(lambda e: e.add_signers(task_id, ["cai"], part="after"), MEI)
    assert (mine(house, MEI), mine(house, NING)) == (["approve"], [])
    decide(house, MEI, opinion="yes")
    assert (mine(house, MEI), mine(house, NING), story.state) == ([], ["approve"], "active")
    with pytest.raises(Stale, match="task_closed") as caught:
        house.act(lambda e: e.complete(task_id, {"decision": "approved"}), MEI)
    assert caught.value.params["by"] == "mei"
    decide(house, NING)
    assert story.state == "active"
    decide(house, CAI)
    assert story.state == "completed"
    done = next(e for e in story.history if e.code == "task_completed" and e.element_id == "approve")
    assert done.actor_id == "mei"
    assert story.data["decision"] == "approved"
    assert [said["by"] for said in story.data["signing"]["opinions"]] == ["ning", "cai"]


def test_who_disagrees_after_the_holder_ends_the_step_with_his_answer(house: House) -> None:
    story, task_id = approval(house)
    house.act(lambda e: e.add_signers(task_id, ["ning", "cai"], part="after"), MEI)
    decide(house, MEI, opinion="yes")
    decide(house, CAI, "returned", opinion="mend it")
    assert (mine(house, NING), story.state) == ([], "completed")
    assert (story.data["decision"], story.data["opinion"]) == ("returned", "mend it")
    assert story.data["signing"]["own"]["opinion"] == "yes"


def test_nobody_follows_a_holder_who_disagrees(house: House) -> None:
    story, task_id = approval(house)
    house.act(lambda e: e.add_signers(task_id, ["ning"], part="after"), MEI)
    decide(house, MEI, "rejected")
    assert (mine(house, NING), story.state, story.data["decision"]) == ([], "completed", "rejected")


@pytest.mark.parametrize(
    ("people", "error", "code"),
    [
        (["an"], NotAllowed, "four_eyes_of"),
        (["bo", "bo"], Invalid, "signer_twice"),
        (["mei"], Invalid, "signer_is_holder"),
        (["nobody"], Invalid, "person_missing"),
        (["wu"], Invalid, "person_elsewhere"),
        ([], Invalid, "signers_number"),
    ],
)
def test_whom_nobody_may_add(house: House, people: list[str], error: type[Exception], code: str) -> None:
    _, task_id = approval(house)
    with pytest.raises(error, match=code):
        house.act(lambda e: e.add_signers(task_id, people, part="before"), MEI)


def test_nobody_decides_the_same_step_twice(house: House) -> None:
    _, task_id = approval(house)
    house.act(lambda e: e.add_signers(task_id, ["ning", "bo"], part="before"), MEI)
    with pytest.raises(NotAllowed, match="four_eyes_of"):
        house.act(lambda e: e.hand_over(only(house, BO).id, "ning", reason="both"), BO)
    with pytest.raises(NotAllowed, match="four_eyes_of"):
        house.act(lambda e: e.hand_over(only(house, BO).id, "mei", reason="back"), BO)
    with pytest.raises(NotAllowed, match="four_eyes"):
        house.act(lambda e: e.assign(only(house, BO).id, "ning"), CHIEF)
    with pytest.raises(Invalid, match="signing_within_signing"):
        house.act(lambda e: e.add_signers(only(house, BO).id, ["cai"], part="before"), BO)
    decide(house, NING)
    decide(house, BO)
    with pytest.raises(NotAllowed, match="four_eyes_of"):
        house.act(lambda e: e.add_signers(task_id, ["bo"], part="after"), MEI)
    with pytest.raises(NotAllowed, match="four_eyes_of"):
        house.act(lambda e: e.hand_over(task_id, "ning", reason="she knows"), MEI)


def test_who_decided_with_somebody_is_kept_out_of_later_steps_as_he_is(house: House) -> None:
    story = offer(house)
    draft = story.task("draft").id
    house.act(lambda e: e.add_signers(draft, ["ning"], part="before"), AN)
    decide(house, NING)
    decide(house, AN, price=200_000)
    assert set(story.task("approve").excluded) == {"an", "ning"}
    approve = story.task("approve").id
    with pytest.raises(NotAllowed, match="four_eyes"):
        house.act(lambda e: e.claim(approve), NING)


def test_an_added_person_may_hand_his_part_over(house: House) -> None:
    _, task_id = approval(house)
    house.act(lambda e: e.add_signers(task_id, ["bo"], part="before"), MEI)
    house.act(lambda e: e.hand_over(only(house, BO).id, "cai", reason="on leave"), BO)
    decide(house, CAI)
    assert mine(house, MEI) == ["approve"]
    (state,) = house.ask(lambda e: e.get_task(task_id), MEI).signings
    assert [s.person for s in state.signers] == ["cai"]


def test_taking_it_back_returns_the_task_and_frees_the_people(house: House) -> None:
    story, task_id = approval(house)
    house.act(lambda e: e.add_signers(task_id, ["bo", "cai"], part="before"), MEI)
    decide(house, BO)
    with pytest.raises(Invalid, match="reason_missing"):
        house.act(lambda e: e.withdraw_signing(task_id, reason=" "), MEI)
    with pytest.raises(NotAllowed):
        house.act(lambda e: e.withdraw_signing(task_id, reason="no"), NING)
    house.act(lambda e: e.withdraw_signing(task_id, reason="cai is ill"), MEI)
    assert (mine(house, CAI), mine(house, MEI)) == ([], ["approve"])
    assert set(story.task("approve").excluded) == {"an", "bo"}
    decide(house, MEI)
    assert [said["by"] for said in story.data["signing"]["opinions"]] == ["bo"]


def test_taking_back_those_after_lets_the_case_go_on_with_the_holders_decision(house: House) -> None:
    story, task_id = approval(house)
    house.act(lambda e: e.add_signers(task_id, ["bo"], part="after"), MEI)
    decide(house, MEI)
    house.act(lambda e: e.withdraw_signing(task_id, reason="not needed"), MEI)
    assert (story.state, mine(house, BO)) == ("completed", [])


def test_what_ends_the_step_ends_the_tasks_of_those_added(house: House) -> None:
    story, task_id = approval(house)
    house.act(lambda e: e.add_signers(task_id, ["bo"], part="before"), MEI)
    house.act(lambda e: e.cancel(story.id, "sold"), CHIEF)
    assert mine(house, BO) == []
    assert story.tasks == []


def test_the_second_send_of_an_added_person_says_it_was_him(house: House) -> None:
    _, task_id = approval(house)
    house.act(lambda e: e.add_signers(task_id, ["bo"], part="before"), MEI)
    task = only(house, BO)
    decide(house, BO)
    with pytest.raises(Stale, match="task_closed") as caught:
        house.act(lambda e: e.complete(task.id, {}), BO)
    assert caught.value.params["by"] == "bo"
