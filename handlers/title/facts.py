"""The facts that move a title case."""

from __future__ import annotations

from handlers.subscriptions import engine_of_system
from kernel.facts import Telling, on
from ledger.finance.facts import BuyerLetOff, ReceivableSettled
from ledger.titles import charges
from ledger.titles.facts import (
    BuildingRegistered,
    ChargesPaid,
    TitleFact,
    TitleIssued,
    TitleReturned,
    TitleSubmitted,
)


@on(ReceivableSettled)
def line_settled(fact: ReceivableSettled, telling: Telling) -> None:
    """A line is paid: tax and fund may be."""
    if fact.sale_id is not None and fact.kind in charges.KINDS:
        charges.tell_if_paid(telling.session, fact.sale_id)


@on(BuyerLetOff)
def let_off(fact: BuyerLetOff, telling: Telling) -> None:
    """The rest of a line is written off."""
    charges.tell_if_paid(telling.session, fact.sale_id)


def _publish(fact: TitleFact, telling: Telling, message: str, **payload: object) -> None:
    engine_of_system(telling).publish(message, {"sale_id": fact.sale_id}, payload)


@on(BuildingRegistered)
def registered(fact: BuildingRegistered, telling: Telling) -> None:
    """The case that waits for its building goes on."""
    _publish(fact, telling, "building_registered")


@on(ChargesPaid)
def charges_paid(fact: ChargesPaid, telling: Telling) -> None:
    """The case that waits for tax and fund goes on."""
    _publish(fact, telling, "title_charges_paid")


@on(TitleSubmitted)
def submitted(fact: TitleSubmitted, telling: Telling) -> None:
    """The case waits for the registry."""
    _publish(fact, telling, "title_submitted")


@on(TitleReturned)
def returned(fact: TitleReturned, telling: Telling) -> None:
    """Papers are mended."""
    _publish(fact, telling, "title_returned", reason=fact.reason)


@on(TitleIssued)
def issued(fact: TitleIssued, telling: Telling) -> None:
    """The certificate is there to be handed out."""
    _publish(fact, telling, "title_issued")
