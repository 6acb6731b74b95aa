"""What sales tell their subscribers; each names the sale, its unit and the node it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kernel.facts import Fact


@dataclass(frozen=True)
class SaleFact(Fact):
    """The parent of all facts about one sale; ``instance_id`` is the process instance that runs it, if any."""

    sale_id: str
    unit_id: str
    project_id: str
    path: str
    customer_id: str
    instance_id: str | None


@dataclass(frozen=True)
class SaleOpened(SaleFact):
    """A sale took its unit; ``entry`` is walk_in, hold, small_order or queue."""

    entry: str


@dataclass(frozen=True)
class UnitHeld(SaleFact):
    """A unit is held (预留) until an instant."""

    expires_at: datetime


@dataclass(frozen=True)
class HoldReleased(SaleFact):
    """A hold ended without a subscription; ``expired`` tells a run-out one from one given up."""

    expired: bool


@dataclass(frozen=True)
class SmallOrderTaken(SaleFact):
    """A small order (小订) was taken for an amount in fen."""

    amount_fen: int
    expires_at: datetime


@dataclass(frozen=True)
class SmallOrderEnded(SaleFact):
    """A small order ended without a subscription: ``state`` is refunded, lapsed or void."""

    state: str
    paid: bool
    amount_fen: int


@dataclass(frozen=True)
class TermsSealed(SaleFact):
    """Price, discounts, buyers and plan of a subscription stand; whether they need approval is others' to say."""

    version: int
    content_hash: str
    deal_price_fen: int
    effective_discount_bp: int
    below_floor: bool


@dataclass(frozen=True)
class SubscriptionActivated(SaleFact):
    """The subscription (认购) is in force."""

    subscription_id: str
    deposit_fen: int
    sign_by: date


@dataclass(frozen=True)
class SubscriptionExtended(SaleFact):
    """The sign-by date (签约期限) of an active subscription was put off."""

    subscription_id: str
    sign_by: date


@dataclass(frozen=True)
class SubscriptionLapsed(SaleFact):
    """The subscription ended because the contract was not signed in time (``defaulted``: the buyer broke it)."""

    subscription_id: str
    defaulted: bool


@dataclass(frozen=True)
class ContractSigned(SaleFact):
    """The contract (签约) is signed over a total in fen; file it by the deadline."""

    contract_id: str
    signed_on: date
    total_fen: int
    filing_deadline: date


@dataclass(frozen=True)
class FilingSubmitted(SaleFact):
    """The contract was submitted to the authority (网签备案)."""

    filing_id: str
    submitted_on: date


@dataclass(frozen=True)
class FilingReturned(SaleFact):
    """The authority returned the filing."""

    filing_id: str
    returned_on: date


@dataclass(frozen=True)
class FilingAccepted(SaleFact):
    """The authority accepted the filing (备案) under its number."""

    filing_id: str
    accepted_on: date
    no: str


@dataclass(frozen=True)
class FilingCancelled(SaleFact):
    """The filing was withdrawn or cancelled; the sale can be closed."""

    filing_id: str


@dataclass(frozen=True)
class SaleClosed(SaleFact):
    """The sale is over and its unit free; ``kind`` says why."""

    kind: str
    stage: str
