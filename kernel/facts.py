"""Ledger facts: what happened, told to subscribers before the commit, in the same transaction.

A ledger operation calls `tell`; the unit of work drains the facts and hands each to the subscribers that the
handlers registered with `on`. So a ledger fact can move a process while the ledger knows no workflow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock


@dataclass(frozen=True)
class Fact:
    """The parent of every fact; a subclass adds ids and plain values."""


F = TypeVar("F", bound=Fact)
Subscriber = Callable[[Any, "Telling"], None]

_subscribers: dict[type[Fact], list[Subscriber]] = defaultdict(list)


@dataclass(frozen=True)
class Telling:
    """What a subscriber may use: the transaction that is about to commit, who acted and the clock."""

    session: Session
    actor: Actor
    clock: Clock


def tell(session: Session, fact: Fact) -> None:
    """Note a fact of this transaction."""
    session.info.setdefault("facts", []).append(fact)


def on(kind: type[F]) -> Callable[[Callable[[F, Telling], None]], Callable[[F, Telling], None]]:
    """Register a subscriber for one kind of fact."""

    def register(subscriber: Callable[[F, Telling], None]) -> Callable[[F, Telling], None]:
        if subscriber not in _subscribers[kind]:
            _subscribers[kind].append(subscriber)
        return subscriber

    return register


def deliver_facts(telling: Telling, *, limit: int = 1000) -> int:
    """Hand all noted facts out, those that subscribers cause too; returns how many there were."""
    delivered = 0
    while facts := telling.session.info.get("facts"):
        fact = facts.pop(0)
        delivered += 1
        if delivered > limit:
            raise RuntimeError(f"more than {limit} facts in one transaction: do subscribers answer each other?")
        for subscriber in _subscribers[type(fact)]:
            subscriber(fact, telling)
    return delivered
