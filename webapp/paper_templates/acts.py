"""What is done to versions: saved, proposed, taken back, released by a second person, retired."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.templates import editing
from ledger.templates.errors import TemplateStale
from ledger.templates.models import PaperTemplate
from webapp.acting import acting, clock, reading
from webapp.entries import Entries
from webapp.paper_templates.desk import pages
from webapp.paper_templates.version import version_page
from webapp.wording import word

Answer = str | tuple[str, int] | Response


def _to(version: PaperTemplate) -> Response:
    return redirect(url_for("paper_templates.version", template_id=version.id, sale_id=_sale()))


def _sale() -> str | None:
    return request.form.get("sale_id") or None


@pages.post("/versions/<template_id>")
def save(template_id: str) -> Answer:
    """Keep a draft's text, and propose it when that is the button that was pressed."""
    entries, status = Entries(), 422
    try:
        with acting() as (session, actor):
            version = _saved(session, actor, template_id)
            done = _("The draft is saved.")
            if "propose" in request.form:
                note = request.form.get("note", "")
                editing.propose(session, actor, clock(), template_id=template_id, note=note)
                done = _("The version is proposed; a second person releases it.")
            answer = _to(version)
        flash(done, "success")
        return answer
    except Invalid as refused:
        entries.refuse(refused)
    except TemplateStale as newer:
        entries.errors["text"], status = word(newer.code, newer.params), 409
    with reading() as (session, actor):
        return version_page(session, actor, editing.get_template(session, actor, template_id), entries), status


def _saved(session: Session, actor: Actor, template_id: str) -> PaperTemplate:
    seen = request.form.get("revision", "")
    return editing.save_draft(
        session,
        actor,
        clock(),
        template_id=template_id,
        text=request.form.get("text", ""),
        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None,
    )


@pages.post("/versions/<template_id>/release")
def release(template_id: str) -> Response:
    """The second person's word."""
    with acting() as (session, actor):
        answer = _to(editing.release(session, actor, clock(), template_id=template_id))
    flash(_("The version is in use; papers are made of it from now on."), "success")
    return answer


@pages.post("/versions/<template_id>/take-back")
def take_back(template_id: str) -> Response:
    """Back to its writer."""
    reason = request.form.get("reason", "")
    with acting() as (session, actor):
        answer = _to(editing.take_back(session, actor, clock(), template_id=template_id, reason=reason))
    flash(_("The version is a draft again."), "success")
    return answer


@pages.post("/versions/<template_id>/retire")
def retire(template_id: str) -> Response:
    """End a version or throw a draft away."""
    reason = request.form.get("reason", "")
    with acting() as (session, actor):
        answer = _to(editing.retire(session, actor, clock(), template_id=template_id, reason=reason))
    flash(_("The version is retired; papers are made of the next text above."), "success")
    return answer
