"""The blueprint of the hand-over desk, and what all its pages know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import Blueprint
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import business_date
from ledger.customers.masking import mask_name
from ledger.finance.sale_labels import SaleLabel, label_sales
from ledger.handover.models import MoveInCase
from ledger.organisation.models import Project
from ledger.staff.permissions import Permission
from webapp.acting import clock

pages = Blueprint("handover", __name__, url_prefix="/handover")
PAGE_SIZE = 50


def today_at(session: Session, project_id: str) -> date:
    """The business date where a project is."""
    return business_date(clock(), session.get_one(Project, project_id).zone)


def labels_of(session: Session, actor: Actor, cases: Iterable[MoveInCase]) -> dict[str, SaleLabel]:
    """What the sales of cases are called, by sale; buyers are shortened for who may not see customers there."""
    labels = label_sales(session, [case.sale_id for case in cases])
    return {sale_id: _seen(actor, label) for sale_id, label in labels.items()}


def _seen(actor: Actor, label: SaleLabel) -> SaleLabel:
    if actor.may(Permission.CUSTOMERS_VIEW, label.path):
        return label
    names = tuple(mask_name(name) for name in label.buyer_names)
    return SaleLabel(**{**label.__dict__, "buyer_names": names})
