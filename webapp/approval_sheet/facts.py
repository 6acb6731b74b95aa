"""What the approvers saw: the figures of the price, the effect in money, and the floor for who may see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from ledger.sales.models import Sale
from webapp.approval_sheet.case import SheetCase
from webapp.approval_sheet.data import Fact
from webapp.formatting import money
from webapp.inbox import answering, deciding
from webapp.process_data import FLOOR

# Where the deal price and the effective discount stand among the figures; the effect in money has its own line.
_DEAL, _DISCOUNT = 1, 2
DECIDES = "approval/decide"
# What stands elsewhere on the sheet.
_TOLD = ("unit", "customer", "reason", "money_effect_fen", "earlier_exceptions", *FLOOR)


def facts_of(session: Session, case: SheetCase) -> Iterator[Fact]:
    """Project and unit, the figures, what else the approvers' form shows; without any, what was entered first."""
    for name, key in ((_("Project"), "project"), (_("Unit"), "unit"), (_("Customer"), "customer")):
        if case.data.get(key):
            yield Fact(name=name, value=str(case.data[key]))
    figures = [*_figures(session, case), *_decided_on(session, case)]
    yield from figures or _entered(session, case)


def _decided_on(session: Session, case: SheetCase) -> Iterator[Fact]:
    """What the form of the decision shows beside the figures: what changes, the amounts asked for."""
    data = dict(case.data)
    data.setdefault("kind", data.get("route_kind"))
    has_figures = bool(deciding.figures(data, sees_floor=False))
    hidden = {*_TOLD, *(answering.PRICES if has_figures else ())}
    for name, label, value in answering.facts_shown(session, case.actor, DECIDES, data):
        if name not in hidden:
            yield Fact(name=label, value=_plain(value), strong=name == "change_text")


def _figures(session: Session, case: SheetCase) -> Iterator[Fact]:
    data = _with_floor(session, case)
    for position, (label, value, small) in enumerate(deciding.figures(data, sees_floor=case.sees_floor)):
        shown = (value,) if position == _DEAL else (value, small)
        text = " · ".join(_plain(part) for part in shown if part)
        yield Fact(name=str(label), value=text, strong=position in (_DEAL, _DISCOUNT))
    listed, deal = data.get("list_price_fen"), data.get("deal_price_fen", data.get("amount_fen"))
    if isinstance(listed, int) and isinstance(deal, int):
        effect = data.get("money_effect_fen")
        yield Fact(
            name=_("Money effect"), value=_plain(money(deal - listed if effect is None else effect)), strong=True
        )
    if isinstance(data.get("earlier_exceptions"), int):
        yield Fact(name=_("Other exceptions of this customer"), value=str(data["earlier_exceptions"]))


def _with_floor(session: Session, case: SheetCase) -> dict[str, Any]:
    """The data with the floor price (底价) of its sale, which no process keeps, for who may see it."""
    data = dict(case.data)
    sale_id = data.get("sale_id")
    if case.sees_floor and isinstance(sale_id, str) and "floor_price_fen" not in data:
        sale = session.get(Sale, sale_id)
        data["floor_price_fen"] = sale.floor_price_fen if sale is not None else None
    return data


def _entered(session: Session, case: SheetCase) -> Iterator[Fact]:
    first = next((step for step in case.steps if "decision" not in step.answers), None)
    if first is None:
        return
    for label, value in answering.answered(session, case.actor, first.form_key, first.answers):
        yield Fact(name=str(label), value=_plain(value) or "—")


def _plain(value: object) -> str:
    return str(value.striptags() if isinstance(value, Markup) else value).strip()
