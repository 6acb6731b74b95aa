"""The sheets of a case as PDF: the kept one once its approval has ended, a marked preview before."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.documents.errors import DocumentMissing
from webapp.acting import acting, clock, reading
from webapp.approval_sheet.kept import final_sheet, kept_pdf, kept_sheets, print_kept
from webapp.approval_sheet.sheet import preview
from webapp.engine_room import engine_for
from webapp.language import LANGUAGES, current_language

pages = Blueprint("approval_sheet", __name__)


@pages.get("/cases/<instance_id>/approval-sheet.pdf")
def show(instance_id: str) -> Response:
    """The sheet of the case, for everybody who may see it."""
    with reading() as (session, actor):
        return sheet_answer(session, actor, instance_id, request.args.get("language", ""))


def sheet_answer(session: Session, actor: Actor, instance_id: str, wish: str) -> Response:
    """The kept sheet unless another language is wished for or there is none; else the case as it stands now."""
    final = final_sheet(session, actor, clock(), instance_id)
    if final is not None and wish in ("", final.language):
        return pdf_answer(kept_pdf(session, final), final.filename)
    language = wish if wish in LANGUAGES else current_language()
    number, paper = preview(session, actor, clock(), instance_id, language)
    return pdf_answer(paper.pdf, f"{number}.pdf")


@pages.get("/cases/<instance_id>/approval-sheets/<document_id>")
def show_kept(instance_id: str, document_id: str) -> Response:
    """A sheet of the case as it was stored."""
    with reading() as (session, actor):
        kept = kept_sheets(session, actor, engine_for(session, actor, clock()), instance_id)
        found = next((one.document for one in kept if one.document.id == document_id), None)
        if found is None:
            raise DocumentMissing(id=document_id)
        return pdf_answer(kept_pdf(session, found), found.filename)


@pages.post("/cases/<instance_id>/approval-sheets/<document_id>/print")
def print_out(instance_id: str, document_id: str) -> Response:
    """A sheet of the case for the printer; from the second time on this counts as a reprint."""
    with acting() as (session, actor):
        printed = print_kept(session, actor, clock(), instance_id, document_id)
        return pdf_answer(printed.pdf, f"{printed.number}.pdf")


def pdf_answer(pdf: bytes, name: str) -> Response:
    """A PDF to look at; nobody else's cache keeps it."""
    answer = Response(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
