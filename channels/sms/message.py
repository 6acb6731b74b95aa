"""A text message."""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels.delivery import DeliveryRefused

MAX_CHARACTERS = 500
_NUMBER = re.compile(r"\+[1-9]\d{7,14}")
# GSM 03.38: what fits into seven bits, and what takes two places there; one other character makes all of it UCS-2.
_SEVEN_BITS = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_PLACES = frozenset("\f^{}\\[~]|€")


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


def segments(text: str) -> int:
    """Into how many parts a network splits a text; each is paid for.

    One part holds 160 characters of seven bits or 70 of others (what lies outside of the first plane counts as
    two); of several, each gives some room to its number.
    """
    if all(character in _SEVEN_BITS or character in _TWO_PLACES for character in text):
        places = sum(2 if character in _TWO_PLACES else 1 for character in text)
        alone, each = 160, 153
    else:
        places, alone, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if places <= alone else -(-places // each)
