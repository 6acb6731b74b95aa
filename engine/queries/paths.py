"""Organisation scope in SQL: a node and everything below it is one range of paths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from engine.host import Host
from kernel.actor import ROOT, Actor

VIEW = "engine:view"


def nodes_of(viewer: Actor) -> list[str]:
    """Every node where the viewer holds anything, to ask a right at each.

    `Actor.scope_paths` leaves out what lies within a wider node, where another role may not have the right.
    """
    return sorted({*viewer.scope_paths(), *(grant.path for grant in viewer.grants)})


def operated_by(host: Host, actor: Actor) -> list[str]:
    """The nodes where an actor may operate."""
    return [path for path in nodes_of(actor) if host.checker.may_operate(actor, path)]


def overseen_by(host: Host, actor: Actor) -> list[str]:
    """The nodes whose tasks an actor oversees."""
    return [path for path in nodes_of(actor) if host.checker.may_oversee(actor, path)]


def seen_by(host: Host, actor: Actor) -> list[str]:
    """The nodes whose cases an actor may look at: by the right to view, to operate or to oversee."""
    return sorted({*actor.scope_paths(VIEW), *overseen_by(host, actor)})


def within(column: Any, path: str) -> ColumnElement[bool]:
    """Whether a path column lies at or below a node (paths end with a slash, and ``0`` follows it)."""
    if path == ROOT:
        return true()
    first, beyond = below(path)
    return and_(column >= first, column < beyond)


def below(path: str) -> tuple[str, str]:
    """A node's own path and the first text after all that lies below it."""
    return path, path[:-1] + "0"


def within_any(column: Any, paths: Iterable[str]) -> ColumnElement[bool]:
    """Whether a path column lies at or below one of several nodes."""
    ranges = [within(column, path) for path in paths]
    return or_(*ranges) if ranges else false()
