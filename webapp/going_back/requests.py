"""Taking back what one began (撤回申请) from the page of its case: at once, or by asking who holds it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.api import Engine
from kernel.errors import KeyturnError, Missing
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for
from webapp.errors import status_of
from webapp.inbox.acts.doing import said
from webapp.inbox.blueprint import pages
from webapp.inbox.cases import case_values
from webapp.once import once


@pages.post("/cases/<instance_id>/withdraw")
def withdraw_request(instance_id: str) -> Response | tuple[str, int]:
    """End the case, or open one's last task in it again; if somebody has acted, ask for it."""
    reason, asks = request.form.get("reason", ""), request.form.get("act") == "ask"

    def act() -> str:
        _do(engine_for(session, actor, clock()), instance_id, reason, asks=asks)
        return url_for("inbox.case", instance_id=instance_id)

    try:
        with acting() as (session, actor):
            address = once(session, actor, clock(), act)
    except KeyturnError as refused:
        if isinstance(refused, Missing):
            raise
        return _refused(instance_id, refused)
    flash(_("Whoever holds the case is asked.") if asks else _("You have taken it back."), "success")
    return redirect(address)  # type: ignore[return-value]


def _do(engine: Engine, instance_id: str, reason: str, *, asks: bool) -> object:
    task_id = engine.request_rights(instance_id).task_id
    if task_id is not None:
        return engine.ask_to_withdraw(task_id, reason) if asks else engine.withdraw(task_id, reason)
    if asks:
        return engine.ask_to_withdraw_request(instance_id, reason)
    return engine.withdraw_request(instance_id, reason)


def _refused(instance_id: str, refused: KeyturnError) -> tuple[str, int]:
    """The page again with what stands against it; the dialog opens with what was typed."""
    with reading() as (session, actor):
        values: dict[str, Any] = case_values(session, actor, instance_id)
        values |= {"withdraw_refusal": said(refused), "withdraw_typed": request.form.get("reason", "")}
        return render_template("inbox/case.html", **values), status_of(refused)
