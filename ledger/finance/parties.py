"""Whose account and whose books: a sale or, before there is one, a customer at a project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock, business_date
from ledger.finance.accounts import home_of
from ledger.finance.errors import NoPermit, SaleClosed, SaleMissing
from ledger.finance.journal import Party, Place
from ledger.finance.models import Receipt
from ledger.inventory.models import Unit
from ledger.locking import locked
from ledger.organisation.models import PresalePermit, Project
from ledger.organisation.parameters import PAY_BEFORE_PERMIT
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale
from ledger.scope import scoped


@dataclass(frozen=True)
class AccountHolder:
    """Who owes and pays, and where: ``sale`` is None for a customer's queue fee."""

    party: Party
    place: Place
    zone: str
    sale: Sale | None = None

    def today(self, clock: Clock) -> date:
        """The business date of the project."""
        return business_date(clock, self.zone)


def lock_sale(session: Session, actor: Actor, permission: str, sale_id: str) -> AccountHolder:
    """The account of a sale, locked against others until the commit; raises `SaleMissing`, `NotAllowed`."""
    query = scoped(actor, Sale, permission).where(Sale.id == sale_id)
    sale = session.scalars(locked(query, Sale)).one_or_none()
    if sale is None:
        raise SaleMissing(field="sale_id", id=sale_id)
    return _holder(session, Party(sale.id), sale.project_id, sale)


def account_of_sale(session: Session, sale_id: str) -> AccountHolder:
    """The account of a sale that the caller has locked and may act on."""
    sale = session.get_one(Sale, sale_id)
    return _holder(session, Party(sale.id), sale.project_id, sale)


def lock_sale_row(session: Session, sale_id: str | None) -> None:
    """Make others who act on the sale's money wait until the commit; new rows may still refer to the sale."""
    if sale_id is not None:
        session.execute(select(Sale.id).where(Sale.id == sale_id).with_for_update(of=Sale, key_share=True))


def customer_account(
    session: Session, actor: Actor, permission: str, customer_id: str, project_id: str
) -> AccountHolder:
    """The account of a customer at a project before there is a sale; raises `NotAllowed`, `SaleMissing`."""
    holder = _holder(session, Party(None, customer_id), project_id, None)
    actor.require(permission, holder.place.path)
    return holder


def _holder(session: Session, party: Party, project_id: str, sale: Sale | None) -> AccountHolder:
    project = session.get(Project, project_id)
    if project is None:
        raise SaleMissing("project_missing", field="project_id", id=project_id)
    path = sale.path if sale else project.path
    return AccountHolder(party, Place(project_id, path), project.zone, sale)


def party_of(session: Session, receipt: Receipt) -> Party:
    """Whose money a receipt is now: that of the sale it belongs to, or a customer's own for a queue fee."""
    home = home_of(session, receipt)
    return Party(home, None if home else receipt.customer_id)


def today_at(session: Session, clock: Clock, project_id: str) -> date:
    """The business date at a project."""
    zone = session.scalar(select(Project.zone).where(Project.id == project_id))
    return business_date(clock, zone) if zone else business_date(clock)


def require_open(holder: AccountHolder) -> None:
    """Raise `SaleClosed` when no money may be taken for the sale any more."""
    if holder.sale is not None and holder.sale.state == "closed":
        raise SaleClosed(field="sale_id", no=holder.sale.no)


def require_permit(session: Session, holder: AccountHolder, paid_on: date) -> None:
    """Raise `NoPermit` for any payment before the presale permit (预售许可证), unless a parameter allows it.

    A sale needs the permit of its own unit; a queue fee any permit of the project.
    """
    granted = select(PresalePermit.id).where(PresalePermit.granted_on <= paid_on)
    if holder.sale is not None:
        granted = granted.join(Unit, Unit.permit_id == PresalePermit.id).where(Unit.id == holder.sale.unit_id)
    else:
        granted = granted.where(PresalePermit.project_id == holder.place.project_id)
    if session.scalar(granted.limit(1)) is None and not parameter(
        session, holder.place.path, PAY_BEFORE_PERMIT, paid_on
    ):
        raise NoPermit(field="paid_on", project_id=holder.place.project_id, paid_on=paid_on.isoformat())
