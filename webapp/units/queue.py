"""Queue numbers (排号): the batches of a project, and one batch with its numbers in the order of calling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.api import InstanceFilter, Page
from kernel.actor import Actor
from kernel.clock import business_date
from kernel.errors import Invalid
from ledger.customers import queries as customers
from ledger.organisation.models import Project
from ledger.organisation.parameters import QUEUE_FEE_FEN
from ledger.organisation.queries import get_project, parameter
from ledger.sales import operations
from ledger.sales import queries as sales
from ledger.sales.queue_models import QueueNumber
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.carrying_out import carried_out
from webapp.engine_room import engine_for
from webapp.entries import Entries, filled, typed_fen
from webapp.formatting import yuan
from webapp.once import once
from webapp.units.asked import chosen_project
from webapp.units.desk import pages

_ID_LENGTH = 36
_FIELDS = {"fee_fen": "fee"}


@pages.get("/queue")
def queue_batches() -> str:
    """The batches of a project, those that are open first, and the form for another one."""
    return _batches_page(Entries())


def _batches_page(entries: Entries) -> str:
    with reading() as (session, actor):
        project, projects = chosen_project(session, actor, Permission.SALES_QUEUE)
        if project is None:
            return render_template("units/no_project.html")
        batches = sales.find_queue_batches(session, actor, project_id=project.id)
        return render_template(
            "units/queue.html",
            project=project,
            projects=projects,
            batches=sorted(batches, key=lambda one: one.state == "closed"),
            counts=sales.count_queue_numbers(session, actor, [one.id for one in batches]),
            fields=filled(_batch_fields(session, project), entries),
            may_run=actor.may(Permission.SALES_RUN_QUEUE, project.path),
        )


def _batch_fields(session: Session, project: Project) -> list[dict[str, Any]]:
    usual = parameter(session, project.path, QUEUE_FEE_FEN, business_date(clock(), project.zone))
    rules = [("sequence", _("In order of issue")), ("draw", _("By a draw"))]
    return [
        {"name": "code", "kind": "text", "label": _("Code"), "required": True, "max_length": 40, "wide": True},
        {"name": "name", "kind": "text", "label": _("Name"), "max_length": 100, "wide": True, "optional": True},
        {"name": "fee", "kind": "money", "label": _("Refundable fee"), "wide": True, "placeholder": yuan(usual),
         "help": _("Left empty, the project's usual fee holds; 0 asks for none.")},
        {"name": "order_rule", "kind": "radio", "label": _("Calling"), "value": "sequence", "required": True,
         "options": rules},
    ]  # fmt: skip


@pages.post("/queue")
def open_batch() -> Response | tuple[str, int]:
    """Begin another issue of numbers."""
    entries = Entries(_FIELDS)
    fee_fen = entries.read("fee", typed_fen)
    if not entries.errors:
        try:
            with acting() as (session, actor):
                address = once(session, actor, clock(), lambda: _open(session, actor, fee_fen))
            flash(_("The batch is open; numbers are issued when a sale begins with a queue number."), "success")
            return redirect(address)
        except Invalid as refused:
            entries.refuse(refused)
    return _batches_page(entries), 422


def _open(session: Session, actor: Actor, fee_fen: int | None) -> str:
    form = request.form
    project = get_project(session, actor, form.get("project", ""), Permission.SALES_QUEUE)
    batch = operations.open_queue_batch(
        session,
        actor,
        clock(),
        project_id=project.id,
        code=form.get("code", "")[:40],
        name=form.get("name", "")[:100],
        fee_fen=fee_fen,
        order_rule="draw" if form.get("order_rule") == "draw" else "sequence",
    )
    return url_for("units.queue_batch", batch_id=batch.id)


@pages.get("/queue/<batch_id>")
def queue_batch(batch_id: str) -> str:
    """A batch with its numbers in the order of calling."""
    with reading() as (session, actor):
        batch = sales.get_queue_batch(session, actor, batch_id)
        numbers = [number for number, _name in sales.list_queue_numbers(session, actor, batch_id)]
        return render_template(
            "units/queue_batch.html",
            batch=batch,
            numbers=numbers,
            counts=sales.count_queue_numbers(session, actor, [batch.id]).get(batch.id, {}),
            project=get_project(session, actor, batch.project_id, Permission.SALES_QUEUE),
            bearers=customers.names_seen(session, actor, [one.customer_id for one in numbers]),
            people=staff.names(session, {one.owner_id for one in numbers}),
            cases=_cases(session, actor, numbers),
            may_run=actor.may(Permission.SALES_RUN_QUEUE, batch.path),
        )


def _cases(session: Session, actor: Actor, numbers: Sequence[QueueNumber]) -> dict[str, str]:
    """By number the process that issued it, whose step is the number's key, where the reader takes part in it."""
    issued_by = {one.id: one.key[:_ID_LENGTH] for one in numbers if one.key and one.key[_ID_LENGTH:][:1] == ":"}
    if not issued_by:
        return {}
    wanted = InstanceFilter(instance_ids=tuple(set(issued_by.values())))
    found = engine_for(session, actor, clock()).find_instances(wanted, Page(size=len(issued_by)))
    seen = {instance.id for instance in found.rows}
    return {number_id: case for number_id, case in issued_by.items() if case in seen}


@pages.post("/queue/<batch_id>/draw")
def draw_batch(batch_id: str) -> Response:
    """Draw the order of calling from a published text, once."""
    seed = request.form.get("seed", "")

    def act(session: Session, actor: Actor) -> None:
        operations.draw_queue(session, actor, clock(), batch_id=batch_id, seed=seed)

    return _change(batch_id, act, _("The order is drawn."))


@pages.post("/queue/<batch_id>/close")
def close_batch(batch_id: str) -> Response:
    """End a batch."""

    def act(session: Session, actor: Actor) -> None:
        operations.close_queue_batch(session, actor, clock(), batch_id=batch_id)

    return _change(batch_id, act, _("The batch is closed; its open numbers are given back one by one."))


def _change(batch_id: str, act: Callable[[Session, Actor], None], done: str) -> Response:
    return carried_out(act, leads_to=url_for("units.queue_batch", batch_id=batch_id), done=done)
