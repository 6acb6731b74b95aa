"""The sheets that were kept of a case, for whoever may see the case."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.api import Engine
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.documents.errors import DocumentMissing
from ledger.documents.models import Document
from ledger.documents.operations import print_stored
from ledger.documents.queries import CASE, content_of, find_stored_about, reprint_counts
from ledger.staff.permissions import Permission
from webapp.approval_sheet.case import open_tasks
from webapp.approval_sheet.facts import DECIDES
from webapp.approval_sheet.sheet import KIND
from webapp.engine_room import engine_for
from webapp.paperwork.made import marked
from webapp.paperwork.printed import Printed


@dataclass(frozen=True)
class KeptSheet:
    """A kept sheet and how often it was printed again."""

    document: Document
    reprints: int


def kept_sheets(session: Session, actor: Actor, engine: Engine, instance_id: str) -> list[KeptSheet]:
    """Oldest first; none for who may not see customers there, whom the sheets name.

    Raises `Missing` for a case that is not the reader's to see.
    """
    instance = engine.get_instance(instance_id)
    if not actor.may(Permission.CUSTOMERS_VIEW, instance.scope):
        return []
    found = [one for one in find_stored_about(session, CASE, instance_id) if one.kind == KIND]
    again = reprint_counts(session, [one.id for one in found])
    return [KeptSheet(one, again.get(one.id, 0)) for one in found]


def final_sheet(session: Session, actor: Actor, clock: Clock, instance_id: str) -> Document | None:
    """The newest kept sheet, or None while nobody kept one or another approval of the case is under way."""
    kept = kept_sheets(session, actor, engine_for(session, actor, clock), instance_id)
    if not kept or any(task.form_key == DECIDES for task in open_tasks(session, clock, instance_id)):
        return None
    return kept[-1].document


def kept_pdf(session: Session, document: Document) -> bytes:
    """The sheet as it was stored."""
    return content_of(session, document)


def print_kept(session: Session, actor: Actor, clock: Clock, instance_id: str, document_id: str) -> Printed:
    """A kept sheet for the printer, from the second time on with its mark (补打).

    Raises `Missing` for a case that is not the reader's to see, `DocumentMissing` for no sheet of it.
    """
    engine = engine_for(session, actor, clock)
    for one in kept_sheets(session, actor, engine, instance_id):
        if one.document.id == document_id:
            return marked(session, print_stored(session, actor, clock, one.document))
    raise DocumentMissing(id=document_id)
