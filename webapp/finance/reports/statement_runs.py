"""Statements for a project or building: ordered once, with progress, stopped, taken up, taken as one file."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from flask import Response as FileResponse
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid, Missing
from ledger.documents.models import Document
from ledger.documents.queries import content_of, get_document
from ledger.finance.reports.periods import checked_period
from ledger.finance.sale_labels import label_sales
from ledger.organisation.queries import get_project
from ledger.staff.permissions import Permission
from webapp import statement_making as running
from webapp.acting import acting, clock, database, reading
from webapp.entries import posted_day
from webapp.finance.desk import pages, today
from webapp.finance.reports.exporting import exporter, log_export
from webapp.finance.reports.workbook import download
from webapp.once import once
from webapp.statement_runs import SALES

Answer = str | Response


@pages.post("/reports/statements/runs")
def statement_run_begin() -> Response:
    """Order the statements of a project or one of its buildings. Raises `Invalid` by field."""
    first, last = posted_day("from"), posted_day("to")
    if first is None or last is None:
        raise Invalid("required", field="from" if first is None else "to")
    with acting() as (session, reader):
        actor = exporter(reader)
        project = get_project(session, actor, request.form.get("project", ""), Permission.FINANCE_VIEW)
        reader.require(Permission.DOCUMENTS_ISSUE, project.path)
        period = checked_period(session, actor, first, last, today=today())
        building = request.form.get("building") or None

        def act() -> str:
            run_id = running.begin(session, database(), actor, project.id, building, period)
            log_export(session, reader, "statements", rows=1, path=project.path)
            return url_for("finance.statement_run", run_id=run_id)

        address = once(session, reader, clock(), act)
    return redirect(address)


@pages.get("/reports/statements/runs/<run_id>")
def statement_run(run_id: str) -> str:
    """How far it is, and what came of each sale; asked again while it goes on."""
    part = bool(request.headers.get("HX-Request"))
    return render_template("finance_reports/_run.html" if part else "finance_reports/run.html", **_told(run_id))


@pages.post("/reports/statements/runs/<run_id>/go")
def statement_run_go(run_id: str) -> Answer:
    """Take a stopped run up again, with the rest."""
    with acting() as (session, actor):
        running.go_on(session, database(), actor, run_id)
    return _shown(run_id)


@pages.post("/reports/statements/runs/<run_id>/stop")
def statement_run_stop(run_id: str) -> Answer:
    """Begin no further statement; what is made stays."""
    with acting() as (session, actor):
        running.stop(session, database(), actor, run_id)
    return _shown(run_id)


@pages.get("/reports/statements/runs/<run_id>/statements.zip")
def statement_run_file(run_id: str) -> FileResponse:
    """Every paper that was made, in one file."""
    with acting() as (session, reader):
        exporter(reader)
        run = running.run_of(session, reader, run_id)
        made = [
            get_document(session, reader, item.document_id)
            for item in SALES.items(session, run_id, "done")
            if item.document_id
        ]
        if not made:
            raise Missing("statement_run_missing", id=run_id)
        papers = [(_name(place, paper), content_of(session, paper)) for place, paper in enumerate(made, start=1)]
        path = get_project(session, reader, run.project_id, Permission.FINANCE_VIEW).path
        log_export(session, reader, "statements", rows=len(papers), path=path)
        name = f"statements-{run.first}-{run.last}.zip"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as folder:
        for title, pdf in papers:
            folder.writestr(title, pdf)
    return download(content.getvalue(), name, "application/zip")


def _name(place: int, paper: Document) -> str:
    return f"{place:04}-{paper.filename}"


def _shown(run_id: str) -> Answer:
    if not request.headers.get("HX-Request"):
        return redirect(url_for("finance.statement_run", run_id=run_id))
    return render_template("finance_reports/_run.html", **_told(run_id))


def _told(run_id: str) -> dict[str, Any]:
    with reading() as (session, actor):
        run = running.run_of(session, actor, run_id)
        refused = SALES.items(session, run_id, "refused")
        return {
            "run": run,
            "counts": SALES.counts(session, run_id),
            "refused": refused,
            "labels": label_sales(session, [item.sale_id for item in refused]),
            "project": _project_name(session, actor, run.project_id),
        }


def _project_name(session: Any, actor: Actor, project_id: str) -> str:
    return get_project(session, actor, project_id, Permission.FINANCE_VIEW).name
