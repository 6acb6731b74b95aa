"""Every act on a task by everybody who might try it: its holder, who stands in for him, strangers, the applicant.

A substitute may do what he could whom he stands in for; the applicant's may do what the applicant could, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine.api import Engine, File, Missing, NotAllowed, Stand
from kernel.actor import Actor, Grant
from tests.engine.changing.versions import Versions, ends, flows
from tests.engine.conftest import House, NoDirectory, Story
from tests.engine.going_back.people import START, step

SHOP = "/keyturn/east/"


def someone(name: str, *roles: str, at: str = SHOP) -> Actor:
    return Actor(name, name, tuple(Grant(role, at) for role in roles))


ASKER = someone("asker", "clerk")  # The applicant.
EVA = someone("eva", "manager")  # Decided before.
LIN = someone("lin", "manager")  # Holds the task.
MO = someone("mo", "guard")  # Stands in for Lin.
SU = someone("su", "guard")  # Stands in for the applicant.
STRANGER = someone("stranger", "guard")
TOM, UTA = someone("tom", "manager"), someone("uta", "manager")
PEOPLE = {"holder": LIN, "substitute": MO, "stranger": STRANGER, "applicant": ASKER, "applicant's": SU}
PRINCIPAL = {"mo": "lin", "su": "asker"}
FILE = File("other", "note.txt", "text/plain", 3, "00000000-0000-0000-0000-000000000001")


class Rules:
    """Mo stands in for Lin, Su for the applicant."""

    def of(self, session: Session, person: Actor) -> tuple[Stand, ...]:
        return {"mo": (Stand(LIN),), "su": (Stand(ASKER),)}.get(person.id, ())


class DecisionForms:
    """The step's form asks for a decision."""

    def validate(
        self, form_key: str, answers: dict[str, Any], variables: dict[str, Any], clock: Any
    ) -> dict[str, Any]:
        return answers

    def exists(self, form_key: str) -> bool:
        return True

    def fields(self, form_key: str) -> dict[str, str]:
        return {"decision": "text"}

    def opens_with_data(self, form_key: str) -> bool:
        return False


class Scene:
    """The applicant asked, Eva checked, Lin is to sign; the applicant asks to have it back."""

    def __init__(self, house: House) -> None:
        house.substitutions, house.forms = Rules(), DecisionForms()
        house.directory = NoDirectory(*PEOPLE.values(), EVA, TOM, UTA)
        house.directory.actors = lambda ids: {
            i: house.directory.people[i] for i in ids if i in house.directory.people
        }
        versions = Versions(house)
        kept_out = 'excluded="= [asked_by, checked_by]"'
        asks, checks = (
            step(n, r, more=f'completedBy="{n}ed_by"') for n, r in (("ask", "clerk"), ("check", "manager"))
        )
        body = (START, asks, checks, step("sign", "manager", more=kept_out), ends("e"))
        versions.deploy(*body, flows("s ask check sign e"))
        self.house = house
        self.story = Story(house, house.act(lambda e: e.start("story", scope=SHOP)))
        self.story.complete("ask", ASKER)
        self.asked = next(one.task_id for one in house.ask(lambda e: e.steps(self.story.id), ASKER))
        self.story.complete("check", EVA, decision="approved")
        self.task = self.story.task("sign").id
        house.act(lambda e: e.claim(self.task), LIN)

    def try_it(
        self, act: Callable[[Engine, Scene], object], person: Actor
    ) -> tuple[str, set[tuple[str, str | None]]]:
        """Whether somebody may, and who is said to have acted for whom; nothing stays."""
        before = {event.seq for event in self.story.history}
        with self.house.database.unit_of_work() as session:
            engine = self.house.engine(session, person)
            try:
                act(engine, self)
            except (NotAllowed, Missing):
                session.rollback()
                return "no", set()
            told = self.house.engine(session).history(self.story.id)
            found = {(e.actor_id, e.on_behalf_of) for e in told if e.seq not in before}
            session.rollback()
        return "yes", found


def answer(engine: Engine, scene: Scene) -> None:
    asked = scene.house.engine(engine.host.session, ASKER).ask_to_withdraw(scene.asked, "a slip")
    engine.answer_withdrawal(asked.id, grant=True)


def return_it(engine: Engine, scene: Scene) -> None:
    engine.return_to(scene.task, scene.asked, way="again", reason="Not yet")


def call_back_signers(engine: Engine, scene: Scene) -> None:
    scene.house.engine(engine.host.session, LIN).add_signers(scene.task, ["tom"], part="before")
    engine.withdraw_signing(scene.task, reason="No longer needed")


def resolve(engine: Engine, scene: Scene) -> None:
    scene.house.engine(engine.host.session, LIN).delegate(scene.task, "tom")
    engine.unclaim(scene.task)


# Who may: the holder, who stands in for him, a stranger, the applicant, who stands in for the applicant.
ACTS: dict[str, tuple[Callable[[Engine, Scene], object], str]] = {
    "complete": (lambda e, s: e.complete(s.task, {"decision": "approved"}), "yes yes no no no"),
    "save_draft": (lambda e, s: e.save_draft(s.task, {"remark": "so far"}), "yes yes no no no"),
    "unclaim": (lambda e, s: e.unclaim(s.task), "yes yes no no no"),
    "hand_over": (lambda e, s: e.hand_over(s.task, "tom"), "yes yes no no no"),
    "delegate": (lambda e, s: e.delegate(s.task, "tom"), "yes yes no no no"),
    "take_back": (resolve, "yes yes no no no"),
    "add_before": (lambda e, s: e.add_signers(s.task, ["tom"], part="before"), "yes yes no no no"),
    "add_after": (lambda e, s: e.add_signers(s.task, ["tom"], part="after"), "yes yes no no no"),
    "vote": (lambda e, s: e.open_vote(s.task, ["tom", "uta"], rule="all"), "yes yes no no no"),
    "withdraw_signing": (call_back_signers, "yes yes no no no"),
    "return": (return_it, "yes yes no no no"),
    "snooze": (lambda e, s: e.set_follow_up(s.task, s.house.clock.now()), "yes yes no no no"),
    "copy": (lambda e, s: e.send_copy(s.task, ["uta"]), "yes yes no no no"),
    "attach": (lambda e, s: e.attach_to_task(s.task, FILE), "yes yes no no no"),
    "attach_to_case": (lambda e, s: e.attach_to_case(s.story.id, FILE), "yes yes no yes yes"),
    "comment": (lambda e, s: e.add_comment(s.task, "Mind the date"), "yes yes no no no"),
    "comment_on_case": (lambda e, s: e.comment_on_case(s.story.id, "Mind the date"), "yes yes no yes yes"),
    "urge": (lambda e, s: e.urge(s.task, every=timedelta(hours=4)), "no no no yes yes"),
    "answer_withdrawal": (answer, "yes yes no no no"),
    "ask_to_withdraw": (lambda e, s: e.ask_to_withdraw(s.asked, "a slip"), "no no no yes yes"),
}


@pytest.fixture
def scene(house: House) -> Iterator[Scene]:
    yield Scene(house)


@pytest.mark.parametrize("name", ACTS)
def test_who_may_do_it_and_for_whom_it_is_recorded(scene: Scene, name: str) -> None:
    act, expected = ACTS[name]
    for (who, person), may in zip(PEOPLE.items(), expected.split(), strict=True):
        did, recorded = scene.try_it(act, person)
        assert did == may, (who, name)
        if did == "yes" and recorded:
            assert (person.id, PRINCIPAL.get(person.id)) in recorded, (who, name, recorded)
