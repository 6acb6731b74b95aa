"""What the engine answers about messages that were kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Message:
    """A message that was kept: waiting, delivered to an instance, or expired."""

    id: str
    name: str
    correlation: dict[str, Any]
    payload: dict[str, Any]
    state: str
    created_at: datetime
    expires_at: datetime
    delivered_at: datetime | None
    delivered_to: str | None
