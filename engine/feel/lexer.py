"""Cuts a FEEL text into tokens. Words stay single; names of several words are joined by the parser."""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.feel.errors import FeelSyntaxError
from engine.feel.limits import MAX_TEXT

FULL_WIDTH = {
    "（": "(",
    "）": ")",
    "，": ",",
    "、": ",",
    "；": ";",
    "：": ":",
    "“": '"',
    "”": '"',
    "＝": "=",
    "＞": ">",
    "＜": "<",
    "【": "[",
    "】": "]",
    "。": ".",
    "－": "-",
    "＋": "+",
    "＊": "*",
    "／": "/",
}
"""Full-width signs that a Chinese keyboard gives and what was meant."""

_LETTERS = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
"""What a name may begin with besides letters (DMN, grammar rule 28)."""
_BUT = f"(?![\\s\u180e\ufeff{''.join(map(re.escape, FULL_WIDTH))}])"
"""White space and full-width signs within these ranges stay what they are."""
_WORD = f"\\?|(?:[^\\W\\d]|{_BUT}[{_LETTERS}])(?:\\w|{_BUT}[{_LETTERS}\u00b7\u0300-\u036f\u203f-\u2040])*"
_TOKEN = re.compile(
    rf"""
    (?P<space>[\s\u200b\ufeff\u180e]+|//[^\n]*|/\*.*?\*/)
  | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?!\w))
  | (?P<word>{_WORD})
  | (?P<digits>\d+)
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<sign>\*\*|\.\.|->|<=|>=|!=|[-+*/=<>()\[\]{{}},.:@'])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


class Token(NamedTuple):
    """``kind`` is number, word, string, sign or end; ``start`` and ``end`` are offsets in the text."""

    kind: str
    text: str
    start: int
    end: int


def syntax_error(text: str, offset: int, code: str, **params: object) -> FeelSyntaxError:
    """An error at an offset, placed by line and column from 1."""
    before = text[:offset]
    line = before.count("\n") + 1
    return FeelSyntaxError(code, params, offset - (before.rfind("\n") + 1) + 1, line)


def tokenize(text: str) -> list[Token]:
    """All tokens of a text, the last one of kind ``end``.

    Raises FeelSyntaxError for a text that is too long or holds a sign FEEL does not have.
    """
    if len(text) > MAX_TEXT:
        raise FeelSyntaxError("feel_text_too_long", {"length": len(text), "limit": MAX_TEXT})
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, position)
        kind = match.lastgroup or ""
        if kind == "digits":
            kind = "number"
        if kind != "space":
            tokens.append(Token(kind, match.group(), position, match.end()))
        position = match.end()
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def _unreadable(text: str, position: int) -> FeelSyntaxError:
    sign = text[position]
    if sign in FULL_WIDTH:
        return syntax_error(text, position, "feel_full_width_sign", found=sign, expected=FULL_WIDTH[sign])
    if sign == '"':
        return syntax_error(text, position, "feel_open_string")
    if text.startswith("/*", position):
        return syntax_error(text, position, "feel_open_comment")
    return syntax_error(text, position, "feel_unknown_sign", found=sign)


def unescape(text: str, token: Token) -> str:
    """The value of a string token; a backslash before any other sign, as in ``"\\d"``, stands for itself.

    Raises FeelSyntaxError for a code point that does not exist.
    """
    body = token.text[1:-1]
    if "\\" not in body:
        return body

    def replace(match: re.Match[str]) -> str:
        escape = match.group(1)
        if escape[0] in "uU" and len(escape) > 1:
            number = int(escape[1:], 16)
            if number <= 0x10FFFF:
                return chr(number)
        elif escape not in ("u", "U"):
            return _SIMPLE_ESCAPES.get(escape, match.group())
        raise syntax_error(text, token.start + 1 + match.start(), "feel_unknown_escape", found=match.group())

    decoded = _ESCAPE.sub(replace, body)
    try:
        return decoded.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise syntax_error(text, token.start, "feel_unknown_escape", found=token.text[:20]) from None
