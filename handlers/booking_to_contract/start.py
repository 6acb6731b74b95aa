"""The beginning: what the process is about and which parameters of the organisation apply to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.api import Context, Invalid, Missing, handler
from handlers.booking_to_contract.facts import queue_batch
from handlers.looking_up import known_customers, labels_of_unit
from handlers.shared import today
from ledger.inventory.taking import list_price_now
from ledger.organisation import parameters as known
from ledger.organisation.models import Project
from ledger.organisation.parameters import Parameter
from ledger.organisation.queries import get_node, parameters_on
from ledger.scope import require_on
from ledger.staff.permissions import Permission

Entry = Literal["walk_in", "hold", "small_order", "queue", "room_change"]
#: The right that each way in asks of the person who starts it; the rest is the diagram's to allow.
_RIGHTS = {
    "walk_in": Permission.SALES_SUBSCRIBE,
    "hold": Permission.SALES_HOLD,
    "small_order": Permission.SALES_SMALL_ORDER,
    "queue": Permission.SALES_QUEUE,
    "room_change": Permission.SALES_CHANGE_ROOM,
}


@dataclass(frozen=True)
class ReadParametersIn:
    """The answers of the start form; after a room change the sale that it opened."""

    entry: Entry
    customer_id: str
    unit_id: str | None = None
    batch_id: str | None = None
    hold_hours: int | None = None
    reason: str | None = None
    consultant: str | None = None
    sale_id: str | None = None


@dataclass(frozen=True)
class ReadParametersOut:
    """Whose sale it is and where, and the numbers that the diagram's timers and amounts follow.

    What later steps fill in begins empty, so that every expression of the diagram finds its names; the list price
    is there from the beginning where somebody is asked before a sale is open: for a hold.
    """

    consultant: str
    project_id: str
    project: str
    path: str
    zone: str
    unit_label: str | None
    customer: str
    hold_hours: int
    terms_hours: int
    small_order_fen: int
    small_order_days: int
    small_order_refund_rule: str
    deposit_fen: int
    deposit_due_days: int
    sign_by_days: int
    sign_by_reminder_days: int
    sign_by_grace_days: int
    filing_deadline_days: int
    filing_reminder_days: int
    approval_reminder_hours: int
    approval_expiry_days: int
    discount_stacking: str
    list_price_fen: int | None = None
    entry_result: str = "subscribe"
    sale_id: str | None = None
    queue_number_id: str | None = None
    earnest_receivable_id: str | None = None
    closing_reason: str | None = None
    returned_reason: str | None = None
    terms_note: str | None = None
    deciders: list[str] | None = None


@handler("booking_to_contract.read_parameters", again=True)
def read_parameters(data: ReadParametersIn, ctx: Context) -> ReadParametersOut:
    """Find the project and its parameters of today, and let only somebody start who may sell this way there.

    Raises `Missing` for an unknown unit, batch or customer, `NotAllowed`.
    """
    project, unit_label = _place(data, ctx)
    consultant = data.consultant or ctx.actor.id
    require_on(ctx.actor, _RIGHTS[data.entry], path=project.path, owner_id=consultant)
    customer = _customer(data, ctx, project)
    out = _parameters(data, ctx, project, consultant, unit_label, customer)
    ctx.set_facts(project=out.project, unit=unit_label, customer=customer, consultant=consultant, entry=data.entry)
    return out


def _place(data: ReadParametersIn, ctx: Context) -> tuple[Project, str | None]:
    if data.entry == "queue":
        if data.batch_id is None:
            raise Invalid("batch_missing", field="batch_id")
        return ctx.session.get_one(Project, queue_batch(ctx, data.batch_id).project_id), None
    if data.unit_id is None:
        raise Invalid("unit_missing", field="unit_id")
    unit, label = labels_of_unit(ctx, data.unit_id)
    return ctx.session.get_one(Project, unit.project_id), label


def _customer(data: ReadParametersIn, ctx: Context, project: Project) -> str:
    """The customer's name, if project or starter know them."""
    names = known_customers(ctx, project.path, [data.customer_id])
    if data.customer_id not in names:
        raise Missing("customer_missing", field="customer_id", id=data.customer_id)
    return names[data.customer_id]


def _parameters(
    data: ReadParametersIn, ctx: Context, project: Project, consultant: str, unit_label: str | None, customer: str
) -> ReadParametersOut:
    on = today(ctx, project.zone)

    # All in one query: on opening day this is read at each pick.
    settings = parameters_on(ctx.session, project.path, on)

    def number(wanted: Parameter[int]) -> int:
        return int(settings[wanted.name])

    refundable = settings[known.SMALL_ORDER_REFUNDABLE.name]
    return ReadParametersOut(
        consultant=consultant,
        project_id=project.id,
        project=get_node(ctx.session, project.path).name,
        path=project.path,
        zone=project.zone,
        unit_label=unit_label,
        customer=customer,
        hold_hours=data.hold_hours or number(known.HOLD_HOURS),
        terms_hours=number(known.HOLD_HOURS),
        small_order_fen=number(known.SMALL_ORDER_FEN),
        small_order_days=number(known.SMALL_ORDER_DAYS),
        small_order_refund_rule="refundable" if refundable else "not_refundable",
        deposit_fen=number(known.DEPOSIT_FEN),
        deposit_due_days=number(known.DEPOSIT_DUE_DAYS),
        sign_by_days=number(known.SIGN_BY_DAYS),
        sign_by_reminder_days=number(known.SIGN_BY_REMINDER_DAYS),
        sign_by_grace_days=number(known.SIGN_BY_GRACE_DAYS),
        filing_deadline_days=number(known.FILING_DEADLINE_DAYS),
        filing_reminder_days=number(known.FILING_REMINDER_DAYS),
        approval_reminder_hours=number(known.APPROVAL_REMINDER_HOURS),
        approval_expiry_days=number(known.APPROVAL_EXPIRY_DAYS),
        discount_stacking=settings[known.DISCOUNT_STACKING.name],
        list_price_fen=_list_price(data, ctx) if data.entry == "hold" else None,
        sale_id=data.sale_id,
    )


def _list_price(data: ReadParametersIn, ctx: Context) -> int | None:
    unit, _ = labels_of_unit(ctx, data.unit_id or "")
    return list_price_now(ctx.session, unit)
