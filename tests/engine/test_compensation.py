"""Compensation and transactions, deployed with the checks and run through the database."""

from __future__ import annotations

from typing import Any

import pytest

from engine.api import HandlerRegistry
from tests.engine.conftest import House
from tests.engine.spiff.play import flow, flows
from tests.engine.test_less_usual_elements import begin, user

UNDO = "<compensateEventDefinition/>"
CANCEL = "<cancelEventDefinition/>"


def undone_by(activity: str, handler: str) -> str:
    """The compensation event of an activity, joined to its handler."""
    return (
        f'<boundaryEvent id="{activity}_undone" attachedToRef="{activity}">{UNDO}</boundaryEvent>'
        f'<association sourceRef="{activity}_undone" targetRef="{handler}"/>'
    )


def undoing(activity: str) -> str:
    """A user task that undoes an activity."""
    handler = f"undo_{activity}"
    return undone_by(activity, handler) + user(handler).replace("<userTask", '<userTask isForCompensation="true"')


BOOKING = (
    f'<startEvent id="s"/>{user("hotel", "flight", "after")}<endEvent id="e"/>{undoing("hotel")}{undoing("flight")}'
    f'<intermediateThrowEvent id="back">{UNDO}</intermediateThrowEvent>{flows("s hotel flight back after e")}'
)


def test_completed_steps_are_undone_latest_first_and_the_history_says_so(house: House) -> None:
    story = begin(house, BOOKING)
    story.complete("hotel")
    story.complete("flight")
    assert story.waiting_at == ["undo_flight"]
    story.complete("undo_flight")
    assert story.waiting_at == ["undo_hotel"]
    story.complete("undo_hotel")
    assert story.waiting_at == ["after"]
    undone = [(e.element_id, e.params["by"]) for e in story.history if e.code == "element_compensated"]
    assert undone == [("flight", "undo_flight"), ("hotel", "undo_hotel")]
    story.complete("after")
    assert story.state == "completed"


def test_a_cancelled_transaction_gives_back_what_its_handlers_took(
    house: House, registry: HandlerRegistry
) -> None:
    held: list[str] = []

    @registry.handler("unit.hold")
    def hold(_data: None, _ctx: Any) -> None:
        held.append("unit")

    @registry.handler("unit.release")
    def release(_data: None, _ctx: Any) -> None:
        held.remove("unit")

    def service(identity: str, verb: str, more: str = "") -> str:
        inside = f'<extensionElements><keyturn:handler name="unit.{verb}"/></extensionElements>'
        return f'<serviceTask id="{identity}"{more}>{inside}</serviceTask>'

    body = (
        f'<startEvent id="s"/><transaction id="sale"><startEvent id="a"/>{service("hold", "hold")}'
        f"{service('release', 'release', ' isForCompensation=' + chr(34) + 'true' + chr(34))}"
        f'{undone_by("hold", "release")}{user("sign")}<exclusiveGateway id="ok" default="no"/><endEvent id="sold"/>'
        f'<endEvent id="given_up">{CANCEL}</endEvent>'
        + flows("a hold sign ok")
        + flow("ok", "sold", "= signed")
        + flow("ok", "given_up", flow_id="no")
        + f'</transaction><boundaryEvent id="left" attachedToRef="sale">{CANCEL}</boundaryEvent>'
        + f'{user("sorry")}<endEvent id="e"/>'
        + flows("s sale e", "left sorry e")
    )
    kept = begin(house, body)
    kept.complete("sign", signed=True)
    assert (kept.state, held) == ("completed", ["unit"])
    given_up = begin(house, body)
    given_up.complete("sign", signed=False)
    assert (given_up.waiting_at, held) == (["sorry"], ["unit"])


@pytest.mark.parametrize("stop", ["hotel", "flight", "undo_flight"])
def test_a_case_can_be_cancelled_in_the_midst_of_undoing(house: House, stop: str) -> None:
    story = begin(house, BOOKING)
    for element in ("hotel", "flight", "undo_flight"):
        story.complete(element)
        if element == stop:
            break
    house.act(lambda e: e.cancel(story.id, "no longer wanted"))
    assert (story.state, story.waits) == ("cancelled", [])
