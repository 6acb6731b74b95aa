"""The subscription (认购): terms agreed, approved where they must be, in force on the deposit, ended in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.documents.numbers import next_number
from ledger.inventory.changes import given_reason
from ledger.inventory.models import Unit
from ledger.inventory.states import UnitStatus
from ledger.inventory.taking import check_unblocked, move_unit
from ledger.organisation.models import Project
from ledger.organisation.parameters import SIGN_BY_DAYS
from ledger.organisation.queries import parameter
from ledger.sales.acts import Act, about, require_stage
from ledger.sales.closing import close_line, end_parts
from ledger.sales.errors import AmountInvalid, ApprovalMissing, DateInvalid, SaleNotReady
from ledger.sales.facts import SubscriptionActivated, SubscriptionExtended, SubscriptionLapsed, TermsSealed
from ledger.sales.kinds import mark_buyers
from ledger.sales.models import Sale
from ledger.sales.offers import check_offers
from ledger.sales.pricing import Discount, price_quote
from ledger.sales.shares import Buyer, Ownership, buyer_lines
from ledger.sales.stage_models import Hold, SmallOrder, Subscription
from ledger.sales.terms import Terms, seal_terms
from ledger.staff.permissions import Permission


def subscribe(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    buyers: Sequence[Buyer],
    deposit_fen: int,
    discounts: Sequence[Discount] = (),
    ownership: Ownership | None = None,
    plan_id: str | None = None,
    sign_by: date | None = None,
    key: str | None = None,
) -> Sale:
    """Agree on price, buyers and plan; from a hold, a small order or an opened sale, which thereby converts.

    The list price is the one in force now. It can be repeated with other terms until the subscription is active;
    each time a new version is sealed and an approval of the former no longer counts. ``sign_by`` is by default
    the project's ``sign_by_days`` from today. Raises `DiscountInvalid`, `BuyersInvalid`, `AmountInvalid`,
    `DateInvalid`, `SaleNotReady`, `UnitNotSellable`, each naming its field.
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("subscribed", sale_id=sale_id):
        return earlier
    sale, unit = act.lock(sale_id, Permission.SALES_SUBSCRIBE)
    require_stage(sale, "subscribe", "held", "small_ordered", "subscribing")
    paper = _paper_of(session, sale)
    price = check_unblocked(session, clock, unit)
    check_offers(session, clock, session.get_one(Project, sale.project_id), discounts)
    quote = price_quote(price.list_price_fen, discounts, floor_price_fen=price.floor_price_fen)
    lines = buyer_lines(buyers, ownership)
    act.require_customers(*(line.customer_id for line in lines), field="buyers")
    if not 0 < deposit_fen <= quote.deal_price_fen:
        raise AmountInvalid(field="deposit_fen", amount_fen=deposit_fen, most_fen=quote.deal_price_fen)
    today = act.today(sale.project_id)
    sign_by = sign_by or today + timedelta(days=parameter(session, sale.path, SIGN_BY_DAYS, today))
    if sign_by < today:
        raise DateInvalid(field="sign_by", earliest=today)
    before = sale.stage
    _take_over(act, sale, unit)
    sale.price_version_id = price.version_id
    seal = seal_terms(session, actor, clock, sale, Terms(quote, lines, deposit_fen, plan_id))
    if paper is None:
        paper = Subscription(sale_id=sale.id, path=sale.path, state="draft")
        session.add(paper)
    paper.subscribed_on, paper.deposit_fen, paper.sign_by, paper.state = today, deposit_fen, sign_by, "draft"
    session.flush()  # Checks of the database on dates and amounts belong to this act.
    details = {"version": seal.version, "deal_price_fen": seal.deal_price_fen, "content_hash": seal.content_hash}
    act.note(sale, "subscribed", before=before, after=sale.stage, details=details)
    fact = TermsSealed(
        *about(sale),
        version=seal.version,
        content_hash=seal.content_hash,
        deal_price_fen=seal.deal_price_fen,
        effective_discount_bp=seal.effective_discount_bp,
        below_floor=seal.below_floor,
    )
    tell(session, fact)
    return sale


def _take_over(act: Act, sale: Sale, unit: Unit) -> None:
    """The hold or small order from which the sale comes is converted, its unit is subscribed."""
    now = act.clock.now()
    for hold in act.session.scalars(select(Hold).where(Hold.sale_id == sale.id, Hold.state == "active")):
        hold.state, hold.ended_at = "converted", now
    open_orders = select(SmallOrder).where(SmallOrder.sale_id == sale.id, SmallOrder.state.in_(("open", "paid")))
    for order in act.session.scalars(open_orders):
        order.state, order.ended_at = "converted", now
    if unit.status != UnitStatus.SUBSCRIBED:
        move_unit(
            act.session,
            act.actor,
            act.clock,
            unit=unit,
            status=UnitStatus.SUBSCRIBED,
            sale_id=sale.id,
            reason="subscribe",
        )
    sale.stage = "subscribing"


def activate_subscription(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    sign_by: date | None = None,
    key: str | None = None,
) -> Sale:
    """Bring the subscription into force, once finance has the deposit; it gets its number.

    ``sign_by`` puts the agreed sign-by date off, because approval and payment took their own time; an earlier
    date changes nothing. Raises `ApprovalMissing` when the price is below the floor and these very terms were
    not approved, `SaleNotReady`.
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("activated", sale_id=sale_id):
        return earlier
    sale, _unit = act.lock(sale_id, Permission.SALES_SUBSCRIBE)
    if sale.stage == "subscribed":
        return sale
    require_stage(sale, "activate_subscription", "subscribing")
    paper = _paper_of(session, sale)
    if paper is None or sale.terms_version is None:
        raise SaleNotReady("terms_missing", sale_id=sale.id, no=sale.no, stage=sale.stage)
    if sale.below_floor and sale.approved_version != sale.terms_version:
        raise ApprovalMissing(sale_id=sale.id, no=sale.no)
    paper.no = next_number(session, "subscription", sale.path, act.today(sale.project_id))
    paper.state, paper.activated_at, sale.stage = "active", clock.now(), "subscribed"
    paper.sign_by = max(paper.sign_by, sign_by or paper.sign_by)
    session.flush()  # The checks on sealed terms and approval must speak within this act.
    act.note(sale, "activated", before="subscribing", after="subscribed", details={"no": paper.no})
    mark_buyers(act, sale, "subscriber")
    fact = SubscriptionActivated(
        *about(sale), subscription_id=paper.id, deposit_fen=paper.deposit_fen, sign_by=paper.sign_by
    )
    tell(session, fact)
    return sale


def extend_subscription(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    sign_by: date,
    reason: str,
    key: str | None = None,
) -> Sale:
    """Move the sign-by date (签约期限) to a later day. Raises `DateInvalid`, `SaleNotReady`."""
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("extended", sale_id=sale_id):
        return earlier
    sale, _unit = act.lock(sale_id, Permission.SALES_SUBSCRIBE)
    paper = _active_paper(session, sale, "extend_subscription")
    reason = given_reason(reason)
    earliest = max(paper.sign_by, act.today(sale.project_id) - timedelta(days=1)) + timedelta(days=1)
    if sign_by < earliest:
        raise DateInvalid(field="sign_by", earliest=earliest)
    before, paper.sign_by = paper.sign_by, sign_by
    paper.extensions += 1
    details = {"before": before.isoformat(), "sign_by": sign_by.isoformat()}
    act.note(sale, "extended", reason=reason, details=details)
    tell(session, SubscriptionExtended(*about(sale), subscription_id=paper.id, sign_by=sign_by))
    return sale


def lapse_subscription(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    reason: str = "sign_by_passed",
    key: str | None = None,
) -> Sale:
    """End a subscription whose sign-by date has passed without a contract. Raises `SaleNotReady` before that."""
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("lapsed", sale_id=sale_id):
        return earlier
    sale, unit = act.lock(sale_id, Permission.SALES_SUBSCRIBE)
    paper = _active_paper(session, sale, "lapse_subscription")
    if act.today(sale.project_id) <= paper.sign_by:
        raise SaleNotReady("sign_by_not_passed", sale_id=sale.id, no=sale.no, sign_by=paper.sign_by)
    _end(act, sale, unit, paper, "lapsed", reason)
    return sale


def default_subscription(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, reason: str, key: str | None = None
) -> Sale:
    """End a subscription that the buyer broke (挞定): the deposit was not paid, or he steps back from it.

    What becomes of a paid deposit is finance's (20 % cap, DOMAIN §4).
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("defaulted", sale_id=sale_id):
        return earlier
    sale, unit = act.lock(sale_id, Permission.SALES_SUBSCRIBE)
    require_stage(sale, "default_subscription", "subscribing", "subscribed")
    paper = _paper_of(session, sale)
    if paper is None:
        raise SaleNotReady("terms_missing", sale_id=sale.id, no=sale.no, stage=sale.stage)
    _end(act, sale, unit, paper, "defaulted", given_reason(reason))
    return sale


def _end(act: Act, sale: Sale, unit: Unit, paper: Subscription, state: str, reason: str) -> None:
    end_parts(act, sale, subscription=state)
    close_line(act, sale, unit, kind=state, reason=reason)
    fact = SubscriptionLapsed(*about(sale), subscription_id=paper.id, defaulted=state == "defaulted")
    tell(act.session, fact)


def _paper_of(session: Session, sale: Sale) -> Subscription | None:
    query = select(Subscription).where(Subscription.sale_id == sale.id)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _active_paper(session: Session, sale: Sale, act: str) -> Subscription:
    require_stage(sale, act, "subscribed")
    paper = _paper_of(session, sale)
    assert paper is not None  # noqa: S101 - a sale reaches this stage by its subscription alone
    return paper
