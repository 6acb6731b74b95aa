"""Sentences of the units desk that need more than a look-up: what changed on a unit."""

from __future__ import annotations

from flask_babel import gettext as _

from ledger.inventory.models import UnitEvent
from webapp.formatting import NOTHING, yuan
from webapp.wording import state_name


def unit_event(event: UnitEvent) -> str:
    """What happened to a unit, without who and when."""
    if event.kind == "status":
        before, after = (state_name(f"unit.{code or NOTHING}") for code in (event.before, event.after))
        return _("%(before)s → %(after)s", before=before, after=after)
    if event.kind == "price" and not event.before:
        return _("price %(price)s", price=_price(event.after))
    if event.kind == "price":
        return _("price %(before)s → %(after)s", before=_price(event.before), after=_price(event.after))
    if event.kind == "flag":
        flag = state_name(f"unit.{event.after or event.before}")
        return _("set: %(flag)s", flag=flag) if event.after else _("lifted: %(flag)s", flag=flag)
    return {
        "created": _("entered the unit"),
        "withheld": _("withheld the unit from sale") if event.after else _("released the unit for sale"),
        "permit": _("put the unit under a presale permit"),
    }.get(event.kind, _("changed the unit's data"))


def _price(fen: str | None) -> str:
    return f"¥{yuan(int(fen))}" if fen and fen.isdecimal() else NOTHING
