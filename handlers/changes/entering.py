"""A change is asked for, or asked for again after a return: the ledger works out what it would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from engine.api import Context, Missing, handler
from handlers.changes.orders import language_of
from handlers.changes.wording import change_words, money_words
from handlers.looking_up import customer_name, labels_of_unit
from kernel.clock import business_date
from ledger.changes.models import ChangeOrder
from ledger.changes.modes import simple_approver
from ledger.changes.operations import mend_change, submit_change
from ledger.organisation import parameters as known
from ledger.organisation.models import Project
from ledger.organisation.queries import parameters_on
from ledger.sales.models import Sale, SaleApproval, SaleBuyer
from ledger.sales.stage_models import Filing

_STAGES = {"subscribed": "subscribed", "signed": "contracted", "filed": "filed"}


@dataclass(frozen=True)
class EnterIn:
    """What is wanted, by the names of the kind's form. ``order_id`` when it is asked for again."""

    kind: str
    sale_id: str
    reason: str
    wanted: dict[str, Any]
    fault: str | None = None
    evidence_id: str | None = None
    order_id: str | None = None


@dataclass(frozen=True)
class EnterOut:
    """What approvers and executors see of the order, whom they are not, and the numbers of its timers.

    ``route_kind``, ``off_list_bp``, ``below_floor`` and ``stage`` are what `approval_matrix` is asked with.
    """

    order_id: str
    order_no: str
    content_hash: str
    mode: str
    simple_role: str
    route_kind: str
    off_list_bp: int
    below_floor: bool
    stage: str
    needs_supplement: bool
    filing_stands: bool
    applicant: str
    applicants: list[str]
    change_text: str
    money_text: str
    list_price_fen: int
    price_after_fen: int
    money_effect_fen: int
    earlier_exceptions: int
    project: str
    unit: str
    customer: str
    sale_no: str
    path: str
    zone: str
    approval_reminder_hours: int
    approval_expiry_days: int
    execute_within: str
    ended_because: str | None = None
    deciders: list[str] | None = None
    opinions: list[dict[str, object]] | None = None


@handler("changes.enter", again=True)
def enter(data: EnterIn, ctx: Context) -> EnterOut:
    """Submit the order, or the same one again with other values. Raises what the ledger refuses, by field."""
    act = (ctx.session, ctx.actor, ctx.clock)
    files = [data.evidence_id] if data.evidence_id else []
    if data.order_id is None:
        order = submit_change(
            *act,
            kind=data.kind,
            sale_id=data.sale_id,
            wanted=data.wanted,
            reason=data.reason,
            fault=data.fault,
            files=files,
            instance_id=ctx.instance_id,
        )
    else:
        order = mend_change(
            *act,
            order_id=data.order_id,
            wanted=data.wanted,
            reason=data.reason,
            fault=data.fault,
            files=files or None,
        )
    if not order.path.startswith(ctx.scope):
        raise Missing("sale_missing", field="sale_id")
    out = _out(ctx, order)
    ctx.set_facts(
        sale_no=out.sale_no, unit=out.unit, customer=out.customer, subject=order.no, amount_fen=out.price_after_fen
    )
    return out


def _out(ctx: Context, order: ChangeOrder) -> EnterOut:
    sale = ctx.session.get_one(Sale, order.sale_id)
    project = ctx.session.get_one(Project, order.project_id)
    _, unit = labels_of_unit(ctx, sale.unit_id)
    today = business_date(ctx.clock, project.zone)
    settings = parameters_on(ctx.session, order.path, today)
    language = language_of(ctx, order.path)
    filing = ctx.session.scalars(select(Filing).where(Filing.sale_id == sale.id)).one_or_none()
    price = sale.deal_price_fen or 0
    after = order.after.get("deal_price_fen", price)
    days = settings[known.CHANGE_EXECUTE_DAYS.name]
    people = (order.applied_by, order.applied_for, order.owner_id)
    return EnterOut(
        order_id=order.id,
        order_no=order.no,
        content_hash=order.content_hash,
        mode=order.mode,
        simple_role=simple_approver(ctx.session, order.path, today),
        route_kind=order.route["kind"],
        off_list_bp=order.route["off_list_bp"],
        below_floor=order.route["below_floor"],
        stage=_STAGES[sale.stage],
        needs_supplement=order.route["signed"],
        filing_stands=filing is not None and filing.state == "accepted",
        applicant=order.applied_by,
        applicants=list(dict.fromkeys(one for one in people if one)),
        change_text=change_words(order.before, order.after, language),
        money_text=money_words(order.money, language),
        list_price_fen=sale.list_price_fen,
        price_after_fen=after,
        money_effect_fen=after - price,
        earlier_exceptions=_earlier_exceptions(ctx, sale),
        project=project.name,
        unit=unit,
        customer=customer_name(ctx, sale.customer_id),
        sale_no=sale.no,
        path=order.path,
        zone=project.zone,
        approval_reminder_hours=settings[known.APPROVAL_REMINDER_HOURS.name],
        approval_expiry_days=settings[known.APPROVAL_EXPIRY_DAYS.name],
        execute_within=f"P{days}D",
    )


def _earlier_exceptions(ctx: Context, sale: Sale) -> int:
    """How many approvals other sales of these buyers have had: what approvers weigh (DOMAIN §9)."""
    ours = select(SaleBuyer.customer_id).where(
        SaleBuyer.sale_id == sale.id, SaleBuyer.version == sale.terms_version
    )
    theirs = select(SaleBuyer.sale_id).where(SaleBuyer.customer_id.in_(ours), SaleBuyer.sale_id != sale.id)
    return ctx.session.scalar(select(func.count()).where(SaleApproval.sale_id.in_(theirs))) or 0
