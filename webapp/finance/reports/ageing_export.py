"""The ageing and its lines as Excel."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from ledger.finance.reports.ageing import ageing, bands_at, list_aged_lines
from ledger.finance.sale_labels import label_sales
from webapp.acting import acting
from webapp.finance.desk import pages, today
from webapp.finance.reports.ageing import asked_dimension, asked_span, cut_in_words, row_name
from webapp.finance.reports.asked import Asked, asked_filter, place_of, visible_projects
from webapp.finance.reports.exporting import (
    MOST_ROWS,
    buyers_for,
    exporter,
    home_of,
    log_export,
    require_few,
    sale_no,
)
from webapp.finance.reports.words import band_name
from webapp.finance.reports.workbook import Column, download, workbook
from webapp.formatting import day
from webapp.wording import state_name


@pages.get("/reports/ageing.xlsx")
def ageing_export() -> Response:
    """The table of the ageing page."""
    where, by = asked_filter(), asked_dimension()
    with acting() as (session, reader):
        actor = exporter(reader)
        wish, projects = Asked(session, actor), visible_projects(session, actor)
        on = wish.required_past_day("on", today())
        place = place_of(projects, where.project_id)
        bands = bands_at(session, place, on)
        report = ageing(session, actor, where, on=on, by=by, bands=bands)
        names = {project.id: project.name for project in projects}
        log_export(session, reader, "ageing", rows=len(report.rows), path=place)
    content = workbook(
        _("Ageing"),
        [_("At the end of %(day)s", day=day(on)), *cut_in_words(where, names)],
        [
            Column(state_name(f"ageing_by.{by}")),
            *(Column(band_name(band), "money") for band in bands),
            Column(_("Total"), "money"),
        ],
        ([row_name(by, row.key, names), *row.fen, row.total_fen] for row in report.rows),
        [_("Total"), *report.fen, report.total_fen],
    )
    return download(content, f"ageing-{on.isoformat()}.xlsx")


@pages.get("/reports/ageing/lines.xlsx")
def aged_lines_export() -> Response:
    """The lines behind a figure of the ageing."""
    where = asked_filter()
    with acting() as (session, reader):
        actor = exporter(reader)
        wish, projects = Asked(session, actor), visible_projects(session, actor)
        on = wish.required_past_day("on", today())
        place = place_of(projects, where.project_id)
        band = wish.band(bands_at(session, place, on))
        part = asked_span(on) or band
        rows = list_aged_lines(session, actor, where, on=on, band=part, limit=MOST_ROWS + 1)
        require_few(len(rows))
        labels = label_sales(session, [row.sale_id for row in rows if row.sale_id])
        names = {project.id: project.name for project in projects}
        log_export(session, reader, "ageing_lines", rows=len(rows), path=place)
    found = [(row, labels.get(row.sale_id or "")) for row in rows]
    content = workbook(
        _("Open instalments"),
        [
            _("At the end of %(day)s", day=day(on)),
            *([band_name(band)] if band else []),
            *cut_in_words(where, names),
        ],
        [
            Column(_("Project")),
            Column(_("Home no.")),
            Column(_("Sale no.")),
            Column(_("Buyer")),
            Column(_("Item owed")),
            Column(_("Debtor")),
            Column(_("Planned"), "money"),
            Column(_("Was open"), "money"),
            Column(_("Due"), "day"),
            Column(_("Days late"), "count"),
        ],
        (
            [
                names.get(row.project_id, ""),
                home_of(label),
                sale_no(label),
                buyers_for(reader, label),
                state_name(f"receivable_kind.{row.kind}"),
                state_name(f"debtor.{row.debtor}"),
                row.amount_fen,
                row.open_fen,
                row.due_on,
                row.days or None,
            ]
            for row, label in found
        ),
        [_("Total"), *[None] * 6, sum(row.open_fen for row in rows), None, None],
    )
    return download(content, f"open-instalments-{on.isoformat()}.xlsx")
