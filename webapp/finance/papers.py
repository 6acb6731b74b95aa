"""Papers in number ranges (票据): the list, one paper, issuing, voiding, exchanging, the days against receipts."""

from __future__ import annotations

from datetime import timedelta

from flask import Response as FileResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.finance.sale_labels import label_sales
from ledger.papers import operations as papers
from ledger.papers.kinds import PaperKind, PaperState
from ledger.papers.queries import PaperFilter, days_against_receipts, get_paper, list_papers
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.carrying_out import carried_out
from webapp.entries import Entries
from webapp.finance.closing import place
from webapp.finance.desk import PAGE_SIZE, asked, asked_date, page_offset, pages
from webapp.once import once
from webapp.page import asked_page
from webapp.paperwork.range_paper import print_paper
from webapp.wording import word

Answer = str | tuple[str, int] | Response
_DAYS_SHOWN = 31


@pages.get("/papers")
def papers_list() -> Answer:
    """The papers of a project by number, cut by kind, state, day and words."""
    with reading() as (session, actor):
        return _list_page(session, actor, Entries())


def _list_page(session: Session, actor: Actor, entries: Entries) -> str:
    where = place(session, actor, request.values.get("project"))
    kind, state = asked("kind", PaperKind), asked("state", PaperState)
    cut = PaperFilter(
        project_id=where.project.id if where.project else None,
        range_id=request.args.get("range") or None,
        kind=PaperKind(kind) if kind else None,
        state=PaperState(state) if state else None,
        first=asked_date("from"),
        last=asked_date("to"),
        search=request.args.get("q", ""),
    )
    rows = list_papers(session, actor, cut, limit=PAGE_SIZE + 1, offset=page_offset()) if where.project else []
    return render_template(
        "finance/papers.html",
        where=where,
        cut=cut,
        rows=rows[:PAGE_SIZE],
        more=len(rows) > PAGE_SIZE,
        number=asked_page(),
        size=PAGE_SIZE,
        labels=label_sales(session, [row.paper.sale_id for row in rows if row.paper.sale_id]),
        kinds=list(PaperKind),
        states=list(PaperState),
        errors=entries.errors,
        chosen=request.form.getlist("id"),
        payer=request.form.get("payer", ""),
        may_issue=where.project is not None and actor.may(Permission.PAPERS_ISSUE, where.path),
    )


@pages.get("/papers/days")
def paper_days() -> Answer:
    """For each day, the money confirmed against the papers that acknowledge it."""
    with reading() as (session, actor):
        where = place(session, actor, request.args.get("project"))
        last = asked_date("to") or where.today
        first = asked_date("from") or last - timedelta(days=_DAYS_SHOWN - 1)
        days = (
            days_against_receipts(session, actor, where.project.id, first=first, last=last)
            if where.project
            else []
        )
        return render_template("finance/paper_days.html", where=where, days=days, first=first, last=last)


@pages.get("/papers/<paper_id>")
def paper_page(paper_id: str) -> Answer:
    """One paper: what it says, what it was made of, what became of it."""
    with reading() as (session, actor):
        detail = get_paper(session, actor, paper_id)
        paper = detail.row.paper
        people = {paper.by} | ({detail.void.by} if detail.void else set())
        return render_template(
            "finance/paper.html",
            detail=detail,
            row=detail.row,
            paper=paper,
            sale=label_sales(session, [paper.sale_id]).get(paper.sale_id) if paper.sale_id else None,
            people=staff.names(session, people),
            may_issue=actor.may(Permission.PAPERS_ISSUE, paper.path),
        )


@pages.post("/papers/<paper_id>/print")
def print_it(paper_id: str) -> Answer:
    """The paper as PDF; from the second time on it is marked as a reprint."""
    with acting() as (session, actor):
        printed = print_paper(session, actor, clock(), paper_id)
    answer = FileResponse(printed.pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{paper_id}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@pages.post("/papers/<paper_id>/void")
def void_it(paper_id: str) -> Answer:
    """Declare a paper void, with the reason."""
    reason = request.form.get("reason", "")

    def act(session: Session, actor: Actor) -> None:
        papers.void_paper(session, actor, clock(), paper_id=paper_id, reason=reason)

    leads_to = url_for("finance.paper_page", paper_id=paper_id)
    return carried_out(act, leads_to=leads_to, done=_("The paper is void; its number stays used."))


@pages.post("/papers/exchange")
def exchange() -> Answer:
    """Take receipts in for one invoice."""
    entries = Entries({"paper_ids": "id", "range_id": "id"})
    chosen, payer = request.form.getlist("id"), request.form.get("payer")
    try:
        with acting() as (session, actor):

            def act() -> str:
                invoice = papers.exchange_papers(session, actor, clock(), paper_ids=chosen, payer=payer)
                flash(_("Invoice %(number)s is issued for the receipts.", number=invoice.label), "success")
                return url_for("finance.paper_page", paper_id=invoice.id)

            address = once(session, actor, clock(), act)
        return redirect(address)
    except Invalid as refused:
        entries.refuse(refused)
    with reading() as (session, actor):
        return _list_page(session, actor, entries), 422


@pages.post("/receipts/<receipt_id>/issue")
def issue(receipt_id: str) -> Answer:
    """Issue the paper of a confirmed receipt by the next number."""
    kind = request.form.get("kind") or PaperKind.RECEIPT
    try:
        with acting() as (session, actor):

            def act() -> str:
                made = papers.issue_paper(session, actor, clock(), receipt_id=receipt_id, kind=kind)
                flash(_("Paper %(number)s is issued.", number=made.label), "success")
                return url_for("finance.paper_page", paper_id=made.id)

            address = once(session, actor, clock(), act)
    except Invalid as refused:
        flash(word(refused.code, refused.params, field=refused.field), "danger")
        address = url_for("finance.receipt", receipt_id=receipt_id)
    return redirect(address)
