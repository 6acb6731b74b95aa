"""The fact that a task found nobody at its post (岗位空缺), for whoever sees to it that the post is filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.ports import Vacant
from kernel.facts import Fact

#: The business fact of a task by which lists show that its post is vacant: ``posts`` and whom it went ``to``, as
#: codes of roles or ``user:`` with a person's id.
POST_VACANT = "post_vacant"


@dataclass(frozen=True)
class TaskWithoutHolder(Fact):
    """A task went to somebody else because nobody fills its ``posts`` (``role@path``).

    ``instead`` are entries like its candidates. ``key`` tells one task from another, however often it is told.
    """

    key: str
    posts: tuple[str, ...]
    instead: tuple[str, ...]
    instance_id: str
    task: str
    labels: Mapping[str, str]
    facts: Mapping[str, Any]


def offered_instead(candidates: Sequence[str], found: Vacant) -> tuple[list[str], dict[str, list[str]]]:
    """Whom a task of a vacant post is offered to, its own candidates first, and the value of `POST_VACANT`."""
    entries = list(dict.fromkeys([*candidates, *found.instead]))
    return entries, {"posts": _codes(found.posts), "to": _codes(found.instead)}


def role_of(mark: Mapping[str, list[str]]) -> str | None:
    """The first role that a task went to, as histories word it; None for a person."""
    return next((f"role.{code}" for code in mark["to"] if not code.startswith("user:")), None)


def _codes(entries: tuple[str, ...]) -> list[str]:
    codes = (entry if entry.startswith("user:") else entry.partition("@")[0] for entry in entries)
    return list(dict.fromkeys(codes))
