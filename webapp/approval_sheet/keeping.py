"""Keeping the sheet of an approval that has ended: a paper with number and sealed values, for its case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM
from kernel.clock import Clock, business_date
from ledger.documents.queries import CASE
from ledger.organisation.parameters import LANGUAGE
from ledger.organisation.queries import parameter, project_at
from ledger.sales.models import Sale
from ledger.templates.kinds import Language
from ledger.templates.making import Order, order_paper
from ledger.templates.models import MadePaper
from webapp.approval_sheet.case import SheetCase
from webapp.approval_sheet.sheet import KIND, ZONE, kept_data
from webapp.engine_room import engine_for
from webapp.paperwork.made import make_at_once
from webapp.speaking import speaking
from webapp.wording import state_name


@dataclass(frozen=True)
class EndedApproval:
    """Which approval ended, how, ``at`` which instant, and what its approvers have ``seen`` by name."""

    instance_id: str
    outcome: str
    at: datetime
    seen: Mapping[str, Any]

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> EndedApproval:
        """As its job carries it."""
        at = datetime.fromisoformat(payload["at"])
        return cls(payload["instance_id"], payload["outcome"], at, payload["seen"])


def keep_sheet(session: Session, clock: Clock, ended: EndedApproval, *, key: str) -> None:
    """Make and store the sheet of an approval that ended; once for each ``key``.

    It says what whoever may see the case may see, so the floor price (底价) is not on it.
    """
    paper = _ordered(session, key) or _order(session, clock, ended, key)
    make_at_once(session, SYSTEM, clock, paper)


def _ordered(session: Session, key: str) -> MadePaper | None:
    return session.scalars(select(MadePaper).where(MadePaper.key == key)).one_or_none()


def _order(session: Session, clock: Clock, ended: EndedApproval, key: str) -> MadePaper:
    path = engine_for(session, SYSTEM, clock).get_instance(ended.instance_id).scope
    project = project_at(session, path)
    zone = project.zone if project else ZONE
    today = business_date(clock, zone)
    language: Language = "en" if parameter(session, path, LANGUAGE, today) == "en" else "zh"
    with speaking(language, zone):
        case = SheetCase.read(session, SYSTEM, clock, ended.instance_id, zone=zone)
        case = case.at_the_end(ended.at, ended.seen)
        told = kept_data(session, case, clock, state_name(f"approval_outcome.{ended.outcome}"))
    values = told.values()
    del values["number"], values["issued_on"]
    order = Order(
        kind=KIND,
        key=key,
        subject=CASE,
        subject_id=ended.instance_id,
        path=path,
        issued_on=today,
        language=language,
        values=values,
        customer_id=_customer(session, case),
    )
    return order_paper(session, SYSTEM, clock, order)


def _customer(session: Session, case: SheetCase) -> str | None:
    """Whose data key seals the sheet: the customer of the sale that the case is about."""
    sale_id = case.data.get("sale_id")
    sale = session.get(Sale, sale_id) if isinstance(sale_id, str) else None
    return sale.customer_id if sale else None
