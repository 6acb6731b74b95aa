"""Ageing (账龄) at any past day: by project, plan or debtor, as a chart and a table, down to sales and lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.customers.queries import names_seen
from ledger.finance.kinds import Debtor
from ledger.finance.reports.ageing import (
    DIMENSIONS,
    UNDATED,
    Ageing,
    Band,
    Dimension,
    Slice,
    ageing,
    band_total,
    bands_at,
    list_aged_lines,
    list_aged_sales,
)
from ledger.finance.reports.forecast import DueSpan, spans_at
from ledger.finance.reports.standing import ReportFilter
from ledger.finance.sale_labels import label_sales
from webapp.acting import reading
from webapp.finance.desk import PAGE_SIZE, page_offset, pages, today
from webapp.finance.reports.asked import Asked, asked_filter, place_of, visible_projects
from webapp.finance.reports.charts import AGE_TONES, Series, bars
from webapp.finance.reports.words import band_name, span_name
from webapp.page import asked_page
from webapp.wording import state_name

MONTHS_AHEAD = 12
_MOST_BARS = 12
NOTHING: dict[str, Any] = {"rows": [], "more": False, "total_fen": 0, "count": 0, "labels": {}, "customers": {}}
Answer = str | tuple[str, int]


@pages.get("/reports/ageing")
def ageing_report() -> Answer:
    """What was open at the end of a day, by age."""
    where, by = asked_filter(), asked_dimension()
    with reading() as (session, actor):
        wish, projects = Asked(session, actor), visible_projects(session, actor)
        on = wish.past_day("on", today())
        names = {project.id: project.name for project in projects}
        report = None
        if not wish.errors:
            bands = bands_at(session, place_of(projects, where.project_id), on)
            report = ageing(session, actor, where, on=on, by=by, bands=bands)
    page = render_template(
        "finance_reports/ageing.html",
        report=report,
        where=where,
        by=by,
        on=on,
        errors=wish.errors,
        projects=names,
        dimensions=DIMENSIONS,
        band_name=band_name,
        row_name=lambda key: row_name(by, key, names),
        lines_url=_lines_url(on, where, by),
        drawing=_chart(report, where, names) if report else None,
    )
    return page, wish.status


def asked_dimension() -> Dimension:
    """What the address asks the ageing to be broken down by."""
    given = request.args.get("by", "")
    return next((one for one in DIMENSIONS if one == given), "project")


def row_name(by: Dimension, key: str, projects: Mapping[str, str]) -> str:
    """What a row of the ageing stands for."""
    if by == "project":
        return projects.get(key, "—")
    return state_name(f"plan_kind.{key}" if by == "plan" else f"debtor.{key}")


def _lines_url(on: date, where: ReportFilter, by: Dimension) -> Callable[[str | None, Band | None], str]:
    """Where a figure leads: the lines of a row and a class of age, None for all of them."""
    cut = {"project": where.project_id, "plan": where.plan, "debtor": where.debtor, "class": where.class_}

    def address(key: str | None, band: Band | None) -> str:
        asked = {**cut, "on": on.isoformat(), "band": band.key if band else None}
        return url_for("finance.aged_lines", **(asked | ({by: key} if key else {})))

    return address


def _chart(report: Ageing, where: ReportFilter, projects: Mapping[str, str]) -> dict[str, Any]:
    shown, url = report.rows[:_MOST_BARS], _lines_url(report.on, where, report.by)
    series = [
        Series(
            band_name(band),
            "gray-400" if band.key == UNDATED else AGE_TONES[place - 1],
            [row.fen[place] for row in shown],
            [url(row.key, band) for row in shown],
        )
        for place, band in enumerate(report.bands)
    ]
    return bars([row_name(report.by, row.key, projects) for row in shown], series, stacked=True, across=True)


@pages.get("/reports/ageing/lines")
def aged_lines() -> Answer:
    """The lines or sales behind a figure of the ageing."""
    where = asked_filter()
    by_sale = request.args.get("show") == "sales"
    with reading() as (session, actor):
        wish, projects = Asked(session, actor), visible_projects(session, actor)
        on = wish.past_day("on", today())
        bands = bands_at(session, place_of(projects, where.project_id), on)
        band, span = wish.band(bands), asked_span(on)
        found = NOTHING if wish.errors else _behind(session, actor, where, on, span or band, by_sale=by_sale)
    page = render_template(
        "finance_reports/aged_lines.html",
        **found,
        where=where,
        on=on,
        band=band,
        span=span,
        bands=bands,
        band_name=band_name,
        span_name=span_name,
        by_sale=by_sale,
        errors=wish.errors,
        projects={project.id: project.name for project in projects},
        number=asked_page(),
        size=PAGE_SIZE,
    )
    return page, wish.status


def asked_span(on: date) -> DueSpan | None:
    """The month or other span of due dates that the address of a forecast's figure names."""
    return next((span for span in spans_at(on, MONTHS_AHEAD) if span.key == request.args.get("due")), None)


def _behind(
    session: Session, actor: Actor, where: ReportFilter, on: date, band: Slice | None, *, by_sale: bool
) -> dict[str, Any]:
    read: Callable[..., list[Any]] = list_aged_sales if by_sale else list_aged_lines
    rows = read(session, actor, where, on=on, band=band, limit=PAGE_SIZE + 1, offset=page_offset())
    fen, count = band_total(session, actor, where, on=on, band=band)
    shown = rows[:PAGE_SIZE]
    alone = {row.customer_id for row in shown if row.sale_id is None and getattr(row, "customer_id", None)}
    return {
        "rows": shown,
        "more": len(rows) > PAGE_SIZE,
        "total_fen": fen,
        "count": count,
        "labels": label_sales(session, [row.sale_id for row in shown if row.sale_id]),
        "customers": names_seen(session, actor, sorted(alone)) if alone else {},
    }


def cut_in_words(where: ReportFilter, projects: Mapping[str, str]) -> list[str]:
    """What a report was cut to, for the head of an export."""
    words = [projects.get(where.project_id, "")] if where.project_id else []
    words += [state_name(f"plan_kind.{where.plan}")] if where.plan else []
    words += [state_name(f"debtor.{Debtor(where.debtor)}")] if where.debtor else []
    return words + ([state_name(f"receivable_class.{where.class_}")] if where.class_ else [])
