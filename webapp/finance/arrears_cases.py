"""Arrears cases (催缴案件): the list by level, and one case with its lines, promises, letters and story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.arrears import holding, legal, promises
from ledger.arrears.errors import ArrearsInvalid
from ledger.arrears.kinds import LegalKind, Suspension
from ledger.arrears.queries import CaseFilter, count_levels, get_case, list_cases
from ledger.finance.sale_labels import label_sales
from ledger.organisation.queries import list_projects
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.finance.desk import PAGE_SIZE, asked, page_offset, pages, today
from webapp.finance.fields import posted_date, posted_money
from webapp.once import once
from webapp.page import asked_page
from webapp.wording import word

Answer = str | tuple[str, int] | Response
Act = Callable[[Session, Actor], None]
# The operations name their arguments; the forms name their fields.
_FIELD_OF = {"amount_fen": "amount"}


@pages.get("/arrears/cases")
def arrears_cases() -> str:
    """Open cases, the highest level first; closed ones if asked for."""
    held = asked("held", Suspension)
    where = CaseFilter(
        project_id=request.args.get("project") or None,
        level=request.args.get("level", type=int),
        suspended_by=Suspension(held) if held else None,
        closed=request.args.get("state") == "closed",
    )
    with reading() as (session, actor):
        rows = list_cases(session, actor, where, on=today(), limit=PAGE_SIZE + 1, offset=page_offset())
        return render_template(
            "finance/arrears_cases.html",
            rows=rows[:PAGE_SIZE],
            more=len(rows) > PAGE_SIZE,
            number=asked_page(),
            size=PAGE_SIZE,
            where=where,
            counts=count_levels(session, actor),
            labels=label_sales(session, [row.sale_id for row in rows]),
            projects={p.id: p.name for p in list_projects(session, actor, Permission.FINANCE_VIEW)},
        )


@pages.get("/arrears/cases/<case_id>")
def arrears_case(case_id: str) -> str:
    """One case."""
    return _page(case_id)


def _page(case_id: str, form: str = "", errors: dict[str, str] | None = None) -> str:
    with reading() as (session, actor):
        found = get_case(session, actor, case_id, on=today())
        people = {happening.by for happening in found.story}
        return render_template(
            "finance/arrears_case.html",
            found=found,
            sale=label_sales(session, [found.case.sale_id])[found.case.sale_id],
            people=staff.names(session, people),
            may_chase=actor.may(Permission.FINANCE_CHASE, found.case.path) and found.case.state == "open",
            form=form,
            errors=errors or {},
            legal_kinds=list(LegalKind),
            on=today(),
        )


@pages.post("/arrears/cases/<case_id>/promise")
def promise_to_pay(case_id: str) -> Answer:
    """The debtor promises so much by a day."""

    def act(session: Session, actor: Actor) -> None:
        promises.promise(
            session,
            actor,
            clock(),
            case_id=case_id,
            amount_fen=posted_money("promise_amount"),
            due_on=posted_date("promise_due_on"),
            note=request.form.get("promise_remark", ""),
        )

    return _acted(case_id, "promise", act, _("The promise is noted; levels wait until its day."))


@pages.post("/arrears/cases/<case_id>/dispute")
def dispute_line(case_id: str) -> Answer:
    """The debtor contests a part of an instalment."""

    def act(session: Session, actor: Actor) -> None:
        holding.dispute(
            session,
            actor,
            clock(),
            case_id=case_id,
            receivable_id=request.form.get("dispute_receivable_id", ""),
            amount_fen=posted_money("dispute_amount"),
            reason=request.form.get("dispute_reason", ""),
        )

    return _acted(case_id, "dispute", act, _("The dispute is noted; its part is not chased until it is decided."))


@pages.post("/arrears/cases/<case_id>/block")
def block_case(case_id: str) -> Answer:
    """Levels are held back until a day."""

    def act(session: Session, actor: Actor) -> None:
        holding.block(
            session,
            actor,
            clock(),
            case_id=case_id,
            until_on=posted_date("block_until_on"),
            reason=request.form.get("block_reason", ""),
        )

    return _acted(case_id, "block", act, _("Levels are held back until that day."))


@pages.post("/arrears/cases/<case_id>/lift")
def lift_block(case_id: str) -> Answer:
    """Levels go on before the block's day."""

    def act(session: Session, actor: Actor) -> None:
        holding.lift_block(session, actor, clock(), case_id=case_id)

    return _acted(case_id, "lift", act, _("Levels go on."))


@pages.post("/arrears/cases/<case_id>/legal")
def take_legal_step(case_id: str) -> Answer:
    """A legal step was taken; its delivery is to be proved."""

    def act(session: Session, actor: Actor) -> None:
        kind = request.form.get("legal_kind", "")
        if kind not in [str(known) for known in LegalKind]:
            raise ArrearsInvalid("required", field="kind")
        legal.take_legal_step(
            session,
            actor,
            clock(),
            case_id=case_id,
            kind=LegalKind(kind),
            taken_on=posted_date("legal_taken_on"),
            note=request.form.get("legal_remark", ""),
        )

    return _acted(case_id, "legal", act, _("The legal step is noted; Legal attaches the proof of delivery."))


def _acted(case_id: str, form: str, act: Act, said: str) -> Answer:
    """Run one act of the case's page; what is refused stands beside its field, and nothing else is lost."""
    address = url_for("finance.arrears_case", case_id=case_id)
    try:
        with acting() as (session, actor):

            def whole() -> str:
                act(session, actor)
                return address

            once(session, actor, clock(), whole)
    except Invalid as refused:
        if refused.field is None:
            raise
        field = _FIELD_OF.get(refused.field, refused.field)
        field = field if field.startswith(f"{form}_") else f"{form}_{field}"
        return _page(case_id, form, {field: _worded(refused, field)}), 422
    flash(said, "success")
    return redirect(address)


def _worded(refused: Invalid, field: str) -> str:
    params: dict[str, Any] = dict(refused.params)
    return word(refused.code, params, field=field)
