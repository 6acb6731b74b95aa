"""An act of the menu on a task's page, and which acts somebody is offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from engine.api import TaskDetail
from kernel.actor import Actor


@dataclass(frozen=True)
class Seen:
    """A task as the reader sees it."""

    session: Session
    actor: Actor
    detail: TaskDetail


def _nothing(_seen: Seen) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Act:
    """An act. ``key`` names its dialog, its template ``inbox/acts/<key>.html`` and its view ``inbox.<key>``.

    ``label`` and ``yes`` (the button that does it) are message ids marked with `N_`. ``offered`` says to whom the
    menu shows it; the engine decides again. ``values`` gathers what the dialog needs. ``order`` sorts the menu.
    """

    key: str
    label: str
    yes: str
    icon: str
    offered: Callable[[Seen], bool]
    values: Callable[[Seen], dict[str, Any]] = _nothing
    tone: str = "primary"
    order: int = 50


_ACTS: dict[str, Act] = {}


def add_act(act: Act) -> Act:
    """Put an act into the menu; its module is imported by the inbox."""
    _ACTS[act.key] = act
    return act


@dataclass(frozen=True)
class Offered:
    """An act that is offered, in the reader's language."""

    key: str
    label: str
    yes: str
    icon: str
    tone: str
    values: Mapping[str, Any] = field(default_factory=dict)


def offered_acts(seen: Seen) -> list[Offered]:
    """The acts that the reader's menu holds, in order."""
    return [
        Offered(act.key, gettext(act.label), gettext(act.yes), act.icon, act.tone, act.values(seen))
        for act in sorted(_ACTS.values(), key=lambda act: act.order)
        if act.offered(seen)
    ]
