"""Conditional events come when the data of the case makes their condition true, each time anew."""

from __future__ import annotations

import json

import pytest

from tests.engine.spiff.play import Play, diagram, flow, flows
from tests.engine.spiff.test_events import boundary


def condition(text: str) -> str:
    return f"<conditionalEventDefinition><condition>{text}</condition></conditionalEventDefinition>"


def beside(event: str, *, also: str = "") -> bytes:
    """A task to look after, another one in parallel that changes the data."""
    return diagram(
        '<startEvent id="s"/><parallelGateway id="f"/><userTask id="t"/><userTask id="data"/><userTask id="again"/>'
        '<userTask id="third"/><userTask id="other"/><endEvent id="e"/>'
        + event
        + also
        + flows("s f t e", "f data again third e", "b other e")
    )


def test_a_caught_condition_waits_until_the_data_fulfils_it() -> None:
    xml = diagram(
        '<startEvent id="s"/><parallelGateway id="f"/><userTask id="data"/><userTask id="more"/><userTask id="after"/>'
        f'<intermediateCatchEvent id="c">{condition("amount &gt; 5")}</intermediateCatchEvent><endEvent id="e"/>'
        + flows("s f c after e", "f data more e")
    )
    play = Play(xml, {"amount": 1})
    assert play.waits("conditional") == ["c"]
    assert play.complete("data", amount=4).waits() == ["c", "more"]
    assert play.complete("more", amount=6).waits() == ["after"]
    assert Play(xml, {"amount": 9}).waits() == ["after", "data"]


def test_a_condition_in_the_words_of_another_tool_is_understood() -> None:
    xml = diagram(
        f'<startEvent id="s"/><intermediateCatchEvent id="c">{condition("${amount == 5}")}</intermediateCatchEvent>'
        '<endEvent id="e"/>' + flows("s c e")
    )
    assert Play(xml, {"amount": 4}).waits() == ["c"]
    assert Play(xml, {"amount": 5}).ended


@pytest.mark.parametrize("text", ["missing &gt; 5", "amount", "null"])
def test_what_is_neither_true_nor_false_is_not_true(text: str) -> None:
    xml = diagram(
        f'<startEvent id="s"/><intermediateCatchEvent id="c">{condition(text)}</intermediateCatchEvent>'
        '<endEvent id="e"/>' + flows("s c e")
    )
    assert Play(xml, {"amount": 1}).waits() == ["c"]


def test_an_interrupting_condition_ends_its_task() -> None:
    play = Play(beside(boundary("b", "t", condition("late"))))
    assert play.complete("data", late=False).waits("user") == ["again", "t"]
    assert play.complete("again", late=True).waits() == ["other", "third"]
    assert play.services.interrupted == ["t"]


def test_a_condition_comes_again_only_after_it_has_been_false() -> None:
    play = Play(beside(boundary("b", "t", condition("late"), interrupting=False)))
    assert play.complete("data", late=True).waits("user") == ["again", "other", "t"]
    assert play.complete("again", other=1).waits("user") == ["other", "t", "third"]
    assert play.complete("other", late=False).complete("third", late=True).waits("user") == ["other", "t"]


def test_a_condition_that_holds_when_it_is_reached_comes_at_once() -> None:
    assert Play(beside(boundary("b", "t", condition("late"))), {"late": True}).waits() == ["data", "other"]


def test_a_condition_is_asked_before_the_next_step_runs() -> None:
    """What a service writes interrupts the sub-process before its next step."""
    inner = '<startEvent id="a"/><serviceTask id="x"/><serviceTask id="y"/><endEvent id="z"/>' + flows("a x y z")
    xml = diagram(
        f'<startEvent id="s"/><subProcess id="sub">{inner}</subProcess><userTask id="stopped"/><endEvent id="e"/>'
        + boundary("b", "sub", condition("stop"))
        + flows("s sub e", "b stopped e")
    )
    play = Play(xml, handlers={"x": lambda _data: {"stop": True}, "y": lambda _data: {"stop": False}})
    assert play.waits() == ["stopped"]
    assert "y" not in play.done


def test_an_event_sub_process_starts_by_a_condition_and_ends_the_rest_or_not() -> None:
    def play(flag: str) -> Play:
        aside = (
            f'<subProcess id="aside" triggeredByEvent="true"><startEvent id="come"{flag}>{condition("late")}'
            '</startEvent><userTask id="help"/><endEvent id="he"/>' + flows("come help he") + "</subProcess>"
        )
        return Play(beside(boundary("b", "t", condition("never")), also=aside)).complete("data", late=True)

    assert play("").waits() == ["help"]
    kept = play(' isInterrupting="false"')
    assert kept.waits("user") == ["again", "help", "t"]
    assert kept.complete("again", late=False).complete("third", late=True).waits("user") == ["help", "help", "t"]


def test_an_event_gateway_takes_a_condition_among_others() -> None:
    xml = diagram(
        '<startEvent id="s"/><parallelGateway id="f"/><eventBasedGateway id="g"/><userTask id="data"/>'
        f'<intermediateCatchEvent id="c">{condition("paid")}</intermediateCatchEvent>'
        '<intermediateCatchEvent id="late"><timerEventDefinition><timeDuration>P1D</timeDuration>'
        '</timerEventDefinition></intermediateCatchEvent><userTask id="thank"/><userTask id="dun"/><endEvent id="e"/>'
        + flows("s f g c thank e", "g late dun e", "f data e")
    )
    assert Play(xml).complete("data", paid=True).waits() == ["thank"]
    assert Play(xml).complete("data", paid=False).pass_time(days=1).waits() == ["dun"]


def test_each_instance_of_a_loop_asks_with_its_own_item() -> None:
    inner = (
        f'<startEvent id="a"/><intermediateCatchEvent id="c">{condition("amount &gt;= limit")}</intermediateCatchEvent>'
        '<userTask id="x"/><endEvent id="z"/>' + flows("a c x z")
    )
    loop = (
        '<multiInstanceLoopCharacteristics><extensionElements><keyturn:loop collection="= limits" element="limit"/>'
        "</extensionElements></multiInstanceLoopCharacteristics>"
    )
    xml = diagram(
        f'<startEvent id="s"/><parallelGateway id="f"/><subProcess id="sub">{inner}{loop}</subProcess>'
        '<userTask id="data"/><endEvent id="e"/>' + flows("s f sub e", "f data e")
    )
    play = Play(xml, {"limits": [3, 8], "amount": 0}).complete("data", amount=5)
    assert play.waits() == ["c", "x"]
    assert play.data_at("x")["limit"] == 3


def test_a_loop_past_a_condition_leaves_nothing_behind() -> None:
    xml = diagram(
        f'<startEvent id="s"/><exclusiveGateway id="in"/><userTask id="t"/><endEvent id="e"/>'
        f'<intermediateCatchEvent id="c">{condition("true")}</intermediateCatchEvent>'
        '<exclusiveGateway id="ok" default="back"/>'
        + flows("s in c t ok")
        + flow("ok", "e", "good")
        + flow("ok", "in", flow_id="back")
    )
    play = Play(xml)
    for _ in range(50):
        play.complete("t", good=False)
    assert len(json.loads(play.text)["w"][0]["t"]) == 1
    assert play.case.conditions._watched == set()
