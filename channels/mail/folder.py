"""Mail laid in a folder as .eml files: for the demo and for a house without a mail server."""

from __future__ import annotations

from pathlib import Path

from channels.delivery import DeliveryReceipt, drop
from kernel.clock import Clock

from .message import MailMessage, compose, digest


class MailFolder:
    """A channel that delivers into ``folder``; a key is delivered once."""

    def __init__(self, folder: Path, clock: Clock, *, sender: str = "keyturn@localhost") -> None:
        self._folder = folder
        self._clock = clock
        self._sender = sender

    def send(self, message: MailMessage, *, idempotency_key: str) -> DeliveryReceipt:
        """Write the mail; raise ``DeliveryRefused`` for an address that is none."""
        mail = compose(
            message, sender=self._sender, sender_name="Keyturn", key=idempotency_key, at=self._clock.now()
        )
        return drop(self._folder, f"{digest(idempotency_key)}.eml", mail.as_bytes())
