"""A process of Keyturn with the story's verbs beside the shipped ones.

What reaches the outside is a line in the file that KEYTURN_STORY names, so that the test can count it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.api import Context, JobContext, handler, job_kind
from tests.engine.definitions.drawing import extended, flow, process
from webapp.cli import main

PAUSE = (
    '<bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1S</bpmn:timeDuration>'
    "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
)
_TASK = '<keyturn:task form="approval/fill_vacancy" candidateGroups="sales_manager" due="P1D"/>'
_CALL = '<keyturn:handler name="scaled_story.{0}"/>'
# begin → tell (sends a note) → pause (one second) → ask (an answer from outside) → done
WHOLE = process(
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended("serviceTask", 'id="tell"', _CALL.format("tell")),
    PAUSE,
    extended("serviceTask", 'id="ask"', _CALL.format("ask")),
    flow("f1", "begin", "tell"),
    flow("f2", "tell", "pause"),
    flow("f3", "pause", "ask"),
    flow("f4", "ask", "done"),
    key="scaled_story",
)
ASKING = process(
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended("serviceTask", 'id="ask"', _CALL.format("ask")),
    flow("f1", "begin", "ask"),
    flow("f2", "ask", "done"),
    key="scaled_asking",
)


def deciding(end: str) -> bytes:
    """A case with one task for a manager, ending as told; another end is another version."""
    return process(
        f'<bpmn:startEvent id="begin"/><bpmn:endEvent id="{end}"/>',
        extended("userTask", 'id="decide"', _TASK),
        flow("f1", "begin", "decide"),
        flow("f2", "decide", end),
        key="scaled_deciding",
    )


HANDING = process(
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended("userTask", 'id="decide"', _TASK),
    extended("serviceTask", 'id="tell"', _CALL.format("tell")),
    flow("f1", "begin", "decide"),
    flow("f2", "decide", "tell"),
    flow("f3", "tell", "done"),
    key="scaled_handing",
)
DIAGRAMS = {"handing.bpmn": HANDING, "whole.bpmn": WHOLE, "asking.bpmn": ASKING, "deciding.bpmn": deciding("done")}


@dataclass(frozen=True)
class Told:
    """What the story's verbs take; ``held`` names a file: while it is there, the outside does not answer."""

    text: str
    held: str = ""


@dataclass(frozen=True)
class Answered:
    """Who asked the outside."""

    by: str


def note(line: str) -> None:
    """Add a line to the story's file; a short append is one write."""
    with Path(os.environ["KEYTURN_STORY"]).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


@handler("scaled_story.tell")
def tell(data: Told, ctx: Context) -> None:
    """Send the text out."""
    ctx.send("scaled_story.note", {"text": data.text})


@job_kind("scaled_story.note", attempts=3)
def deliver(payload: dict[str, str], context: JobContext) -> None:
    """The text has reached the outside."""
    note(f"note {payload['text']} {context.idempotency_key}")


@handler("scaled_story.ask", external=True)
def ask(data: Told, ctx: JobContext) -> Answered:
    """Ask the outside and wait as long as it takes."""
    note(f"asked {data.text} {os.getpid()} {ctx.attempt}")
    while data.held and Path(data.held).exists():
        time.sleep(0.02)
    return Answered(str(os.getpid()))


def command(words: Sequence[str]) -> None:
    """Run a command of ``keyturn``."""
    main(list(words))
