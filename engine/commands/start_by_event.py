"""A message or signal start event begins an instance."""

from __future__ import annotations

from typing import Any

from engine import cache
from engine.commands.start_record import begin_instance
from engine.host import Host
from engine.running.run import Deliver, as_system


def start_by_event(
    host: Host, definition_id: str, element_id: str, payload: dict[str, Any], deliver: Deliver
) -> None:
    """Start at the event that received the payload, with the declared parts of it as data."""
    bundle = cache.bundle_of(host.session, definition_id)
    node = bundle.model.nodes[element_id]
    if node.payload:
        payload = {m.value: payload.get(m.name) for m in node.payload}
    begin_instance(as_system(host), bundle, dict(payload), None, "/", deliver, start_at=element_id)
