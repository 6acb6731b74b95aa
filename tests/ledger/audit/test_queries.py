"""The log shows what was done where somebody may audit, cut by person, noun, row and time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.audit.queries import AuditFilter, find_acts


def test_acts_are_cut_by_scope_noun_row_and_time(
    session: Session, clock: MovedClock, admin: Actor, actor_with: Callable[..., Actor]
) -> None:
    audit.record(session, admin, clock, "sales:opened", "sale", "s1", path="/kt/east/")
    clock.advance(timedelta(hours=1))
    audit.record(session, admin, clock, "finance:receive", "receipt", "r1", path="/kt/west/")
    session.flush()
    east = actor_with("audit:view", path="/kt/east/")

    def seen(actor: Actor, **where: object) -> list[str]:
        return [row.subject_id for row in find_acts(session, actor, AuditFilter(**where))]

    assert seen(admin) == ["r1", "s1"]
    assert seen(east) == ["s1"]
    assert seen(actor_with("sales:view")) == []
    assert seen(admin, noun="sales") == ["s1"]
    assert seen(admin, noun="sale") == []
    assert seen(admin, subject_id="r1") == ["r1"]
    assert seen(admin, since=clock.now()) == ["r1"]
    assert seen(admin, until=clock.now()) == ["s1"]
    assert seen(admin, who="nobody") == []
