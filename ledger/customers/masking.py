"""How sensitive values look by default: enough to recognise, not enough to use (O4)."""

from __future__ import annotations

import re

_STARS = "****"
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
# What somebody wrote holds prices and numbers of contracts too, so only what has the shape of a number that leads
# to a person is hidden. Digits may stand in groups, as people write them.
_DAY = r"(?:0[1-9]|1[0-2])[\s-]?(?:0[1-9]|[12]\d|3[01])"
_SHAPES = (
    rf"(?P<id>[1-9]\d{{5}}[\s-]?(?:(?:18|19|20)\d\d[\s-]?{_DAY}[\s-]?\d{{3}}[\dXx]|\d\d{_DAY}\d{{3}}))",
    r"(?P<card>[3-6]\d{3}(?:[\s-]?\d{4}){3}(?:[\s-]?\d{1,3})?)",
    r"(?:(?:\+|00)86[\s-]?)?(?P<mobile>1[\s-]?[3-9](?:[\s-]?\d){9})",
    r"(?P<landline>[(（]?0\d{2,3}[)）]?[\s-]?\d{3,4}[\s-]?\d{4})",
    r"\+(?P<abroad>\d{1,3}(?:[\s-]?\d){6,12})",
)
_NUMBER = re.compile(rf"(?<![\d.,¥￥])(?:{'|'.join(_SHAPES)})(?!\d)")


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
    """What somebody wrote, with each phone, ID and card number in it as a page would show it; prices stay."""
    return _NUMBER.sub(_masked_number, words.translate(_WIDE_DIGITS))


def _masked_number(found: re.Match[str]) -> str:
    kind = str(found.lastgroup)
    before = found.string[found.start() : found.start(kind)]
    number = "".join(sign for sign in found[kind] if sign.isalnum())
    return before + (mask_id(number) if kind in ("id", "card") else mask_phone(number))


def _mask(text: str, *, head: int, tail: int, stars: int = len(_STARS)) -> str:
    """Show at most ``head`` and ``tail`` signs, the tail first, and always hide four or all there are."""
    tail = min(tail, max(len(text) - len(_STARS), 0))
    head = min(head, max(len(text) - len(_STARS) - tail, 0))
    return text[:head] + "*" * stars + text[len(text) - tail :]
