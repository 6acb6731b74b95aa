"""State written down and read back."""

from __future__ import annotations

import json

import pytest

from engine.definitions import read
from engine.errors import StateFormatUnknown
from engine.spiff.build import build
from engine.spiff.codec import FORMAT, load
from tests.engine.spiff.play import Play, diagram, flows

PLAIN = diagram('<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>' + flows("s t e"))


def test_trap_13_an_unknown_format_is_refused() -> None:
    """SpiffWorkflow loads it in silence."""
    play = Play(PLAIN)
    with pytest.raises(StateFormatUnknown):
        load(play.bundle, play.text, FORMAT + 1, {}, play.services)


def test_the_state_holds_tokens_and_no_diagram() -> None:
    play = Play(PLAIN, {"price": 3})
    state = json.loads(play.text)
    assert [token[3] for token in state["w"][0]["t"]] == ["t"]
    assert "price" not in play.text
    assert len(play.text) < 120


def test_trap_6_data_called_typename_is_just_data() -> None:
    """In SpiffWorkflow it crashes the restore or becomes an object; commands refuse it anyway."""
    play = Play(PLAIN, {"box": {"typename": "os.system"}})
    assert play.data == {"box": {"typename": "os.system"}}


def test_trap_10_a_restored_case_cannot_run_python() -> None:
    """SpiffWorkflow gives a restored workflow its stock engine, with eval and exec."""
    play = Play(PLAIN)
    with pytest.raises(Exception, match="script_refused"):
        play.case.script_engine.evaluate(None, "__import__('os')")
    with pytest.raises(Exception, match="script_refused"):
        play.case.script_engine.execute(None, "import os")


def test_trap_8_an_event_that_is_not_reached_yet_does_not_fire_early() -> None:
    """SpiffWorkflow's simple converter registers future catch events when it restores."""
    xml = diagram(
        '<startEvent id="s"/><userTask id="t"/><receiveTask id="r" messageRef="m"/><endEvent id="e"/>'
        + flows("s t r e"),
        roots='<message id="m" name="paid"/>',
    )
    play = Play(xml)
    assert play.waits() == ["t"]
    assert play.complete("t").waits() == ["r"]


def test_trap_14_timers_read_the_given_clock_in_the_projects_zone() -> None:
    """SpiffWorkflow reads the wall clock and the machine's zone."""
    xml = diagram(
        '<startEvent id="s"/><intermediateCatchEvent id="w"><timerEventDefinition><timeDate>2026-03-05</timeDate>'
        '</timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>' + flows("s w e")
    )
    play = Play(xml)
    due = play.wait("w").due
    assert due is not None
    assert due.isoformat() == "2026-03-04T16:00:00+00:00"
    assert not play.pass_time(days=2).ended
    assert play.pass_time(days=1).ended


def test_trap_5_many_threads_share_one_specification() -> None:
    """Trap 5: SpiffWorkflow's serializer flips a shared flag; ours has none."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - used here alone

    bundle = build(read(PLAIN), "story", 1)

    def play(number: int) -> int:
        one = Play(bundle, {"n": number})
        one.complete("t", m=number * 2)
        return int(one.data["m"])

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(play, range(200))) == [n * 2 for n in range(200)]
