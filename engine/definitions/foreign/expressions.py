"""Which language an expression is written in, and what it says in FEEL.

A leading ``=`` marks FEEL and is never touched. A text without a mark is FEEL when it is valid FEEL over names
that can be variables; otherwise it is read as JUEL and as Python, and must mean the same in each that can read it.
"""

from __future__ import annotations

import re

from engine.definitions.foreign import feel_text as feel
from engine.definitions.foreign import juel, python
from engine.definitions.foreign.feel_text import NAME, NotCertain, Part, proved
from engine.feel import FeelSyntaxError, compile_expression

__all__ = ["NotCertain", "feel_of", "is_marked", "setting_of", "value_of"]

_PLACE = re.compile(r"[$#]\{([^{}]*)\}")
_RETURN = re.compile(r"\s*return\b\s*(.*?);?\s*\Z", re.DOTALL)
# BPMN's own XPath function: getDataObject('x') is the data called x.
_DATA_OBJECT = re.compile(r"""(?:[A-Za-z_][\w.-]*:)?getDataObject\(\s*(['"])(\w+)\1\s*\)""")
_LIKE_C = ("java", "mvel", "groovy", "javascript", "ecmascript", "juel", "spel", "el")
_KNOWN_TO_HIDE = ("xpath", "drools", "ruby", "vbscript", "xquery", "sql")


def is_marked(text: str) -> bool:
    """Whether a text says itself that something in it is worked out."""
    return text.strip().startswith("=") or bool(_PLACE.search(text))


def feel_of(text: str, language: str | None = None) -> str | None:
    """FEEL for an expression, or None when it is FEEL already; raises `NotCertain`."""
    stripped = text.strip()
    named = _named_language(language)
    if stripped.startswith("=") and not stripped.startswith("=="):
        return None
    whole = _PLACE.fullmatch(stripped)
    if whole:
        return proved(juel.translate(whole[1]))
    if _PLACE.search(stripped):
        raise NotCertain("uncertain_sign", found="${")
    if named == "feel":
        return None
    if named == "python":
        return _unless_same(stripped, proved(python.translate(stripped)))
    if named in _LIKE_C:
        returned = _RETURN.fullmatch(stripped)
        code = (returned[1] if returned else stripped).rstrip("; \n")
        return _unless_same(stripped, proved(juel.translate(code)))
    if named in _KNOWN_TO_HIDE and re.search(r"[/$@]", stripped):
        raise NotCertain("uncertain_language", language=language or named)
    return _unmarked(stripped)


def value_of(text: str) -> Part:
    """FEEL for a text in which ``${ }`` marks what is worked out; raises `NotCertain`."""
    stripped = text.strip()
    whole = _PLACE.fullmatch(stripped)
    if whole:
        return juel.translate(whole[1])
    if not _PLACE.search(stripped):
        return feel.text_literal(stripped)
    pieces = [piece for piece in re.split(r"([$#]\{[^{}]*\})", stripped) if piece]
    return feel.joined_texts(
        [juel.translate(p[2:-1]) if _PLACE.fullmatch(p) else feel.text_literal(p) for p in pieces]
    )


def setting_of(text: str) -> str:
    """A setting as Keyturn writes it: plain, or FEEL after ``=``; raises `NotCertain`."""
    if text.strip().startswith("=") or not _PLACE.search(text):
        return text.strip()
    return f"= {proved(value_of(text))}"


def _named_language(language: str | None) -> str:
    lowered = (language or "").lower()
    if "feel" in lowered:
        return "feel"
    if "python" in lowered:
        return "python"
    for name in ("javascript", "ecmascript", "groovy", "mvel", "juel", "spel", *_KNOWN_TO_HIDE, "java"):
        if name in lowered:
            return name
    return ""


def _unless_same(text: str, translated: str) -> str | None:
    return None if text == translated else translated


def _feel_names(text: str) -> frozenset[str] | None:
    """The names that FEEL reads; None for no FEEL, or where ``//`` would begin a comment."""
    if "//" in text:
        return None
    try:
        return frozenset(compile_expression(text).names)
    except FeelSyntaxError:
        return None


def _like_c(text: str) -> Part:
    return juel.translate(text, equals=True)


def _unmarked(text: str) -> str | None:
    names = _feel_names(text)
    wordy = names is not None and not all(NAME.fullmatch(name) for name in names)
    if names is not None and not wordy:
        called = [name for name in sorted(names) if re.search(rf"\b{name}\s*\(", text)]
        if called:
            raise NotCertain("uncertain_call", name=called[0])
        return None
    found: set[str] = set()
    refused: list[NotCertain] = []
    plain = _DATA_OBJECT.sub(r"\2", text)
    for read in (_like_c, python.translate):
        try:
            found.add(proved(read(plain)))
        except NotCertain as why:
            refused.append(why)
    if len(found) == 1:
        return found.pop()
    if found:
        raise NotCertain("uncertain_order")
    if wordy:
        raise NotCertain("uncertain_words")
    raise refused[0]
