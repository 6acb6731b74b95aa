"""Deliver a message to those who wait for its name and correlation, each once.

Receivers are found by an index, so ten thousand that wait for something else cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine.commands.deliver import deliver_to
from engine.commands.kept_starts import start_by_event
from engine.correlation import OF_STARTS, canonical, hold_name
from engine.errors import CannotGoOn, Invalid
from engine.host import Host
from engine.running.kept_messages import keep_message
from engine.running.run import as_system
from engine.running.services import Thrown
from engine.store.instances import TABLE as INSTANCES
from engine.tables.columns import AnyRow, table_of
from engine.tables.work import SubscriptionRow
from engine.values import checked, checked_name

SUBSCRIPTIONS = table_of(SubscriptionRow)
THROWN_TTL = timedelta(days=1)
WHILE_SUSPENDED = timedelta(days=365)
LONGEST_KEPT = timedelta(days=3650)
MAX_CHAIN = 50


@dataclass(frozen=True)
class Received:
    """How many took an event; ``halted`` says that a suspended instance waits for it and took nothing."""

    count: int
    halted: bool


@dataclass(frozen=True)
class Publish:
    """Subscriptions whose correlation equals the message's receive it; a message start event always does."""

    message: str
    correlation: dict[str, Any]
    payload: dict[str, Any]
    ttl: timedelta | None = None

    def run(self, host: Host) -> int:
        """How many received it; with ``ttl`` and nobody there it is kept. Raises `Invalid`, `StepFailed`.

        For a suspended instance that waits for it the message is kept in any case, and received at its resumption.
        """
        checked_name(self.message, "message")
        correlation = canonical(checked(self.correlation, "correlation"))
        payload = checked(self.payload, "payload")
        if self.ttl is not None and not timedelta() < self.ttl <= LONGEST_KEPT:
            raise Invalid("kept_too_long", field="ttl", days=LONGEST_KEPT.days)
        received = self._deliver(host, correlation, payload)
        if received.count and not received.halted:
            return received.count
        ttl = self.ttl or (WHILE_SUSPENDED if received.halted else None)
        if ttl is None:
            return 0
        if not received.halted:
            hold_name(host.session, self.message, correlation)
            received = self._deliver(host, correlation, payload)
        if received.halted or not received.count:
            keep_message(host, self.message, correlation, payload, ttl)
        return received.count

    def _deliver(self, host: Host, correlation: str, payload: dict[str, Any]) -> Received:
        table = SUBSCRIPTIONS
        named = (table.c.kind == "message") & (table.c.name == self.message)
        # Both are found by one index, so that those who wait under other correlations cost nothing.
        fits = table.c.correlation.in_((correlation, OF_STARTS))
        rows = host.session.execute(
            select(table.c.id, table.c.instance_id, table.c.definition_id, table.c.element_id)
            .where(named & fits)
            .order_by(table.c.id)
        ).all()
        return receive_all(host, list(rows), payload)


def receive_all(host: Host, rows: list[AnyRow], payload: dict[str, Any]) -> Received:
    """Hand a payload to subscriptions, instance by instance."""
    by_instance: dict[str, list[str]] = {}
    for row in rows:
        if row.instance_id is not None:
            by_instance.setdefault(row.instance_id, []).append(row.id)
    took = {i: deliver_to(host, i, by_instance[i], payload, deliver_thrown) for i in sorted(by_instance)}
    started = [row for row in rows if row.instance_id is None]
    for row in started:
        start_by_event(host, row.definition_id, row.element_id, payload, deliver_thrown)
    silent = [instance_id for instance_id, count in took.items() if not count]
    return Received(sum(took.values()) + len(started), bool(silent) and _any_suspended(host, silent))


def _any_suspended(host: Host, instance_ids: list[str]) -> bool:
    halted = INSTANCES.c.id.in_(instance_ids) & (INSTANCES.c.state == "suspended")
    return host.session.execute(select(INSTANCES.c.id).where(halted).limit(1)).first() is not None


def deliver_thrown(host: Host, thrown: Thrown) -> None:
    """Deliver what a step threw, in the same transaction; raises `CannotGoOn` when processes answer for ever."""
    info = host.session.info
    info["engine_chain"] = info.get("engine_chain", 0) + 1
    try:
        if info["engine_chain"] > MAX_CHAIN:
            raise CannotGoOn("messages_without_end", limit=MAX_CHAIN)
        if thrown.kind == "message":
            Publish(thrown.name, thrown.correlation, thrown.payload, THROWN_TTL).run(as_system(host))
        else:
            broadcast(as_system(host), thrown.name, thrown.payload, apart_from=thrown.sender)
    finally:
        info["engine_chain"] -= 1


def broadcast(host: Host, name: str, payload: dict[str, Any], *, apart_from: str | None = None) -> int:
    """Hand a signal to everybody who waits for it, but for one case that has had it."""
    table = SUBSCRIPTIONS
    query = select(table.c.id, table.c.instance_id, table.c.definition_id, table.c.element_id)
    named = query.where(table.c.kind == "signal", table.c.name == name).order_by(table.c.id)
    rows = [row for row in host.session.execute(named) if apart_from is None or row.instance_id != apart_from]
    return receive_all(host, rows, payload).count
