"""Transactions: cancelled, they are undone and left by the cancel boundary event; failed, they are just left."""

from __future__ import annotations

from typing import Any

from engine.errors import BusinessError
from tests.engine.spiff.play import Play, diagram, flow, flows
from tests.engine.spiff.test_compensation import throwing, undoing

CANCEL = "<cancelEventDefinition/>"


def sale(inside: str = "", around: str = "", marker: str = "") -> bytes:
    """Reserve and sign, then succeed or give up; beside it a check that may take long."""
    return diagram(
        f'<startEvent id="s"/><transaction id="sale">{marker}<startEvent id="ts"/><parallelGateway id="f"/>'
        '<userTask id="reserve"/><userTask id="sign"/><userTask id="check"/>'
        '<exclusiveGateway id="ok" default="no"/><endEvent id="sold"/><endEvent id="checked"/>'
        f'<endEvent id="given_up">{CANCEL}</endEvent>{undoing("reserve")}{undoing("check")}{inside}'
        + flows("ts f reserve sign ok", "f check checked")
        + flow("ok", "sold", "signed")
        + flow("ok", "given_up", flow_id="no")
        + f'</transaction><boundaryEvent id="cancelled" attachedToRef="sale">{CANCEL}</boundaryEvent>'
        '<userTask id="after"/><userTask id="sorry"/><endEvent id="e"/>'
        + flows("s sale after e", "cancelled sorry e")
        + around
    )


def test_a_cancelled_transaction_is_undone_and_then_left_by_its_cancel_boundary_event() -> None:
    play = Play(sale()).complete("reserve").complete("sign", signed=False)
    assert play.waits() == ["undo_reserve"]
    assert play.complete("undo_reserve").waits() == ["sorry"]
    assert play.services.interrupted == ["sale"]
    assert play.complete("sorry").ended


def test_everything_that_completed_in_a_cancelled_transaction_is_undone() -> None:
    play = Play(sale()).complete("check").complete("reserve").complete("sign", signed=False)
    assert play.waits() == ["undo_check", "undo_reserve"]
    play.complete("undo_check")
    assert play.waits() == ["undo_reserve"]
    assert play.complete("undo_reserve").waits() == ["sorry"]


def test_a_transaction_that_succeeds_is_left_as_any_sub_process() -> None:
    play = Play(sale()).complete("check").complete("reserve").complete("sign", signed=True)
    assert play.waits() == ["after"]


def test_with_nothing_to_undo_a_cancelled_transaction_is_left_at_once() -> None:
    xml = diagram(
        f'<startEvent id="s"/><transaction id="sale"><startEvent id="ts"/><endEvent id="te">{CANCEL}</endEvent>'
        + flows("ts te")
        + f'</transaction><boundaryEvent id="b" attachedToRef="sale">{CANCEL}</boundaryEvent><userTask id="sorry"/>'
        + '<endEvent id="e"/>'
        + flows("s sale e", "b sorry e")
    )
    assert Play(xml).waits() == ["sorry"]


def test_a_hazard_leaves_the_transaction_by_its_error_event_and_undoes_nothing() -> None:
    def fail(_data: dict[str, Any]) -> dict[str, Any]:
        raise BusinessError("desk.closed")

    hazard = '<boundaryEvent id="hazard" attachedToRef="sale"><errorEventDefinition/></boundaryEvent>'
    around = hazard + '<userTask id="mend"/>' + flows("hazard mend e")
    xml = sale(around=around).replace(b'<userTask id="sign"/>', b'<serviceTask id="sign"/>')
    play = Play(xml, handlers={"sign": fail}).complete("check").complete("reserve")
    assert play.waits() == ["mend"]
    assert play.complete("mend").ended


def test_a_transaction_that_succeeded_is_undone_later_from_inside() -> None:
    around = throwing("back") + '<userTask id="last"/>'
    xml = sale(around=around).replace(b'targetRef="e"', b'targetRef="back"', 1) + b""
    xml = xml.replace(b"</process>", flows("back last e").encode() + b"</process>")
    play = Play(xml).complete("check").complete("reserve").complete("sign", signed=True).complete("after")
    assert play.waits() == ["undo_check", "undo_reserve"]
    assert play.complete("undo_reserve").complete("undo_check").waits() == ["last"]


def test_one_cancelled_instance_of_a_repeated_transaction_ends_them_all() -> None:
    marker = (
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    play = Play(sale(marker=marker)).complete("reserve").complete("sign", signed=False)
    assert play.waits() == ["check", "reserve", "undo_reserve"]
    assert play.complete("undo_reserve").waits() == ["sorry"]
