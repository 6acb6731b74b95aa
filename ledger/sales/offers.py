"""Discount offers (优惠方案): agreed before sale, with validity and a stacking rule, approved by a second person.

An offer has versions; the approved one of a code is what consultants may give without asking for more than the
matrix of approvals asks. A discount that names an offer must say what the offer says (FEATURES C12).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.errors import Missing
from ledger.inventory.errors import SecondPersonNeeded
from ledger.organisation.models import Project
from ledger.organisation.queries import get_project
from ledger.sales.errors import DateInvalid, DiscountInvalid, OfferNotReady
from ledger.sales.offer_models import DiscountOffer
from ledger.sales.pricing import Discount, price_quote
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission

_TRIAL_FEN = 10**12


def propose_offer(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    project_id: str,
    code: str,
    discount: Discount,
    valid_from: date,
    valid_until: date | None = None,
    stacks: bool = True,
) -> DiscountOffer:
    """Propose an offer, or the next version of one with the same code; somebody else approves it.

    ``stacks`` off means that it is given alone. Raises `DiscountInvalid`, `DateInvalid`.
    """
    project = get_project(session, actor, project_id, Permission.PRICES_PROPOSE)
    code = code.strip()
    if not code:
        raise DiscountInvalid("offer_code_empty", field="code")
    if valid_until is not None and valid_until < valid_from:
        raise DateInvalid(field="valid_until", earliest=valid_from)
    price_quote(_TRIAL_FEN, [discount])  # Refuses a line that no price could take.
    # Two proposals of one code wait for each other here, so that each gets a version of its own.
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update(key_share=True))
    last = session.scalar(
        select(func.max(DiscountOffer.version)).where(
            DiscountOffer.project_id == project.id, DiscountOffer.code == code
        )
    )
    offer = DiscountOffer(
        project_id=project.id,
        path=project.path,
        code=code,
        version=(last or 0) + 1,
        name=discount.name.strip(),
        kind=discount.kind,
        of=discount.of,
        basis_points=discount.basis_points,
        amount_fen=discount.amount_fen,
        stacks=stacks,
        valid_from=valid_from,
        valid_until=valid_until,
        state="submitted",
        proposed_by=actor.id,
        proposed_at=clock.now(),
    )
    session.add(offer)
    session.flush()  # The caller names the offer by its id.
    _record(session, actor, clock, offer, "propose")
    return offer


def approve_offer(session: Session, actor: Actor, clock: Clock, *, offer_id: str) -> DiscountOffer:
    """Approve a proposed offer as a second person; an earlier approved version of its code ends.

    Raises `SecondPersonNeeded`, `OfferNotReady`.
    """
    offer = _lock(session, actor, offer_id, Permission.PRICES_APPROVE)
    if offer.state != "submitted":
        raise OfferNotReady(offer_id=offer.id, state=offer.state)
    if offer.proposed_by in (actor.id, actor.on_behalf_of):
        raise SecondPersonNeeded("second_person_needed_for_offer", offer_id=offer.id, offer=offer.code)
    earlier = select(DiscountOffer).where(
        DiscountOffer.project_id == offer.project_id,
        DiscountOffer.code == offer.code,
        DiscountOffer.state == "approved",
    )
    for former in session.scalars(earlier):
        former.state, former.ended_at = "ended", clock.now()
    session.flush()  # The database allows one approved version of a code.
    offer.state, offer.approved_by, offer.approved_at = "approved", actor.id, clock.now()
    _record(session, actor, clock, offer, "approve")
    return offer


def end_offer(session: Session, actor: Actor, clock: Clock, *, offer_id: str, reason: str = "") -> DiscountOffer:
    """Turn a proposed offer down, or end an approved one before its time; sales made with it stand."""
    offer = _lock(session, actor, offer_id, Permission.PRICES_APPROVE)
    if offer.state in ("submitted", "approved"):
        offer.state = "ended" if offer.state == "approved" else "rejected"
        offer.ended_at = clock.now()
        _record(session, actor, clock, offer, "end", reason=reason or None)
    return offer


def discount_of(offer: DiscountOffer) -> Discount:
    """The discount line that an offer gives."""
    kind, of = ("rate" if offer.kind == "rate" else "amount"), ("list" if offer.of == "list" else "running")
    return Discount(offer.name, kind, offer.basis_points, offer.amount_fen, of, offer.id)  # type: ignore[arg-type]


def list_offers(
    session: Session, actor: Actor, project_id: str, *, on: date | None = None
) -> Sequence[DiscountOffer]:
    """The offers of a project; with ``on`` only those that may be given on that day, in their order of code."""
    query = scoped(actor, DiscountOffer, Permission.UNITS_VIEW).where(DiscountOffer.project_id == project_id)
    if on is not None:
        query = query.where(
            DiscountOffer.state == "approved",
            DiscountOffer.valid_from <= on,
            or_(DiscountOffer.valid_until.is_(None), DiscountOffer.valid_until >= on),
        )
    return session.scalars(query.order_by(DiscountOffer.code, DiscountOffer.version.desc())).all()


def check_offers(
    session: Session, clock: Clock, project: Project, discounts: Sequence[Discount], *, agreed: int = 0
) -> None:
    """Check the discounts that name an offer: approved, valid today, of this project, unchanged, allowed together.

    The first ``agreed`` of them the sale has already: their offers may have ended since, but still stand alone if
    they were given so. Raises `DiscountInvalid` naming ``discounts.<n>``, counted from the first that is new.
    """
    named = {d.offer_id for d in discounts if d.offer_id is not None}
    offers = {o.id: o for o in session.scalars(select(DiscountOffer).where(DiscountOffer.id.in_(named)))}
    today = business_date(clock, project.zone)
    for number, discount in enumerate(discounts):
        if discount.offer_id is None:
            continue
        position = max(number - agreed, 0)
        where, offer = f"discounts.{position}", offers.get(discount.offer_id)
        lives = number < agreed or (offer is not None and _given_on(offer, today))
        if offer is None or offer.project_id != project.id or not lives:
            raise DiscountInvalid("offer_not_valid", field=where, position=position + 1, on=today)
        if discount_of(offer) != discount:
            raise DiscountInvalid("offer_says_otherwise", field=where, position=position + 1, offer=offer.code)
        if not offer.stacks and len(discounts) > 1:
            raise DiscountInvalid("offer_does_not_stack", field=where, position=position + 1, offer=offer.code)


def split_by_force(
    session: Session, clock: Clock, project: Project, discounts: Sequence[Discount]
) -> tuple[list[Discount], list[Discount]]:
    """What of a sale's discounts can be given for another home today, and what cannot.

    A discount is bound to its sale and expires (FEATURES D2): one of an offer goes along while that offer is in
    force, says the same and stands with the others; one that was granted without an offer is decided by whoever
    approves the other home.
    """
    kept: list[Discount] = []
    for discount in discounts:
        try:
            check_offers(session, clock, project, [discount])
        except DiscountInvalid:
            continue
        kept.append(discount)
    return kept, [one for one in discounts if one not in kept]


def _given_on(offer: DiscountOffer, day: date) -> bool:
    in_time = offer.valid_from <= day and (offer.valid_until is None or day <= offer.valid_until)
    return offer.state == "approved" and in_time


def _lock(session: Session, actor: Actor, offer_id: str, permission: str) -> DiscountOffer:
    query = (
        select(DiscountOffer)
        .where(DiscountOffer.id == offer_id, visible(actor, DiscountOffer, permission))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    offer = session.scalars(query).one_or_none()
    if offer is None:
        raise Missing("discount_offer_missing", field="offer_id", offer_id=offer_id)
    return offer


def _record(
    session: Session, actor: Actor, clock: Clock, offer: DiscountOffer, act: str, reason: str | None = None
) -> None:
    after = {"state": offer.state, "code": offer.code, "version": offer.version}
    audit.record(
        session,
        actor,
        clock,
        f"offers:{act}",
        "discount_offer",
        offer.id,
        path=offer.path,
        after=after,
        reason=reason,
    )
