"""A text message."""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels.delivery import DeliveryRefused

MAX_CHARACTERS = 500
_NUMBER = re.compile(r"\+[1-9]\d{7,14}")


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """One message to one phone; ``to`` in international form (+8613800000000)."""

    to: str
    text: str


def check(message: SmsMessage) -> None:
    """Raise :class:`DeliveryRefused` for a number that is none and a text that is empty or too long."""
    if not _NUMBER.fullmatch(message.to):
        raise DeliveryRefused("sms.bad_number")
    if not message.text.strip():
        raise DeliveryRefused("sms.empty")
    if len(message.text) > MAX_CHARACTERS:
        raise DeliveryRefused("sms.too_long", limit=MAX_CHARACTERS)
