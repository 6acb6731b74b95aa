"""What a kind of change must tell (a protocol), and what it is told: the sale as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.organisation.models import Project
from ledger.sales.models import Sale, SaleTerms
from ledger.sales.stage_models import Contract, Filing, Subscription

P = TypeVar("P", Subscription, Contract, Filing)
Values = Mapping[str, Any]
Does = Literal["due", "ends", "stays", "credited", "refunded", "kept", "compensated"]


@dataclass(frozen=True)
class MoneyLine:
    """A line of the money effect in fen. ``does`` says what becomes of the money:

    ``due`` falls due anew, ``ends`` is no longer asked for, ``stays`` is paid and stays, ``credited`` becomes free
    money of the sale, ``refunded`` goes back, ``kept`` stays with the developer, ``compensated`` is paid beyond
    what was received. ``what`` is a receivable's kind or another word. An ``estimate`` grows by the day and is
    therefore shown, but not part of what is approved.
    """

    does: Does
    what: str
    amount_fen: int
    due_on: str | None = None
    debtor: str | None = None
    estimate: bool = False

    def plain(self) -> dict[str, Any]:
        """The line as JSON."""
        return {
            "does": self.does,
            "what": self.what,
            "amount_fen": self.amount_fen,
            "due_on": self.due_on,
            "debtor": self.debtor,
            "estimate": self.estimate,
        }


@dataclass(frozen=True)
class Route:
    """What the table `approval_matrix` is asked with, besides the stage."""

    kind: str
    off_list_bp: int = 0
    below_floor: bool = False


@dataclass(frozen=True)
class Preview:
    """What a change would do: fields before and after as JSON, the money, and who would have to approve.

    It follows from what stands and what is wanted alone, never from today's date, so that it can be worked out
    again at execution and be compared. What grows by the day is an estimate.
    """

    before: dict[str, Any]
    after: dict[str, Any]
    money: tuple[MoneyLine, ...]
    route: Route


@dataclass(frozen=True)
class Standing:
    """The sale as it stands, with who acts; rows are locked when a change is applied or executed."""

    session: Session
    actor: Actor
    clock: Clock
    sale: Sale
    terms: SaleTerms
    subscription: Subscription | None
    contract: Contract | None
    filing: Filing | None
    zone: str
    fault: str | None = None

    @property
    def today(self) -> date:
        """Today at the project."""
        return business_date(self.clock, self.zone)

    @property
    def signed(self) -> bool:
        """Whether there is a contract, so that terms change by a supplement (补充协议) only."""
        return self.contract is not None


@dataclass(frozen=True)
class Execution:
    """What execution knows besides the sale: the order and its number, and the day a supplement was signed."""

    order_id: str
    order_no: str
    reason: str
    approvers: tuple[str, ...] = ()
    signed_on: date | None = None
    given: Values = field(default_factory=dict)


class ChangeKind(Protocol):
    """A kind of change. Values are JSON; a refusal names the form's field."""

    @property
    def kind(self) -> str:
        """The kind's name: also its process, its form's folder and its mode parameter's end."""
        ...

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages of a sale at which it may be asked for and executed."""
        ...

    def guard(self, standing: Standing, wanted: Values) -> None:
        """Refuse what cannot be; asked when applied for and again at execution.

        Raises `ChangeRefused` or another `Invalid` with the form's field.
        """
        ...

    def preview(self, standing: Standing, wanted: Values) -> Preview:
        """What it would do; changes nothing. Called after `guard`."""
        ...

    def execute(self, standing: Standing, wanted: Values, execution: Execution) -> Mapping[str, Any]:
        """Put it into effect in this transaction; returns what the register keeps of it as JSON."""
        ...


@runtime_checkable
class TakesUnits(Protocol):
    """A kind of change that takes or gives units besides the sale's own: they are locked together with it."""

    def units(self, wanted: Values) -> tuple[str, ...]:
        """Their ids."""
        ...


def standing_of(
    session: Session, actor: Actor, clock: Clock, sale: Sale, fault: str | None = None
) -> Standing | None:
    """The sale as it stands, or None while it has no sealed terms."""
    terms = session.get(SaleTerms, (sale.id, sale.terms_version)) if sale.terms_version else None
    if terms is None:
        return None
    return Standing(
        session=session,
        actor=actor,
        clock=clock,
        sale=sale,
        terms=terms,
        subscription=_paper(session, Subscription, sale),
        contract=_paper(session, Contract, sale),
        filing=_paper(session, Filing, sale),
        zone=session.get_one(Project, sale.project_id).zone,
        fault=fault,
    )


def _paper(session: Session, model: type[P], sale: Sale) -> P | None:
    query = select(model).filter_by(sale_id=sale.id).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()
