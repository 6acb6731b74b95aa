"""Vouchers (记账凭证): batches for accounting, their files, and accounting's numbers that come back."""

from __future__ import annotations

from typing import Any

from flask import Response as FileResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid, Missing
from ledger.accounting.chart import chart_at, gaps
from ledger.accounting.confirming import HEADINGS, confirm_vouchers
from ledger.accounting.errors import ConfirmationsRefused, LineRefused
from ledger.accounting.voucher_queries import all_vouchers, count_left, list_batches, list_vouchers
from ledger.accounting.vouchers import get_batch, make_batch, note_export
from ledger.documents.uploads import LARGEST
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.entries import Entries, filled
from webapp.finance.closing import Place, place
from webapp.finance.desk import PAGE_SIZE, page_offset, pages
from webapp.finance.fields import posted_date
from webapp.finance.voucher_files import CSV, WORKBOOK, voucher_csv, voucher_workbook
from webapp.once import once
from webapp.page import asked_page
from webapp.wording import word

Answer = str | tuple[str, int] | Response
_FILES = {"csv": (voucher_csv, CSV), "xlsx": (voucher_workbook, WORKBOOK)}
_LINES_SHOWN = 200


@pages.get("/vouchers")
def vouchers() -> Answer:
    """The batches of a project, what is left to hand over, and the file that comes back."""
    with reading() as (session, actor):
        return _page(session, actor, Entries())


def _page(session: Session, actor: Actor, entries: Entries, refused: tuple[LineRefused, ...] = ()) -> str:
    where = place(session, actor, request.values.get("project"))
    project = where.project
    rows = list_batches(session, actor, project.id, limit=PAGE_SIZE + 1, offset=page_offset()) if project else []
    exports = project is not None and actor.may(Permission.ACCOUNTING_EXPORT, where.path)
    return render_template(
        "finance/vouchers.html",
        where=where,
        rows=rows[:PAGE_SIZE],
        more=len(rows) > PAGE_SIZE,
        number=asked_page(),
        size=PAGE_SIZE,
        left=count_left(session, project.id, where.books.closed_through) if project else None,
        gaps=gaps(chart_at(session, project.path)) if project else [],
        people=staff.names(session, {row.batch.by for row in rows}),
        fields=_fields(where, entries),
        file_error=entries.errors.get("file"),
        refused=[(line.line, word(line.code, line.params)) for line in refused[:_LINES_SHOWN]],
        refused_count=len(refused),
        headings=HEADINGS,
        may_export=exports,
    )


def _fields(where: Place, entries: Entries) -> list[dict[str, Any]]:
    closed = where.books.closed_through
    field = {"name": "through", "kind": "date", "required": True, "label": _("Vouchers through"),
             "value": closed.isoformat() if closed else "", "maximum": closed.isoformat() if closed else None,
             "help": _("Days that are closed; a day that is open may still change.")}  # fmt: skip
    return filled([field], entries)


@pages.post("/vouchers")
def hand_over() -> Answer:
    """Make a batch of what no batch has yet."""
    entries = Entries()
    through = entries.read("through", posted_date)
    if through is not None:
        try:
            with acting() as (session, actor):

                def act() -> str:
                    project_id = request.form.get("project", "")
                    batch = make_batch(session, actor, clock(), project_id=project_id, through=through)
                    flash(_("Batch %(number)s is made.", number=batch.number), "success")
                    return url_for("finance.voucher_batch", batch_id=batch.id)

                address = once(session, actor, clock(), act)
            return redirect(address)
        except Invalid as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        return _page(session, actor, entries), 422


@pages.get("/vouchers/<batch_id>")
def voucher_batch(batch_id: str) -> Answer:
    """One batch with its vouchers and their numbers in accounting."""
    with reading() as (session, actor):
        batch = get_batch(session, actor, batch_id)
        rows = list_vouchers(session, batch_id, limit=PAGE_SIZE, offset=page_offset())
        return render_template(
            "finance/voucher_batch.html",
            batch=batch,
            rows=rows,
            number=asked_page(),
            size=PAGE_SIZE,
            people=staff.names(session, {batch.by}),
            may_export=actor.may(Permission.ACCOUNTING_EXPORT, batch.path),
        )


@pages.post("/vouchers/<batch_id>/file/<ending>")
def voucher_file(batch_id: str, ending: str) -> Answer:
    """A batch as CSV or Excel; from the second time on the file is marked as exported again."""
    if ending not in _FILES:
        raise Missing
    make, media_type = _FILES[ending]
    with acting() as (session, actor):
        times = note_export(session, actor, clock(), batch_id=batch_id, ending=ending)
        batch = get_batch(session, actor, batch_id)
        content = make(all_vouchers(session, batch_id), batch, times)
        name = f"vouchers-{batch.path.strip('/').rpartition('/')[2]}-{batch.number}"
    answer = FileResponse(content, content_type=media_type)
    again = f"-again-{times}" if times > 1 else ""
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}{again}.{ending}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@pages.post("/vouchers/confirm")
def confirm_numbers() -> Answer:
    """Take in the numbers that accounting gave."""
    entries, lines = Entries(), ()
    try:
        with acting() as (session, actor):

            def act() -> str:
                sent = request.files.get("file")
                if sent is None or not sent.filename:
                    raise Invalid("required", field="file")
                content = sent.stream.read(LARGEST + 1)
                count = confirm_vouchers(session, actor, clock(), filename=sent.filename, content=content)
                flash(_("%(count)s numbers are taken in.", count=count), "success")
                return url_for("finance.vouchers", project=request.form.get("project") or None)

            address = once(session, actor, clock(), act)
        return redirect(address)
    except ConfirmationsRefused as refused:
        lines = refused.lines
        entries.refuse(refused)
    except Invalid as refused:
        entries.refuse(refused)
    with reading() as (session, actor):
        return _page(session, actor, entries, lines), 422
