"""Submitting papers of many loans to one bank: one list on paper, one act per loan, progress, stop, go on."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from ledger.finance.sale_labels import label_sales
from ledger.mortgages import submissions
from ledger.mortgages.models import MortgageBank
from webapp.acting import acting, clock, database, reader, reading
from webapp.mortgages.desk import pages, posted_day
from webapp.mortgages.list_paper import order_list, paper_of
from webapp.mortgages.running import work
from webapp.once import once
from webapp.request_log import request_id
from webapp.wording import word

_SECONDS = 2.0


@pages.post("/submissions")
def begin_submission() -> Response:
    """The ticked loans of one bank are submitted together; the page shows how far it is."""
    with acting() as (session, actor):
        address = once(session, actor, clock(), lambda: _begin(session, actor))
    _work(address.rpartition("/")[2])
    return redirect(address)  # type: ignore[return-value]


def _begin(session: Session, actor: Actor) -> str:
    row = submissions.begin_submission(
        session,
        actor,
        clock(),
        bank_id=request.form.get("bank", ""),
        loan_ids=request.form.getlist("id"),
        submitted_on=posted_day("submitted_on"),
    )
    order_list(session, actor, clock(), row)
    return url_for("mortgages.submission", submission_id=row.id)


@pages.get("/submissions/<submission_id>")
def submission(submission_id: str) -> str:
    """How far it is, and what came of each loan."""
    return _shown(submission_id)


@pages.post("/submissions/<submission_id>/go")
def submission_go(submission_id: str) -> str:
    """Go on for a moment; a page that stands open asks again until nothing is left."""
    with acting() as (session, actor):
        submissions.submission_of(session, actor, submission_id)
        if request.form.get("again"):
            submissions.resume_submission(session, actor, clock(), submission_id=submission_id)
    _work(submission_id)
    return _shown(submission_id)


@pages.post("/submissions/<submission_id>/stop")
def submission_stop(submission_id: str) -> Response:
    """Begin no further loan; what is done stays done."""
    with acting() as (session, actor):
        submissions.stop_submission(session, actor, clock(), submission_id=submission_id)
    flash(_("Stopped. What was submitted stays submitted."), "info")
    return redirect(url_for("mortgages.submission", submission_id=submission_id))  # type: ignore[return-value]


def _shown(submission_id: str) -> str:
    with reading() as (session, actor):
        row = submissions.submission_of(session, actor, submission_id)
        items = submissions.LOANS.items(session, submission_id)
        loans = {loan.id: loan for loan in submissions.loans_in(session, submission_id)}
        part = bool(request.headers.get("HX-Request"))
        return render_template(
            "mortgages/_submission.html" if part else "mortgages/submission.html",
            row=row,
            bank=session.get_one(MortgageBank, row.bank_id),
            items=items,
            counts=submissions.LOANS.counts(session, submission_id),
            loans=loans,
            labels=label_sales(session, [loan.sale_id for loan in loans.values()]),
            paper=paper_of(session, row.id),
            wording=word,
        )


def _work(submission_id: str) -> None:
    """Go on for about two seconds, as the person who looks at the page."""
    work(database(), reader(), submission_id, seconds=_SECONDS, request_id=request_id())
