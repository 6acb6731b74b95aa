"""Hand an event to the tokens of one instance that wait for it."""

from __future__ import annotations

from typing import Any

from engine.host import Host
from engine.incidents import resolve_received
from engine.running.run import Deliver, Run, as_system
from engine.store.instances import lock_instance


def deliver_to(
    host: Host, instance_id: str, subscriptions: list[str], payload: dict[str, Any], deliver: Deliver
) -> int:
    """Fire the waiting tokens behind subscriptions that still stand once the instance is locked.

    A suspended instance receives nothing and a finished one has nothing that waits.
    """
    record = lock_instance(host.session, instance_id)
    if record.state != "active":
        return 0
    run = Run.of(as_system(host), record)
    tokens = [wait.token for wait in run.case.waits() if wait.row in subscriptions]
    if not tokens:
        return 0
    fired = 0
    with run.step(deliver) as case:
        for token in tokens:
            if case.has(token):
                fired += 1
                wait = case.token(token).task_spec.node
                run.services.note("event_received", wait, token, None)
                case.fire(token, payload)
                case.run()
    resolve_received(host.session, host.clock, instance_id)
    return fired
