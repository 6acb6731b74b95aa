"""The request: what is asked for is checked and kept, and what approvers see of it is gathered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.api import Context, handler
from handlers.looking_up import customer_name, found, labels_of_unit
from handlers.shared import today
from ledger.finance.interest import interest_of_sale
from ledger.finance.interest_models import Waiver
from ledger.finance.operations import request_waiver
from ledger.organisation import parameters as known
from ledger.organisation.models import Project
from ledger.organisation.queries import get_node, parameters_on
from ledger.sales.models import Sale


@dataclass(frozen=True)
class RequestIn:
    """What the account page or the form for mending says; money in fen.

    ``kind`` is ``waiver`` for late interest, ``write_off`` for the rest of one receivable.
    """

    sale_id: str
    amount_fen: int
    reason: str
    kind: Literal["waiver", "write_off"] = "waiver"
    receivable_id: str | None = None
    applicants: list[str] | None = None


@dataclass(frozen=True)
class RequestOut:
    """The request that is decided on, by its content hash, and what approvers see of it; money in fen.

    ``applicants`` are all who have asked in this case: none of them decides.
    """

    waiver_id: str
    content_hash: str
    applicant: str
    applicants: list[str]
    asked_kind: Literal["interest_waiver", "write_off"]
    sale_no: str
    project: str
    unit: str
    customer: str
    open_interest_fen: int
    path: str
    zone: str
    approval_reminder_hours: int
    approval_expiry_days: int
    outcome: str = "returned"
    deciders: list[str] | None = None


@handler("interest_waiver.request", again=True)
def request(data: RequestIn, ctx: Context) -> RequestOut:
    """Keep the request of whoever asks; raises what the ledger refuses him, by field."""
    sale = found(ctx, Sale, data.sale_id, "sale_id")
    waiver = request_waiver(
        ctx.session,
        ctx.actor,
        ctx.clock,
        key=ctx.idempotency_key,
        sale_id=sale.id,
        amount_fen=data.amount_fen,
        reason=data.reason,
        kind=data.kind,
        receivable_id=data.receivable_id,
        instance_id=ctx.instance_id,
    )
    out = _gathered(ctx, sale, waiver, data.applicants or [])
    ctx.set_facts(
        project=out.project, unit=out.unit, customer=out.customer, sale_no=sale.no, amount_fen=waiver.amount_fen
    )
    return out


def _gathered(ctx: Context, sale: Sale, waiver: Waiver, before: list[str]) -> RequestOut:
    project = ctx.session.get_one(Project, sale.project_id)
    on = today(ctx, project.zone)
    settings = parameters_on(ctx.session, sale.path, on)
    people = [*before, waiver.requested_by, ctx.actor.on_behalf_of]
    return RequestOut(
        waiver_id=waiver.id,
        content_hash=waiver.content_hash,
        applicant=waiver.requested_by,
        applicants=sorted({person for person in people if person}),
        asked_kind="interest_waiver" if waiver.kind == "waiver" else "write_off",
        sale_no=sale.no,
        project=get_node(ctx.session, project.path).name,
        unit=labels_of_unit(ctx, sale.unit_id)[1],
        customer=customer_name(ctx, sale.customer_id),
        open_interest_fen=interest_of_sale(ctx.session, sale.id, on=on).open_fen,
        path=sale.path,
        zone=project.zone,
        approval_reminder_hours=int(settings[known.APPROVAL_REMINDER_HOURS.name]),
        approval_expiry_days=int(settings[known.APPROVAL_EXPIRY_DAYS.name]),
    )
