"""The data scope (数据权限): every query of the ledger starts from a selectable that is already cut for the actor.

A row is seen through a permission at an organisation path: group, company, region, city, project. A grant that is
limited to the actor's own records also asks who owns the row. A model takes part by one of two ways: it has a
``path`` column (and ``owner_id`` where rows are owned), or it has a class method ``in_scope(path, owner_id)`` that
returns the condition, as `Customer` does, whom several projects know.
"""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session

from kernel.actor import ROOT, Actor, Grant
from kernel.database import Base
from kernel.errors import Missing, NotAllowed

M = TypeVar("M", bound=Base)


def visible(actor: Actor, model: type[Base], permission: str) -> ColumnElement[bool]:
    """The condition for the rows of ``model`` that ``actor`` may reach through ``permission``."""
    if actor.is_system:
        return true()
    giving = [grant for grant in actor.grants if permission in grant.permissions]
    if any(grant.path == ROOT and not grant.own_only for grant in giving):
        return true()
    conditions = {(g.path, g.own_only): _reach(actor, model, g) for g in giving}
    return or_(*conditions.values()) if conditions else false()


def scoped(actor: Actor, model: type[M], permission: str) -> Select[M]:
    """A select of ``model`` cut to what ``actor`` may reach; every query starts from it."""
    return select(model).where(visible(actor, model, permission))


def get_scoped(session: Session, actor: Actor, model: type[M], permission: str, row_id: str) -> M:
    """The row with an id. Raises `Missing` when there is none or it lies outside the scope: the two look alike."""
    identity = model.__mapper__.primary_key[0]
    row = session.scalars(scoped(actor, model, permission).where(identity == row_id)).one_or_none()
    if row is None:
        raise Missing(f"{model.__tablename__}_missing", id=row_id)
    return row


def require_on(actor: Actor, permission: str, *, path: str, owner_id: str | None) -> None:
    """Raise `NotAllowed` unless the actor holds ``permission`` for this very row: its path and its owner."""
    actor.require(permission, path)
    if actor.only_own(permission, path) and owner_id not in _selves(actor):
        raise NotAllowed("not_the_owner", permission=permission, path=path)


def paths_above(path: str) -> list[str]:
    """The path itself and every path above it, nearest first, ending with the root ``/``."""
    parts = path.strip("/").split("/") if path.strip("/") else []
    return ["/" + "".join(f"{part}/" for part in parts[:count]) for count in range(len(parts), -1, -1)]


def _selves(actor: Actor) -> tuple[str, ...]:
    return (actor.id,) if actor.on_behalf_of is None else (actor.id, actor.on_behalf_of)


def _reach(actor: Actor, model: type[Base], grant: Grant) -> ColumnElement[bool]:
    owners: tuple[str | None, ...] = _selves(actor) if grant.own_only else (None,)
    return or_(*(_within(model, grant.path, owner) for owner in owners))


def _within(model: type[Base], path: str, owner_id: str | None) -> ColumnElement[bool]:
    in_scope = getattr(model, "in_scope", None)
    if in_scope is not None:
        condition: ColumnElement[bool] = in_scope(path, owner_id)
        return condition
    below: ColumnElement[bool] = model.path.startswith(path, autoescape=True)  # type: ignore[attr-defined]
    if owner_id is None:
        return below
    # A model whose rows nobody owns shows nothing through a grant that is limited to one's own.
    owner = getattr(model, "owner_id", None)
    return false() if owner is None else and_(below, owner == owner_id)
