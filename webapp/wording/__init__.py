"""Codes into sentences: errors, findings, history events and states, worded in the reader's language.

Each module of this package holds ``TEXTS``, message ids by code. Codes come from engine, ledger and forms; a code
may have a more special text under ``<field>.<code>``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache

from flask import current_app, has_app_context
from flask_babel import gettext

from webapp import formatting
from webapp.language import N_, current_language

UNKNOWN = N_("This cannot be done (%(code)s).")
# Parameters that name an element or a property of a diagram, or a right, are worded with these in front.
_NAMED_THINGS = {
    "kind": "element", "place": "element", "inside": "element", "what": "property", "end": "end",
    "permission": "permission",
}  # fmt: skip
_NAMES = ("who", "by", "staff", "actor", "assignee", "holder", "substitute")


@cache
def texts() -> Mapping[str, str]:
    """All message ids by code; raises ValueError when two modules word the same code."""
    found: dict[str, str] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        words: Mapping[str, str] = importlib.import_module(f"{__name__}.{module.name}").TEXTS
        twice = found.keys() & words.keys()
        if twice:
            raise ValueError(f"worded twice: {', '.join(sorted(twice))}")
        found.update(words)
    return found


def is_worded(code: str) -> bool:
    """Whether a code has a text of its own."""
    return code in texts()


def word(code: str, params: Mapping[str, object] | None = None, *, field: str | None = None) -> str:
    """The sentence for a code, with its parameters shown as people read them.

    A parameter that is itself a code is worded with the parameters under ``<its name>_params``, if there are any; what
    an analyst has named is called as ``<its name>_labels`` has it in the reader's language.
    """
    known = texts()
    message = known.get(f"{field}.{code}") if field else None
    message = message or known.get(code) or UNKNOWN
    given = params or {}
    shown = _Shown({name: _show(name, value) for name, value in given.items()})
    for name, value in given.items():
        inner, labels = given.get(f"{name}_params"), given.get(f"{name}_labels")
        if isinstance(labels, Mapping):
            shown[name] = labels.get(current_language()) or shown[name]
        if isinstance(value, str) and isinstance(inner, Mapping) and is_worded(value):
            shown[name] = word(value, inner)
    shown["code"] = code
    return gettext(message) % shown


def state_name(code: str) -> str:
    """The name of a state such as ``unit.subscribed``; a state without a text shows its own word."""
    message = texts().get(code)
    return gettext(message) if message else code.rpartition(".")[2].replace("_", " ")


class _Shown(dict[str, object]):
    """Parameters of a sentence; one that was not given shows as a dash instead of failing the page."""

    def __missing__(self, _name: str) -> str:
        return formatting.NOTHING


def _show(name: str, value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return _show_number(name, value)
    shown: object = value
    if value is None:
        shown = formatting.NOTHING
    elif isinstance(value, datetime):
        shown = formatting.moment(value)
    elif isinstance(value, date):
        shown = formatting.day(value)
    elif isinstance(value, list | tuple | set | frozenset):
        shown = gettext(", ").join(str(_show(name, part)) for part in value)
    elif name in _NAMES or name.endswith("_by"):
        shown = _name_of(str(value))
    elif isinstance(value, str):
        shown = _worded(name, value)
    return shown


def _worded(name: str, value: str) -> str:
    """A code in words; a property may carry a name of its own after a space, which stays."""
    beginning, _, rest = value.partition(" ")
    if name in _NAMED_THINGS and is_worded(f"{_NAMED_THINGS[name]}.{beginning}"):
        return f"{word(f'{_NAMED_THINGS[name]}.{beginning}')} {rest}".strip()
    return word(value) if is_worded(value) else value


def _show_number(name: str, value: int) -> object:
    if name.endswith("fen"):
        return f"¥{formatting.yuan(value)}"
    return formatting.percent(value) if name.endswith(("_bp", "basis_points")) else value


def _name_of(staff_id: str) -> str:
    names: Callable[[str], str] | None = current_app.extensions.get("keyturn.names") if has_app_context() else None
    return names(staff_id) if names else staff_id
