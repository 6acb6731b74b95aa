"""Doing an act of the menu: in one unit of work, once per form, and told on the task's page when it is refused."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, redirect, render_template, request, url_for

from engine.api import ChangeRefused, Engine
from kernel.errors import KeyturnError, Missing
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for
from webapp.errors import status_of
from webapp.inbox.acts.people import picked_names
from webapp.inbox.task_values import task_values
from webapp.once import once
from webapp.wording import word

Answer = str | tuple[str, int] | Response


def carry_out(task_id: str, key: str, do: Callable[[Engine], object], *, done: str, leads_to: str = "") -> Answer:
    """Do it, say ``done`` and go to ``leads_to`` (the task's page unless given).

    A refusal shows the page again with its reason; the dialog ``key`` opens with what was typed.
    """

    def act() -> str:
        do(engine_for(session, actor, clock()))
        return leads_to or url_for("inbox.task", task_id=task_id)

    try:
        with acting() as (session, actor):
            address = once(session, actor, clock(), act)
    except KeyturnError as refused:
        if isinstance(refused, Missing) and refused.code == "task_missing":
            raise
        return _refused(task_id, key, refused)
    flash(done, "success")
    return redirect(address)  # type: ignore[return-value]


def said(refused: KeyturnError) -> str:
    """A refusal in words; one with findings says each of them."""
    if isinstance(refused, ChangeRefused):
        return " ".join(dict.fromkeys(word(finding.code, finding.params) for finding in refused.findings))
    return word(refused.code, refused.params, field=refused.field)


def _refused(task_id: str, key: str, refused: KeyturnError) -> Answer:
    with reading() as (session, actor):
        values = task_values(session, actor, task_id)
        refusal = said(refused)
        values |= {"act_refusal": refusal, "act_refused": key, "act_typed": request.form}
        page = render_template("inbox/task.html", **values, following=None, act_names=picked_names(session))
        return page, status_of(refused)
