"""Two versions of a text beside each other, line by line."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.errors import Missing
from ledger.templates.catalogue import KINDS
from ledger.templates.editing import get_template
from ledger.templates.kinds import LANGUAGES
from ledger.templates.queries import compare as lines_of
from ledger.templates.queries import delivered_text
from webapp.acting import reading
from webapp.language import current_language
from webapp.paper_templates.desk import nodes_of, pages

DELIVERED = "delivered"


@pages.get("/<kind>/<language>/compare")
def compare(kind: str, language: str) -> str:
    """What changed between two versions; ``delivered`` stands for the text as delivered."""
    about = KINDS.get(kind)
    if about is None or language not in LANGUAGES:
        raise Missing("paper_template_missing", kind=kind)
    with reading() as (session, actor):
        nodes_of(session, actor)
        before, after = (
            _text(session, actor, kind, language, request.args.get(name, DELIVERED))
            for name in ("before", "after")
        )
        return render_template(
            "paper_templates/compare.html",
            kind=about,
            name=about.named(current_language()),
            language=language,
            before=before[0],
            after=after[0],
            lines=lines_of(before[1], after[1]),
        )


def _text(session: Session, actor: Actor, kind: str, language: str, which: str) -> tuple[str, str]:
    """How a version is called, and its text."""
    if which == DELIVERED:
        return _("As delivered"), delivered_text(kind, language)
    found = get_template(session, actor, which)
    if (found.kind, found.language) != (kind, language):
        raise Missing("paper_template_missing", id=which)
    return _("Version %(no)s", no=found.version), found.text
