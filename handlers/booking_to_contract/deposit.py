"""The subscription (认购): its approval noted, its deposit (定金) asked for, and in force once that is paid."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import select

from engine.api import Context, handler
from handlers.booking_to_contract.facts import sale_of
from handlers.booking_to_contract.money import collect
from handlers.booking_to_contract.people import buyers_of, issue_paper, words_of
from handlers.shared import days_from_today, end_of_day, instant_text
from handlers.telling import tell_customers, tell_person
from ledger.finance.accounts import allocated_by_receivable
from ledger.finance.operations import convert_earnest, raise_deposit
from ledger.sales.operations import activate_subscription, approve_terms
from ledger.sales.stage_models import Subscription


@dataclass(frozen=True)
class WriteSubscriptionIn:
    """The approved terms: ``approved_by`` names who approved them in order, empty at list price."""

    sale_id: str
    content_hash: str
    approved_by: list[str]
    deposit_fen: int
    deposit_due_days: int
    zone: str
    earnest_receivable_id: str | None = None


@dataclass(frozen=True)
class WriteSubscriptionOut:
    """By when (UTC) the deposit must be there."""

    deposit_due_at: str


@handler("booking_to_contract.write_subscription")
def write_subscription(data: WriteSubscriptionIn, ctx: Context) -> WriteSubscriptionOut:
    """Note the approval of these very terms and ask finance for the deposit.

    Money of a small order or a queue number becomes part of the deposit first. Raises `ApprovalStale` when the
    terms are no longer those that were approved.
    """
    if data.approved_by:
        approve_terms(
            ctx.session,
            ctx.ledger_actor,
            ctx.clock,
            sale_id=data.sale_id,
            content_hash=data.content_hash,
            approvers=data.approved_by,
            reference=ctx.instance_id,
            key=ctx.idempotency_key,
        )
    due_on = days_from_today(ctx, data.deposit_due_days, data.zone)
    line = raise_deposit(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        amount_fen=data.deposit_fen,
        due_on=due_on,
    )
    if data.earnest_receivable_id:
        convert_earnest(
            ctx.session,
            ctx.ledger_actor,
            ctx.clock,
            receivable_id=data.earnest_receivable_id,
            sale_id=data.sale_id,
        )
    paid = allocated_by_receivable(ctx.session, [line.id]).get(line.id, 0)
    collect(ctx, line, amount_fen=line.amount_fen - paid)
    ctx.set_facts(due=due_on.isoformat())
    return WriteSubscriptionOut(instant_text(end_of_day(due_on, data.zone)))


@dataclass(frozen=True)
class SignByIn:
    """A subscription and the project's days around its sign-by date."""

    sale_id: str
    sign_by_reminder_days: int
    sign_by_grace_days: int
    zone: str


@dataclass(frozen=True)
class SignByOut:
    """The sign-by date (签约期限), as a day and as the instants (UTC) of task, reminder and lapse."""

    sign_by: date
    sign_by_at: str
    sign_by_reminder_at: str
    lapse_at: str


@handler("booking_to_contract.renew_sign_by")
def renew_sign_by(data: SignByIn, ctx: Context) -> SignByOut:
    """Take the sign-by date that the subscription has by now."""
    paper = paper_of(ctx, data.sale_id)
    ctx.set_facts(due=paper.sign_by.isoformat())
    return sign_by_days(paper, data)


def sign_by_days(paper: Subscription, data: SignByIn) -> SignByOut:
    """The sign-by date of a subscription with the instants around it."""
    lapse = paper.sign_by + timedelta(days=data.sign_by_grace_days)
    remind = paper.sign_by - timedelta(days=data.sign_by_reminder_days + 1)
    return SignByOut(
        sign_by=paper.sign_by,
        sign_by_at=instant_text(end_of_day(paper.sign_by, data.zone)),
        sign_by_reminder_at=instant_text(end_of_day(remind, data.zone)),
        lapse_at=instant_text(end_of_day(lapse, data.zone)),
    )


def paper_of(ctx: Context, sale_id: str) -> Subscription:
    """The subscription of a sale."""
    return ctx.session.scalars(select(Subscription).where(Subscription.sale_id == sale_id)).one()


@dataclass(frozen=True, kw_only=True)
class ActivateIn(SignByIn):
    """A subscription whose deposit is there, and the project's days for signing."""

    sign_by_days: int


@dataclass(frozen=True, kw_only=True)
class ActivateOut(SignByOut):
    """The subscription's number beside its sign-by date."""

    subscription_no: str


@handler("booking_to_contract.activate_subscription")
def activate(data: ActivateIn, ctx: Context) -> ActivateOut:
    """Bring the subscription into force; the days for signing count from now, approval took its own time."""
    sale = activate_subscription(
        ctx.session,
        ctx.ledger_actor,
        ctx.clock,
        sale_id=data.sale_id,
        sign_by=days_from_today(ctx, data.sign_by_days, data.zone),
        key=ctx.idempotency_key,
    )
    paper = paper_of(ctx, sale.id)
    issue_paper(ctx, "subscription", sale)
    params = {
        **words_of(ctx, sale),
        "number": paper.no or sale.no,
        "deposit_fen": paper.deposit_fen,
        "sign_by_on": paper.sign_by.isoformat(),
    }
    tell_customers(ctx, "subscription_in_force", buyers_of(ctx, sale), sale.path, params)
    ctx.set_facts(due=paper.sign_by.isoformat(), subscription_no=paper.no)
    return ActivateOut(**asdict(sign_by_days(paper, data)), subscription_no=paper.no or "")


@dataclass(frozen=True)
class RemindIn:
    """A subscription whose sign-by date is near."""

    sale_id: str
    subscription_no: str
    sign_by: date


@handler("booking_to_contract.remind_to_sign", again=True)
def remind_to_sign(data: RemindIn, ctx: Context) -> None:
    """Remind the buyers and the consultant that the contract waits for signing."""
    sale = sale_of(ctx, data.sale_id)
    params = {**words_of(ctx, sale), "number": data.subscription_no, "sign_by_on": data.sign_by.isoformat()}
    tell_customers(ctx, "sign_by_reminder", buyers_of(ctx, sale), sale.path, params)
    tell_person(ctx, "sign_by_reminder", sale.owner_id, sale.path, params)
