"""The mark of a task whose post is vacant (岗位空缺): which post, and whom the task went to instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from engine.api import POST_VACANT
from webapp.wording import state_name

_PERSON = "user:"


@dataclass(frozen=True)
class Mark:
    """In the reader's words; ``post`` is empty where the diagram named nobody at all."""

    post: str
    to: str


def mark(facts: Mapping[str, Any], names: Mapping[str, str]) -> Mark | None:
    """What the facts of a task say of its post; None for one that is filled."""
    found = facts.get(POST_VACANT)
    if not isinstance(found, Mapping):
        return None
    return Mark(told(_entries(found, "posts"), names), told(_entries(found, "to"), names))


def told(entries: Iterable[str], names: Mapping[str, str]) -> str:
    """Roles and people in words."""
    return _(", ").join(_called(entry, names) for entry in entries)


def people_marked(facts: Mapping[str, Any]) -> set[str]:
    """The ids of the people whom a task went to."""
    found = facts.get(POST_VACANT)
    return people_among(_entries(found, "to")) if isinstance(found, Mapping) else set()


def people_among(entries: Iterable[str]) -> set[str]:
    """The ids of the people among roles and people."""
    return {entry.removeprefix(_PERSON) for entry in entries if entry.startswith(_PERSON)}


def _entries(found: Mapping[str, Any], key: str) -> Iterator[str]:
    values = found.get(key)
    yield from (str(value) for value in values) if isinstance(values, list) else ()


def _called(entry: str, names: Mapping[str, str]) -> str:
    person = entry.removeprefix(_PERSON)
    return names.get(person, person) if entry.startswith(_PERSON) else state_name(f"role.{entry}")
