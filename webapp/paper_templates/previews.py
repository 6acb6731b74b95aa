"""How a text that is being typed reads on a real sale: errors by line, pictures of its pages, the PDF."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from channels.papers import PaperError, issue, pictures
from channels.papers.render import Language
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from ledger.templates.catalogue import PaperKind, kind_of
from ledger.templates.editing import get_template, written
from ledger.templates.errors import LineError, TextRefused
from ledger.templates.filling import fill
from ledger.templates.markup import LONGEST_TEXT
from ledger.templates.models import PaperTemplate
from webapp.acting import clock, reading
from webapp.language import current_language
from webapp.paper_templates.desk import pages
from webapp.paper_templates.samples import Sample, sample_of
from webapp.paperwork.made import sheet_of
from webapp.wording import word


@dataclass(frozen=True)
class Wrong:
    """What speaks against a line, in words."""

    line: int
    text: str


@dataclass(frozen=True)
class Preview:
    """The pages as pictures that a page can hold, or what is wrong."""

    wrong: tuple[Wrong, ...] = ()
    refused: str = ""
    images: tuple[str, ...] = ()
    sample: Sample | None = None
    made_up: tuple[str, ...] = field(default=())


def worded(lines: tuple[LineError, ...]) -> tuple[Wrong, ...]:
    """Wrong lines in the reader's words."""
    return tuple(Wrong(one.line, word(one.code, {"what": one.what})) for one in lines)


def preview_of(
    session: Session, actor: Actor, clock: Clock, version: PaperTemplate, text: str, sale_id: str
) -> Preview:
    """How a version would read with a text on a sale."""
    language: Language = "en" if version.language == "en" else "zh"
    kind = kind_of(version.kind)
    sample = sample_of(session, actor, clock, kind, language, version.path, sale_id)
    used = tuple(_named(kind, name) for name in sample.made_up if re.search(rf"\{{\{{{name}[.}}]", text))
    try:
        sheet = sheet_of(fill(text, kind, sample.values, language), sample.values, sample=True)
        made = pictures(sheet, language=language)
    except TextRefused as refused:
        return Preview(wrong=worded(refused.lines), sample=sample, made_up=used)
    except PaperError as refused:
        return Preview(refused=word(refused.code, refused.params), sample=sample, made_up=used)
    images = tuple("data:image/png;base64," + base64.b64encode(page).decode() for page in made)
    return Preview(images=images, sample=sample, made_up=used)


def typed_text(version: PaperTemplate) -> str:
    """The text of the form for a draft; any other version keeps its own."""
    if version.state != "draft" or "text" not in request.form:
        return version.text
    return written(request.form["text"][: LONGEST_TEXT + 1])


@pages.post("/versions/<template_id>/preview")
def preview(template_id: str) -> str:
    """The picture of a text that is being typed; nothing is kept."""
    with reading() as (session, actor):
        version = get_template(session, actor, template_id)
        shown = preview_of(session, actor, clock(), version, typed_text(version), request.form.get("sale_id", ""))
        return render_template("paper_templates/_preview.html", preview=shown, version=version)


@pages.post("/versions/<template_id>/preview.pdf")
def preview_pdf(template_id: str) -> Response:
    """The same as a PDF, marked as a preview. Raises `TextRefused` for a text that cannot be set."""
    with reading() as (session, actor):
        version = get_template(session, actor, template_id)
        language: Language = "en" if version.language == "en" else "zh"
        kind = kind_of(version.kind)
        sale_id = request.form.get("sale_id", "")
        sample = sample_of(session, actor, clock(), kind, language, version.path, sale_id)
        filled = fill(typed_text(version), kind, sample.values, language)
        try:
            pdf = issue(sheet_of(filled, sample.values, sample=True), language=language).pdf
        except PaperError as refused:
            raise Invalid(refused.code, **dict(refused.params)) from refused
        answer = Response(pdf, content_type="application/pdf")
        answer.headers["Content-Disposition"] = f"inline; filename={version.kind}.pdf"
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


def _named(kind: PaperKind, name: str) -> str:
    """What a variable is called in the reader's language."""
    found = kind.variable(name)
    return found.named(current_language()) if found else name
