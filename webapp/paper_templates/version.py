"""A version of a text: the editor of a draft with its variables and preview, any other one to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.organisation.queries import names_of_paths
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from ledger.templates.catalogue import PaperKind, kind_of
from ledger.templates.checking import IN_COPIES, check_text
from ledger.templates.choosing import text_in_force
from ledger.templates.editing import get_template
from ledger.templates.kinds import Language, Variable, written
from ledger.templates.models import PaperTemplate
from ledger.templates.queries import DiffLine, compare
from webapp.acting import clock, reading
from webapp.entries import Entries
from webapp.language import current_language
from webapp.paper_templates.desk import language_name, pages, people_of
from webapp.paper_templates.previews import preview_of, typed_text, worded


@dataclass(frozen=True)
class Mark:
    """A variable to click in: its name, what it stands for, an example, whether the text has it."""

    name: str
    label: str
    sample: str
    optional: bool
    given: bool
    used: bool
    fields: tuple[Mark, ...] = ()


@pages.get("/versions/<template_id>")
def version(template_id: str) -> str:
    """The page of a version."""
    with reading() as (session, actor):
        found = get_template(session, actor, template_id)
        return version_page(session, actor, found, Entries())


def version_page(session: Session, actor: Actor, found: PaperTemplate, entries: Entries) -> str:
    """The page of a version, with what was refused beside its fields."""
    kind, text = kind_of(found.kind), typed_text(found)
    sale_id = request.form.get("sale_id", "") or request.args.get("sale_id", "")
    shown = preview_of(session, actor, clock(), found, text, sale_id)
    sale = shown.sample.sale if shown.sample else None
    hands = {found.proposed_by, found.changed_by} & {actor.id, actor.on_behalf_of}
    may_write = actor.may(Permission.TEMPLATES_MANAGE, found.path)
    may_release = actor.may(Permission.TEMPLATES_RELEASE, found.path)
    return render_template(
        "paper_templates/version.html",
        version=found,
        kind=kind,
        name=kind.named(current_language()),
        place=names_of_paths(session, {found.path}).get(found.path, found.path),
        people=staff.names(session, people_of([found])),
        text=text,
        field={"name": "text", "label": "", "error": entries.errors.get("text")},
        note_error=entries.errors.get("note"),
        wrong=worded(tuple(check_text(text, kind))),
        preview=shown,
        marks=_marks(kind, text),
        changes=_changes(session, found) if found.state == "proposed" else [],
        in_copies=kind.code in IN_COPIES,
        sale_field=_sale_field(sale.id if sale else "", sale.no if sale else ""),
        may_write=may_write,
        may_release=may_release and not hands,
        needs_other=may_release and bool(hands),
        may_retire=may_release if found.state == "released" else may_write,
        may_take_back=may_write or may_release,
        language_name=language_name,
    )


def _changes(session: Session, found: PaperTemplate) -> list[DiffLine]:
    """What a version changes of the text that is in use at its node."""
    before, _version = text_in_force(session, found.kind, found.path, found.language)
    return compare(before, found.text)


def _sale_field(sale_id: str, shown: str) -> dict[str, Any]:
    return {
        "name": "sale_id", "kind": "pick", "label": _("Preview on the sale"), "value": sale_id, "text": shown,
        "source": url_for("lookup.look", kind="sales"),
    }  # fmt: skip


def _marks(kind: PaperKind, text: str) -> list[Mark]:
    """The variables of a kind in the reader's language, each with its example as the paper would write it."""
    language: Language = "en" if current_language() == "en" else "zh"
    return [_mark(one, one.name, text, language) for one in kind.variables]


def _mark(one: Variable, name: str, text: str, language: Language) -> Mark:
    fields = tuple(_mark(field, f"{name}.{field.name}", text, language) for field in one.fields)
    sample = "" if one.type in ("lines", "plans") else written(one.type, one.example, language)
    used = f"{{{{{name}}}}}" in text.replace(" ", "")
    return Mark(name, one.named(language), sample, one.optional, one.given, used, fields)
