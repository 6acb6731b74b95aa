"""Papers made of templates as PDF: set from the values that were sealed when they were ordered, then stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from channels.papers import Letterhead, Paper, TemplatedData, issue, stamped
from channels.papers.glyphs import legible
from channels.papers.render import Language
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.documents.models import Document
from ledger.documents.operations import UPLOAD, Printing, print_document, store_document
from ledger.documents.queries import find_stored
from ledger.templates.filling import Filled
from ledger.templates.making import filled_paper, find_paper, version_label
from ledger.templates.models import MadePaper
from webapp.paperwork.printed import Printed


def typeset(
    filled: Filled,
    values: Mapping[str, Any],
    *,
    language: str,
    version: str = "",
    reprint: int = 0,
    draft: bool = False,
) -> Paper:
    """The PDF of a filled text. Raises `PaperError` for what cannot be set, such as signs that the fonts lack."""
    printed: Language = "en" if language == "en" else "zh"
    return issue(sheet_of(filled, values, version=version, reprint=reprint, draft=draft), language=printed)


def sheet_of(
    filled: Filled,
    values: Mapping[str, Any],
    *,
    version: str = "",
    reprint: int = 0,
    sample: bool = False,
    draft: bool = False,
) -> TemplatedData:
    """What the layout sets."""
    company = str(values.get("company") or values.get("project") or "—")
    return TemplatedData(
        number=str(values.get("number") or "—"),
        issued_on=str(values["issued_on"]),
        letterhead=Letterhead(
            company=company,
            project=str(values.get("project") or company),
            address=str(values.get("project_address") or ""),
        ),
        title=filled.title,
        blocks=filled.blocks,
        version=version,
        reprint=reprint,
        sample=sample,
        draft=draft,
    )


def set_paper(session: Session, paper: MadePaper, *, reprint: int = 0) -> Paper:
    """The PDF of a made paper, as ordered. Raises `KeptFileMissing` once its customer's data were erased."""
    filled, values, template = filled_paper(session, paper, legible)
    return typeset(filled, values, language=paper.language, version=version_label(template), reprint=reprint)


def store_made(session: Session, actor: Actor, clock: Clock, paper: MadePaper, pdf: bytes) -> Document:
    """The document of a made paper; one that is stored already stays the only one."""
    stored = find_stored(session, paper.id)
    if stored is not None:
        return stored
    _filled, _values, template = filled_paper(session, paper)
    return store_document(
        session,
        actor,
        clock,
        document_id=paper.id,
        kind=paper.kind,
        subject=paper.subject,
        subject_id=paper.subject_id,
        number=paper.number,
        pdf=pdf,
        path=paper.path,
        filename=f"{paper.number.replace('/', '-')}.pdf",
        template=paper.kind,
        template_version=version_label(template),
        language=paper.language,
        owner_id=paper.owner_id,
    )


def make_at_once(session: Session, actor: Actor, clock: Clock, paper: MadePaper) -> Document:
    """Set and store a paper in the transaction that orders it, for somebody who waits for it."""
    return find_stored(session, paper.id) or store_made(
        session, actor, clock, paper, set_paper(session, paper).pdf
    )


def print_made(
    session: Session, actor: Actor, clock: Clock, document_id: str, *, reason: str | None = None
) -> Printed:
    """A document for the printer; a paper made of a template carries its mark from the second print on (补打)."""
    return marked(session, print_document(session, actor, clock, document_id=document_id, reason=reason))


def marked(session: Session, printing: Printing) -> Printed:
    """What a printing hands out: from the second print on, set again from the sealed values with its mark.

    What was issued before papers had templates is handed out as it was stored, with the mark on it.
    """
    document, content = printing.document, printing.content
    if printing.reprint and (paper := find_paper(session, document.id)) is not None:
        content = set_paper(session, paper, reprint=printing.reprint).pdf
    elif printing.reprint and document.kind != UPLOAD:
        language: Language = "en" if document.language == "en" else "zh"
        content = stamped(content, reprint=printing.reprint, language=language)
    return Printed(document.number or "", content, printing.reprint)
