"""Compensation: what completed is undone, latest first, once, with the data it had."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.errors import BusinessError, CannotGoOn
from engine.spiff.records import MAX_RUNS, Records
from tests.engine.spiff.play import Play, diagram, flow, flows

UNDO_ALL = "<compensateEventDefinition/>"
OVER = '<extensionElements><keyturn:loop collection="= people" element="person"/></extensionElements>'


def undoing(activity: str, handler: str = "", kind: str = "userTask", inside: str = "") -> str:
    """The boundary event and the handler that undo an activity."""
    handler = handler or f"undo_{activity}"
    return (
        f'<boundaryEvent id="{activity}_undone" attachedToRef="{activity}">{UNDO_ALL}</boundaryEvent>'
        f'<{kind} id="{handler}" isForCompensation="true">{inside}</{kind}>'
        f'<association sourceRef="{activity}_undone" targetRef="{handler}" associationDirection="One"/>'
    )


def throwing(identity: str, attributes: str = "", kind: str = "intermediateThrowEvent") -> str:
    return f'<{kind} id="{identity}"><compensateEventDefinition {attributes}/></{kind}>'


BOOKED = (
    '<startEvent id="s"/><userTask id="hotel"/><userTask id="flight"/><userTask id="pay"/><endEvent id="e"/>'
    + undoing("hotel")
    + undoing("flight")
)


def test_a_throw_event_undoes_what_completed_latest_first_and_goes_on_after_that() -> None:
    play = Play(diagram(BOOKED + throwing("back") + flows("s hotel flight back pay e")))
    play.complete("hotel").complete("flight")
    assert play.waits() == ["undo_flight"]
    assert play.complete("undo_flight").waits() == ["undo_hotel"]
    assert play.complete("undo_hotel").waits() == ["pay"]
    assert play.services.undone == ["flight", "hotel"]
    assert play.complete("pay").ended


def test_an_end_event_undoes_and_the_case_ends_when_all_is_undone() -> None:
    play = Play(diagram(BOOKED + throwing("back", kind="endEvent") + flows("s hotel flight back", "pay e")))
    play.complete("hotel").complete("flight").complete("undo_flight")
    assert not play.ended
    assert play.complete("undo_hotel").ended


def test_only_what_completed_is_undone() -> None:
    body = BOOKED + '<parallelGateway id="f"/>' + throwing("back") + '<userTask id="go"/>'
    play = Play(diagram(body + flows("s f hotel e", "f flight e", "f go back pay e")))
    play.complete("hotel").complete("go")
    assert play.waits() == ["flight", "undo_hotel"]
    play.complete("flight").complete("undo_hotel")
    assert play.waits() == ["pay"]


def test_what_was_undone_is_not_undone_again() -> None:
    body = BOOKED + throwing("back") + throwing("again")
    play = Play(diagram(body + flows("s hotel flight back pay again e")))
    play.complete("hotel").complete("flight").complete("undo_flight").complete("undo_hotel")
    assert play.complete("pay").ended


def test_nothing_to_undo_lets_the_case_pass() -> None:
    play = Play(diagram(BOOKED + throwing("back") + flows("s back pay e", "hotel flight e")))
    assert play.waits() == ["pay"]


def test_a_named_activity_alone_is_undone_each_time_it_was_done() -> None:
    body = (
        BOOKED
        + throwing("back", 'activityRef="hotel"')
        + '<exclusiveGateway id="in"/><exclusiveGateway id="ok" default="on"/>'
        + flows("s in hotel flight ok", "back pay e")
        + flow("ok", "in", "more")
        + flow("ok", "back", flow_id="on")
    )
    play = Play(diagram(body)).complete("hotel").complete("flight", more=True)
    play.complete("hotel").complete("flight", more=False)
    assert play.waits() == ["undo_hotel"]
    assert play.complete("undo_hotel").waits() == ["undo_hotel"]
    assert play.complete("undo_hotel").waits() == ["pay"]


def test_branches_that_did_not_depend_on_each_other_are_undone_at_once() -> None:
    body = BOOKED + '<parallelGateway id="f"/><parallelGateway id="j"/>' + throwing("back")
    play = Play(diagram(body + flows("s f hotel j", "f flight j back pay e")))
    play.complete("hotel").complete("flight")
    assert play.waits() == ["undo_flight", "undo_hotel"]
    assert play.complete("undo_hotel").waits() == ["undo_flight"]
    assert play.complete("undo_flight").waits() == ["pay"]


def test_without_waiting_the_case_goes_on_beside_and_ends_with_the_last_handler() -> None:
    body = BOOKED + throwing("back", 'waitForCompletion="false"')
    play = Play(diagram(body + flows("s hotel flight back pay e"))).complete("hotel").complete("flight")
    assert play.waits() == ["pay", "undo_flight"]
    assert not play.complete("pay").ended
    assert play.complete("undo_flight").waits() == ["undo_hotel"]
    assert play.complete("undo_hotel").ended


def test_an_association_may_be_drawn_from_either_end() -> None:
    xml = diagram(BOOKED + throwing("back") + flows("s hotel back e", "flight pay e"))
    turned = xml.replace(
        b'sourceRef="hotel_undone" targetRef="undo_hotel"', b'sourceRef="undo_hotel" targetRef="hotel_undone"'
    )
    assert Play(turned).complete("hotel").waits() == ["undo_hotel"]


TRIP = (
    '<startEvent id="s"/><subProcess id="trip">{marker}<startEvent id="ts"/><userTask id="hotel"/>'
    '<userTask id="flight"/><endEvent id="te"/>{inside}' + flows("ts hotel flight te") + "</subProcess>"
    '<userTask id="pay"/><userTask id="after"/><endEvent id="e"/>{around}'
)


def trip(inside: str = undoing("hotel") + undoing("flight"), around: str = "", marker: str = "") -> bytes:
    body = TRIP.format(inside=inside, around=throwing("back") + around, marker=marker)
    return diagram(body + flows("s trip pay back after e"))


def test_a_completed_sub_process_is_undone_from_inside() -> None:
    play = Play(trip()).complete("hotel").complete("flight").complete("pay")
    assert play.waits() == ["undo_flight"]
    assert play.case.active() == ["back", "trip", "undo_flight"]
    assert play.complete("undo_flight").waits() == ["undo_hotel"]
    assert play.complete("undo_hotel").waits() == ["after"]
    assert play.services.undone == ["flight", "hotel", "trip"]
    assert play.done.count("trip") == 1
    assert play.complete("after").ended


def test_a_handler_of_the_sub_process_itself_takes_the_place_of_those_inside() -> None:
    play = Play(trip(around=undoing("trip"))).complete("hotel").complete("flight").complete("pay")
    assert play.waits() == ["undo_trip"]
    assert play.complete("undo_trip").waits() == ["after"]


def test_a_sub_process_that_was_interrupted_did_not_complete_and_is_not_undone() -> None:
    late = (
        '<boundaryEvent id="late" attachedToRef="trip"><timerEventDefinition><timeDuration>P1D</timeDuration>'
        "</timerEventDefinition></boundaryEvent>" + flows("late pay")
    )
    play = Play(trip(around=late)).complete("hotel").pass_time(days=2).complete("pay")
    assert play.waits() == ["after"]


def test_a_sub_process_that_is_not_over_undoes_its_own_part_only() -> None:
    inside = undoing("hotel") + throwing("inner") + '<userTask id="x"/>'
    body = (
        '<startEvent id="s"/><userTask id="pay"/>' + undoing("pay") + '<subProcess id="trip"><startEvent id="ts"/>'
        '<userTask id="hotel"/><endEvent id="te"/>'
        + inside
        + flows("ts hotel inner x te")
        + '</subProcess><endEvent id="e"/>'
    )
    play = Play(diagram(body + flows("s pay trip e"))).complete("pay").complete("hotel")
    assert play.waits() == ["undo_hotel"]
    assert play.complete("undo_hotel").waits() == ["x"]


MULTI = f"<multiInstanceLoopCharacteristics{{}}>{OVER}</multiInstanceLoopCharacteristics>"


def test_each_instance_of_a_repeated_activity_is_undone_with_its_own_item() -> None:
    body = BOOKED.replace('<userTask id="hotel"/>', f'<userTask id="hotel">{MULTI.format("")}</userTask>')
    play = Play(
        diagram(body + throwing("back") + flows("s hotel back pay e", "flight e")), {"people": ["an", "bo"]}
    )
    play.complete("hotel").complete("hotel")
    assert play.waits() == ["undo_hotel", "undo_hotel"]
    people = [play.case.token(wait.token).data["person"] for wait in play.case.waits()]
    assert sorted(people) == ["an", "bo"]
    assert play.complete("undo_hotel").complete("undo_hotel").waits() == ["pay"]


def test_instances_in_a_row_are_undone_in_a_row_backwards() -> None:
    marker = MULTI.format(' isSequential="true"')
    body = BOOKED.replace('<userTask id="hotel"/>', f'<userTask id="hotel">{marker}</userTask>')
    play = Play(
        diagram(body + throwing("back") + flows("s hotel back pay e", "flight e")), {"people": ["an", "bo"]}
    )
    play.complete("hotel").complete("hotel")
    assert play.data_at("undo_hotel")["person"] == "bo"
    assert play.complete("undo_hotel").data_at("undo_hotel")["person"] == "an"
    assert play.complete("undo_hotel").waits() == ["pay"]


def test_each_instance_of_a_repeated_sub_process_is_undone_with_the_data_it_had() -> None:
    play = Play(trip(marker=MULTI.format("")), {"people": ["an", "bo"]})
    for element in ("hotel", "hotel", "flight", "flight"):
        play.complete(element)
    play.complete("pay", people=[])
    seen = {play.case.token(w.token).data["person"]: w.node.id for w in play.case.waits()}
    assert seen == {"an": "undo_flight", "bo": "undo_flight"}
    for element in ("undo_flight", "undo_flight", "undo_hotel", "undo_hotel"):
        play.complete(element)
    assert play.waits() == ["after"]


def test_a_handler_may_be_a_sub_process_or_repeated() -> None:
    inner = '<startEvent id="us"/><userTask id="a"/><endEvent id="ue"/>' + flows("us a ue")
    body = '<startEvent id="s"/><userTask id="hotel"/><endEvent id="e"/>' + throwing("back")
    nested = diagram(body + undoing("hotel", kind="subProcess", inside=inner) + flows("s hotel back e"))
    assert Play(nested).complete("hotel").waits() == ["a"]
    assert Play(nested).complete("hotel").complete("a").ended
    repeated = diagram(body + undoing("hotel", inside=MULTI.format("")) + flows("s hotel back e"))
    play = Play(repeated, {"people": ["an", "bo"]}).complete("hotel")
    assert play.complete("undo_hotel").waits() == ["undo_hotel"]
    assert play.complete("undo_hotel").ended


def test_a_compensation_event_sub_process_undoes_its_sub_process_and_may_ask_for_the_rest() -> None:
    aside = (
        f'<subProcess id="aside" triggeredByEvent="true"><startEvent id="come">{UNDO_ALL}</startEvent>'
        '<userTask id="think"/><endEvent id="ae"/>'
        + throwing("rest")
        + flows("come think rest ae")
        + "</subProcess>"
    )
    play = Play(trip(inside=undoing("hotel") + undoing("flight") + aside))
    assert play.complete("hotel").complete("flight").complete("pay").waits() == ["think"]
    assert play.complete("think").waits() == ["undo_flight"]
    assert play.complete("undo_flight").complete("undo_hotel").waits() == ["after"]


def test_an_event_sub_process_undoes_what_completed_around_it() -> None:
    aside = (
        '<subProcess id="aside" triggeredByEvent="true"><startEvent id="come"><messageEventDefinition'
        ' messageRef="m"/></startEvent><endEvent id="ae"/>'
        + throwing("back")
        + flows("come back ae")
        + "</subProcess>"
    )
    xml = diagram(BOOKED + aside + flows("s hotel flight pay e"), roots='<message id="m" name="stop"/>')
    play = Play(xml).complete("hotel").complete("flight").fire("come")
    assert play.waits() == ["undo_flight"]
    assert play.complete("undo_flight").complete("undo_hotel").ended


def test_a_called_process_is_undone_by_its_own_handler_alone() -> None:
    callee = diagram(
        '<startEvent id="cs"/><userTask id="ask"/><endEvent id="ce"/>' + undoing("ask") + flows("cs ask ce"),
        key="booking",
    )
    body = '<startEvent id="s"/><callActivity id="call" calledElement="booking"/><endEvent id="e"/>' + throwing(
        "back"
    )
    bare = Play(diagram(body + flows("s call back e")), called={"booking": callee})
    assert bare.complete("ask").ended
    handled = Play(diagram(body + undoing("call") + flows("s call back e")), called={"booking": callee})
    assert handled.complete("ask").waits() == ["undo_call"]


def test_a_handler_that_fails_hands_its_error_to_the_scope_of_the_throw() -> None:
    def fail(_data: dict[str, Any]) -> dict[str, Any]:
        raise BusinessError("desk.full")

    caught = (
        '<boundaryEvent id="bad" attachedToRef="trip"><errorEventDefinition/></boundaryEvent><userTask id="mend"/>'
        + flows("bad mend e")
    )
    xml = trip(inside=undoing("hotel", kind="serviceTask"), around=caught)
    play = Play(xml, handlers={"undo_hotel": fail}).complete("hotel").complete("flight")
    with pytest.raises(CannotGoOn, match="error_uncaught"):
        play.complete("pay")


def looping(handler: str) -> bytes:
    return diagram(
        '<startEvent id="s"/><exclusiveGateway id="in"/><userTask id="a"/><userTask id="b"/>'
        '<exclusiveGateway id="ok" default="again"/><endEvent id="e"/>'
        + handler
        + throwing("back")
        + flows("s in a b ok", "back e")
        + flow("ok", "back", "good")
        + flow("ok", "in", flow_id="again")
    )


def turn(play: Play, times: int, *, good: bool = False) -> int:
    for _ in range(times):
        play.complete("a").complete("b", good=good)
    return len(play.text)


def test_without_a_handler_a_loop_leaves_nothing_to_remember() -> None:
    play = Play(looping(""))
    turn(play, 3)
    assert "c" not in json.loads(play.text)["w"][0]


def test_a_handler_that_nothing_asks_for_leaves_nothing_to_remember() -> None:
    play = Play(diagram(BOOKED + flows("s hotel flight pay e"))).complete("hotel")
    assert "c" not in json.loads(play.text)["w"][0]


def test_a_thousand_turns_of_a_loop_are_remembered_in_the_room_of_one_and_undone_one_by_one() -> None:
    handlers = undoing("a", kind="serviceTask") + undoing("b", kind="serviceTask")
    undone: list[str] = []
    play = Play(
        looping(handlers),
        handlers={f"undo_{name}": lambda _data, name=name: undone.append(name) or {} for name in "ab"},
    )
    early = turn(play, 10)
    assert turn(play, 990) <= early + 20
    turn(play, 1, good=True)
    assert play.ended
    assert undone == ["b", "a"] * 1_001


def test_what_repeats_in_a_pattern_folds_and_comes_back_in_order() -> None:
    records, order = Records(), list("aabab" * 200 + "abcabc" * 50)
    for name in order:
        records.add({"e": name})
    assert len(json.dumps(records.runs)) < 400
    copy = Records(json.loads(json.dumps(records.runs)))
    assert "".join(copy.take(lambda record: record["e"] != "b").pop()["e"] for _ in range(1)) == "c"
    assert [records.pop()["e"] for _ in order] == order[::-1]
    assert not records


def test_what_never_repeats_stops_at_a_bound_that_is_told() -> None:
    records = Records()
    for number in range(MAX_RUNS):
        records.add({"e": "a", "v": {"n": number}})
    with pytest.raises(CannotGoOn, match="compensation_too_long"):
        records.add({"e": "a", "v": {"n": -1}})


def test_a_sub_process_that_completed_twice_alike_is_undone_twice_whole() -> None:
    undone: list[str] = []
    handlers = {f"undo_{name}": lambda _data, name=name: undone.append(name) or {} for name in ("hotel", "flight")}
    inside = '<startEvent id="ts"/><userTask id="hotel"/><userTask id="flight"/><endEvent id="te"/>'
    inside += (
        undoing("hotel", kind="serviceTask") + undoing("flight", kind="serviceTask") + flows("ts hotel flight te")
    )
    xml = diagram(
        f'<startEvent id="s"/><exclusiveGateway id="in"/><subProcess id="trip">{inside}</subProcess>'
        '<exclusiveGateway id="ok" default="again"/><endEvent id="e"/>'
        + throwing("back")
        + flows("s in trip ok", "back e")
        + flow("ok", "back", "good")
        + flow("ok", "in", flow_id="again")
    )
    play = Play(xml, handlers=handlers)
    play.complete("hotel").complete("flight", good=False).complete("hotel").complete("flight", good=True)
    assert play.ended
    assert undone == ["flight", "hotel"] * 2


def test_a_handler_may_wait_for_a_message() -> None:
    body = '<startEvent id="s"/><userTask id="hotel"/><userTask id="after"/><endEvent id="e"/>' + throwing("back")
    undo = undoing("hotel", kind="receiveTask").replace("<receiveTask ", '<receiveTask messageRef="m" ')
    xml = diagram(body + undo + flows("s hotel back after e"), roots='<message id="m" name="confirmed"/>')
    play = Play(xml).complete("hotel")
    assert play.waits("message") == ["undo_hotel"]
    assert play.fire("undo_hotel", number=7).waits() == ["after"]
    assert play.data["number"] == 7


def test_a_handler_that_is_interrupted_lets_the_next_one_run() -> None:
    late = (
        '<boundaryEvent id="late" attachedToRef="undo_flight"><timerEventDefinition><timeDuration>P1D</timeDuration>'
        '</timerEventDefinition></boundaryEvent><userTask id="ask"/>' + flows("late ask e")
    )
    play = Play(diagram(BOOKED + throwing("back") + late + flows("s hotel flight back pay e")))
    play.complete("hotel").complete("flight")
    assert play.waits("user") == ["undo_flight"]
    assert play.pass_time(days=2).waits() == ["ask", "undo_hotel"]
    assert play.complete("undo_hotel").waits() == ["ask", "pay"]


def test_an_error_of_a_handler_is_caught_at_the_handler() -> None:
    def fail(_data: dict[str, Any]) -> dict[str, Any]:
        raise BusinessError("desk.full")

    caught = (
        '<boundaryEvent id="bad" attachedToRef="undo_hotel"><errorEventDefinition/></boundaryEvent>'
        '<userTask id="mend"/>' + flows("bad mend e")
    )
    body = '<startEvent id="s"/><userTask id="hotel"/><userTask id="after"/><endEvent id="e"/>' + throwing("back")
    xml = diagram(body + undoing("hotel", kind="serviceTask") + caught + flows("s hotel back after e"))
    play = Play(xml, handlers={"undo_hotel": fail}).complete("hotel")
    assert play.waits() == ["after", "mend"]


def test_a_terminate_end_ends_the_undoing_too() -> None:
    stop = '<userTask id="stop"/><endEvent id="t"><terminateEventDefinition/></endEvent><parallelGateway id="f"/>'
    body = BOOKED + throwing("back") + stop + flows("s f hotel back pay e", "f stop t", "flight e")
    play = Play(diagram(body)).complete("hotel")
    assert play.waits() == ["stop", "undo_hotel"]
    assert play.complete("stop").ended
