"""The sheet of a case as PDF, in the language asked for."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, request

from webapp.acting import clock, reading
from webapp.approval_sheet.sheet import approval_sheet
from webapp.language import LANGUAGES, current_language

pages = Blueprint("approval_sheet", __name__)


@pages.get("/cases/<instance_id>/approval-sheet.pdf")
def show(instance_id: str) -> Response:
    """The sheet as the case stands now; for everybody who may see the case."""
    wish = request.args.get("language", "")
    language = wish if wish in LANGUAGES else current_language()
    with reading() as (session, actor):
        number, paper = approval_sheet(session, actor, clock(), instance_id, language)
    return pdf_answer(paper.pdf, f"{number}.pdf")


def pdf_answer(pdf: bytes, name: str) -> Response:
    """A PDF to look at; nobody else's cache keeps it."""
    answer = Response(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
