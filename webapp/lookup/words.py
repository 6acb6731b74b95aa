"""Words for the ids that stand in pick fields, one query per kind however many ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.customers.queries import names_seen
from ledger.documents.models import Document
from ledger.finance.models import PaymentPlanTemplate
from ledger.finance.receipt_queries import receipt_numbers
from ledger.finance.sale_labels import label_sales
from ledger.inventory.queries import labels_of_units
from ledger.mortgages.models import MortgageBank, MortgageProduct
from ledger.organisation.models import OrgNode
from ledger.sales.models import Sale
from ledger.sales.offer_models import DiscountOffer
from ledger.sales.queue_models import QueueBatch
from ledger.scope import scoped
from ledger.staff.permissions import Permission
from ledger.staff.queries import names
from webapp.language import current_language

Worder = Callable[[Session, Actor, list[str]], Mapping[str, str]]


def words_of(session: Session, actor: Actor, ids: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """What the ids of each kind of pick field are called; an id the reader may not see is left out."""
    found: dict[str, str] = {}
    for kind, wanted in ids.items():
        some = sorted(set(wanted))
        if some and kind in _WORDERS:
            found.update(_WORDERS[kind](session, actor, some))
    return found


def _plans(session: Session, actor: Actor, ids: list[str]) -> dict[str, str]:
    query = scoped(actor, PaymentPlanTemplate, Permission.UNITS_VIEW).where(PaymentPlanTemplate.id.in_(ids))
    language = current_language()
    return {p.id: p.labels.get(language) or p.labels.get("en") or p.code for p in session.scalars(query)}


def _people(session: Session, _actor: Actor, ids: list[str]) -> dict[str, str]:
    return names(session, ids)


def _projects(session: Session, _actor: Actor, ids: list[str]) -> dict[str, str]:
    rows = session.execute(select(OrgNode.id, OrgNode.name).where(OrgNode.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _batches(session: Session, actor: Actor, ids: list[str]) -> dict[str, str]:
    query = scoped(actor, QueueBatch, Permission.SALES_QUEUE).where(QueueBatch.id.in_(ids))
    return {batch.id: batch.name for batch in session.scalars(query)}


def _offers(session: Session, actor: Actor, ids: list[str]) -> dict[str, str]:
    query = scoped(actor, DiscountOffer, Permission.UNITS_VIEW).where(DiscountOffer.id.in_(ids))
    return {offer.id: offer.name for offer in session.scalars(query)}


def _sales(session: Session, actor: Actor, ids: list[str]) -> dict[str, str]:
    query = scoped(actor, Sale, Permission.FINANCE_VIEW).where(Sale.id.in_(ids))
    seen = list(session.scalars(query.with_only_columns(Sale.id)))
    return {label.sale_id: f"{label.unit_label} · {label.no}" for label in label_sales(session, seen).values()}


def _loan_products(session: Session, _actor: Actor, ids: list[str]) -> dict[str, str]:
    query = select(MortgageProduct.id, MortgageProduct.name, MortgageBank.name.label("bank"))
    query = query.join(MortgageBank, MortgageBank.id == MortgageProduct.bank_id).where(MortgageProduct.id.in_(ids))
    return {row.id: f"{row.bank} · {row.name}" for row in session.execute(query)}


def _documents(session: Session, actor: Actor, ids: list[str]) -> dict[str, str]:
    query = scoped(actor, Document, Permission.DOCUMENTS_VIEW).where(Document.id.in_(ids))
    return {document.id: document.filename for document in session.scalars(query)}


_WORDERS: dict[str, Worder] = {
    "document": _documents,
    "customer": names_seen,
    "unit": labels_of_units,
    "plan": _plans,
    "staff": _people,
    "colleague": _people,
    "project": _projects,
    "batch": _batches,
    "offer": _offers,
    "receipt": receipt_numbers,
    "sale": _sales,
    "loan_product": _loan_products,
}
