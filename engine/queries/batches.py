"""Batches with what came of each of their items."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from engine.batches.running import BATCHES, ITEMS
from engine.errors import Missing
from engine.findings import ERROR, Finding
from engine.host import Host
from engine.queries.paging import counted, cut, part
from engine.queries.paths import operated_by, within_any
from engine.results.batches import Batch, BatchItem
from engine.results.paging import Page, PageOf
from engine.tables.columns import AnyRow


def to_batch(row: AnyRow) -> Batch:
    """A row as callers see it."""
    return Batch(
        id=row.id,
        kind=row.kind,
        state=row.state,
        params=dict(row.params),
        reason=row.reason,
        scope=row.path,
        total=row.total,
        succeeded=row.succeeded,
        failed=row.failed,
        undoes=row.undoes,
        started_by=row.actor_id,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )


def get(host: Host, batch_id: str) -> Batch:
    """One batch; raises `Missing` outside of what the actor may operate on."""
    row = host.session.execute(select(BATCHES).where(BATCHES.c.id == batch_id, _visible(host))).first()
    if row is None:
        raise Missing("batch_not_found", batch_id=batch_id)
    return to_batch(row)


def find(host: Host, page: Page) -> PageOf[Batch]:
    """One page, the newest first."""
    query = select(BATCHES).where(_visible(host)).order_by(BATCHES.c.created_at.desc(), BATCHES.c.id.desc())
    rows = host.session.execute(cut(query, page))
    found = [to_batch(row) for row in rows]
    count = counted(host.session, select(BATCHES.c.id).where(_visible(host)))
    return part(found, count, page)


def items(host: Host, batch_id: str, page: Page, state: str | None) -> PageOf[BatchItem]:
    """One page of a batch's items in their order, of one state or all; raises `Missing`."""
    get(host, batch_id)
    where = ITEMS.c.batch_id == batch_id
    if state is not None:
        where &= ITEMS.c.state == state
    query = select(ITEMS).where(where).order_by(ITEMS.c.position)
    rows = host.session.execute(cut(query, page))
    found = [_to_item(row) for row in rows]
    count = int(host.session.execute(select(func.count()).select_from(ITEMS).where(where)).scalar_one())
    return PageOf(found, count, False, page.number, page.size)


def _to_item(row: AnyRow) -> BatchItem:
    params: dict[str, Any] = dict(row.params)
    told = params.pop("findings", [])
    findings = [
        Finding(f["code"], ERROR, f["element_id"], f["element_name"], f["line"], dict(f["params"])) for f in told
    ]
    return BatchItem(
        row.position, row.subject_id, row.state, dict(row.result), row.code, params, tuple(findings), row.at
    )


def _visible(host: Host) -> ColumnElement[bool]:
    actor = host.actor
    paths = operated_by(host, actor)
    return or_(within_any(BATCHES.c.path, paths), BATCHES.c.actor_id == actor.id)
