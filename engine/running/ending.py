"""The end of a case, in whatever way it comes: what stands for it in the ledger follows at once."""

from __future__ import annotations

from engine.handlers import Ending
from engine.host import Host
from engine.store.instances import InstanceRecord


def end_case(host: Host, record: InstanceRecord, state: str, reason: str | None) -> None:
    """Let the case be over now, as the one place that ends cases; its caller saves it.

    Raises what the process has registered for its endings (`HandlerRegistry.ending`).
    """
    record.state, record.ended_at = state, host.clock.now()
    if reason is not None:
        record.reason = reason
    follow = host.registry.endings.get(record.definition_key)
    if follow is not None:
        follow(
            Ending(
                session=host.session,
                actor=host.actor,
                clock=host.clock,
                instance_id=record.id,
                definition_key=record.definition_key,
                scope=record.path,
                state=state,
                reason=reason,
                variables=dict(record.variables),
            )
        )
