"""Broadcast a signal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.commands.publish import broadcast
from engine.host import Host
from engine.values import checked, checked_name


@dataclass(frozen=True)
class Signal:
    """Everybody who waits for the name receives it; nobody waiting means it is spent."""

    name: str
    payload: dict[str, Any]

    def run(self, host: Host) -> int:
        """How many received it; raises `Invalid`, `StepFailed`."""
        return broadcast(host, checked_name(self.name, "name"), checked(self.payload, "payload"))
