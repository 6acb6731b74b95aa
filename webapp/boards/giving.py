"""Giving tasks to somebody else, one or several at once; each is a unit of work of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from engine.api import Task
from kernel.actor import Actor
from kernel.clock import business_date
from kernel.errors import KeyturnError
from ledger.staff.queries import find_colleagues, names, roles_by_staff
from webapp.acting import acting, clock, reading
from webapp.boards.blueprint import pages
from webapp.engine_room import engine_for
from webapp.inbox.people import names_of
from webapp.inbox.rows import process_names, row_of
from webapp.language import safe_path
from webapp.lookup.finding import MOST, Choice
from webapp.wording import state_name, word

_MOST = 100
Refused = dict[str, str]


@pages.get("/give")
def give() -> str:
    """The chosen tasks, and the question to whom and why."""
    with reading() as (session, actor):
        return render_template("boards/give.html", **_values(session, actor, _ids(request.args.getlist("id"))))


@pages.post("/give")
def given() -> Response | tuple[str, int]:
    """Give them; those that could not be given stay chosen, each with its reason."""
    ids = _ids(request.form.getlist("id"))
    back = bool(request.form.get("back"))
    to = None if back else request.form.get("staff_id", "").strip() or None
    reason = request.form.get("reason", "").strip()
    errors = _lacking(to, reason, back=back)
    if errors:
        return _again(ids, errors, {}), 422
    refused = {task_id: why for task_id in ids if (why := _try(task_id, to, reason[:400])) is not None}
    given_away = len(ids) - len(refused)
    if given_away:
        flash(ngettext("%(num)d task was re-assigned.", "%(num)d tasks were re-assigned.", given_away), "success")
    if refused:
        return _again(list(refused), {}, refused), 409
    return redirect(safe_path(request.form.get("next"), url_for("boards.index")))  # type: ignore[return-value]


@pages.get("/people")
def people() -> str:
    """Who can be given the tasks ``id``: people of their node, those of the role first."""
    text = request.args.get("q", "").strip()[:60]
    with reading() as (session, actor):
        chosen = _tasks(session, actor, _ids(request.args.getlist("id")))
        return render_template("lookup/choices.html", choices=_choices(session, chosen, text))


def _choices(session: Session, chosen: list[Task], text: str) -> list[Choice]:
    if not chosen:
        return []
    on = business_date(clock())
    # Who may take them all stands at a node above all of them.
    path = min((task.path for task in chosen), key=len)
    roles = tuple(dict.fromkeys(role for task in chosen for role in task.roles))
    without = {person for task in chosen for person in task.excluded}
    found = find_colleagues(session, path, on, text=text, first=roles, without=without, limit=MOST)
    held = roles_by_staff(session, [one.id for one in found], on)
    return [
        Choice(
            one.id, one.display_name, " · ".join(dict.fromkeys(state_name(f"role.{r.role}") for r in held[one.id]))
        )
        for one in found
    ]


def _ids(sent: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(sent))[:_MOST]


def _lacking(to: str | None, reason: str, *, back: bool) -> dict[str, str]:
    """What the form lacks, by field: a person, unless the tasks go back to their groups, and a reason."""
    errors = {}
    if to is None and not back:
        errors["staff_id"] = _("Choose a person from the list.")
    if not reason:
        errors["reason"] = _("Say why; whoever gets the task reads it in its history.")
    return errors


def _try(task_id: str, to: str | None, reason: str) -> str | None:
    """Why a task could not be given, or None."""
    try:
        with acting() as (session, actor):
            engine_for(session, actor, clock()).assign(task_id, to, reason=reason)
    except KeyturnError as refusal:
        return word(refusal.code, refusal.params, field=refusal.field)
    return None


def _again(ids: list[str], errors: dict[str, str], refused: Refused) -> str:
    with reading() as (session, actor):
        return render_template("boards/give.html", **_values(session, actor, ids, errors, refused))


def _values(
    session: Session,
    actor: Actor,
    ids: list[str],
    errors: dict[str, str] | None = None,
    refused: Refused | None = None,
) -> dict[str, Any]:
    engine = engine_for(session, actor, clock())
    processes = process_names(engine.find_definitions(kind="process"))
    found = _tasks(session, actor, ids)
    typed = request.form.get("staff_id", "")
    return {
        "ids": ids,
        "rows": [row_of(task, processes, actor) for task in found],
        "names": names_of(session, [task.assignee for task in found]),
        "errors": errors or {},
        "refused": refused or {},
        "typed": {
            "staff_id": typed,
            "name": names(session, [typed]).get(typed, ""),
            "reason": request.form.get("reason"),
        },
        "next": safe_path(request.values.get("next"), url_for("boards.index")),
    }


def _tasks(session: Session, actor: Actor, ids: list[str]) -> list[Task]:
    """Those of the tasks that the reader oversees and that are still open."""
    return engine_for(session, actor, clock()).find_overseen(ids)
