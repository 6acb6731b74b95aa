"""Regular expressions as FEEL has them (those of XPath), run by the ``regex`` package under a time limit.

A pattern is translated sign by sign. What XPath does not have (look-around, fuzzy matching, recursion)
is refused, so nothing but the documented language reaches the engine beneath.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import regex

from engine.feel.builtins.registry import NoValueError
from engine.feel.errors import FeelLimitError

if TYPE_CHECKING:
    from engine.feel.limits import Run

MAX_PATTERN = 500
MAX_REPEAT = 1_000
MAX_GROUPS = 50
MAX_SIZE = 5_000

_SINGLE = frozenset("nrt\\|.?*+(){}-[]^$/dD")
_NAME_START = r"\p{L}_:"
_NAME_PART = r"\p{L}\p{N}\p{M}_:.\-\xb7"
_CLASSES = {
    "i": f"[{_NAME_START}]",
    "I": f"[^{_NAME_START}]",
    "c": f"[{_NAME_PART}]",
    "C": f"[^{_NAME_PART}]",
    "s": r"[ \t\n\r]",
    "S": r"[^ \t\n\r]",
    "w": r"[^\p{P}\p{Z}\p{C}]",
    "W": r"[\p{P}\p{Z}\p{C}]",
}
"""Classes of signs as XML Schema has them: an underscore is punctuation, a no-break space is no space."""
_QUANTITY = regex.compile(r"\{(\d{1,4})(,(\d{0,4}))?\}", regex.ASCII)
_PROPERTY = regex.compile(r"\\[pP]\{(Is)?[A-Za-z0-9\-]{1,40}\}", regex.ASCII)
_REPLACEMENT = regex.compile(r"\\([\\$])|\$(\d)|([\\$])")
T = TypeVar("T")


class _Size:
    """How big a pattern grows when the engine writes out its counted repetitions within each other."""

    def __init__(self) -> None:
        self.open = [0]
        self.last = 0

    def add(self, sign: str, repeat: int) -> None:
        """Count a piece that begins with this sign; raises NoValueError when it all gets too big."""
        if sign == "(":
            self.open.append(0)
        elif sign == "{":
            self.open[-1] += self.last * (repeat - 1)
            self.last *= max(repeat, 1)
        elif sign == ")" and len(self.open) > 1:
            self.last = self.open.pop() + 1
            self.open[-1] += self.last
        elif sign not in "*+?":
            self.last = 1
            self.open[-1] += 1
        if self.open[-1] > MAX_SIZE:
            raise NoValueError("feel_pattern")


def _without_space(pattern: str) -> str:
    """A pattern without its white space but that in character classes, which flag ``x`` leaves alone."""
    kept = []
    depth = 0
    escaped = False
    for sign in pattern:
        if not escaped:
            depth += (sign == "[") - (sign == "]" and depth > 0)
        if depth or not sign.isspace():
            kept.append(sign)
            escaped = sign == "\\" and not escaped
    return "".join(kept)


class _Translator:
    """Turns an XPath pattern into one of the ``regex`` package."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = _without_space(pattern) if "x" in flags else pattern
        self.position = 0
        self.flags = flags
        self.groups = 0
        self.repeat = 1

    def rest(self, length: int = 1) -> str:
        return self.pattern[self.position : self.position + length]

    def whole(self) -> str:
        parts = []
        size = _Size()
        while self.position < len(self.pattern):
            sign = self.rest()
            parts.append(self.piece())
            size.add(sign, self.repeat)
        return "".join(parts)

    def piece(self) -> str:
        sign = self.rest()
        if sign == "\\":
            return self.escape(in_class=False)
        construct = _CONSTRUCTS.get(sign)
        if construct is not None:
            return construct(self)
        self.position += 1
        return sign if sign in "^|)]}" else self.plain(sign)

    def plain(self, sign: str) -> str:
        if sign == "$":
            return "$" if "m" in self.flags else r"\Z"
        if sign == ".":
            return "." if "s" in self.flags else r"[^\n\r]"
        return regex.escape(sign)

    def repetition(self) -> str:
        sign = self.rest()
        self.position += 1
        return self.quantifier(sign)

    def group(self) -> str:
        self.position += 1
        self.groups += 1
        if self.groups > MAX_GROUPS:
            raise NoValueError("feel_pattern")
        if self.rest() != "?":
            return "("
        if self.rest(2) != "?:":
            raise NoValueError("feel_pattern")
        self.position += 2
        return "(?:"

    def quantifier(self, sign: str) -> str:
        if self.rest() in ("+", "*", "{"):
            raise NoValueError("feel_pattern")
        if self.rest() == "?":
            self.position += 1
            return sign + "?"
        return sign

    def quantity(self) -> str:
        match = _QUANTITY.match(self.pattern, self.position)
        if match is None or any(int(n) > MAX_REPEAT for n in match.group(1, 3) if n):
            raise NoValueError("feel_pattern")
        self.position = match.end()
        self.repeat = max(int(n) for n in match.group(1, 3) if n)
        return self.quantifier(match.group())

    def escape(self, *, in_class: bool) -> str:
        following = self.pattern[self.position + 1 : self.position + 2]
        if following in ("p", "P"):
            match = _PROPERTY.match(self.pattern, self.position)
            if match is None:
                raise NoValueError("feel_pattern")
            self.position = match.end()
            return match.group().replace("{Is", "{In") if match.group(1) else match.group()
        self.position += 2
        if following in _CLASSES:
            return _CLASSES[following]
        if following in _SINGLE and following:
            return "\\" + following
        if following.isdecimal() and following != "0" and not in_class:
            return self.reference(following)
        raise NoValueError("feel_pattern")

    def reference(self, number: str) -> str:
        """A reference to a group; more digits belong to it as long as there is a group of that number."""
        while (digit := self.rest()).isdecimal() and int(number + digit) <= self.groups:
            number += digit
            self.position += 1
        if int(number) > self.groups:
            raise NoValueError("feel_pattern")
        return f"(?:\\{number})"

    def character_class(self) -> str:
        self.position += 1
        negated = self.rest() == "^"
        self.position += negated
        parts: list[str] = []
        while (sign := self.rest()) != "]" or not parts:
            if not sign or sign == "[":
                raise NoValueError("feel_pattern")
            if sign == "\\":
                parts.append(self.escape(in_class=True))
            elif sign == "-" and self.rest(2) == "-[":
                self.position += 1
                parts.append("--" + self.character_class())
            else:
                self.position += 1
                parts.append(sign if sign == "-" or sign.isalnum() else "\\" + sign)
        self.position += 1
        return ("[^" if negated else "[") + "".join(parts) + "]"


_CONSTRUCTS: dict[str, Callable[[_Translator], str]] = {
    "[": _Translator.character_class,
    "{": _Translator.quantity,
    "(": _Translator.group,
    "*": _Translator.repetition,
    "+": _Translator.repetition,
    "?": _Translator.repetition,
}


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> regex.Pattern[str]:
    if len(pattern) > MAX_PATTERN or not set(flags) <= set("smixq"):
        raise NoValueError("feel_pattern")
    bits = regex.VERSION1
    for letter, bit in (("i", regex.IGNORECASE), ("m", regex.MULTILINE), ("s", regex.DOTALL)):
        bits |= bit if letter in flags else 0
    text = regex.escape(pattern) if "q" in flags else _Translator(pattern, flags).whole()
    try:
        return regex.compile(text, bits, cache_pattern=False)
    except (regex.error, RecursionError, OverflowError, MemoryError, IndexError) as error:
        raise NoValueError("feel_pattern") from error


def compiled(pattern: str, flags: str) -> regex.Pattern[str]:
    """A pattern ready to run; raises NoValueError for one that XPath would refuse."""
    return _compiled(pattern, "".join(sorted(set(flags))))


def timed(run: Run, work: Callable[[float], T]) -> T:
    """Do work with the time that is left for patterns in this run.

    Raises FeelLimitError when it is used up.
    """
    started = time.perf_counter()
    try:
        result = work(max(run.regex_left, 0.000_001))
    except TimeoutError:
        raise FeelLimitError("feel_regex_time", {"seconds": run.limits.regex_seconds}) from None
    run.regex_left -= time.perf_counter() - started
    if run.regex_left < 0:
        raise FeelLimitError("feel_regex_time", {"seconds": run.limits.regex_seconds})
    return result


def replacement(text: str, groups: int) -> Callable[[regex.Match[str]], str]:
    """What ``$1`` and the escapes of a replacement stand for; raises NoValueError for a lone sign."""
    parts: list[str | int] = []
    position = 0
    for match in _REPLACEMENT.finditer(text):
        parts.append(text[position : match.start()])
        position = match.end()
        escaped, number, lone = match.groups()
        if lone:
            raise NoValueError("feel_replacement")
        parts.append(escaped if escaped else int(number))
    parts.append(text[position:])

    def expand(match: regex.Match[str]) -> str:
        return "".join(part if isinstance(part, str) else _group(match, part, groups) for part in parts)

    return expand


def _group(match: regex.Match[str], number: int, groups: int) -> str:
    return (match.group(number) or "") if number <= groups else ""
