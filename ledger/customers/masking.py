"""How sensitive values look by default: enough to recognise, not enough to use (O4)."""

from __future__ import annotations

import re

_STARS = "****"
_ID_DIGITS = 15
# A day of our century is no number of anybody's; a date of birth may be.
_NUMBER = re.compile(r"(?<!\d)20\d\d-\d\d-\d\d(?!\d)|(?P<long>\d(?:[\s-]?\d){6,}[Xx]?)")


def mask_phone(shown: str) -> str:
    """``138****1234``; a short number shows fewer signs, so that four always stay hidden."""
    return _mask(shown, head=3, tail=4)


def mask_id(number: str) -> str:
    """``310***********1234``: the region and the last four signs of an ID number."""
    return _mask(number, head=3, tail=4, stars=max(4, len(number) - 7))


def mask_email(address: str) -> str:
    """``l****@example.com``."""
    name, _, host = address.rpartition("@")
    return f"{name[:1]}{_STARS}@{host}" if len(name) > 1 else f"{_STARS}@{host}"


def mask_address(address: str) -> str:
    """The first six signs, which seldom tell more than the city and the district."""
    return _mask(address, head=6, tail=0)


def mask_name(name: str) -> str:
    """``张*``, ``王**``: for customers whom the reader may not open."""
    return name[:1] + "*" * min(max(len(name) - 1, 1), 3)


def mask_numbers(words: str) -> str:
    """What somebody wrote, with each long number in it (a phone, an ID, a card) as a page would show it."""
    return _NUMBER.sub(_masked_number, words)


def _masked_number(found: re.Match[str]) -> str:
    if found["long"] is None:
        return found[0]
    number = "".join(sign for sign in found["long"] if sign.isalnum())
    return mask_id(number) if len(number) >= _ID_DIGITS else mask_phone(number)


def _mask(text: str, *, head: int, tail: int, stars: int = len(_STARS)) -> str:
    """Show at most ``head`` and ``tail`` signs, the tail first, and always hide four or all there are."""
    tail = min(tail, max(len(text) - len(_STARS), 0))
    head = min(head, max(len(text) - len(_STARS) - tail, 0))
    return text[:head] + "*" * stars + text[len(text) - tail :]
