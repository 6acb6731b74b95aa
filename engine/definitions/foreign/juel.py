"""Expressions in the manner of C: JUEL (``${…}``), JavaScript, Groovy, Java and MVEL as far as they agree.

Comparisons, ``&&``, ``||``, ``!`` and their words, arithmetic, ``? :``, ``empty``, literals, property paths and
``execution.getVariable("x")`` are translated. Everything else, above all calls, is refused: what it does is known
only to the program it was written for.
"""

from __future__ import annotations

import re

from engine.definitions.foreign import feel_text as feel
from engine.definitions.foreign.feel_text import NotCertain, Part

MAX_LENGTH = 2_000
MAX_DEPTH = 40
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)[LlFfDd]?(?![\w.])|(?P<name>[A-Za-z_$][\w$]*)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[-+*/%<>=!?:()\[\].,])|(?P<end>\s*$))""",
    re.VERBOSE,
)
_WORDS = {
    "and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}  # fmt: skip
_CONSTANTS = {"true": "true", "false": "false", "null": "null", "undefined": "null", "nil": "null"}
_OF_PYTHON = {"True", "False", "None"}
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",), ("&&",), ("==", "!=", "===", "!=="), ("<", "<=", ">", ">="), ("+", "-"),
    ("*", "/", "%", "div", "mod"),
)  # fmt: skip
_UNCERTAIN = {"%", "mod"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def translate(text: str, *, equals: bool = False) -> Part:
    """FEEL for an expression without its ``${ }``; raises `NotCertain`.

    With ``equals`` a single ``=`` compares, as in texts that name no language; otherwise it would assign.
    """
    if len(text) > MAX_LENGTH:
        raise NotCertain("uncertain_too_long", length=len(text), most=MAX_LENGTH)
    tokens = [("sign", "==") if equals and token == ("sign", "=") else token for token in _tokens(text)]
    parser = _Parser(tokens)
    part = parser.whole()
    parser.expect_end()
    return part


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise NotCertain("uncertain_sign", found=text[place:].strip()[:1])
        kind = str(match.lastgroup)
        if kind != "end":
            tokens.append((kind, match[kind]))
        if match.end() == place:
            break
        place = match.end()
    return [*tokens, ("end", "")]


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    @property
    def next(self) -> tuple[str, str]:
        return self.tokens[self.place]

    def sign(self) -> str:
        """The next sign, with words such as ``and`` read as their sign; empty for anything else."""
        kind, text = self.next
        if kind == "name":
            return _WORDS.get(text, text if text in ("div", "mod") else "")
        return text if kind == "sign" else ""

    def take(self, *signs: str) -> str:
        found = self.sign()
        if found and found in signs:
            self.place += 1
            return found
        return ""

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise self.unexpected()

    def expect_end(self) -> None:
        if self.next[0] != "end":
            raise self.unexpected()

    def unexpected(self) -> NotCertain:
        kind, text = self.next
        if kind == "name" and self.place and self.tokens[self.place - 1][0] == "name":
            return NotCertain("uncertain_words")
        return NotCertain("uncertain_end") if kind == "end" else NotCertain("uncertain_sign", found=text)

    def whole(self) -> Part:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise NotCertain("uncertain_too_deep", most=MAX_DEPTH)
        part = self.binary(0)
        if self.take("?"):
            then = self.whole()
            self.expect(":")
            part = feel.chosen(part, then, self.whole())
        self.depth -= 1
        return part

    def binary(self, level: int) -> Part:
        if level == len(_LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while sign := self.take(*_LEVELS[level]):
            left = _combined(sign, left, self.binary(level + 1))
        return left

    def unary(self) -> Part:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise NotCertain("uncertain_too_deep", most=MAX_DEPTH)
        if self.take("!"):
            part = feel.negated(self.unary())
        elif self.take("-"):
            part = feel.minus(self.unary())
        elif self.next == ("name", "empty"):
            self.place += 1
            part = feel.emptied(self.unary())
        else:
            part = self.path()
        self.depth -= 1
        return part

    def path(self) -> Part:
        part = self.leaf()
        while True:
            if self.take("."):
                part = self.property(part)
            elif self.take("["):
                part = self.item(part)
            elif self.sign() == "(":
                raise NotCertain("uncertain_call", name=part.text)
            else:
                return part

    def property(self, part: Part) -> Part:
        kind, key = self.next
        if kind != "name":
            raise self.unexpected()
        self.place += 1
        if self.sign() != "(":
            return feel.of(part, key)
        if key == "getVariable" and part.text == "execution":
            return self.variable()
        if key == "equals":
            self.place += 1
            other = self.whole()
            self.expect(")")
            return _bracketed(feel.compared("==", part, other))
        raise NotCertain("uncertain_call", name=f"{part.text}.{key}")

    def variable(self) -> Part:
        """``execution.getVariable("x")`` is the variable x."""
        self.expect("(")
        kind, text = self.next
        if kind != "text":
            raise NotCertain("uncertain_call", name="execution.getVariable")
        self.place += 1
        self.expect(")")
        return feel.name(_unquoted(text))

    def item(self, part: Part) -> Part:
        kind, text = self.next
        self.place += 1
        self.expect("]")
        if kind == "text":
            return feel.of(part, _unquoted(text))
        if kind == "number" and text.isdigit():
            return feel.at(part, int(text))
        raise NotCertain("uncertain_sign", found="[")

    def leaf(self) -> Part:
        kind, text = self.next
        if kind == "end":
            raise self.unexpected()
        if self.take("("):
            part = self.whole()
            self.expect(")")
            return _bracketed(part)
        self.place += 1
        if kind == "number":
            return feel.number(text)
        if kind == "text":
            return feel.text_literal(_unquoted(text))
        if kind == "name" and text in _CONSTANTS:
            return feel.constant(_CONSTANTS[text])
        if kind == "name" and text not in _WORDS and text not in _OF_PYTHON:
            return feel.name(text)
        raise NotCertain("uncertain_sign", found=text)


def _combined(sign: str, left: Part, right: Part) -> Part:
    if sign in _UNCERTAIN:
        raise NotCertain("uncertain_remainder", sign=sign)
    if sign == "||":
        return feel.any_of(left, right)
    if sign == "&&":
        return feel.all_of(left, right)
    if sign in ("+", "-", "*", "/", "div"):
        return feel.calculated("/" if sign == "div" else sign, left, right)
    return feel.compared(sign[:2], left, right)


def _bracketed(part: Part) -> Part:
    """Brackets are put where FEEL needs them, so the ones that were written may go."""
    return part


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text[1:-1], flags=re.DOTALL)
