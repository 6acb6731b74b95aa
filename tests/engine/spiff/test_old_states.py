"""Every state that a release has written is read, and goes on to its end.

A fixture under ``tests/engine/states/<format>/`` holds a diagram, the state and the data as they were stored, what
was waited for, and how to go on.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.definitions import read
from engine.spiff.build import build
from engine.spiff.codec import load
from tests.engine.spiff.play import Play

STATES = sorted((Path(__file__).parents[1] / "states").glob("*/*.json"))


@pytest.mark.parametrize("file", STATES, ids=[f"{f.parent.name}/{f.stem}" for f in STATES])
def test_an_old_state_is_read_and_goes_on_to_its_end(file: Path) -> None:
    kept = json.loads(file.read_text())
    play = Play(kept["diagram"].encode(), kept["data"], called={k: v.encode() for k, v in kept["called"].items()})
    bundle = build(read(kept["diagram"].encode()), "story", 1)
    play.bundle = bundle
    play.case = load(bundle, kept["tokens"], kept["format"], kept["data"], play.services)
    assert play.waits() == kept["waits"]
    for kind, element in kept["then"]:
        play.complete(element) if kind == "complete" else play.fire(element)
    assert play.ended


def test_there_is_a_state_of_every_format() -> None:
    assert {file.parent.name for file in STATES} == {"format_1", "format_2"}
