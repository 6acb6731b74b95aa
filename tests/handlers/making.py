"""A step that is running, for calling a handler by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from engine.api import Context
from kernel.actor import SYSTEM, Actor
from kernel.calendar import ChineseCalendar
from kernel.clock import Clock


@dataclass
class Noted:
    """What a handler asked for while it ran."""

    sent: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    published: list[str] = field(default_factory=list)

    def send(self, kind: str, payload: dict[str, Any], key: str | None) -> str:
        """Note an outgoing job once per key."""
        self.sent.setdefault(key or f"{kind}:{len(self.sent)}", (kind, payload))
        return "job"

    def set_facts(self, facts: dict[str, Any]) -> None:
        """Note facts."""
        self.facts |= facts

    def publish(self, message: str, correlation: dict[str, Any], payload: dict[str, Any]) -> None:
        """Note a message."""
        self.published.append(message)


def step(session: Session, clock: Clock, actor: Actor = SYSTEM, *, key: str = "instance:1:step") -> Context:
    """The context of a step; the same ``key`` stands for the same step run again."""
    return Context(
        session=session,
        clock=clock,
        actor=actor,
        instance_id="00000000-0000-7000-8000-000000000001",
        definition_key="booking_to_contract",
        element_id="step",
        business_key=None,
        scope="/keyturn/shanghai/yunxi/",
        idempotency_key=key,
        calendar=ChineseCalendar(),
        acts=Noted(),
    )
