"""Parsed definitions, kept per process and database: a diagram is read once, however many instances run.

Bundles are never changed after they are built, so threads share them; a second thread that builds the same one
at the same moment only does the work twice.
"""

from __future__ import annotations

from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.decisions import DecisionModel, parse
from engine.definitions import read
from engine.errors import CannotGoOn, Missing
from engine.spiff.build import Bundle, build
from engine.tables.columns import AnyRow, table_of
from engine.tables.definitions import DefinitionRow, ResourceRow

DEFINITIONS = table_of(DefinitionRow)
RESOURCES = table_of(ResourceRow)
_LIMIT = 2000


class _Shelf:
    def __init__(self) -> None:
        self.bundles: dict[str, Bundle] = {}
        self.decisions: dict[str, DecisionModel] = {}


_shelves: WeakKeyDictionary[Any, _Shelf] = WeakKeyDictionary()
_lock = Lock()


def bundle_of(session: Session, definition_id: str) -> Bundle:
    """The parsed process of a definition version; raises `Missing`."""
    shelf = _shelf(session)
    found = shelf.bundles.get(definition_id)
    if found is None:
        row = _row(session, definition_id)
        found = build(read(row.content, resource=row.resource), definition_id, row.version)
        _keep(shelf.bundles, definition_id, found)
    return found


def decision_of(session: Session, definition_id: str) -> DecisionModel:
    """The parsed file of a decision version; raises `Missing`."""
    shelf = _shelf(session)
    found = shelf.decisions.get(definition_id)
    if found is None:
        found = parse(_row(session, definition_id).content)
        _keep(shelf.decisions, definition_id, found)
    return found


def latest(session: Session, kind: str, key: str, version: int | None = None) -> tuple[str, int] | None:
    """Id and version of the newest definition of a key, or of one version."""
    table = DEFINITIONS
    query = select(table.c.id, table.c.version).where(table.c.kind == kind, table.c.key == key)
    if version is not None:
        query = query.where(table.c.version == version)
    row = session.execute(query.order_by(table.c.version.desc()).limit(1)).first()
    return None if row is None else (row.id, row.version)


def called_bundle(session: Session, key: str) -> Bundle:
    """The newest version of a called process; raises `CannotGoOn` when it is not deployed."""
    found = latest(session, "process", key)
    if found is None:
        raise CannotGoOn("called_process_missing", key=key)
    return bundle_of(session, found[0])


def _row(session: Session, definition_id: str) -> AnyRow:
    query = (
        select(DEFINITIONS.c.version, RESOURCES.c.content, RESOURCES.c.name.label("resource"))
        .join(RESOURCES, RESOURCES.c.id == DEFINITIONS.c.resource_id)
        .where(DEFINITIONS.c.id == definition_id)
    )
    row = session.execute(query).first()
    if row is None:
        raise Missing("definition_missing", definition_id=definition_id)
    return row


def _shelf(session: Session) -> _Shelf:
    # The pool stands for the database: sessions come with engine objects of their own, ids may repeat elsewhere.
    pool = session.get_bind().engine.pool
    with _lock:
        return _shelves.setdefault(pool, _Shelf())


def _keep(shelf: dict[str, Any], key: str, value: object) -> None:
    with _lock:
        if len(shelf) >= _LIMIT:
            shelf.pop(next(iter(shelf)))
        shelf[key] = value
