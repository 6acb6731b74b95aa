"""Text messages laid in a folder as JSON files: for the demo and for a house without a gateway."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from channels.delivery import DeliveryReceipt, drop

from .message import SmsMessage, check


class SmsFolder:
    """A channel that delivers into ``folder``; a key is delivered once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: SmsMessage, *, idempotency_key: str) -> DeliveryReceipt:
        """Write the message; raise ``DeliveryRefused`` for a number that is none."""
        check(message)
        name = hashlib.sha256(idempotency_key.encode()).hexdigest()[:32] + ".json"
        return drop(self._folder, name, json.dumps(asdict(message), ensure_ascii=False).encode())
