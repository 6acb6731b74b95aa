"""Storing, printing and voiding papers; taking files in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.database import is_sqlite
from kernel.facts import Fact, tell
from kernel.ids import new_id
from ledger.documents.errors import DocumentVoid, NumberTaken
from ledger.documents.models import Document, DocumentBlob, DocumentEvent
from ledger.documents.queries import content_of, events_of, get_document
from ledger.documents.uploads import PDF, check_upload, clean_filename
from ledger.scope import require_on
from ledger.staff.permissions import Permission

UPLOAD = "upload"


@dataclass(frozen=True)
class DocumentIssued(Fact):
    """A paper was issued about a subject."""

    document_id: str
    kind: str
    subject: str
    subject_id: str


@dataclass(frozen=True)
class Printing:
    """What to print: ``reprint`` counts the earlier printings, so that a copy can be marked (补打)."""

    document: Document
    content: bytes
    reprint: int


def store_document(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    kind: str,
    subject: str,
    subject_id: str,
    number: str | None,
    pdf: bytes,
    path: str,
    filename: str | None = None,
    template: str = "",
    template_version: str = "",
    language: str = "zh",
    owner_id: str | None = None,
    document_id: str | None = None,
) -> Document:
    """Store an issued paper, exactly as printed, with its hash.

    ``subject`` and ``subject_id`` name what it is about ("sale", its id); ``owner_id`` is the consultant whose own
    paper it is; ``document_id`` the id that it shall have. Raises `NumberTaken` when another paper of the kind
    carries the number.
    """
    require_on(actor, Permission.DOCUMENTS_ISSUE, path=path, owner_id=owner_id)
    if number is not None and _number_taken(session, kind, number):
        raise NumberTaken(field="number", kind=kind, number=number)
    document = Document(
        id=document_id or new_id(),
        kind=kind,
        subject=subject,
        subject_id=subject_id,
        number=number,
        template=template,
        template_version=template_version,
        language=language,
        filename=clean_filename(filename or f"{number or kind}.pdf"),
        media_type=PDF.media_type,
        path=path,
        owner_id=owner_id,
    )
    _keep(session, actor, clock, document, pdf)
    tell(session, DocumentIssued(document.id, kind, subject, subject_id))
    return document


def store_upload(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    subject: str,
    subject_id: str,
    path: str,
    filename: str,
    content: bytes,
    owner_id: str | None = None,
) -> Document:
    """Take a file in that somebody brought. Raises `UploadRefused` unless it is taken and what its name says."""
    require_on(actor, Permission.DOCUMENTS_UPLOAD, path=path, owner_id=owner_id)
    checked = check_upload(filename, content)
    document = Document(
        kind=UPLOAD,
        subject=subject,
        subject_id=subject_id,
        filename=checked.filename,
        media_type=checked.media_type,
        path=path,
        owner_id=owner_id,
    )
    _keep(session, actor, clock, document, checked.content)
    return document


def print_document(
    session: Session, actor: Actor, clock: Clock, *, document_id: str, reason: str | None = None
) -> Printing:
    """Hand a paper out for printing and note it; from the second time on as a reprint.

    Raises `DocumentVoid`, `NotAllowed` for who may read papers but issues none.
    """
    document = get_document(session, actor, document_id)
    require_on(actor, Permission.DOCUMENTS_ISSUE, path=document.path, owner_id=document.owner_id)
    return print_stored(session, actor, clock, document, reason=reason)


def print_stored(
    session: Session, actor: Actor, clock: Clock, document: Document, *, reason: str | None = None
) -> Printing:
    """Hand a paper out as `print_document` does, for whoever has checked the right to its subject."""
    kinds = [event.kind for event in events_of(session, document.id)]
    if "voided" in kinds:
        raise DocumentVoid(number=document.number)
    earlier = sum(kind in ("printed", "reprinted") for kind in kinds)
    _note(session, actor, clock, document, "reprinted" if earlier else "printed", reason)
    return Printing(document, content_of(session, document), earlier)


def void_document(session: Session, actor: Actor, clock: Clock, *, document_id: str, reason: str) -> None:
    """Declare a paper void (作废); its number stays used. Voiding it again changes nothing."""
    document = get_document(session, actor, document_id)
    require_on(actor, Permission.DOCUMENTS_ISSUE, path=document.path, owner_id=document.owner_id)
    if all(event.kind != "voided" for event in events_of(session, document.id)):
        _note(session, actor, clock, document, "voided", reason)


def _number_taken(session: Session, kind: str, number: str) -> bool:
    rule = (Document.kind == kind) & (Document.number == number)
    return session.scalar(select(Document.id).where(rule)) is not None


def _keep(session: Session, actor: Actor, clock: Clock, document: Document, content: bytes) -> None:
    document.sha256 = hashlib.sha256(content).hexdigest()
    document.size = len(content)
    document.issued_at, document.issued_by = clock.now(), actor.id
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    blob = insert(DocumentBlob).values(sha256=document.sha256, content=content)
    session.execute(blob.on_conflict_do_nothing())
    session.add(document)
    try:
        session.flush()  # The unique number must speak, and the event needs the id.
    except IntegrityError as clash:
        raise NumberTaken(field="number", kind=document.kind, number=document.number) from clash
    _note(session, actor, clock, document, "issued", None)


def _note(session: Session, actor: Actor, clock: Clock, document: Document, kind: str, reason: str | None) -> None:
    session.add(
        DocumentEvent(document_id=document.id, kind=kind, at=clock.now(), actor_id=actor.id, reason=reason)
    )
    session.flush()  # A second act in this transaction counts the first.
    after = {"kind": document.kind, "number": document.number, "sha256": document.sha256}
    audit.record(
        session,
        actor,
        clock,
        f"documents:{kind}",
        "document",
        document.id,
        path=document.path,
        after=after,
        reason=reason,
    )
