"""Ledger facts that move processes: each becomes a message to whoever waits for it, in the same transaction.

The session's owner puts a way to make an engine into ``session.info["engine_factory"]``, since the ports of an
engine come from above.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.api import Engine, InstanceFilter, Missing
from kernel.actor import Actor
from kernel.facts import Telling, on
from ledger.banking.operations import receipt_reversed
from ledger.changes.applying import open_order
from ledger.changes.facts import ChangeEnded, ChangeExecuted, ChangeFact, ChangeOpened
from ledger.changes.models import ChangeOrder
from ledger.changes.operations import end_order
from ledger.finance.facts import (
    CompensationPaid,
    DepositPaid,
    PayoutCancelled,
    ReceiptReversed,
    ReceivableSettled,
    RefundPaid,
)
from ledger.finance.kinds import ReceivableKind
from ledger.inventory.facts import PricesProposed, PricesWithdrawn
from ledger.inventory.models import PriceVersion
from ledger.inventory.price_versions import reference_of
from ledger.reviews.facts import ChangeProposed, ChangeWithdrawn
from ledger.reviews.models import ProposedChange
from ledger.sales.facts import FilingReturned, SaleClosed, SubscriptionExtended
from ledger.sales.models import Sale
from ledger.sales.operations import mark_queue_fee_paid, mark_small_order_paid
from ledger.sales.stage_models import Filing
from ledger.staff.models import Staff

EngineFactory = Callable[[Session, Actor], Engine]
FACTORY = "engine_factory"


def _publish(telling: Telling, message: str, correlation: Mapping[str, str], **payload: object) -> int:
    return engine_of_system(telling).publish(message, correlation, payload)


def engine_of_system(telling: Telling) -> Engine:
    """The engine of the person whose act this was, with the system's rights: the fact is the authorisation."""
    factory: EngineFactory = telling.session.info[FACTORY]
    return factory(telling.session, _as_system(telling.actor))


def engine_for_person(telling: Telling, person: Staff) -> Engine:
    """The engine of a member of staff in whose name something is asked for, with the system's rights."""
    factory: EngineFactory = telling.session.info[FACTORY]
    return factory(telling.session, Actor(person.id, person.display_name, is_system=True))


def _as_system(actor: Actor) -> Actor:
    return dataclasses.replace(actor, is_system=True)


@on(DepositPaid)
def deposit_paid(fact: DepositPaid, telling: Telling) -> None:
    """The deposit (定金) is there: the subscription comes into force."""
    _publish(telling, "deposit_paid", {"sale_id": fact.sale_id})


@on(ReceivableSettled)
def earnest_paid(fact: ReceivableSettled, telling: Telling) -> None:
    """Money of a small order (小订) or a queue number (排号) is there: its paper says so, its process goes on."""
    if fact.kind != ReceivableKind.EARNEST or fact.origin is None:
        return
    kind, _, subject_id = fact.origin.partition(":")
    act = (telling.session, _as_system(telling.actor), telling.clock)
    if kind == "small_order":
        mark_small_order_paid(*act, sale_id=subject_id)
        _publish(telling, "small_order_paid", {"sale_id": subject_id})
    elif kind == "queue_number":
        mark_queue_fee_paid(*act, number_id=subject_id)
        _publish(telling, "queue_fee_paid", {"queue_number_id": subject_id})


@on(RefundPaid)
def refund_paid(fact: RefundPaid, telling: Telling) -> None:
    """Money went back: the case that asked for it ends."""
    _publish(telling, "payout_paid", {"payout_id": fact.refund_id})


@on(CompensationPaid)
def compensation_paid(fact: CompensationPaid, telling: Telling) -> None:
    """Compensation was paid: the case that asked for it ends."""
    _publish(telling, "payout_paid", {"payout_id": fact.compensation_id})


@on(PayoutCancelled)
def payout_cancelled(fact: PayoutCancelled, telling: Telling) -> None:
    """A refund or a compensation was withdrawn at the desk: the case that waits for its payment ends."""
    _publish(telling, "payout_cancelled", {"payout_id": fact.payout_id})


@on(ReceiptReversed)
def line_waits_again(fact: ReceiptReversed, telling: Telling) -> None:
    """A receipt that a line of a bank statement became was taken back: the line waits to be matched again."""
    receipt_reversed(telling.session, telling.actor, telling.clock, receipt_id=fact.receipt_id)


@on(SubscriptionExtended)
def sign_by_extended(fact: SubscriptionExtended, telling: Telling) -> None:
    """The sign-by date was put off: reminder and lapse wait for the new one."""
    _publish(telling, "sign_by_extended", {"sale_id": fact.sale_id})


@on(FilingReturned)
def filing_returned(fact: FilingReturned, telling: Telling) -> None:
    """The authority returned a filing and the ledger knows: whoever waits for its answer mends the contract."""
    reason = telling.session.scalars(select(Filing.returned_reason).where(Filing.id == fact.filing_id)).one()
    _publish(telling, "filing_returned", {"sale_id": fact.sale_id}, reason=reason)


@on(SaleClosed)
def sale_closed(fact: SaleClosed, telling: Telling) -> None:
    """A sale was closed: a process that still waits on it settles the money and ends."""
    reason = telling.session.scalars(select(Sale.close_reason).where(Sale.id == fact.sale_id)).one()
    order = open_order(telling.session, fact.sale_id)
    if order is not None:
        act = (telling.session, _as_system(telling.actor), telling.clock)
        end_order(*act, order_id=order.id, state="failed", reason=reason or fact.kind)
    _publish(telling, "sale_withdrawn", {"sale_id": fact.sale_id}, reason=reason)


@on(ChangeOpened)
def change_opened(fact: ChangeOpened, telling: Telling) -> None:
    """A change of a sale is asked for: its running processes wait as their diagrams say."""
    _tell_of_change(telling, "change_opened", fact)


@on(ChangeExecuted)
def change_executed(fact: ChangeExecuted, telling: Telling) -> None:
    """A change took effect: the sale's processes go on with the new facts."""
    _tell_of_change(telling, "change_executed", fact)


@on(ChangeEnded)
def change_ended(fact: ChangeEnded, telling: Telling) -> None:
    """A change is over without effect: the sale's processes go on, and the order's own case ends."""
    _tell_of_change(telling, "change_ended", fact)
    _publish(telling, "change_called_off", {"order_id": fact.order_id})
    _file_again(fact, telling)


def _file_again(fact: ChangeEnded, telling: Telling) -> None:
    """The filing was cancelled for a change that came to nothing: the contract stands and is filed again."""
    session = telling.session
    cancelled = select(Filing.id).where(Filing.sale_id == fact.sale_id, Filing.state == "cancelled")
    sale = session.get_one(Sale, fact.sale_id)
    if sale.state == "live" and session.scalar(cancelled) is not None:
        no = session.get_one(ChangeOrder, fact.order_id).no
        engine = engine_of_system(telling)
        engine.start("filing_again", {"sale_id": sale.id, "order_no": no}, business_key=no, scope=sale.path)


def _tell_of_change(telling: Telling, message: str, fact: ChangeFact) -> None:
    _publish(telling, message, {"sale_id": fact.sale_id}, kind=fact.kind, order_id=fact.order_id)


@on(ChangeProposed)
def change_proposed(fact: ChangeProposed, telling: Telling) -> None:
    """A change of a marked record waits: its review begins as a case."""
    factory: EngineFactory = telling.session.info[FACTORY]
    engine = factory(telling.session, _as_system(telling.actor))
    case = engine.start("review_of_change", {"change_id": fact.change_id}, scope=fact.path)
    telling.session.get_one(ProposedChange, fact.change_id).instance_id = case.id


@on(ChangeWithdrawn)
def change_withdrawn(fact: ChangeWithdrawn, telling: Telling) -> None:
    """Its proposer took the change back: nobody needs to review it any more."""
    _publish(telling, "change_withdrawn", {"change_id": fact.change_id})


@on(PricesProposed)
def prices_proposed(fact: PricesProposed, telling: Telling) -> None:
    """A price version waits: its approval begins as a case, where that process is deployed and none runs yet.

    Price lists go in before the first deployment (`keyturn import-units`); approval is asked for on the version's
    page afterwards.
    """
    reference = reference_of(telling.session, telling.session.get_one(PriceVersion, fact.version_id))
    engine = engine_of_system(telling)
    try:
        engine.get_definition("price_change")
    except Missing:
        return
    running = InstanceFilter(definition_keys=("price_change",), business_key=reference, states=("active",))
    if not engine.find_instances(running).rows:
        engine.start("price_change", {"version_id": fact.version_id}, business_key=reference, scope=fact.path)


@on(PricesWithdrawn)
def prices_withdrawn(fact: PricesWithdrawn, telling: Telling) -> None:
    """A price version was taken back: the case that waits on it ends."""
    _publish(telling, "prices_withdrawn", {"version_id": fact.version_id}, reason=fact.reason)
