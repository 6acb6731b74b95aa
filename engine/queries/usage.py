"""Who uses a process, decision, form or handler: so that whoever changes it knows whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, or_, select

from engine import cache
from engine.definitions.model import Node, ProcessModel
from engine.errors import Invalid
from engine.host import Host
from engine.queries.definitions import DEFINITIONS
from engine.results.definitions import Usage
from engine.store.instances import LIVE
from engine.store.instances import TABLE as INSTANCES

KINDS = ("process", "decision", "form", "handler")


def used_by(host: Host, kind: str, name: str) -> list[Usage]:
    """The versions of processes that use it and are the newest or have open cases; raises `Invalid`.

    Callers of callers are not listed; ask for the caller in turn. Diagrams are kept parsed, so a second question
    costs two statements.
    """
    if kind not in KINDS:
        raise Invalid("usage_kind_unknown", field="kind", kind=kind)
    found = []
    for definition_id, key, version, newest, cases in _versions(host):
        model = cache.bundle_of(host.session, definition_id).model
        elements = tuple(_elements(model, kind, name))
        if elements:
            found.append(Usage(key, version, version == newest, elements, cases))
    return found


def _versions(host: Host) -> Iterator[tuple[str, str, int, int, int]]:
    """Id, key, version, newest version and open cases of what is newest or has open cases."""
    live = INSTANCES.c.state.in_(LIVE)
    counted = select(INSTANCES.c.definition_id, func.count().label("cases")).where(live)
    cases = counted.group_by(INSTANCES.c.definition_id).subquery()
    latest = select(DEFINITIONS.c.key, func.max(DEFINITIONS.c.version).label("newest"))
    newest = latest.where(DEFINITIONS.c.kind == "process").group_by(DEFINITIONS.c.key).subquery()
    query = (
        select(DEFINITIONS.c.id, DEFINITIONS.c.key, DEFINITIONS.c.version, newest.c.newest, cases.c.cases)
        .join(newest, newest.c.key == DEFINITIONS.c.key)
        .outerjoin(cases, cases.c.definition_id == DEFINITIONS.c.id)
        .where(DEFINITIONS.c.kind == "process")
        .where(or_(DEFINITIONS.c.version == newest.c.newest, cases.c.cases.is_not(None)))
        .order_by(DEFINITIONS.c.key, DEFINITIONS.c.version.desc())
    )
    for row in host.session.execute(query):
        yield row.id, row.key, row.version, row.newest, row.cases or 0


def _elements(model: ProcessModel, kind: str, name: str) -> Iterator[str]:
    if kind == "form" and model.start_form == name:
        yield from (node.id for node in model.children(model.key) if node.kind == "startEvent")
    yield from (node.id for node in model.nodes.values() if _name_of(node, kind) == name)


def _name_of(node: Node, kind: str) -> str | None:
    if kind == "process":
        return node.call.key if node.call is not None else None
    if kind == "decision":
        return node.decision.ref if node.decision is not None else None
    if kind == "form":
        return node.task.form if node.task is not None else None
    return node.handler.name if node.handler is not None else None
