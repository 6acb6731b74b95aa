"""What somebody needs to see before deciding: prices, who applied, what was said at earlier steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from webapp.formatting import money, percent
from webapp.inbox.answering import PRICES, off_list
from webapp.wording import state_name

_APPLICANTS = ("applicants", "applicant", "terms_entered_by")
TONES = {"approved": "green", "returned": "orange", "rejected": "red"}


@dataclass(frozen=True)
class Opinion:
    """What somebody decided at an earlier step."""

    by: str
    role: str
    decision: str
    tone: str
    text: str
    at: datetime | None


def figures(data: Mapping[str, Any], *, sees_floor: bool) -> list[tuple[str, Any, Any]]:
    """Prices as (label, value, small print): list, deal, effective discount, and the floor for who may see it."""
    prices = {name: _number(data, name) for name in PRICES}
    listed, floor = prices["list_price_fen"], prices["floor_price_fen"]
    deal = prices["deal_price_fen"] if prices["deal_price_fen"] is not None else prices["amount_fen"]
    off = prices["effective_discount_bp"]
    if listed is None or off is None or deal is None:
        return []
    shown: list[tuple[str, Any, Any]] = [
        (_("List price"), _price(listed), None),
        (_("Deal price"), _price(deal), _minus(deal - listed)),
        (_("Effective discount"), off_list(off), None),
    ]
    if sees_floor and floor is not None:
        shown.append((_("Floor price"), _price(floor), _against_floor(deal, floor)))
    return shown


def _price(fen: int) -> Markup:
    """A price of a home; whole yuan go without decimals, which leaves room on a phone."""
    return money(fen) if fen % 100 else Markup('<span class="kt-money">¥{:,}</span>').format(fen // 100)


def _minus(difference: int) -> Markup | None:
    return money(difference) if difference else None


def _against_floor(deal: int, floor: int) -> str:
    if deal < floor:
        return _("%(percent)s below the floor", percent=percent((floor - deal) * 10_000 // floor))
    return _("not below the floor")


def is_below_floor(data: Mapping[str, Any], *, sees_floor: bool) -> bool:
    """Whether to warn that the price lies below the floor."""
    return sees_floor and data.get("below_floor") is True


def applicants(data: Mapping[str, Any]) -> list[str]:
    """The staff ids of who asks."""
    for name in _APPLICANTS:
        value = data.get(name)
        if isinstance(value, str) and value:
            return [value]
        if isinstance(value, list) and value:
            return list(dict.fromkeys(str(person) for person in value))
    return []


def opinion_people(data: Mapping[str, Any]) -> list[str]:
    """The staff ids of who decided earlier."""
    return [str(said.get("by")) for said in _said(data)]


def opinions(data: Mapping[str, Any], names: Mapping[str, str]) -> list[Opinion]:
    """Earlier opinions in their order."""
    return [
        Opinion(
            by=names.get(str(said.get("by")), ""),
            role=state_name(f"role.{said.get('role')}"),
            decision=state_name(f"decision.{said.get('decision')}"),
            tone=TONES.get(str(said.get("decision")), "neutral"),
            text=str(said.get("opinion") or ""),
            at=_instant(said.get("at")),
        )
        for said in _said(data)
    ]


def _said(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = data.get("opinions")
    return [said for said in found if isinstance(said, Mapping)] if isinstance(found, list) else []


def _number(data: Mapping[str, Any], name: str) -> int | None:
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
