"""People named in a comment (@提醒): kept as ids, so that a change of name or a namesake confuses nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kernel.facts import Fact

MOST = 20
_MENTION = re.compile(r"@\[([0-9A-Za-z-]{1,36})\]")


@dataclass(frozen=True)
class PeopleMentioned(Fact):
    """A comment names people who were not named in it before."""

    comment_id: str
    instance_id: str
    task_id: str | None
    path: str
    business_key: str | None
    people: tuple[str, ...]


def mentioned_in(text: str) -> tuple[str, ...]:
    """The ids of the people a text names, each once, in their order."""
    return tuple(dict.fromkeys(_MENTION.findall(text)))


def split_mentions(text: str) -> list[tuple[str, str]]:
    """A text as (plain text, id of who is named after it) pairs; the last id is empty."""
    parts = _MENTION.split(text)
    return list(zip(parts[::2], [*parts[1::2], ""], strict=True))
