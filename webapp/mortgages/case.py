"""One case (按揭档案): its loans with step, days and papers, what waits for whom, and its story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import SYSTEM, Actor
from kernel.errors import Invalid
from ledger.finance.sale_labels import label_sales
from ledger.mortgages import applying, cases, concluding
from ledger.mortgages.kinds import Step
from ledger.mortgages.queries import CaseView, get_case
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for
from webapp.mortgages.desk import pages, posted_day, refusal, today
from webapp.once import once
from webapp.sales.sale import OpenTask, open_tasks

Answer = str | tuple[str, int] | Response


@pages.get("/<mortgage_id>")
def case(mortgage_id: str) -> str:
    """One case."""
    return _page(mortgage_id)


def _page(case_id: str, errors: dict[str, str] | None = None) -> str:
    with reading() as (session, actor):
        found = get_case(session, actor, case_id)
        instance_id = found.case.instance_id
        tasks = open_tasks(session, actor, [instance_id] if instance_id and found.case.state == "open" else [])
        people = {one.by for one in found.story} | {one.task.assignee for one in tasks if one.task.assignee}
        people |= {found.case.clerk_id} if found.case.clerk_id else set()
        people |= {paper.received_by for view in found.loans for paper in view.papers if paper.received_by}
        return render_template(
            "mortgages/case.html",
            found=found,
            sale=label_sales(session, [found.case.sale_id])[found.case.sale_id],
            tasks=_by_loan(session, found, tasks),
            people=staff.names(session, people),
            may_work=actor.may(Permission.MORTGAGES_WORK, found.case.path) and found.case.state == "open",
            reader_id=actor.id,
            errors=errors or {},
            on=today(),
            steps=list(Step),
        )


def _by_loan(session: Session, found: CaseView, tasks: list[OpenTask]) -> dict[str, list[OpenTask]]:
    """What waits for people, loan by loan; with one open loan all of it is that loan's."""
    standing = [view.loan.id for view in found.loans if view.loan.state == "open"]
    if len(standing) < 2:
        return {standing[0]: tasks} if standing else {}
    engine = engine_for(session, SYSTEM, clock())
    by_loan: dict[str, list[OpenTask]] = {}
    for one in tasks:
        loan_id = engine.get_task(one.task.id).variables.get("loan_id")
        by_loan.setdefault(str(loan_id), []).append(one)
    return by_loan


@pages.post("/<mortgage_id>/loans/<loan_id>/papers")
def receive_papers(mortgage_id: str, loan_id: str) -> Answer:
    """The ticked papers are there, the others are not."""

    def act(session: Session, actor: Actor) -> None:
        applying.receive_papers(
            session,
            actor,
            clock(),
            loan_id=loan_id,
            paper_ids=request.form.getlist("paper"),
            received_on=_day_or_today("received_on"),
        )

    return _acted(mortgage_id, act, _("The papers are noted."))


@pages.post("/<mortgage_id>/loans/<loan_id>/possible")
def registration_possible(mortgage_id: str, loan_id: str) -> Answer:
    """Since when the mortgage can be registered."""

    def act(session: Session, actor: Actor) -> None:
        concluding.allow_registration(
            session, actor, clock(), loan_id=loan_id, possible_on=posted_day("possible_on")
        )

    return _acted(mortgage_id, act, _("The loan goes on to its registration."))


@pages.post("/<mortgage_id>/take")
def take_over(mortgage_id: str) -> Answer:
    """The reader works on this case from now on."""

    def act(session: Session, actor: Actor) -> None:
        cases.take_over(session, actor, clock(), case_id=mortgage_id, clerk_id=actor.id)

    return _acted(mortgage_id, act, _("The case is yours."))


def _day_or_today(name: str) -> date:
    return posted_day(name) if request.form.get(name) else today()


def _acted(case_id: str, act: Callable[[Session, Actor], None], said: str) -> Answer:
    """One act of the page; what is refused stands beside its field."""
    address = url_for("mortgages.case", mortgage_id=case_id)
    try:
        with acting() as (session, actor):

            def whole() -> str:
                act(session, actor)
                return address

            once(session, actor, clock(), whole)
    except Invalid as refused:
        return _page(case_id, refusal(refused)), 422
    flash(said, "success")
    return redirect(address)
