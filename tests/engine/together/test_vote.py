"""Deciding together: all sign, any signs, so many or so many per cent; decided as soon as it can be."""

from __future__ import annotations

import pytest

from engine.api import Invalid, NotAllowed
from engine.signing.rule import Rule, Tally
from tests.engine.conftest import House, Story
from tests.engine.together.conftest import AN, BO, CAI, GUEST, MEI, NING, decide, mine, offer, only, told

BY_NAME = {"bo": BO, "cai": CAI, "guest": GUEST, "ning": NING, "mei": MEI}


def vote(house: House, *people: str, rule: str = "all", number: int = 0) -> Story:
    story = offer(house)
    story.complete("draft", AN, price=200_000)
    task = story.task("approve")
    house.act(lambda e: e.open_vote(task.id, people, rule=rule, number=number), MEI)
    return story


@pytest.mark.parametrize(
    ("rule", "number", "votes", "outcome", "left"),
    [
        ("all", 0, {"bo": "approved", "cai": "approved", "guest": "approved"}, "approved", []),
        ("all", 0, {"bo": "approved", "cai": "rejected"}, "rejected", ["guest"]),
        ("any", 0, {"cai": "approved"}, "approved", ["bo", "guest"]),
        ("any", 0, {"bo": "rejected", "cai": "returned", "guest": "returned"}, "rejected", []),
        ("count", 2, {"bo": "approved", "cai": "rejected", "guest": "approved"}, "approved", []),
        ("count", 2, {"bo": "returned", "cai": "returned"}, "returned", ["guest"]),
        ("percent", 60, {"bo": "approved", "cai": "approved"}, "approved", ["guest"]),
        ("percent", 67, {"bo": "approved", "guest": "rejected"}, "rejected", ["cai"]),
    ],
)
def test_it_ends_as_soon_as_it_is_decided(
    house: House, rule: str, number: int, votes: dict[str, str], outcome: str, left: list[str]
) -> None:
    story = vote(house, "bo", "cai", "guest", rule=rule, number=number)
    for name, decision in votes.items():
        assert story.state == "active"
        decide(house, BY_NAME[name], decision, opinion=f"{name} says")
    assert (story.state, story.data["decision"]) == ("completed", outcome)
    over = next(e for e in story.history if e.code == "signing_over")
    assert over.params.get("staff", []) == left
    done = [e for e in story.history if e.code == "task_completed" and e.task_id == over.task_id]
    assert all(e.params.get("together") for e in done)  # Nobody alone is said to have decided it.
    assert [mine(house, BY_NAME[name]) for name in left] == [[] for _ in left]
    signed = story.data["signing"]
    assert (signed["by"], signed["own"]) == ("mei", None)
    assert {said["by"]: said["decision"] for said in signed["opinions"]} == votes


def test_the_tally_is_seen_while_it_goes_on_and_afterwards(house: House) -> None:
    story = vote(house, "bo", "cai", "guest", rule="count", number=2)
    task_id = story.task("approve").parent_id or story.task("approve").id
    decide(house, BO)
    decide(house, CAI, "rejected")
    (state,) = house.ask(lambda e: e.get_task(only(house, GUEST).id), GUEST).signings
    assert (state.tally.people, state.tally.needed, state.tally.agreed, state.tally.against) == (3, 2, 1, 1)
    decide(house, GUEST)
    (state,) = house.ask(lambda e: e.get_task(task_id), MEI).signings
    assert (state.state, state.outcome, state.tally.agreed) == ("decided", "approved", 2)


def test_who_leads_the_vote_may_vote_and_cannot_decide_alone(house: House) -> None:
    story = vote(house, "mei", "bo")
    parent = next(task for task in story.tasks if task.parent_id is None)
    with pytest.raises(Invalid, match="task_waits_for_signers"):
        house.act(lambda e: e.complete(parent.id, {"decision": "approved"}), MEI)
    decide(house, MEI)
    decide(house, BO)
    assert story.state == "completed"
    assert told(story) == ["vote_opened_all", "signer_decided_vote", "signer_decided_vote", "signing_over"]


@pytest.mark.parametrize(
    ("people", "rule", "number", "error", "code"),
    [
        (("an", "bo"), "all", 0, NotAllowed, "four_eyes_of"),
        (("bo",), "all", 0, Invalid, "vote_needs_two"),
        (("bo", "cai"), "count", 3, Invalid, "vote_number_out_of_range"),
        (("bo", "cai"), "percent", 0, Invalid, "vote_number_out_of_range"),
        (("bo", "cai"), "most", 0, Invalid, "vote_rule_unknown"),
    ],
)
def test_what_is_no_vote(
    house: House, people: tuple[str, ...], rule: str, number: int, error: type[Exception], code: str
) -> None:
    with pytest.raises(error, match=code):
        vote(house, *people, rule=rule, number=number)


def test_a_form_that_asks_for_no_decision_is_not_voted_on(house: House) -> None:
    house.forms.fields = lambda form: {}
    with pytest.raises(Invalid, match="vote_without_decision"):
        vote(house, "bo", "cai")


@pytest.mark.parametrize(
    ("rule", "people", "needed"),
    [
        (Rule("all"), 5, 5),
        (Rule("any"), 5, 1),
        (Rule("count", 3), 5, 3),
        (Rule("percent", 50), 5, 3),
        (Rule("percent", 66), 3, 2),
    ],
)
def test_per_cent_are_rounded_up_to_whole_votes(rule: Rule, people: int, needed: int) -> None:
    assert rule.votes_of(people) == needed


def test_every_course_of_a_vote_is_decided_exactly_when_it_must_be() -> None:
    for people in range(1, 7):
        for needed in range(1, people + 1):
            for agreed in range(people + 1):
                for against in range(people - agreed + 1):
                    tally = Tally(people, needed, agreed, against)
                    could = agreed + (people - agreed - against) >= needed
                    expected = True if agreed >= needed else (None if could else False)
                    assert tally.verdict is expected
