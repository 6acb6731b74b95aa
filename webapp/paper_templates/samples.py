"""What a preview says: the values of a real sale, and an example for each that the sale does not have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from sqlalchemy import case
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import DEFAULT_ZONE, Clock, business_date
from kernel.errors import KeyturnError
from ledger.finance.queries import ReceiptFilter, list_receipts
from ledger.organisation.models import Project
from ledger.sales.models import Sale
from ledger.sales.queries import get_sale
from ledger.scope import scoped
from ledger.staff.permissions import Permission
from ledger.templates.catalogue import PaperKind
from ledger.templates.kinds import Language
from ledger.templates.making import complete
from ledger.templates.sale_papers import sale_paper_values
from webapp.approval_sheet.sheet import sheet_data
from webapp.paper_templates.example_plans import example_plans
from webapp.paperwork.receipt_paper import receipt_values
from webapp.units.purchase_plan import plan_values
from webapp.units.quotes import work_out
from webapp.units.unit import opened

_NUMBER = "·····"
# What has come furthest has most to say.
_FURTHEST = case({"filed": 0, "signed": 1, "subscribed": 2}, value=Sale.stage, else_=3)


@dataclass(frozen=True)
class Sample:
    """Values to preview a text with; ``made_up`` names the variables that an example stands for."""

    values: dict[str, Any]
    made_up: tuple[str, ...]
    sale: Sale | None


def sample_of(
    session: Session, actor: Actor, clock: Clock, kind: PaperKind, language: Language, path: str, sale_id: str
) -> Sample:
    """The values for a preview on a sale, else on one of the node that has come far, else on examples alone.

    Numbers that lead to a person are stars, so that looking at a text reveals nobody. Raises `Missing` for a sale
    out of reach.
    """
    sale = get_sale(session, actor, sale_id).sale if sale_id else _furthest(session, actor, path)
    with force_locale(language):
        told = _told(session, actor, clock, kind, language, sale) if sale is not None else {}
    project = session.get(Project, sale.project_id) if sale is not None else None
    own = told.get({"subscription": "subscription_no", "contract": "contract_no"}.get(kind.code, ""))
    told |= {
        "number": own or told.get("number") or _NUMBER,
        "issued_on": business_date(clock, project.zone if project else DEFAULT_ZONE).isoformat(),
    }
    told = {name: value for name, value in told.items() if value is not None}
    lacking = [one for one in kind.variables if one.name not in told and one.type != "capitals"]
    examples = {one.name: one.example for one in lacking}
    if "plans" in examples:
        examples["plans"] = example_plans(language)
    return Sample(complete({**examples, **told}, kind), tuple(examples), sale)


def _furthest(session: Session, actor: Actor, path: str) -> Sale | None:
    query = scoped(actor, Sale, Permission.SALES_VIEW).where(
        Sale.path.startswith(path, autoescape=True), Sale.state == "live"
    )
    return session.scalars(query.order_by(_FURTHEST, Sale.opened_at.desc(), Sale.id).limit(1)).one_or_none()


def _told(
    session: Session, actor: Actor, clock: Clock, kind: PaperKind, language: Language, sale: Sale
) -> dict[str, Any]:
    if kind.of_sale:
        values, _language, _sale = sale_paper_values(
            session, actor, clock, kind.code, sale.id, None, None, language, masked=True
        )
        return values
    try:
        return _OTHERS.get(kind.code, _nothing)(session, actor, clock, language, sale)
    except KeyturnError:
        # The sale has no such paper, or its reader may not see it: examples stand for it.
        return {}


def _nothing(session: Session, actor: Actor, clock: Clock, language: Language, sale: Sale) -> dict[str, Any]:
    return {}


def _plan(session: Session, actor: Actor, clock: Clock, language: Language, sale: Sale) -> dict[str, Any]:
    offer = work_out(session, actor, opened(session, actor, sale.unit_id), {}, ())
    if offer.quote is None or not offer.columns:
        return {}
    return plan_values(session, actor, offer, get_sale(session, actor, sale.id).customer_name, language)


def _receipt(session: Session, actor: Actor, clock: Clock, language: Language, sale: Sale) -> dict[str, Any]:
    wanted = ReceiptFilter(sale_id=sale.id, confirmed=True, reversed=False)
    rows = list_receipts(session, actor, wanted, limit=1)
    if not rows:
        return {}
    project = session.get_one(Project, sale.project_id)
    told = receipt_values(session, rows[0], project, actor.id, clock.now(), language)
    return {**told, "number": rows[0].number}


def _sheet(session: Session, actor: Actor, clock: Clock, language: Language, sale: Sale) -> dict[str, Any]:
    if sale.instance_id is None:
        return {}
    return sheet_data(session, actor, clock, sale.instance_id).values()


_OTHERS = {"purchase_plan": _plan, "receipt": _receipt, "invoice": _receipt, "approval_sheet": _sheet}
