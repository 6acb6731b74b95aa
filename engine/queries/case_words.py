"""Cases by the words that somebody typed, as far as that person may see what they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, column, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from engine.queries.paths import within_any
from engine.store.instances import TABLE
from engine.store.search import beginning_of, found_by, words_typed
from engine.store.tasks import FACTS
from engine.store.tasks import TABLE as TASKS
from kernel.database import is_sqlite

Veiled = Mapping[str, tuple[str, ...]]


def with_words(session: Session, typed: str, veiled: Veiled) -> list[ColumnElement[bool]]:
    """Conditions on a case, one for each word; a fact that is ``veiled`` at its node finds nothing there.

    The index knows a word but not the fact it came from, so that what it finds for somebody who may not see all
    facts of a case must stand in what is open to him besides.
    """
    found = found_by(TABLE.c.id, typed)
    if not veiled:
        return found
    sees_all = and_(*(within_any(TABLE.c.path, nodes) for nodes in veiled.values()))
    words = words_typed(typed)
    return [
        and_(condition, or_(sees_all, _stands_open(session, word, veiled)))
        for condition, word in zip(found, words, strict=True)
    ]


def _stands_open(session: Session, word: str, veiled: Veiled) -> ColumnElement[bool]:
    """Whether a word stands in the key of a case, or in a fact of it or of its tasks that is not veiled."""
    of_tasks = (
        select(FACTS.c.task_id)
        .join(TASKS, TASKS.c.id == FACTS.c.task_id)
        .where(TASKS.c.instance_id == TABLE.c.id, _begins_in(FACTS.c.text, word))
        .where(*_open(FACTS.c.name, TASKS.c.path, veiled))
        .correlate(TABLE)
    )
    of_case = _texts_of_case(session, word, veiled)
    return or_(_begins_in(TABLE.c.business_key, word), exists(of_tasks), exists(of_case))


def _texts_of_case(session: Session, word: str, veiled: Veiled) -> Select[Any]:
    columns: tuple[Any, ...] = ("key", "value", "type")
    if is_sqlite(session):
        own = func.json_each(TABLE.c.facts).table_valued(*columns).alias("own_fact")
        is_text: ColumnElement[bool] = own.c.type == "text"
        value: Any = own.c.value
    else:
        columns = ("key", column("value", JSONB))
        own = func.jsonb_each(TABLE.c.facts).table_valued(*columns).alias("own_fact")
        is_text = func.jsonb_typeof(own.c.value) == "string"
        value = own.c.value.op("#>>")(text("'{}'"))
    open_ones = _open(own.c.key, TABLE.c.path, veiled)
    return select(own.c.key).where(is_text, _begins_in(value, word), *open_ones).correlate(TABLE)


def _open(name: Any, path: Any, veiled: Veiled) -> list[ColumnElement[bool]]:
    return [or_(name != fact, within_any(path, nodes)) for fact, nodes in veiled.items()]


def _begins_in(value: Any, word: str) -> ColumnElement[bool]:
    """Whether the index finds a text by a word: it would tell of other facts what it finds where this does not."""
    return func.lower(value, type_=String).regexp_match(beginning_of(word))
