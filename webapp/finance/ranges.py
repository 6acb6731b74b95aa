"""Number ranges (号段): received, counted, spoiled, given back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.papers import operations as papers
from ledger.papers.errors import RangeInvalid
from ledger.papers.kinds import PaperKind
from ledger.papers.queries import list_ranges
from ledger.papers.ranges import MOST_SPOILED
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.carrying_out import carried_out
from webapp.entries import Entries, filled
from webapp.finance.closing import Place, place
from webapp.finance.desk import PAGE_SIZE, page_offset, pages
from webapp.finance.fields import posted_date
from webapp.once import once
from webapp.page import asked_page
from webapp.wording import state_name

Answer = str | tuple[str, int] | Response


@pages.get("/ranges")
def ranges() -> Answer:
    """The ranges of a project with how many numbers are used, void, left, given back."""
    with reading() as (session, actor):
        return _page(session, actor, Entries())


def _page(session: Session, actor: Actor, entries: Entries) -> str:
    where = place(session, actor, request.values.get("project"))
    project = where.project
    rows = list_ranges(session, actor, project.id, limit=PAGE_SIZE + 1, offset=page_offset()) if project else []
    manages = project is not None and actor.may(Permission.PAPERS_MANAGE, where.path)
    clerks = _clerks(session, where) if manages else {}
    holders = {row.range.holder_id for row in rows if row.range.holder_id}
    return render_template(
        "finance/ranges.html",
        where=where,
        rows=rows[:PAGE_SIZE],
        more=len(rows) > PAGE_SIZE,
        number=asked_page(),
        size=PAGE_SIZE,
        people=staff.names(session, holders),
        fields=_fields(where, clerks, entries) if manages else [],
        may_manage=manages,
        may_issue=project is not None and actor.may(Permission.PAPERS_ISSUE, where.path),
        most_spoiled=MOST_SPOILED,
    )


def _clerks(session: Session, where: Place) -> dict[str, str]:
    """Who takes money at the project and may hold a range of his own."""
    ids = [
        person
        for role in ("finance_clerk", "finance_manager")
        for holders in staff.holders_upwards(session, role, where.path, where.today)
        for person in holders
    ]
    return staff.names(session, ids)


def _fields(where: Place, clerks: dict[str, str], entries: Entries) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = [
        {"name": "kind", "kind": "select", "label": _("Kind of paper"), "required": True, "value": "receipt",
         "options": [(kind, state_name(f"paper_kind.{kind}")) for kind in PaperKind]},
        {"name": "prefix", "kind": "text", "label": _("Letters before the number"), "optional": True,
         "max_length": 20},
        {"name": "first", "kind": "text", "label": _("First number"), "required": True, "max_length": 15,
         "help": _("As it stands on the paper, zeros in front included.")},
        {"name": "last", "kind": "text", "label": _("Last number"), "required": True, "max_length": 15},
        {"name": "holder_id", "kind": "select", "label": _("For whom"), "placeholder": _("The whole desk"),
         "options": list(clerks.items())},
        {"name": "received_on", "kind": "date", "label": _("Received on"), "required": True,
         "value": where.today.isoformat(), "maximum": where.today.isoformat()},
    ]  # fmt: skip
    return filled(fields, entries)


@pages.post("/ranges")
def receive() -> Answer:
    """Take a range in."""
    entries = Entries()
    received_on = entries.read("received_on", posted_date)
    if received_on is not None:
        form = request.form
        about = {name: form.get(name, "") for name in ("kind", "prefix", "first", "last", "holder_id")}
        try:
            with acting() as (session, actor):

                def act() -> str:
                    project_id = form.get("project", "")
                    papers.receive_range(
                        session, actor, clock(), project_id=project_id, received_on=received_on, **about
                    )
                    return url_for("finance.ranges", project=project_id)

                address = once(session, actor, clock(), act)
            flash(_("The range is received."), "success")
            return redirect(address)
        except Invalid as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        return _page(session, actor, entries), 422


@pages.post("/ranges/<range_id>/return")
def give_back(range_id: str) -> Answer:
    """Give the unused numbers back."""
    reason = request.form.get("reason", "")

    def act(session: Session, actor: Actor) -> None:
        papers.return_unused(session, actor, clock(), range_id=range_id, reason=reason)

    return carried_out(act, leads_to=_back(), done=_("The unused numbers are given back."))


@pages.post("/ranges/<range_id>/spoil")
def spoil(range_id: str) -> Answer:
    """Void the next blank forms."""
    reason, text = request.form.get("reason", ""), request.form.get("count", "").strip()

    def act(session: Session, actor: Actor) -> None:
        if not (text.isascii() and text.isdigit()):
            raise RangeInvalid("spoiled_count", field="count", most=MOST_SPOILED)
        papers.spoil(session, actor, clock(), range_id=range_id, reason=reason, count=int(text[:6]))

    return carried_out(act, leads_to=_back(), done=_("The blank forms are void."))


def _back() -> str:
    return url_for("finance.ranges", project=request.form.get("project") or None)
