"""The pages of saved filters: the strip above the list with counts, the dialog to save and share, their order."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import business_date
from ledger.organisation.queries import list_projects, names_of_paths
from ledger.staff.queries import find_colleagues
from ledger.staff.roles import ROLES
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for
from webapp.inbox import saved
from webapp.inbox.blueprint import pages
from webapp.inbox.filters import read_wanted
from webapp.inbox.listing import asked, columns_shown, shown_count
from webapp.once import once
from webapp.wording import word

_MOST_PLACES = 12
_MOST_PEOPLE = 60


@pages.get("/inbox/filters/counts")
def filter_counts() -> str:
    """The strip of saved filters with how many tasks each has, capped; fetched after the page."""
    with reading() as (session, actor):
        filters = saved.filters_of(session, actor)
        engine = engine_for(session, actor, clock())
        counts = {one.id: shown_count(engine.count_tasks(asked(one.wanted))) for one in filters}
        current = request.args.get("filter", "")
        return render_template("inbox/_saved.html", filters=filters, filter_counts=counts, current=current)


@pages.get("/inbox/filters/form")
def filter_form() -> str:
    """What the dialog asks to save the list of this address, or to change one of one's own (``edit``)."""
    with reading() as (session, actor):
        editing = request.args.get("edit", "")
        one = saved.filter_of(session, actor, editing) if editing else None
        wanted = read_wanted(request.args)
        shown = columns_shown(session, actor, wanted, one_project=len(list_projects(session, actor)) < 2)
        values = {"wanted": wanted, "shown": ",".join(shown), **_choices(session, actor, one)}
        return render_template("inbox/_save.html", editing=one, **values)


@pages.post("/inbox/filters")
def save_filter() -> Response:
    """Save the list of the form's criteria under a name, new or in place of one's own."""
    with acting() as (session, actor):
        address = once(session, actor, clock(), lambda: _save(session, actor))
    flash(_("The filter is saved."), "success")
    return redirect(address)  # type: ignore[return-value]


@pages.post("/inbox/filters/<filter_id>/remove")
def remove_filter(filter_id: str) -> Response:
    """Take away one of one's own."""
    with acting() as (session, actor):
        saved.remove(session, actor, filter_id)
    flash(_("The filter is gone."), "success")
    return redirect(url_for("inbox.index"))  # type: ignore[return-value]


@pages.post("/inbox/filters/order")
def order_filters() -> Response:
    """Keep the order of one's own."""
    with acting() as (session, actor):
        saved.put_in_order(session, actor, request.form.getlist("id"))
    return redirect(url_for("inbox.index"))  # type: ignore[return-value]


def _save(session: Session, actor: Actor) -> str:
    saved_id = saved.save(
        session,
        actor,
        clock(),
        name=request.form.get("name", ""),
        colour=request.form.get("colour", ""),
        criteria=request.form,
        shares=_shares(),
        filter_id=request.form.get("edit", ""),
    )
    return url_for("inbox.index", filter=saved_id)


def _shares() -> list[saved.Share]:
    role, path = request.form.get("role", ""), request.form.get("path", "")
    people = [saved.Share(person_id=person) for person in request.form.getlist("person") if person]
    return [saved.Share(role=role, path=path), *people] if role and path else people


def _choices(session: Session, actor: Actor, one: saved.Saved | None) -> dict[str, Any]:
    """Roles, nodes and people to share with, and what of them is chosen."""
    paths = sorted({*actor.scope_paths(), *(project.path for project in list_projects(session, actor))})
    on = business_date(clock())
    people = {
        person.id: person.display_name
        for path in paths[:_MOST_PLACES]
        for person in find_colleagues(session, path, on, without=[actor.id], limit=_MOST_PEOPLE)
    }
    names = names_of_paths(session, set(paths))
    shares = one.shares if one else ()
    return {
        "roles": {role: word(f"role.{role}") for role in ROLES},
        "places": [(path, names.get(path, path)) for path in paths],
        "people": sorted(people.items(), key=lambda entry: entry[1]),
        "shared_role": next((share for share in shares if share.role), saved.Share()),
        "shared_people": {share.person_id for share in shares},
        "colours": saved.COLOURS,
    }
