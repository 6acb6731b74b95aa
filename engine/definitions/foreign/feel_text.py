"""Composes FEEL text from parts that other languages' parsers found, and proves that it says the same names.

``level`` is how tightly a part binds, so that brackets stand where FEEL needs them and nowhere else.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from engine.feel import FeelSyntaxError, compile_expression

OR, AND, COMPARISON, SUM, PRODUCT, UNARY, WHOLE = 1, 2, 3, 4, 5, 6, 9
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_COMPARING = {"==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_LEVELS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT}


class NotCertain(Exception):
    """The meaning in FEEL is not certain; ``code`` and ``params`` say why, to be worded."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


@dataclass(frozen=True)
class Part:
    """FEEL text with how tightly it binds, the variables it asks, and whether it is surely a text value."""

    text: str
    level: int = WHOLE
    names: frozenset[str] = frozenset()
    is_text: bool = False


def name(word: str) -> Part:
    """A variable; raises `NotCertain` for a word that cannot be one here."""
    if not NAME.fullmatch(word):
        raise NotCertain("uncertain_name", name=word)
    return Part(word, names=frozenset({word}))


def text_literal(value: str) -> Part:
    """A text in quotes."""
    return Part(json.dumps(value, ensure_ascii=False), is_text=True)


def number(digits: str) -> Part:
    """A number."""
    return Part(digits)


def constant(value: str) -> Part:
    """``true``, ``false`` or ``null``."""
    return Part(value)


def of(part: Part, key: str) -> Part:
    """A property of a value."""
    if part.level < WHOLE or not part.names or not NAME.fullmatch(key):
        raise NotCertain("uncertain_name", name=key)
    return Part(f"{part.text}.{key}", names=part.names)


def at(part: Part, index: int) -> Part:
    """An item of a list, counted from 0 as programs do; FEEL counts from 1, and from -1 backwards."""
    if part.level < WHOLE or not part.names:
        raise NotCertain("uncertain_name", name=part.text)
    return Part(f"{part.text}[{index + 1 if index >= 0 else index}]", names=part.names)


def compared(sign: str, left: Part, right: Part) -> Part:
    """A comparison by ``==``, ``!=``, ``<`` …"""
    return _joined(_COMPARING[sign], COMPARISON, left, right, strictly_left=True)


def calculated(sign: str, left: Part, right: Part) -> Part:
    """``+ - * /`` over numbers; texts are refused, because languages join them differently."""
    if left.is_text or right.is_text:
        raise NotCertain("uncertain_text_sum", sign=sign)
    return _joined(sign, _LEVELS[sign], left, right)


def any_of(left: Part, right: Part) -> Part:
    """``or``."""
    return _joined("or", OR, left, right)


def all_of(left: Part, right: Part) -> Part:
    """``and``."""
    return _joined("and", AND, left, right)


def negated(part: Part) -> Part:
    """``not``."""
    return Part(f"not({part.text})", names=part.names)


def minus(part: Part) -> Part:
    """A negative number."""
    if part.is_text:
        raise NotCertain("uncertain_text_sum", sign="-")
    return Part(f"-{_wrapped(part, WHOLE)}", UNARY, part.names)


def chosen(asked: Part, then: Part, otherwise: Part) -> Part:
    """``if … then … else …``."""
    text = f"if {asked.text} then {then.text} else {otherwise.text}"
    return Part(text, 0, asked.names | then.names | otherwise.names, then.is_text and otherwise.is_text)


def one_of(part: Part, choices: list[Part]) -> Part:
    """Whether a value is one of several."""
    listed = ", ".join(choice.text for choice in choices)
    names = part.names.union(*(choice.names for choice in choices))
    return Part(f"list contains([{listed}], {part.text})", names=names)


def emptied(part: Part) -> Part:
    """Whether a value is missing, an empty text or an empty list."""
    return Part(f'list contains([null, "", []], {part.text})', names=part.names)


def as_text(part: Part) -> Part:
    """A value written as text."""
    return part if part.is_text else Part(f"string({part.text})", names=part.names, is_text=True)


def joined_texts(parts: list[Part]) -> Part:
    """Texts one after the other."""
    texts = [as_text(part) for part in parts]
    names = frozenset[str]().union(*(part.names for part in texts))
    return Part(" + ".join(part.text for part in texts), SUM, names, is_text=True)


def proved(part: Part) -> str:
    """The text, once FEEL reads from it exactly the names that were put in; raises `NotCertain`."""
    try:
        read = compile_expression(part.text).names
    except FeelSyntaxError as problem:
        raise NotCertain("uncertain_name", name=", ".join(sorted(part.names))) from problem
    if frozenset(read) != part.names:
        raise NotCertain("uncertain_name", name=", ".join(sorted(part.names.symmetric_difference(read))))
    return part.text


def _joined(word: str, level: int, left: Part, right: Part, *, strictly_left: bool = False) -> Part:
    first = _wrapped(left, level + 1 if strictly_left else level)
    return Part(f"{first} {word} {_wrapped(right, level + 1)}", level, left.names | right.names)


def _wrapped(part: Part, least: int) -> str:
    return part.text if part.level >= least else f"({part.text})"
