"""A sale goes over to another unit (换房): the old line closes and a new one opens with the buyers' place.

Whoever changes a room locks both units by their ids, so that two changes in opposite directions wait for each
other and never for good. The money between the two steps is `ledger.finance.room_change`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.clock import Clock
from kernel.errors import Missing
from kernel.facts import tell
from ledger.documents.numbers import next_number
from ledger.inventory.changes import given_reason, lock_unit, lock_unit_of_sale
from ledger.inventory.models import Unit
from ledger.inventory.states import UnitStatus
from ledger.inventory.taking import PriceInForce, check_sellable
from ledger.organisation.models import Project
from ledger.organisation.parameters import SIGN_BY_DAYS
from ledger.organisation.queries import parameter
from ledger.sales.acts import Act, about, require_stage
from ledger.sales.closing import close_line, end_contract, end_filing, end_parts
from ledger.sales.errors import ApprovalMissing, ApprovalStale, RoomChangeRefused
from ledger.sales.facts import SubscriptionActivated
from ledger.sales.kinds import mark_buyers
from ledger.sales.models import Sale, SaleApproval, SaleBuyer, SaleDiscount
from ledger.sales.move_models import SaleMove
from ledger.sales.offers import split_by_force
from ledger.sales.opening import ROOM_CHANGE, end_expired_hold, open_line
from ledger.sales.pricing import Discount, Quote, price_quote
from ledger.sales.shares import BuyerLine, Ownership
from ledger.sales.stage_models import Subscription
from ledger.sales.terms import Terms, seal_terms
from ledger.scope import visible
from ledger.staff.permissions import Permission

MOVABLE = ("subscribed", "signed", "filed")
"""The stages of a sale whose buyers have a room that they can change."""


@dataclass(frozen=True)
class Approved:
    """Who approved the change in their order, under which reference, and the deal price in fen they saw."""

    deal_price_fen: int | None = None
    approvers: tuple[str, ...] = ()
    reference: str = ""


@dataclass(frozen=True)
class Rooms:
    """A sale with its unit and the one it goes to, and what the discounts make of the new one's list price.

    ``dropped`` are discounts of offers that are no longer in force: they end with the old sale.
    """

    sale: Sale
    old: Unit
    new: Unit
    price: PriceInForce
    quote: Quote
    dropped: tuple[Discount, ...] = ()


def lock_units(act: Act, *, sale_id: str, unit_id: str) -> tuple[Sale, Unit, Unit]:
    """The sale, its unit and another one, read afresh and locked, the units in the order of their ids.

    Raises `Missing`, `RoomChangeRefused` when it is the same unit.
    """
    own = _unit_of(act, sale_id)
    if own == unit_id:
        raise RoomChangeRefused("room_is_the_same", field="unit_id")
    units = {id_: _lock(act, id_, own) for id_ in sorted((own, unit_id))}
    return act.lock_after_unit(sale_id), units[own], units[unit_id]


def check_rooms(act: Act, sale: Sale, old: Unit, new: Unit) -> Rooms:
    """The guards on locked rows; a hold of the new unit whose time is over blocks nobody.

    Raises `UnitTaken` (who and when), `UnitNotSellable`, `SaleNotReady`, `RoomChangeRefused`, `DiscountInvalid`.
    """
    require_stage(sale, "change_room", *MOVABLE)
    end_expired_hold(act, new)
    return rooms_of(act.session, act.clock, sale, old, new)


def rooms_of(session: Session, clock: Clock, sale: Sale, old: Unit, new: Unit) -> Rooms:
    """The guards and the new price, on rows as they are: locked for the change, plain for its preview."""
    require_stage(sale, "change_room", *MOVABLE)
    if new.project_id != sale.project_id:
        raise RoomChangeRefused("room_in_other_project", field="unit_id")
    if old.status == UnitStatus.DELIVERED:
        raise RoomChangeRefused("room_delivered", field="sale_id")
    price = check_sellable(session, clock, new)
    project = session.get_one(Project, sale.project_id)
    kept, dropped = split_by_force(session, clock, project, discounts_of(session, sale))
    quote = price_quote(price.list_price_fen, kept, floor_price_fen=price.floor_price_fen)
    deposit = session.scalars(select(Subscription.deposit_fen).where(Subscription.sale_id == sale.id)).one()
    if deposit > quote.deal_price_fen:
        raise RoomChangeRefused("room_below_deposit", field="unit_id", deposit_fen=deposit)
    return Rooms(sale, old, new, price, quote, tuple(dropped))


def move_line(act: Act, rooms: Rooms, *, reason: str, moved_fen: int, approved: Approved) -> Sale:
    """Close the old sale and open the new one, subscribed on the same terms; both units change their state.

    The discounts are those of the old sale that are still given, on the new list price; below the floor the
    approval of the change is the approval of the terms (DOMAIN §6, 9). The sign-by date is never earlier than the
    one agreed. Raises `ApprovalMissing`, `ApprovalStale` when the price is no longer what was approved,
    `FilingStands`.
    """
    sale, reason = rooms.sale, given_reason(reason)
    _require_approval(rooms, approved)
    stage, lines = sale.stage, _buyers(act.session, sale)
    paper = act.session.scalars(select(Subscription).where(Subscription.sale_id == sale.id)).one()
    difference = rooms.quote.deal_price_fen - (sale.deal_price_fen or 0)
    entered_at = entered_at_of(act.session, sale)
    _close_old(act, rooms, reason)
    fresh = open_line(
        act,
        ROOM_CHANGE,
        unit_id=rooms.new.id,
        customer_id=sale.customer_id,
        consultant_id=sale.owner_id,
        instance_id=None,
        reason="room_change",
        entry=sale.entry,
    )
    fresh.queue_number_id = sale.queue_number_id
    act.session.add(
        SaleMove(
            sale_id=fresh.id,
            predecessor_id=sale.id,
            path=fresh.path,
            entered_at=entered_at,
            stage_left=stage,
            moved_fen=moved_fen,
            difference_fen=difference,
            reason=reason,
            reference=approved.reference[:80] or None,
            actor_id=act.actor.id,
            at=act.clock.now(),
        )
    )
    _subscribe(act, rooms, fresh, lines, paper, approved)
    return fresh


def _require_approval(rooms: Rooms, approved: Approved) -> None:
    sale, deal = rooms.sale, rooms.quote.deal_price_fen
    if approved.deal_price_fen is not None and approved.deal_price_fen != deal:
        raise ApprovalStale(sale_id=sale.id, no=sale.no, version=sale.terms_version)
    if rooms.quote.below_floor and not approved.approvers:
        raise ApprovalMissing(sale_id=sale.id, no=sale.no)


def _close_old(act: Act, rooms: Rooms, reason: str) -> None:
    sale = rooms.sale
    end_filing(act, sale)
    end_contract(act, sale)
    end_parts(act, sale, subscription="cancelled")
    close_line(act, sale, rooms.old, kind="room_change", reason=reason)


def _subscribe(
    act: Act, rooms: Rooms, sale: Sale, lines: tuple[BuyerLine, ...], before: Subscription, approved: Approved
) -> None:
    """The terms go along: buyers and shares, plan, discounts, deposit."""
    terms = Terms(rooms.quote, lines, before.deposit_fen, rooms.sale.plan_id)
    seal = seal_terms(act.session, act.actor, act.clock, sale, terms)
    if approved.approvers:
        act.session.add(
            SaleApproval(
                sale_id=sale.id,
                version=seal.version,
                content_hash=seal.content_hash,
                approvers=list(approved.approvers),
                reference=approved.reference[:80],
                at=act.clock.now(),
            )
        )
        sale.approved_version = seal.version
    today = act.today(sale.project_id)
    days = parameter(act.session, sale.path, SIGN_BY_DAYS, today)
    paper = Subscription(
        sale_id=sale.id,
        path=sale.path,
        no=next_number(act.session, "subscription", sale.path, today),
        subscribed_on=today,
        deposit_fen=before.deposit_fen,
        sign_by=max(before.sign_by, today + timedelta(days=days)),
        state="active",
        activated_at=act.clock.now(),
    )
    act.session.add(paper)
    sale.stage = "subscribed"
    act.session.flush()  # The checks on sealed terms and approval must speak within this act.
    details = {"version": seal.version, "deal_price_fen": seal.deal_price_fen, "no": paper.no}
    act.note(sale, "moved_in", before="subscribing", after="subscribed", details=details)
    mark_buyers(act, sale, "subscriber")
    fact = SubscriptionActivated(
        *about(sale), subscription_id=paper.id, deposit_fen=paper.deposit_fen, sign_by=paper.sign_by
    )
    tell(act.session, fact)


def discounts_of(session: Session, sale: Sale) -> list[Discount]:
    """The discounts in force of a sale, in the order in which they are taken."""
    query = select(SaleDiscount).where(SaleDiscount.sale_id == sale.id, SaleDiscount.version == sale.terms_version)
    rows = session.scalars(query.order_by(SaleDiscount.position))
    return [
        Discount(
            row.name,
            "rate" if row.kind == "rate" else "amount",
            row.basis_points,
            row.amount_fen,
            "list" if row.of == "list" else "running",
            row.offer_id,
        )
        for row in rows
    ]


_OWNERSHIPS: dict[str, Ownership] = {"sole": "sole", "shares": "shares", "joint": "joint"}


def _buyers(session: Session, sale: Sale) -> tuple[BuyerLine, ...]:
    query = select(SaleBuyer).where(SaleBuyer.sale_id == sale.id, SaleBuyer.version == sale.terms_version)
    return tuple(
        BuyerLine(
            row.position,
            row.customer_id,
            _OWNERSHIPS[row.ownership],
            row.share_numerator,
            row.share_denominator,
        )
        for row in session.scalars(query.order_by(SaleBuyer.position))
    )


def entered_at_of(session: Session, sale: Sale) -> datetime:
    """When the buyers' place in the line began: with the first of their sales."""
    found = session.scalar(select(SaleMove.entered_at).where(SaleMove.sale_id == sale.id))
    return found or sale.opened_at


def successor_of(session: Session, sale_id: str) -> str | None:
    """The sale that this one went over to."""
    return session.scalar(select(SaleMove.sale_id).where(SaleMove.predecessor_id == sale_id))


def predecessor_of(session: Session, sale_id: str) -> SaleMove | None:
    """How this sale came from another one, if it did."""
    return session.scalars(select(SaleMove).where(SaleMove.sale_id == sale_id)).one_or_none()


def _unit_of(act: Act, sale_id: str) -> str:
    reach = visible(act.actor, Sale, Permission.SALES_CHANGE_ROOM)
    unit_id = act.session.scalar(select(Sale.unit_id).where(Sale.id == sale_id, reach))
    if unit_id is None:
        raise Missing("sale_missing", field="sale_id", sale_id=sale_id)
    return unit_id


def _lock(act: Act, unit_id: str, own: str) -> Unit:
    if unit_id == own:
        return lock_unit_of_sale(act.session, unit_id)
    return lock_unit(act.session, act.actor, unit_id)
