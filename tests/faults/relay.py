"""A process of the tests beside the real one: begun by a message, it waits, asks outside, waits for a word, tells.

So kills also hit message starts, timers, external steps, kept messages and outgoing jobs, each told apart by
its number.
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from engine.api import Context, HandlerRegistry, JobContext, default_registry
from tests.engine.definitions.drawing import extended, flow, process

KEY = "fault_relay"
BEGUN, WORD = "fault_relay_begun", "fault_relay_word"
PAUSE_MINUTES = 10
GATEWAY = "KEYTURN_FAULT_GATEWAY"

_MESSAGES = f'<bpmn:message id="begun" name="{BEGUN}"/><bpmn:message id="word" name="{WORD}"/>'
_EVENT = '<bpmn:messageEventDefinition messageRef="{}"/>'
_TIMER = f"<bpmn:timerEventDefinition><bpmn:timeDuration>PT{PAUSE_MINUTES}M</bpmn:timeDuration></bpmn:timerEventDefinition>"
DIAGRAM = process(
    '<bpmn:startEvent id="begin"><bpmn:extensionElements><keyturn:payload name="number" variable="number"/>'
    f"</bpmn:extensionElements>{_EVENT.format('begun')}</bpmn:startEvent>",
    f'<bpmn:intermediateCatchEvent id="pause">{_TIMER}</bpmn:intermediateCatchEvent>',
    extended("serviceTask", 'id="ask"', f'<keyturn:handler name="{KEY}.ask"/>'),
    extended(
        "receiveTask",
        'id="listen" messageRef="word"',
        '<keyturn:correlation name="number" value="= number"/>',
        '<keyturn:payload name="word" variable="word"/>',
    ),
    extended("serviceTask", 'id="tell"', f'<keyturn:handler name="{KEY}.tell"/>'),
    '<bpmn:endEvent id="done"/>',
    flow("f1", "begin", "pause"),
    flow("f2", "pause", "ask"),
    flow("f3", "ask", "listen"),
    flow("f4", "listen", "tell"),
    flow("f5", "tell", "done"),
    outside=_MESSAGES,
    key=KEY,
)


@dataclass(frozen=True)
class Question:
    """What is asked outside."""

    number: int


@dataclass(frozen=True)
class Reply:
    """What the outside said."""

    reply: str


@dataclass(frozen=True)
class Telling:
    """What is told in the end."""

    number: int
    reply: str
    word: str


_registry = HandlerRegistry()


@_registry.handler(f"{KEY}.ask", external=True)
def ask(data: Question, ctx: JobContext) -> Reply:
    """Ask the gateway."""
    return Reply(_post({"question": data.number}, ctx.idempotency_key))


@_registry.handler(f"{KEY}.tell")
def tell(data: Telling, ctx: Context) -> None:
    """Order the last word to be told."""
    ctx.send(f"{KEY}.note", {"told": [data.number, data.reply, data.word]})


@_registry.job_kind(f"{KEY}.note")
def note(payload: dict[str, Any], ctx: JobContext) -> None:
    """Tell the gateway."""
    _post(payload, ctx.idempotency_key)


def _post(body: dict[str, Any], key: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ[GATEWAY]), timeout=20)
    try:
        connection.request("POST", "/", json.dumps(body), {"Idempotency-Key": key})
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status >= 300:
        raise ConnectionError(f"the gateway answered {answer.status}")
    identity: str = json.loads(content)["id"]
    return identity


def install() -> None:
    """Let this process know the handlers."""
    default_registry.handlers.update(_registry.handlers)
    default_registry.job_kinds.update(_registry.job_kinds)


@contextmanager
def installed() -> Iterator[None]:
    """Let this process know the handlers while the block runs."""
    install()
    yield
    for name in _registry.handlers:
        default_registry.handlers.pop(name)
    for name in _registry.job_kinds:
        default_registry.job_kinds.pop(name)
