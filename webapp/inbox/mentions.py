"""Comments as people type and read them: ``@name`` on the page, an id in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import request
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from engine.api import EDITABLE_FOR, Comment, Engine, mentioned_in, split_mentions
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.staff.models import Staff
from ledger.staff.queries import actors_for, find_by_name, names

_SHOWN = 8
_PORTION = 40
_MOST_LOOKED_AT = 400


@dataclass(frozen=True)
class Remark:
    """A comment as the page shows it: ``text`` and ``former`` with names, ``typed`` as it stands in the field."""

    comment: Comment
    text: Markup
    former: list[Markup]
    typed: str
    mentioned: tuple[str, ...]
    may_edit: bool


def people_named(comments: Iterable[Comment]) -> set[str]:
    """The ids of everybody who wrote a comment or is named in one, former wordings included."""
    found: set[str] = set()
    for comment in comments:
        found |= {comment.author_id, *mentioned_in(comment.text)}
        if comment.on_behalf_of:
            found.add(comment.on_behalf_of)
        found |= {person for text in comment.former for person in mentioned_in(text)}
    return found


def remarks(comments: Iterable[Comment], names: Mapping[str, str], reader: Actor, clock: Clock) -> list[Remark]:
    """The comments of a case for one reader, oldest first."""
    now, own = clock.now(), {reader.id, reader.on_behalf_of}
    return [
        Remark(
            comment,
            shown(comment.text, names),
            [shown(text, names) for text in comment.former],
            typed_again(comment.text, names),
            mentioned_in(comment.text),
            comment.author_id in own and now <= comment.at + EDITABLE_FOR,
        )
        for comment in comments
    ]


def shown(text: str, names: Mapping[str, str]) -> Markup:
    """A text with the people named in it set off; everything typed is escaped."""
    return Markup().join(
        escape(plain) + (Markup('<span class="kt-mention">@{}</span>').format(names.get(who, who)) if who else "")
        for plain, who in split_mentions(text)
    )


def typed_again(text: str, names: Mapping[str, str]) -> str:
    """A text as it is typed: ``@name`` for each who is named."""
    return "".join(plain + (f"@{names.get(who, who)}" if who else "") for plain, who in split_mentions(text))


def posted_text(session: Session) -> str:
    """The comment that was sent, each chosen ``@name`` as the id that the field kept beside it."""
    text = request.form.get("text", "")
    chosen = names(session, request.form.getlist("mention")[:50])
    # Longer names first, or the shorter would take their beginning.
    for staff_id, name in sorted(chosen.items(), key=lambda one: -len(one[1])):
        text = text.replace(f"@{name}", f"@[{staff_id}]")
    return text


def colleagues(session: Session, engine: Engine, instance_id: str, text: str, clock: Clock) -> list[Staff]:
    """Those who may see the case and whose name contains the text."""
    found: list[Staff] = []
    for after in range(0, _MOST_LOOKED_AT, _PORTION):
        people = find_by_name(session, text, limit=_PORTION, after=after)
        actors = actors_for(session, [one.id for one in people], clock)
        readers = engine.readers_of(instance_id, actors.values())
        found += [one for one in people if one.id in readers]
        if len(found) >= _SHOWN or len(people) < _PORTION:
            break
    return found[:_SHOWN]
