"""Signed, collected, receivable over a period: by parts of it, by project, down to sales, as page and Excel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.finance.kinds import ReceivableClass
from ledger.finance.reports.collection import (
    Flow,
    KeyedFlow,
    flows_by_period,
    flows_by_project,
    list_sale_flows,
)
from ledger.finance.reports.periods import STEPS, Period, Step, checked_period, cut, month_begin
from ledger.finance.reports.standing import ReportFilter, first_day
from ledger.finance.sale_labels import label_sales
from webapp.acting import acting, reading
from webapp.finance.desk import PAGE_SIZE, page_offset, pages, today
from webapp.finance.reports.asked import Asked, asked_filter, place_of, visible_projects
from webapp.finance.reports.charts import Series, bars
from webapp.finance.reports.exporting import (
    MOST_ROWS,
    buyers_for,
    exporter,
    home_of,
    log_export,
    require_few,
    sale_no,
)
from webapp.finance.reports.workbook import Column, download, workbook
from webapp.formatting import day
from webapp.page import asked_page

Answer = str | tuple[str, int]
_MONTHS_BACK = 11


@dataclass(frozen=True)
class Wish:
    """What is asked for: the period, how it is cut, what it is cut to; ``parts`` is empty when it was refused."""

    period: Period
    step: Step
    parts: Sequence[Period]
    where: ReportFilter


def asked_period(session: Session, actor: Actor, wish: Asked) -> Period:
    """The period of the address, checked; without one the last twelve months."""
    last = wish.day("to", today())
    first = wish.day("from", _usual_begin(session, actor, last))
    if not wish.errors:
        try:
            return checked_period(session, actor, first, last, today=today())
        except Invalid as refused:
            wish.refuse(refused)
    return Period(first, last)


def _usual_begin(session: Session, actor: Actor, last: date) -> date:
    begin, first = month_begin(last, -_MONTHS_BACK), first_day(session, actor)
    return min(max(begin, first), last) if first else begin


def _asked(session: Session, actor: Actor, wish: Asked) -> Wish:
    where = asked_filter(class_=ReceivableClass.PRICE)
    if where.class_ is ReceivableClass.SEPARATE:
        where = ReportFilter(project_id=where.project_id, class_=ReceivableClass.PRICE)
    period = asked_period(session, actor, wish)
    given = request.args.get("step", "")
    step: Step = next((one for one in STEPS if one == given), "month")
    parts: Sequence[Period] = ()
    if not wish.errors:
        try:
            parts = cut(period, step)
        except Invalid as refused:
            wish.refuse(refused)
    return Wish(period, step, parts, where)


@pages.get("/reports/collection")
def collection_report() -> Answer:
    """How what is open rolled forward, by parts of the period and by project."""
    with reading() as (session, actor):
        wish, projects = Asked(session, actor), visible_projects(session, actor)
        asked = _asked(session, actor, wish)
        rows, parts = [], []
        if not wish.errors:
            rows = flows_by_project(session, actor, asked.where, asked.period)
            parts = flows_by_period(session, actor, asked.where, asked.parts)
    page = render_template(
        "finance_reports/collection.html",
        asked=asked,
        rows=rows,
        total=sum((row.flow for row in rows), Flow()),
        parts=parts,
        part_name=part_name,
        steps=STEPS,
        errors=wish.errors,
        projects={project.id: project.name for project in projects},
        drawing=_chart(parts, asked) if parts else None,
    )
    return page, wish.status


def part_name(part: Period, step: Step) -> str:
    """A part of the calendar in short words."""
    first = part.first
    if step == "month":
        return f"{first:%Y-%m}"
    if step == "quarter":
        return _("%(year)s Q%(quarter)s", year=first.year, quarter=(first.month - 1) // 3 + 1)
    if step == "year":
        return str(first.year)
    return first.isoformat() if part.days == 1 else f"{first:%m-%d} – {part.last:%m-%d}"


def _chart(parts: Sequence[tuple[Period, Flow]], asked: Wish) -> dict[str, Any]:
    links = [
        url_for(
            "finance.collected_sales",
            **{"from": part.first.isoformat(), "to": part.last.isoformat()},
            project=asked.where.project_id,
            **{"class": asked.where.class_},
        )
        for part, _flow in parts
    ]
    flows = [flow for _part, flow in parts]
    series = [
        Series(_("Collected"), "green", [flow.collected_fen for flow in flows], links),
        Series(_("Open at the end"), "orange", [flow.closing_fen for flow in flows], links),
    ]
    if asked.where.class_ is ReceivableClass.PRICE:
        signed = Series(_("Signed"), "blue", [flow.signed_fen for flow in flows], links)
        ever = Series(_("Collected of all signed"), "purple", [f.rate_ever for f in flows], line=True, share=True)
        series = [signed, *series, ever]
    return bars([part_name(part, asked.step) for part, _flow in parts], series)


@pages.get("/reports/collection/sales")
def collected_sales() -> Answer:
    """The sales behind the figures of a period."""
    with reading() as (session, actor):
        wish, projects = Asked(session, actor), visible_projects(session, actor)
        asked = _asked(session, actor, wish)
        rows: list[KeyedFlow] = []
        total = Flow()
        if not wish.errors:
            read = {"limit": PAGE_SIZE + 1, "offset": page_offset()}
            rows = list_sale_flows(session, actor, asked.where, asked.period, **read)
            by_project = flows_by_project(session, actor, asked.where, asked.period)
            total = sum((row.flow for row in by_project), Flow())
        labels = label_sales(session, [row.key for row in rows])
    page = render_template(
        "finance_reports/collected_sales.html",
        asked=asked,
        rows=rows[:PAGE_SIZE],
        more=len(rows) > PAGE_SIZE,
        number=asked_page(),
        size=PAGE_SIZE,
        total=total,
        labels=labels,
        errors=wish.errors,
        projects={project.id: project.name for project in projects},
    )
    return page, wish.status


@pages.get("/reports/collection.xlsx")
def collection_export() -> Response:
    """The sales of a period as Excel, with the sums of the page under them."""
    with acting() as (session, reader):
        actor = exporter(reader)
        wish, projects = Asked(session, actor), visible_projects(session, actor)
        asked = _asked(session, actor, wish)
        for field in wish.errors:
            raise Invalid("report_period_invalid", field=field)
        rows = list_sale_flows(session, actor, asked.where, asked.period, limit=MOST_ROWS + 1)
        require_few(len(rows))
        labels = label_sales(session, [row.key for row in rows])
        place = place_of(projects, asked.where.project_id)
        log_export(session, reader, "collection", rows=len(rows), path=place)
    found = [(row.flow, labels.get(row.key)) for row in rows]
    total = sum((row.flow for row in rows), Flow())
    content = workbook(
        _("Signed, collected, receivable"),
        [_span(asked.period)],
        [Column(_("Project")), Column(_("Home no.")), Column(_("Sale no.")), Column(_("Buyer")), *_columns()],
        (
            [
                label.project_name if label else "",
                home_of(label),
                sale_no(label),
                buyers_for(reader, label),
                *_cells(flow),
            ]
            for flow, label in found
        ),
        [_("Total"), None, None, None, *_cells(total)],
    )
    return download(content, f"collection-{asked.period.first}-{asked.period.last}.xlsx")


def _span(period: Period) -> str:
    return _("%(first)s to %(last)s", first=day(period.first), last=day(period.last))


def _columns() -> list[Column]:
    words = (
        _("Signed"),
        _("Open before"),
        _("Raised"),
        _("Superseded"),
        _("Written off"),
        _("Collected"),
        _("Open at the end"),
        _("Of it due"),
    )
    return [*(Column(word, "money") for word in words), Column(_("Collection rate"), "share")]


def _cells(flow: Flow) -> list[int | None]:
    return [
        flow.signed_fen,
        flow.opening_fen,
        flow.raised_fen,
        flow.superseded_fen,
        flow.written_off_fen,
        flow.collected_fen,
        flow.closing_fen,
        flow.due_fen,
        flow.rate,
    ]
