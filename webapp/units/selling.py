"""Selling a unit: the process begins with its start form, the customer chosen or registered on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.api import Page, TaskFilter
from forms import compile as compiled
from forms.describe import Field, describe
from forms.posted import read_posted
from kernel.actor import Actor
from kernel.errors import AnswersInvalid, Invalid, KeyturnError, NotAllowed, Stale
from ledger.customers import queries as customers
from ledger.customers.errors import DuplicateCustomer
from ledger.customers.operations import register_customer
from ledger.sales.queries import SaleFilter, find_queue_batches, find_sales
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for
from webapp.errors import status_of, worded_errors
from webapp.language import current_language
from webapp.once import once
from webapp.page import endpoint_exists
from webapp.units.desk import pages
from webapp.units.unit import Opened, opened
from webapp.wording import word

PROCESS = "booking_to_contract"
START_FORM = f"{PROCESS}/start"
_OPEN_TO_ALL_ENTRIES = ("walk_in", "hold", "small_order")


@dataclass(frozen=True)
class Refused:
    """Why a sale did not begin: sentences by field, one for the whole, and customers who may be the same."""

    fields: Mapping[str, str] = field(default_factory=dict)
    whole: str = ""
    candidates: Sequence[tuple[str, str, bool]] = ()
    confirmable: bool = False
    status: int = 200


@pages.get("/<unit_id>/sell")
def sell(unit_id: str) -> str:
    """The form with which a sale of this unit begins."""
    with reading() as (session, actor):
        about = opened(session, actor, unit_id)
        actor.require(Permission.BOOKING_TO_CONTRACT_START, about.project.path)
        typed = {"entry": "walk_in", **request.args.to_dict()}
        return _page(session, actor, about, typed, Refused())


@pages.post("/<unit_id>/sell")
def begin(unit_id: str) -> Response | tuple[str, int]:
    """Start the process; whoever comes second to a unit learns who was first, and when."""
    try:
        with acting() as (session, actor):
            about = opened(session, actor, unit_id)
            return redirect(once(session, actor, clock(), lambda: _start(session, actor, about)))
    except DuplicateCustomer as duplicate:
        refused = _duplicates(duplicate)
    except AnswersInvalid as error:
        texts = {name: " ".join(sentences) for name, sentences in worded_errors(error).items()}
        refused = Refused(texts, status=422)
    except (Stale, Invalid) as error:
        sentence = word(error.code, error.params)
        own = error.field if error.field in _drawn() else None
        refused = Refused({own: sentence} if own else {}, "" if own else sentence, status=status_of(error))
    except NotAllowed:
        raise
    except KeyturnError as error:
        refused = Refused(whole=word(error.code, error.params), status=status_of(error))
    with reading() as (session, actor):
        about = opened(session, actor, unit_id)
        return _page(session, actor, about, request.form.to_dict(), refused), refused.status


def _drawn() -> frozenset[str]:
    asked = {component.key for component in compiled.load(START_FORM).model.asked()} - {"unit_id"}
    return frozenset(asked | {"new_name", "new_phone", "name", "phones"})


def _start(session: Session, actor: Actor, about: Opened) -> str:
    form = compiled.load(START_FORM)
    answers = read_posted(form.model, request.form.items(multi=True))
    if answers.get("entry") == "queue":
        answers["intended_units"] = [{"unit_id": about.cell.unit_id}]
        answers.pop("unit_id", None)
    else:
        answers["unit_id"] = about.cell.unit_id
    if not answers.get("customer_id") and request.form.get("new_name", "").strip():
        answers["customer_id"] = _register(session, actor, about)
    engine = engine_for(session, actor, clock())
    instance = engine.start(PROCESS, answers, scope=about.project.path)
    return _next(session, actor, about, instance.id, instance.open_tasks)


def _register(session: Session, actor: Actor, about: Opened) -> str:
    customer = register_customer(
        session,
        actor,
        clock(),
        name=request.form.get("new_name", ""),
        project_id=about.project.id,
        phones=[phone for phone in (request.form.get("new_phone", "").strip(),) if phone],
        first_kind="visitor",
        confirmed="confirmed" in request.form,
    )
    return customer.id


def _next(session: Session, actor: Actor, about: Opened, instance_id: str, tasks: Sequence[str]) -> str:
    """Where to go on: the open task if it is the seller's, else the sale, else the case."""
    if endpoint_exists("inbox.task") and tasks:
        own = TaskFilter(box="mine", instance_id=instance_id)
        for task in engine_for(session, actor, clock()).find_tasks(own, Page(size=1)).rows:
            return url_for("inbox.task", task_id=task.id)
    session.flush()  # The sale is looked up as it stands now.
    wanted = SaleFilter(unit_id=about.cell.unit_id, state="live")
    for sale in find_sales(session, actor, wanted, limit=1):
        return url_for("sales.sale", sale_id=sale.sale_id)
    if endpoint_exists("inbox.case"):
        return url_for("inbox.case", instance_id=instance_id)
    return url_for("units.show", unit_id=about.cell.unit_id)


def _duplicates(duplicate: DuplicateCustomer) -> Refused:
    with reading() as (session, actor):
        names = customers.names_seen(session, actor, [one.id for one in duplicate.candidates])
    rows = [(one.id, names.get(one.id, ""), one.visible) for one in duplicate.candidates]
    return Refused(
        {"new_name": word(duplicate.code, duplicate.params)},
        candidates=rows,
        confirmable=duplicate.confirmable,
        status=422,
    )


def _page(session: Session, actor: Actor, about: Opened, typed: Mapping[str, str], refused: Refused) -> str:
    texts = {}
    if customer_id := typed.get("customer_id"):
        found = customers.find_customers(session, actor, [customer_id])
        texts = {row.id: f"{row.name} {row.phone or ''}".strip() for row in found.values()}
    return render_template(
        "units/sell.html",
        about=about,
        fields=_fields(session, actor, about, typed, refused, texts),
        typed=typed,
        refused=refused,
    )


def _fields(
    session: Session,
    actor: Actor,
    about: Opened,
    typed: Mapping[str, str],
    refused: Refused,
    texts: Mapping[str, str],
) -> list[Field]:
    """The start form's fields with the unit fixed; a queue number only where there is a batch to join."""
    drawn = []
    batches = find_queue_batches(session, actor, project_id=about.project.id)
    choices = {batch.id: batch.code for batch in batches}
    described = describe(compiled.load(START_FORM), current_language(), typed, texts={**texts, **choices})
    for one in described:
        if one.name not in ("unit_id", "intended_units"):
            drawn.append(_adapted(one, about.project.path, bool(batches), refused.fields.get(one.name)))
    return drawn


def _adapted(one: Field, path: str, has_batches: bool, error: str | None) -> Field:
    """A field of the start form as this page draws it."""
    changes: dict[str, Any] = {"error": error}
    if one.name == "entry" and not has_batches:
        changes["options"] = tuple(option for option in one.options if option.value in _OPEN_TO_ALL_ENTRIES)
    if one.source is not None:
        changes["source"] = f"/lookup/{one.source}?path={path}"
    if one.name == "customer_id":
        hint = _("Type a name, its pinyin initials or the end of a phone number.")
        changes |= {"required": False, "wide": True, "help": hint}
    return replace(one, **changes)
