"""Finding papers and reading their content."""

from __future__ import annotations

import hashlib

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.customers.timeline import TimelineEvent, TimelineRequest, timeline_source
from ledger.documents.errors import DocumentDamaged, DocumentMissing
from ledger.documents.models import Document, DocumentBlob, DocumentEvent
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission

PRICE_LIST = "price_list"
CASE = "case"


def _reachable(actor: Actor) -> Select[Document]:
    """The documents in the actor's scope. A price list names floor prices (底价), so not everybody may open it.

    What is about a case is for those who may see that case, which is not ours to know: `find_stored_about`.
    """
    floor_prices = visible(actor, Document, Permission.UNITS_VIEW_FLOOR_PRICE)
    return scoped(actor, Document, Permission.DOCUMENTS_VIEW).where(
        (Document.subject != PRICE_LIST) | floor_prices, Document.subject != CASE
    )


def get_document(session: Session, actor: Actor, document_id: str) -> Document:
    """A document in the actor's scope. Raises `DocumentMissing`."""
    query = _reachable(actor).where(Document.id == document_id)
    document = session.scalars(query).one_or_none()
    if document is None:
        raise DocumentMissing(id=document_id)
    return document


def find_documents(session: Session, actor: Actor, *, subject: str, subject_ids: list[str]) -> list[Document]:
    """The documents about one or several subjects of a kind, newest first."""
    query = _reachable(actor).where(Document.subject == subject, Document.subject_id.in_(subject_ids))
    return list(session.scalars(query.order_by(Document.issued_at.desc(), Document.id.desc())))


def find_stored(session: Session, document_id: str) -> Document | None:
    """The document with an id, for whoever has checked the right to its subject; None while it is not stored."""
    return session.get(Document, document_id)


def find_stored_about(session: Session, subject: str, subject_id: str) -> list[Document]:
    """The documents about a subject, oldest first, for whoever has checked the right to it."""
    query = select(Document).where(Document.subject == subject, Document.subject_id == subject_id)
    return list(session.scalars(query.order_by(Document.issued_at, Document.id)))


def find_by_number(session: Session, actor: Actor, kind: str, number: str) -> Document | None:
    """The paper of a kind with a number, or None."""
    query = _reachable(actor).where(Document.kind == kind, Document.number == number)
    return session.scalars(query).one_or_none()


def load_content(session: Session, actor: Actor, document_id: str) -> tuple[Document, bytes]:
    """A document with its bytes. Raises `DocumentMissing`, and `DocumentDamaged` when the hash does not fit."""
    document = get_document(session, actor, document_id)
    return document, content_of(session, document)


def content_of(session: Session, document: Document) -> bytes:
    """The stored bytes of a document the caller may see. Raises `DocumentDamaged`."""
    content = session.scalar(select(DocumentBlob.content).where(DocumentBlob.sha256 == document.sha256))
    if content is None or hashlib.sha256(content).hexdigest() != document.sha256:
        raise DocumentDamaged(id=document.id, sha256=document.sha256)
    return content


def events_of(session: Session, document_id: str) -> list[DocumentEvent]:
    """What happened to a document, in order."""
    rule = DocumentEvent.document_id == document_id
    return list(session.scalars(select(DocumentEvent).where(rule).order_by(DocumentEvent.at, DocumentEvent.id)))


def voided(session: Session, document_ids: list[str]) -> set[str]:
    """Those of several documents that were declared void, in one query."""
    rule = DocumentEvent.document_id.in_(document_ids) & (DocumentEvent.kind == "voided")
    return set(session.scalars(select(DocumentEvent.document_id).where(rule)))


def reprint_counts(session: Session, document_ids: list[str]) -> dict[str, int]:
    """How often each document was printed again, in one query; those never reprinted are left out."""
    rule = DocumentEvent.document_id.in_(document_ids) & (DocumentEvent.kind == "reprinted")
    query = select(DocumentEvent.document_id, func.count().label("times")).where(rule)
    rows = session.execute(query.group_by(DocumentEvent.document_id))
    return {row.document_id: row.times for row in rows}


@timeline_source("documents")
def _documents(session: Session, request: TimelineRequest) -> list[TimelineEvent]:
    """Papers and files about the customers themselves; those about their sales are the sales' events."""
    query = _reachable(request.actor).where(
        Document.subject == "customer",
        Document.subject_id.in_(request.customer_ids),
        request.older(Document.issued_at, Document.id),
    )
    rows = session.scalars(query.order_by(Document.issued_at.desc(), Document.id.desc()).limit(request.limit))
    return [
        TimelineEvent(
            row.issued_at,
            row.id,
            "document_stored",
            "document",
            row.id,
            {"kind": row.kind, "number": row.number},
            actor_id=row.issued_by,
            path=row.path,
        )
        for row in rows
    ]
