"""How sensitive values look by default: enough to recognise, not enough to use (O4)."""

from __future__ import annotations

_STARS = "****"


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


def _mask(text: str, *, head: int, tail: int, stars: int = len(_STARS)) -> str:
    """Show at most ``head`` and ``tail`` signs, the tail first, and always hide four or all there are."""
    tail = min(tail, max(len(text) - len(_STARS), 0))
    head = min(head, max(len(text) - len(_STARS) - tail, 0))
    return text[:head] + "*" * stars + text[len(text) - tail :]
