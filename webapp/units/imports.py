"""Price lists (价目表) in the browser: upload, what the columns mean, preview with every refused row, confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.documents.models import Document
from ledger.documents.operations import store_upload
from ledger.documents.queries import PRICE_LIST, load_content
from ledger.inventory.import_plan import ImportReport
from ledger.inventory.importing import Permit, import_units, preview_units
from ledger.inventory.price_list import (
    FIELD_NAMES,
    ColumnMapping,
    Field,
    PriceList,
    PriceListError,
    Refusal,
    error_text,
    propose_columns,
    read_price_list,
)
from ledger.inventory.price_list.tables import REQUIRED
from ledger.inventory.price_list.wording import Language
from ledger.inventory.queries import find_import_batches, get_import_batch
from ledger.inventory.wording import refusal_text
from ledger.organisation.models import Project
from ledger.organisation.queries import get_project, list_permits
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.language import current_language
from webapp.once import once
from webapp.units.asked import chosen_project
from webapp.units.desk import pages
from webapp.wording import word

_NO_COLUMN = "-"


@dataclass(frozen=True)
class ColumnChoice:
    """A field of the price list and the column that is read for it; ``column`` is "-" where the list has none."""

    field: Field
    label: str
    required: bool
    column: str
    is_sure: bool


@dataclass(frozen=True)
class Preview:
    """A stored price list as it is understood at the moment; ``problem`` says why it cannot go in as it is."""

    document: Document
    project: Project
    headings: Sequence[str]
    choices: Sequence[ColumnChoice]
    price_list: PriceList | None
    report: ImportReport | None
    problem: str
    unknown_permits: Sequence[str] = ()


@pages.get("/price-lists")
def imports() -> str:
    """The lists that went in, and the form for another one."""
    return _imports_page()


def _imports_page(problem: str = "") -> str:
    with reading() as (session, actor):
        project, projects = chosen_project(session, actor, Permission.UNITS_IMPORT)
        if project is None:
            return render_template("units/no_project.html")
        batches = find_import_batches(session, actor, project_id=project.id)
        return render_template(
            "units/imports.html",
            project=project,
            projects=projects,
            batches=batches,
            names=staff.names(session, {batch.actor_id for batch in batches}),
            problem=problem,
        )


@pages.post("/price-lists")
def upload() -> Response | tuple[str, int]:
    """Take a file in; one that is no price list is refused and leaves nothing behind."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _imports_page(_("Choose a file first.")), 422
    content, name = sent.read(), sent.filename
    try:
        propose_columns(content, name)
    except PriceListError as error:
        return _imports_page(error_text(error, _language())), 422
    with acting() as (session, actor):
        project = get_project(session, actor, request.form.get("project", ""), Permission.UNITS_IMPORT)
        document = store_upload(
            session,
            actor,
            clock(),
            subject=PRICE_LIST,
            subject_id=project.id,
            path=project.path,
            filename=name,
            content=content,
            owner_id=actor.id,
        )
        return redirect(url_for("units.preview", document_id=document.id))


@pages.get("/price-lists/<document_id>")
def preview(document_id: str) -> str:
    """How a list is understood and what it would change; nothing is written."""
    with reading() as (session, actor):
        understood = _understand(session, actor, document_id, request.args)
        return _preview_page(actor, understood, request.args)


@pages.post("/price-lists/<document_id>")
def confirm(document_id: str) -> Response | tuple[str, int]:
    """Bring the list in as it was shown."""
    try:
        with acting() as (session, actor):
            return redirect(once(session, actor, clock(), lambda: _bring_in(session, actor, document_id)))
    except Invalid as error:
        problem = word(error.code, error.params)
    with reading() as (session, actor):
        understood = _understand(session, actor, document_id, request.form)
        return _preview_page(actor, understood, request.form, problem), 422


def _bring_in(session: Session, actor: Actor, document_id: str) -> str:
    document, content = load_content(session, actor, document_id)
    price_list = read_price_list(content, document.filename, mapping=_mapping(request.form))
    report = import_units(
        session,
        actor,
        clock(),
        project_id=document.subject_id,
        price_list=price_list,
        permit=_permit(request.form),
        release="release" in request.form,
        effective_at=_effective_at(session, actor, document.subject_id, request.form),
    )
    flash(_counts(report), "success" if not report.refused else "warning")
    if report.imported or report.updated:
        session.flush()  # The batch is looked up.
        newest = find_import_batches(session, actor, project_id=document.subject_id, limit=1)
        return url_for("units.batch", batch_id=newest[0].id)
    return url_for("units.imports", project=document.subject_id)


@pages.get("/imports/<batch_id>")
def batch(batch_id: str) -> str:
    """What a list changed, and which of its rows were refused."""
    with reading() as (session, actor):
        found = get_import_batch(session, actor, batch_id)
        project = get_project(session, actor, found.project_id, Permission.UNITS_IMPORT)
        return render_template(
            "units/batch.html",
            batch=found,
            project=project,
            who=staff.names(session, [found.actor_id]).get(found.actor_id, ""),
            refused=[(one, refusal_text(_refusal(one), _language())) for one in found.refused],
        )


def _refusal(stored: Mapping[str, Any]) -> Refusal:
    return Refusal(stored["sheet"], stored["row"], stored["unit"], stored["code"], stored["params"])


def _understand(session: Session, actor: Actor, document_id: str, typed: Mapping[str, str]) -> Preview:
    document, content = load_content(session, actor, document_id)
    project = get_project(session, actor, document.subject_id, Permission.UNITS_IMPORT)
    mapping = _mapping(typed)
    tables = propose_columns(content, document.filename)
    headings = list(dict.fromkeys(c.header for _sheet, columns in tables for c in columns if c.header))
    proposed = {c.field: (c.header, c.confidence) for _sheet, columns in tables for c in columns if c.field}
    choices = [_choice(field, mapping, proposed) for field in _order()]
    price_list, report, problem = None, None, ""
    try:
        price_list = read_price_list(content, document.filename, mapping=mapping)
        report = preview_units(session, actor, project_id=project.id, price_list=price_list, permit=_permit(typed))
    except PriceListError as error:
        problem = error_text(error, _language())
    except Invalid as error:
        problem = word(error.code, error.params)
    unknown = _unknown_permits(session, actor, project, price_list)
    return Preview(document, project, headings, choices, price_list, report, problem, unknown)


def _unknown_permits(
    session: Session, actor: Actor, project: Project, price_list: PriceList | None
) -> Sequence[str]:
    """Permits of the list that license nothing, because the reader may not enter them for the project."""
    if price_list is None or actor.may(Permission.ORGANISATION_MANAGE, project.path):
        return ()
    known = {permit.no for permit in list_permits(session, project.id)}
    return [no for no in dict.fromkeys(found.number for found in price_list.permits) if no not in known]


def _order() -> list[Field]:
    return [*REQUIRED, *(field for field in Field if field not in REQUIRED)]


def _choice(
    field: Field, mapping: ColumnMapping, proposed: Mapping[Field | None, tuple[str, int]]
) -> ColumnChoice:
    label = FIELD_NAMES[field][1 if _language() == "zh" else 0]
    header, confidence = proposed.get(field, (_NO_COLUMN, 100))
    if field in mapping:
        chosen = mapping[field]
        header, confidence = (_NO_COLUMN if chosen is None else str(chosen)), 100
    return ColumnChoice(field, label, field in REQUIRED, header, confidence == 100)


def _mapping(typed: Mapping[str, str]) -> ColumnMapping:
    """The columns that a person chose; fields that were not asked keep what is proposed."""
    chosen = {field: typed[f"column-{field.value}"] for field in Field if typed.get(f"column-{field.value}")}
    return {field: None if column == _NO_COLUMN else column for field, column in chosen.items()}


def _permit(typed: Mapping[str, str]) -> Permit | None:
    number, day = typed.get("permit_no", "").strip(), typed.get("permit_on", "").strip()
    if not number:
        return None
    try:
        return Permit(number, date.fromisoformat(day))
    except ValueError as error:
        raise Invalid("permit_day_missing", field="permit_on") from error


def _effective_at(session: Session, actor: Actor, project_id: str, typed: Mapping[str, str]) -> datetime | None:
    """The instant from which new prices are to hold, typed in the project's own time."""
    text = typed.get("effective_at", "").strip()
    if not text:
        return None
    zone = ZoneInfo(get_project(session, actor, project_id, Permission.UNITS_IMPORT).zone)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError as error:
        raise Invalid("prices_effective_unreadable", field="effective_at") from error


def _preview_page(actor: Actor, shown: Preview, typed: Mapping[str, str], problem: str = "") -> str:
    refused = shown.report.refused if shown.report else ()
    return render_template(
        "units/preview.html",
        shown=shown,
        project=shown.project,
        typed=typed,
        problem=problem or shown.problem,
        refused=[(one, refusal_text(one, _language())) for one in refused],
        may_release=actor.may(Permission.PRICES_RELEASE, shown.project.path),
        may_license=actor.may(Permission.ORGANISATION_MANAGE, shown.project.path),
        counts=_counts(shown.report) if shown.report else "",
    )


def _counts(report: ImportReport) -> str:
    return _(
        "%(imported)s new, %(updated)s updated, %(unchanged)s unchanged, %(withheld)s of them not for sale; "
        "%(refused)s rows refused.",
        refused=len(report.refused),
        **report.counts,
    )


def _language() -> Language:
    return "zh" if current_language() == "zh" else "en"
