"""Words by which a case is found: from its business key and the texts among its business facts.

A text is written small and without gaps, and kept from every place where a word, a number or a Chinese character
begins: ``3栋 1201`` as ``3栋1201``, ``栋1201`` and ``1201``. What somebody types is compared with the beginning of
these, so that an index answers and a part of a number in its middle finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.store.instances import TABLE as INSTANCES
from engine.store.tasks import FACTS
from engine.store.tasks import TABLE as TASKS
from engine.tables.columns import table_of
from engine.tables.search import WORD_LENGTH, WordRow
from engine.variable_types import kind_of
from kernel.database import is_sqlite

TABLE = table_of(WordRow)
INDEXED = ""  # Nobody types it: it marks the cases that have been indexed.
_MOST = 24  # Places within one text at which it is found; later ones are left out.
_LONGEST = 250
_ID_LENGTH = 36
# For `beginning_of`: what surely is no letter or no digit before one; gaps within what was typed; and the texts by
# whose words nothing is found: dates, ids, truths, lists and maps.
_BEFORE = {
    "letter": r"[\u0001-\u0060\u007b-\u007f\u2000-\u206f\u2e80-\uffff]",
    "digit": r"[\u0001-\u002f\u003a-\u007f\u00a0-\u024f\u2000-\u206f\u2e80-\u9fff]",
}
_GAP = r"\s{0,3}"
_NO_WORDS = r"(?!(?:[0-9]{4}-(?:[0-9][0-9]-|w[0-9])|(?:[^-]*-){4}[^-]*$|(?:true|false)$|[\[{]))"


def index_case(
    session: Session,
    instance_id: str,
    facts: Mapping[str, Any],
    *,
    known: Mapping[str, Any] | None = None,
) -> None:
    """Let a case be found by more facts; what is among ``known`` has been written before."""
    former = known or {}
    texts = [value for name, value in facts.items() if name not in former or former[name] != value]
    _write(session, instance_id, {word for text in texts for word in words_of(text)})


def index_new_case(session: Session, instance_id: str, facts: Mapping[str, Any], business_key: str | None) -> None:
    """Let a case that has just begun be found, and note that it has been indexed."""
    texts = [business_key, *facts.values()]
    _write(session, instance_id, {INDEXED, *(word for text in texts for word in words_of(text))})


def index_missing(session: Session, limit: int) -> int:
    """Index cases that began before there was a search by words; returns how many."""
    known = select(TABLE.c.instance_id).where(TABLE.c.word == INDEXED)
    query = select(INSTANCES.c.id, INSTANCES.c.business_key, INSTANCES.c.facts).where(INSTANCES.c.id.not_in(known))
    rows = session.execute(query.limit(limit)).all()
    for row in rows:
        texts = (
            select(FACTS.c.text).join(TASKS, TASKS.c.id == FACTS.c.task_id).where(TASKS.c.instance_id == row.id)
        )
        of_tasks = {str(n): text for n, text in enumerate(session.scalars(texts.distinct()))}
        index_new_case(session, row.id, {**row.facts, **of_tasks}, row.business_key)
    return len(rows)


def _write(session: Session, instance_id: str, words: set[str]) -> None:
    if not words:
        return
    insert_new = sqlite.insert if is_sqlite(session) else postgresql.insert
    rows = [{"word": word, "instance_id": instance_id} for word in sorted(words)]
    session.execute(insert_new(TABLE).values(rows).on_conflict_do_nothing())


def words_of(text: object) -> Iterator[str]:
    """The beginnings by which a text is found; none for dates, ids and what is no text."""
    if not isinstance(text, str) or kind_of(text) != "text" or _is_id(text):
        return
    small = text.lower()[:_LONGEST]
    places = [n for n in range(len(small)) if _begins(small, n)]
    yield from dict.fromkeys(_plain(small[n:])[:WORD_LENGTH] for n in places[:_MOST])


def found_by(instance_id: Any, typed: str) -> list[ColumnElement[bool]]:
    """Conditions on a column of instance ids, one for each of `words_typed`."""
    return [instance_id.in_(select(TABLE.c.instance_id).where(_begins_with(word))) for word in words_typed(typed)]


def words_typed(typed: str) -> list[str]:
    """The words that somebody typed, as the index is asked for them: small and each once."""
    return list(dict.fromkeys(word[:WORD_LENGTH] for part in typed.split() if (word := _plain(part))))


def beginning_of(word: str) -> str:
    """A regular expression, for either database, of the small texts in which a typed word begins.

    It finds nothing that `words_of` would not: of a text it looks at the first places alone, and what may be a
    letter before a letter counts as one.
    """
    kind = _class(word[0])
    typed = _GAP.join(_literal(character) for character in word)
    before = f".{{0,{_MOST - 2}}}{_BEFORE[kind]}" if kind in _BEFORE else f".{{0,{_MOST - 1}}}"
    return f"^{_NO_WORDS}(?:{before})?{typed}"


def _literal(character: str) -> str:
    """A character as both databases read it in a regular expression."""
    if character.isascii() and character.isalnum():
        return character
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else f"\\U{ord(character):08x}"


def _begins_with(word: str) -> ColumnElement[bool]:
    return and_(TABLE.c.word >= word, TABLE.c.word < word[:-1] + chr(ord(word[-1]) + 1))


def _plain(text: str) -> str:
    return "".join(text.lower().split())


def _begins(text: str, place: int) -> bool:
    kind = _class(text[place])
    return kind != "other" and (kind == "han" or place == 0 or _class(text[place - 1]) != kind)


def _class(character: str) -> str:
    if character.isdecimal():
        return "digit"
    if not character.isalpha():
        return "other"
    return "letter" if ord(character) < 0x2E80 else "han"


def _is_id(text: str) -> bool:
    return len(text) == _ID_LENGTH and text.count("-") == 4
