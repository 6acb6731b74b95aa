"""The papers of a sale as its page lists them: its own and those of its receipts, newest first, with reprints."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.documents.models import Document
from ledger.documents.queries import find_documents, reprint_counts, voided
from ledger.finance.queries import ReceiptFilter, list_receipts

MOST_RECEIPTS = 50


@dataclass(frozen=True)
class SalePaper:
    """A paper, how often it was printed again, whether it was declared void.

    ``prints_here`` says that it is printed on this page: a receipt is at its own, a void one nowhere.
    """

    document: Document
    reprints: int
    is_void: bool
    prints_here: bool


def papers_of(session: Session, actor: Actor, sale_id: str) -> list[SalePaper]:
    """What the reader may see of a sale's papers, in five queries."""
    found = find_documents(session, actor, subject="sale", subject_ids=[sale_id])
    receipts = list_receipts(session, actor, ReceiptFilter(sale_id=sale_id), limit=MOST_RECEIPTS)
    found += find_documents(session, actor, subject="receipt", subject_ids=[one.id for one in receipts])
    ids = [one.id for one in found]
    again, void = reprint_counts(session, ids), voided(session, ids)
    found.sort(key=lambda one: (one.issued_at, one.id), reverse=True)
    return [SalePaper(one, again.get(one.id, 0), one.id in void, _is_printed(one, void)) for one in found]


def _is_printed(one: Document, void: set[str]) -> bool:
    return one.subject == "sale" and one.media_type == "application/pdf" and one.id not in void
