"""Submitting papers of many loans to one bank: one list on paper, one act per loan, progress, stop, go on."""

from __future__ import annotations

import time

import structlog
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.api import StepFailed, TaskFilter
from kernel.actor import SYSTEM, Actor
from kernel.errors import KeyturnError
from ledger.finance.sale_labels import label_sales
from ledger.mortgages import submissions
from ledger.mortgages.errors import LoanNotReady
from ledger.mortgages.models import MortgageBank, MortgageCase, MortgageLoan
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for
from webapp.mortgages.desk import pages, posted_day
from webapp.mortgages.list_paper import order_list, paper_of
from webapp.once import once
from webapp.wording import word

log = structlog.get_logger("keyturn.web")
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
            submissions.turn(session, actor, submission_id, "stopped", "running")
    _work(submission_id)
    return _shown(submission_id)


@pages.post("/submissions/<submission_id>/stop")
def submission_stop(submission_id: str) -> Response:
    """Begin no further loan; what is done stays done."""
    with acting() as (session, actor):
        submissions.turn(session, actor, submission_id, "running", "stopped")
    flash(_("Stopped. What was submitted stays submitted."), "info")
    return redirect(url_for("mortgages.submission", submission_id=submission_id))  # type: ignore[return-value]


def _shown(submission_id: str) -> str:
    with reading() as (session, actor):
        row = submissions.submission_of(session, actor, submission_id)
        items = submissions.items_of(session, submission_id)
        loans = {loan.id: loan for loan in submissions.loans_in(session, submission_id)}
        part = bool(request.headers.get("HX-Request"))
        return render_template(
            "mortgages/_submission.html" if part else "mortgages/submission.html",
            row=row,
            bank=session.get_one(MortgageBank, row.bank_id),
            items=items,
            counts=submissions.counts(session, submission_id),
            loans=loans,
            labels=label_sales(session, [loan.sale_id for loan in loans.values()]),
            paper=paper_of(session, row.id),
            wording=word,
        )


def _work(submission_id: str) -> None:
    """Submit loan after loan for about two seconds; each is a unit of work of its own."""
    ends = time.monotonic() + _SECONDS
    while True:
        with acting() as (session, actor):
            row = submissions.submission_of(session, actor, submission_id)
            item = submissions.next_item(session, submission_id)
            if row.state != "running":
                return
            if item is None:
                row.state = "ended"
                return
            position, loan_id, day = item.position, item.loan_id, row.submitted_on.isoformat()
        _submit(submission_id, position, loan_id, day)
        if time.monotonic() >= ends:
            return


def _submit(submission_id: str, position: int, loan_id: str, day: str) -> None:
    try:
        with acting() as (session, actor):
            engine_for(session, actor, clock()).complete(_task_of(session, loan_id), {"submitted_on": day})
            submissions.note_item(session, submission_id, position, "done")
    except OperationalError:
        raise
    except Exception as fault:
        log.warning("submission failed", submission=submission_id, loan=loan_id, error=type(fault).__name__)
        with acting() as (session, _actor):
            submissions.note_item(session, submission_id, position, "refused", _code(fault))


def _task_of(session: Session, loan_id: str) -> str:
    """The open task to submit a loan. Raises `LoanNotReady` when there is none any more."""
    loan = session.get_one(MortgageLoan, loan_id)
    instance_id = session.get_one(MortgageCase, loan.case_id).instance_id or ""
    engine = engine_for(session, SYSTEM, clock())
    wanted = TaskFilter(box="all", instance_id=instance_id, element_ids=("submit_papers",), states=("open",))
    for task in engine.find_tasks(wanted).rows:
        if engine.get_task(task.id).variables.get("loan_id") == loan_id:
            return task.id
    raise LoanNotReady(step=f"mortgage_step.{loan.step}")


def _code(fault: BaseException) -> str:
    if isinstance(fault, StepFailed):
        return fault.message_code
    return fault.code if isinstance(fault, KeyturnError) else "unexpected"
