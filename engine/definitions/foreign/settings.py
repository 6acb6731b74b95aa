"""One setting of another tool put into Keyturn's words, or refused with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from engine.definitions.foreign import feel_text as feel
from engine.definitions.foreign.expressions import is_marked, setting_of, value_of
from engine.definitions.foreign.feel_text import NAME, NotCertain, proved
from engine.definitions.foreign.report import Report

_PARTS = re.compile(r"(?:[$#]\{[^{}]*\}|[^,])+")


def setting(text: str, what: str, element: etree._Element, report: Report) -> str | None:
    """Plain text or FEEL after ``=``; told, and None when the meaning is not certain."""
    return _rewritten(setting_of, text, what, element, report)


def names(text: str, what: str, element: etree._Element, report: Report) -> str | None:
    """A list of people or groups: plain, or FEEL when one of them is worked out; None when it is not certain."""
    return _rewritten(_names, text, what, element, report)


def _rewritten(
    read: Callable[[str], str], text: str, what: str, element: etree._Element, report: Report
) -> str | None:
    try:
        value = read(text)
    except NotCertain as why:
        refuse(why, text, what, element, report)
        return None
    report.rewritten("rewritten_setting", element, what=what, value=value)
    return value


def _names(text: str) -> str:
    if text.strip().startswith("=") or not is_marked(text):
        return text.strip()
    parts = [value_of(part) for part in _PARTS.findall(text) if part.strip()]
    if len(parts) == 1:
        return f"= {proved(parts[0])}"
    listed = ", ".join(part.text for part in parts)
    all_names = frozenset[str]().union(*(part.names for part in parts))
    return f"= {proved(feel.Part(f'flatten([{listed}])', names=all_names))}"


def expression(text: str, what: str, element: etree._Element, report: Report) -> str | None:
    """A value as FEEL after ``=``, a text that is not marked as the text itself; None when it is not certain."""
    if text.strip().startswith("="):
        return text.strip()
    try:
        return f"= {proved(value_of(text))}"
    except NotCertain as why:
        refuse(why, text, what, element, report)
        return None


def refuse(why: NotCertain, text: str, what: str, element: etree._Element, report: Report) -> None:
    """Say that a setting is not understood, and why."""
    report.refused("foreign_setting", element, what=what, text=text, detail=why.code, detail_params=why.params)


def is_name(text: str | None) -> bool:
    """Whether a text can be the name of a variable."""
    return bool(text and NAME.fullmatch(text))
