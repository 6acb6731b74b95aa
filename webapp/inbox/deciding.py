"""What somebody needs to see before deciding: prices, who applied, what was said at earlier steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.sales.exceptions import OtherException, other_exceptions
from webapp.formatting import money, percent
from webapp.going_back.words import still_stands
from webapp.inbox.answering import PRICES, Asked, off_list
from webapp.inbox.happenings import by_for
from webapp.inbox.vacant import Mark
from webapp.wording import state_name

_APPLICANTS = ("applicants", "applicant", "terms_entered_by")
_KEYS = {"approved": "a", "returned": "r", "rejected": "d"}
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
        (_("List price"), price(listed), None),
        (_("Deal price"), price(deal), price(deal - listed) if deal != listed else None),
        (_("Effective discount"), off_list(off), None),
    ]
    if sees_floor and floor is not None:
        shown.append((_("Floor price"), price(floor), _against_floor(deal, floor)))
    return shown


def price(fen: int) -> Markup:
    """A price of a home or a difference; whole yuan go without decimals, which leaves room on a phone."""
    if fen % 100:
        return money(fen)
    tone, sign = (" kt-money-negative", "−") if fen < 0 else ("", "")
    return Markup('<span class="kt-money{}">{}¥{:,}</span>').format(tone, sign, abs(fen) // 100)


def _against_floor(deal: int, floor: int) -> str:
    if deal < floor:
        return _("%(percent)s below the floor", percent=percent((floor - deal) * 10_000 // floor))
    return _("not below the floor")


def is_below_floor(data: Mapping[str, Any], *, sees_floor: bool) -> bool:
    """Whether to warn that the price lies below the floor."""
    return sees_floor and data.get("below_floor") is True


def exceptions(session: Session, actor: Actor, data: Mapping[str, Any]) -> list[OtherException]:
    """What else was granted to the same customer; nothing where the case is about no sale."""
    sale_id = data.get("sale_id") or data.get("subject_id")
    return other_exceptions(session, actor, sale_id) if isinstance(sale_id, str) else []


def decides(asked: Asked | None) -> list[tuple[str, str]]:
    """The decisions that a form offers, each with its key and words; none where it asks for something else."""
    offered = next((field.options for field in asked.fields if field.name == "decision"), ()) if asked else ()
    return [(_KEYS[choice.value], choice.label) for choice in offered if choice.value in _KEYS]


def applicants(data: Mapping[str, Any]) -> list[str]:
    """The staff ids of who asks."""
    for name in _APPLICANTS:
        value = data.get(name)
        if isinstance(value, str) and value:
            return [value]
        if isinstance(value, list) and value:
            return list(dict.fromkeys(str(person) for person in value))
    return []


def vacancy(data: Mapping[str, Any]) -> Mark | None:
    """The mark of an approval that was asked for by an older version of its diagram, which leaves none itself."""
    found = data.get("vacancies")
    for one in found if isinstance(found, list) else ():
        if isinstance(one, Mapping) and one.get("step") == data.get("step"):
            return Mark(state_name(f"role.{one.get('role')}"), state_name(f"role.{one.get('instead')}"))
    return None


def opinion_people(data: Mapping[str, Any]) -> list[str]:
    """The staff ids of who decided earlier."""
    people = [said.get(who) for said in _said(data) for who in ("by", "on_behalf_of")]
    return [str(person) for person in people if person]


def opinions(data: Mapping[str, Any], names: Mapping[str, str]) -> list[Opinion]:
    """Earlier opinions in their order."""
    return [
        Opinion(
            by=by_for(str(said.get("by")), said.get("on_behalf_of"), names),
            role=state_name(f"signing_part.{said['part']}" if said.get("part") else f"role.{said.get('role')}"),
            decision=state_name(f"decision.{said.get('decision')}"),
            tone=TONES.get(str(said.get("decision")), "neutral"),
            text=still_stands() if said.get("passed") is True else str(said.get("opinion") or ""),
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
