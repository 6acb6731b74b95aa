"""What every channel to the outside has in common: one verb, a receipt, two kinds of failure.

Jobs call a channel outside any transaction, at least once, with the idempotency key of the job. A channel knows
no database.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from kernel.errors import KeyturnError

MessageT_contra = TypeVar("MessageT_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """The other side took the message; ``reference`` is its name there.

    ``repeated`` is true where the channel knows that this key had been taken before and nothing was sent.
    """

    reference: str
    repeated: bool = False


class DeliveryRefused(KeyturnError):
    """The message will never be taken as it is: wrong address, wrong content. Trying again is of no use."""

    code = "delivery.refused"


class DeliveryFailed(KeyturnError):
    """The message was not taken this time: no connection, busy, signed in wrongly. Try again later.

    ``retry_after`` is how many seconds the other side asked to wait, ``None`` where it said nothing. A message
    may have gone out although this is raised (the answer was lost); the key tells a repetition from a second
    message.
    """

    code = "delivery.failed"

    def __init__(self, code: str, *, retry_after: int | None = None, **params: object) -> None:
        super().__init__(code, field=None, **params)
        self.retry_after = retry_after


class Channel(Protocol[MessageT_contra]):
    """One way out: mail, SMS."""

    def send(self, message: MessageT_contra, *, idempotency_key: str) -> DeliveryReceipt:
        """Deliver once per key, as far as the other side allows.

        Raises :class:`DeliveryRefused` (permanent) or :class:`DeliveryFailed` (try again).
        """
        ...


def drop(folder: Path, name: str, content: bytes) -> DeliveryReceipt:
    """Lay ``content`` in ``folder`` as file ``name``, whole or not at all; a file already there stays."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    if target.exists():
        return DeliveryReceipt(name, repeated=True)
    handle, temporary = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(target)
    return DeliveryReceipt(name)
