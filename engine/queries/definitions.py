"""Deployed definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine import cache
from engine.errors import Missing
from engine.results.definitions import Definition
from engine.tables.columns import table_of
from engine.tables.definitions import DefinitionRow, ResourceRow

DEFINITIONS = table_of(DefinitionRow)
RESOURCES = table_of(ResourceRow)


def to_definition(row: Mapping[Any, Any]) -> Definition:
    """A row with its file's name, as callers see it."""
    return Definition(
        key=row["key"],
        version=row["version"],
        kind=row["kind"],
        id=row["id"],
        name=row["name"],
        labels=dict(row["labels"]),
        start_form=row["start_form"],
        start_permission=row["start_permission"],
        deployed_at=row["deployed_at"],
        deployed_by=row["deployed_by"],
        note=row["note"],
        resource=row["resource"],
    )


def find_latest(session: Session, *, kind: str | None = None, key: str | None = None) -> list[Definition]:
    """The newest version of every key, or of one, by kind and key."""
    newest = select(DEFINITIONS.c.kind, DEFINITIONS.c.key, func.max(DEFINITIONS.c.version).label("version"))
    group = newest.group_by(DEFINITIONS.c.kind, DEFINITIONS.c.key).subquery()
    query = _query().join(
        group,
        (group.c.kind == DEFINITIONS.c.kind)
        & (group.c.key == DEFINITIONS.c.key)
        & (group.c.version == DEFINITIONS.c.version),
    )
    if kind is not None:
        query = query.where(DEFINITIONS.c.kind == kind)
    if key is not None:
        query = query.where(DEFINITIONS.c.key == key)
    rows = session.execute(query.order_by(DEFINITIONS.c.kind, DEFINITIONS.c.key)).mappings()
    return [to_definition(row) for row in rows]


def get(session: Session, key: str, version: int | None, kind: str) -> Definition:
    """One definition; raises `Missing`."""
    query = _query().where(DEFINITIONS.c.kind == kind, DEFINITIONS.c.key == key)
    if version is not None:
        query = query.where(DEFINITIONS.c.version == version)
    row = session.execute(query.order_by(DEFINITIONS.c.version.desc()).limit(1)).mappings().first()
    if row is None:
        raise Missing("definition_missing", key=key, version=version)
    return to_definition(row)


def find_versions(session: Session, kind: str, key: str) -> list[Definition]:
    """All versions of a definition, the newest first; raises `Missing`."""
    query = _query().where(DEFINITIONS.c.kind == kind, DEFINITIONS.c.key == key)
    rows = session.execute(query.order_by(DEFINITIONS.c.version.desc())).mappings().all()
    if not rows:
        raise Missing("definition_missing", key=key)
    return [to_definition(row) for row in rows]


def labels(session: Session, definition_id: str) -> dict[str, dict[str, str]]:
    """What each element of a process, and of the processes it calls, is named in each language."""
    found: dict[str, dict[str, str]] = {}
    open_bundles, seen = [cache.bundle_of(session, definition_id)], set()
    while open_bundles:
        model = open_bundles.pop().model
        seen.add(model.key)
        for node in model.nodes.values():
            found.setdefault(node.id, {"en": node.name or node.id, **node.labels})
            if node.call is not None and node.call.key not in seen:
                seen.add(node.call.key)
                open_bundles.append(cache.called_bundle(session, node.call.key))
    return found


def content(session: Session, definition_id: str) -> bytes:
    """The file a definition came in; raises `Missing`."""
    query = select(RESOURCES.c.content).join(DEFINITIONS, DEFINITIONS.c.resource_id == RESOURCES.c.id)
    found = session.execute(query.where(DEFINITIONS.c.id == definition_id)).scalar()
    if found is None:
        raise Missing("definition_missing", definition_id=definition_id)
    return bytes(found)


def _query() -> Select[Any]:
    joined = RESOURCES.c.id == DEFINITIONS.c.resource_id
    return select(DEFINITIONS, RESOURCES.c.name.label("resource")).join(RESOURCES, joined)
