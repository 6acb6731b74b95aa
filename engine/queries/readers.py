"""Who of several people may see a case, in one statement however many."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import literal, select, union_all

from engine.host import Host
from engine.queries.instances import get, visible_to
from engine.store.instances import TABLE
from kernel.actor import Actor


def readers_of(host: Host, instance_id: str, people: Iterable[Actor]) -> set[str]:
    """The ids of those who may see a case; raises `Missing` when the actor may not."""
    get(host, instance_id)
    asked = [
        select(literal(person.id)).select_from(TABLE).where(TABLE.c.id == instance_id, visible_to(host, person))
        for person in people
    ]
    if not asked:
        return set()
    return set(host.session.execute(union_all(*asked)).scalars())
