"""The narrowed list that a to-do was opened from: it goes along in the addresses by which it is done.

So whoever comes from a narrowed list is offered the next of that list, on a phone too, where each to-do is a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request, url_for

from webapp.finance.desk import pages

_LIST, _LONGEST = "list", 1000
_NAMES = ("kind", "debtor", "due", "project", "q", "sort", "state")
_CARRY = {
    f"finance.{name}"
    for name in ("todo", "take", "take_it", "receipt", "confirm", "allocate", "complete", "cancel", "pick_payer")
}


def narrowing() -> str:
    """How the list at hand is narrowed and sorted, to go along; empty when it is neither."""
    return urlencode([(name, text) for name in _NAMES if (text := request.args.get(name))])


def narrowed_list() -> Mapping[str, str]:
    """What the list was asked for that the address at hand names; empty when it names none."""
    written = request.args.get(_LIST, "")
    return {name: text for name, text in parse_qsl(written[:_LONGEST]) if name in _NAMES}


def list_address() -> str:
    """Where the list is that the to-do was opened from."""
    return url_for("finance.index", **narrowed_list())


@pages.url_defaults
def _stay(endpoint: str, values: dict[str, Any]) -> None:
    """The addresses by which a to-do is done name the list too."""
    if endpoint in _CARRY and request and _LIST not in values and (written := request.args.get(_LIST)):
        values[_LIST] = written[:_LONGEST]
