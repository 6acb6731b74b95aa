"""What is going to fall due in the next twelve months, by who has to pay, as a chart and a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import Response, render_template, url_for
from flask_babel import gettext as _

from ledger.finance.kinds import Debtor
from ledger.finance.reports.forecast import DueSpan, ForecastRow, forecast, spans_at
from ledger.finance.reports.standing import ReportFilter
from webapp.acting import acting, reading
from webapp.finance.desk import pages, today
from webapp.finance.reports.ageing import MONTHS_AHEAD, cut_in_words
from webapp.finance.reports.asked import Asked, asked_filter, place_of, visible_projects
from webapp.finance.reports.charts import Series, bars
from webapp.finance.reports.exporting import exporter, log_export
from webapp.finance.reports.words import span_name
from webapp.finance.reports.workbook import Column, download, workbook
from webapp.formatting import day
from webapp.wording import state_name

_TONES = {Debtor.BUYER: "blue", Debtor.BANK: "teal", Debtor.FUND_CENTRE: "yellow"}
Answer = str | tuple[str, int]


@pages.get("/reports/forecast")
def forecast_report() -> Answer:
    """What was open at a day by the month in which it falls due."""
    where = asked_filter()
    with reading() as (session, actor):
        wish, projects = Asked(session, actor), visible_projects(session, actor)
        on = wish.past_day("on", today())
        rows = [] if wish.errors else forecast(session, actor, where, on=on, spans=spans_at(on, MONTHS_AHEAD))
    page = render_template(
        "finance_reports/forecast.html",
        rows=rows,
        sums=tuple(sum(row.fen[place] for row in rows) for place in range(len(Debtor))),
        where=where,
        on=on,
        errors=wish.errors,
        debtors=list(Debtor),
        span_name=span_name,
        lines_url=_lines_url(on, where),
        projects={project.id: project.name for project in projects},
        drawing=_chart(rows, on, where) if any(row.total_fen for row in rows) else None,
    )
    return page, wish.status


def _lines_url(on: date, where: ReportFilter) -> Callable[[DueSpan | None, Debtor | None], str]:
    cut = {"project": where.project_id, "plan": where.plan, "class": where.class_}

    def address(span: DueSpan | None, debtor: Debtor | None) -> str:
        asked = {**cut, "on": on.isoformat(), "due": span.key if span else None, "debtor": debtor or where.debtor}
        return url_for("finance.aged_lines", **asked)

    return address


def _chart(rows: Sequence[ForecastRow], on: date, where: ReportFilter) -> dict[str, Any]:
    url = _lines_url(on, where)
    series = [
        Series(
            state_name(f"debtor.{debtor}"),
            _TONES[debtor],
            [row.fen[place] for row in rows],
            [url(row.span, debtor) for row in rows],
        )
        for place, debtor in enumerate(Debtor)
    ]
    return bars([span_name(row.span) for row in rows], series, stacked=True)


@pages.get("/reports/forecast.xlsx")
def forecast_export() -> Response:
    """The table of the forecast."""
    where = asked_filter()
    with acting() as (session, reader):
        actor = exporter(reader)
        wish, projects = Asked(session, actor), visible_projects(session, actor)
        on = wish.required_past_day("on", today())
        rows = forecast(session, actor, where, on=on, spans=spans_at(on, MONTHS_AHEAD))
        log_export(session, reader, "forecast", rows=len(rows), path=place_of(projects, where.project_id))
        names = {project.id: project.name for project in projects}
    content = workbook(
        _("Money to fall due"),
        [
            _("At the end of %(day)s", day=day(on)),
            *cut_in_words(where, names),
        ],
        [
            Column(_("Due")),
            *(Column(state_name(f"debtor.{debtor}"), "money") for debtor in Debtor),
            Column(_("Total"), "money"),
        ],
        ([span_name(row.span), *row.fen, row.total_fen] for row in rows),
        [
            _("Total"),
            *(sum(row.fen[place] for row in rows) for place in range(len(Debtor))),
            sum(r.total_fen for r in rows),
        ],
    )
    return download(content, f"forecast-{on.isoformat()}.xlsx")
