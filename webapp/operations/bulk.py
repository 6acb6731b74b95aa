"""One act for many: each item is a unit of work of its own, so that one that fails holds no other up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from engine.api import Engine
from kernel.errors import KeyturnError
from webapp.acting import acting, clock
from webapp.engine_room import engine_for
from webapp.wording import word

MOST = 500


@dataclass(frozen=True)
class Outcome:
    """What became of one item: done, or the refusal's code with its sentence in the reader's language."""

    id: str
    done: bool
    code: str | None = None
    detail: str | None = None


def each(ids: Iterable[str], act: Callable[[Engine, str], Any]) -> list[Outcome]:
    """Act on every item once, in order; no other transaction of this thread may write meanwhile."""
    return [_one(item, act) for item in dict.fromkeys(ids)]


def _one(item: str, act: Callable[[Engine, str], Any]) -> Outcome:
    try:
        with acting() as (session, actor):
            act(engine_for(session, actor, clock()), item)
    except KeyturnError as refused:
        return Outcome(item, False, refused.code, word(refused.code, refused.params, field=refused.field))
    return Outcome(item, True)
