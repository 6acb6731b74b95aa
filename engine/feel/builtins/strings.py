"""Functions on strings; positions count characters from 1, from the end when negative."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from engine.feel.builtins.registry import NoValueError, builtin
from engine.feel.errors import FeelLimitError
from engine.feel.iteration import whole
from engine.feel.patterns import compiled, replacement, timed
from engine.feel.values import Number

if TYPE_CHECKING:
    from engine.feel.limits import Run


@builtin("substring", "string: string, start position: number, length?: number")
def substring(_run: Run, string: str, start: Number, length: Number | None = None) -> str:
    """The part from a position on; none for position 0 or a length below 1, whose fraction is cut off."""
    position = whole(start)
    if not position or abs(position) > len(string):
        raise NoValueError("feel_position")
    begin = position - 1 if position > 0 else len(string) + position
    if length is None:
        return string[begin:]
    if length < 1:
        raise NoValueError("feel_position")
    return string[begin : begin + int(min(length, len(string)))]


@builtin("string length", "string: string")
def string_length(_run: Run, string: str) -> int:
    """The number of characters."""
    return len(string)


@builtin("upper case", "string: string")
def upper_case(_run: Run, string: str) -> str:
    """All letters as capitals."""
    return string.upper()


@builtin("lower case", "string: string")
def lower_case(_run: Run, string: str) -> str:
    """All letters as small ones."""
    return string.lower()


@builtin("substring before", "string: string, match: string")
def substring_before(_run: Run, string: str, match: str) -> str:
    """What stands before the first ``match``, empty when there is none."""
    before, found, _after = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string, match: string")
def substring_after(_run: Run, string: str, match: str) -> str:
    """What stands after the first ``match``, empty when there is none."""
    if not match:
        return string
    return string.partition(match)[2]


@builtin("contains", "string: string, match: string")
def contains(_run: Run, string: str, match: str) -> bool:
    """Whether ``match`` occurs."""
    return match in string


@builtin("starts with", "string: string, match: string")
def starts_with(_run: Run, string: str, match: str) -> bool:
    """Whether the string begins so."""
    return string.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends_with(_run: Run, string: str, match: str) -> bool:
    """Whether the string ends so."""
    return string.endswith(match)


@builtin("matches", "input: string, pattern: string, flags?: string")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool:
    """Whether the pattern occurs anywhere."""
    found = compiled(pattern, flags or "")
    return timed(run, lambda left: found.search(text, timeout=left)) is not None


@builtin("replace", "input: string, pattern: string, replacement: string, flags?: string")
def replace(run: Run, text: str, pattern: str, by: str, flags: str | None = None) -> str:
    """Every match replaced; ``$1`` stands for the first group."""
    found = compiled(pattern, flags or "")
    expand = (lambda _match: by) if "q" in (flags or "") else replacement(by, found.groups)
    room = [run.limits.string]

    def bounded(match: regex.Match[str]) -> str:
        new = expand(match)
        room[0] -= len(new)
        if room[0] < 0:
            raise FeelLimitError("feel_string_limit", {"limit": run.limits.string})
        return new

    if timed(run, lambda left: found.search("", timeout=left)) is not None:
        raise NoValueError("feel_pattern_empty")
    return timed(run, lambda left: found.sub(bounded, text, timeout=left))


@builtin("split", "string: string, delimiter: string")
def split(run: Run, string: str, delimiter: str) -> list[object]:
    """The parts between the matches of a pattern."""
    found = compiled(delimiter, "")
    if timed(run, lambda left: found.search("", timeout=left)) is not None:
        raise NoValueError("feel_pattern_empty")
    parts: list[object] = []
    position = 0
    for match in timed(run, lambda left: list(found.finditer(string, timeout=left))):
        parts.append(string[position : match.start()])
        position = match.end()
    return [*parts, string[position:]]


@builtin("extract", "input: string, pattern: string, flags?: string")
def extract(run: Run, text: str, pattern: str, flags: str | None = None) -> list[object]:
    """All matches of a pattern."""
    found = compiled(pattern, flags or "")
    matches_found = timed(run, lambda left: list(found.finditer(text, timeout=left)))
    return [match.group() for match in matches_found]


@builtin("string join", "list: list, delimiter?: string")
def string_join(run: Run, items: list[object], delimiter: str | None = None) -> str:
    """All strings of a list in one, nulls left out."""
    parts = [item for item in items if item is not None]
    if not all(isinstance(part, str) for part in parts):
        raise NoValueError("feel_argument_kind")
    texts = [str(part) for part in parts]
    size = sum(map(len, texts)) + len(delimiter or "") * max(len(texts) - 1, 0)
    if size > run.limits.string:
        raise FeelLimitError("feel_string_limit", {"limit": run.limits.string})
    return (delimiter or "").join(texts)
