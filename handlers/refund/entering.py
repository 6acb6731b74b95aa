"""A refund or a compensation is asked for: checked by the ledger, and a refund's money is reserved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from engine.api import Context, Invalid, Missing, handler
from handlers.refund.payout import Payout, What, compensation_words, receipt_of, withdraw
from kernel.clock import business_date
from ledger.finance.operations import ask_compensation, ask_refund
from ledger.finance.queries import get_receipt
from ledger.finance.sale_labels import SaleLabel, label_sales
from ledger.organisation import parameters as known
from ledger.organisation.queries import parameter, project_at


@dataclass(frozen=True)
class EnterIn:
    """The answers of the start form; when a request is mended, also what was asked before. Money is fen."""

    what: What
    amount_fen: int
    reason: str
    payee_is: Literal["payer", "other"]
    receipt_id: str | None = None
    sale_id: str | None = None
    compensation_kind: str | None = None
    payee: str | None = None
    payee_reason: str | None = None
    payout_id: str | None = None
    applicant: str | None = None
    applicants: list[str] | None = None
    turn: int = 0


@dataclass(frozen=True)
class EnterOut:
    """What approvers see of it, whom they are not, and the content they approve."""

    payout_id: str
    content_hash: str
    subject_no: str
    payee_name: str
    payee_reason: str | None
    payer: str | None
    received_fen: int | None
    compensation_words: str | None
    other_payee: bool
    applicant: str
    applicants: list[str]
    project: str | None
    unit: str | None
    customer: str | None
    path: str
    zone: str
    approval_reminder_hours: int
    approval_expiry_days: int
    turn: int
    returned_because: str | None = None


@handler("refund.enter", again=True)
def enter(data: EnterIn, ctx: Context) -> EnterOut:
    """Ask the ledger; what was asked before is withdrawn first. Raises what the ledger refuses, by field."""
    if data.payout_id is not None:
        withdraw(ctx, data.what, data.payout_id, data.reason)
    payout = _asked(data, ctx)
    if not payout.path.startswith(ctx.scope):
        raise Missing("receipt_missing" if data.what == "refund" else "sale_missing", field=_subject_field(data))
    receipt = receipt_of(ctx, payout)
    label = label_sales(ctx.session, [payout.sale_id]).get(payout.sale_id) if payout.sale_id else None
    number = get_receipt(ctx.session, ctx.ledger_actor, receipt.id).row.number if receipt else None
    out = EnterOut(
        payout_id=payout.id,
        content_hash=payout.content_hash or "",
        subject_no=number or (label.no if label else ""),
        payee_name=payout.payee,
        payee_reason=payout.payee_reason,
        payer=receipt.payer if receipt else None,
        received_fen=receipt.amount_fen if receipt else None,
        compensation_words=compensation_words(ctx, data.compensation_kind, payout.path),
        other_payee=payout.payee_reason is not None,
        applicant=data.applicant or ctx.actor.id,
        applicants=_applicants(data, ctx),
        turn=data.turn + 1,
        **_place(ctx, payout, label),
    )
    ctx.set_facts(amount_fen=payout.amount_fen, unit=out.unit, customer=out.customer, subject=out.subject_no)
    return out


def _subject_field(data: EnterIn) -> str:
    return "receipt_id" if data.what == "refund" else "sale_id"


def _asked(data: EnterIn, ctx: Context) -> Payout:
    other = data.payee_is == "other"
    common: dict[str, Any] = {
        "key": f"asked:{ctx.instance_id}:{data.turn}",
        "amount_fen": data.amount_fen,
        "reason": data.reason,
        "payee": data.payee if other else None,
        "payee_reason": data.payee_reason if other else None,
        "instance_id": ctx.instance_id,
    }
    act = (ctx.session, ctx.actor, ctx.clock)
    if data.what == "refund":
        if data.receipt_id is None:
            raise Invalid("receipt_missing", field="receipt_id")
        return ask_refund(*act, receipt_id=data.receipt_id, **common)
    if data.sale_id is None:
        raise Invalid("sale_missing", field="sale_id")
    kind = data.compensation_kind or ""
    return ask_compensation(*act, sale_id=data.sale_id, kind=kind, **common)


def _applicants(data: EnterIn, ctx: Context) -> list[str]:
    """Everybody who has asked or mended, and for whom: none of them decides."""
    people = [*(data.applicants or ()), ctx.actor.id, ctx.actor.on_behalf_of]
    return list(dict.fromkeys(person for person in people if person))


def _place(ctx: Context, payout: Payout, label: SaleLabel | None) -> dict[str, Any]:
    project = project_at(ctx.session, payout.path)
    today = business_date(ctx.clock, project.zone) if project else business_date(ctx.clock)
    return {
        "project": project.name if project else None,
        "unit": label.unit_label if label else None,
        "customer": "、".join(label.buyer_names) if label else None,
        "path": payout.path,
        "zone": project.zone if project else "Asia/Shanghai",
        "approval_reminder_hours": parameter(ctx.session, payout.path, known.APPROVAL_REMINDER_HOURS, today),
        "approval_expiry_days": parameter(ctx.session, payout.path, known.APPROVAL_EXPIRY_DAYS, today),
    }
