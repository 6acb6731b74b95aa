"""Handing documents out: to look at, and to print, which is noted."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, request

from ledger.documents.queries import get_document, load_content
from webapp.acting import acting, clock, reading
from webapp.paperwork.made import print_made

pages = Blueprint("documents", __name__, url_prefix="/documents")
_SHOWN_INLINE = ("application/pdf", "image/png", "image/jpeg", "image/webp")


@pages.get("/<document_id>")
def show(document_id: str) -> Response:
    """The document as it was stored; pictures and PDF in the browser, everything else as a file."""
    with reading() as (session, actor):
        document, content = load_content(session, actor, document_id)
        return _answer(content, document.filename, document.media_type, as_file="download" in request.args)


@pages.post("/<document_id>/print")
def print_out(document_id: str) -> Response:
    """The document for the printer; from the second time on this counts as a reprint."""
    with acting() as (session, actor):
        reason = request.form.get("reason") or None
        printed = print_made(session, actor, clock(), document_id, reason=reason)
        document = get_document(session, actor, document_id)
        return _answer(printed.pdf, document.filename, document.media_type, as_file=False)


def _answer(content: bytes, name: str, media_type: str, *, as_file: bool) -> Response:
    shown = "inline" if media_type in _SHOWN_INLINE and not as_file else "attachment"
    answer = Response(content, content_type=media_type)
    answer.headers["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(name)}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
