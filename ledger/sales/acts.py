"""What every act on a sale shares: found again by its key, the rows locked, the history and the audit written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.errors import Missing
from ledger.customers.models import Customer
from ledger.inventory.changes import lock_unit_of_sale
from ledger.inventory.models import Unit
from ledger.locking import locked
from ledger.organisation.models import Project
from ledger.sales.errors import SaleNotReady
from ledger.sales.models import Sale, SaleEvent
from ledger.scope import require_on, visible
from ledger.staff.permissions import Permission


@dataclass(frozen=True)
class Act:
    """One call of an operation. ``key`` makes a repeated call of the same kind find what the first one did."""

    session: Session
    actor: Actor
    clock: Clock
    key: str | None = None

    def earlier(self, kind: str, *, unit_id: str | None = None, sale_id: str | None = None) -> Sale | None:
        """The sale on which an act of this kind and key was done already.

        The unit is locked before it is looked for, so that the same call made twice at once waits for its twin
        and then finds what that did.
        """
        if self.key is None:
            return None
        unit_id = unit_id or self.session.scalar(select(Sale.unit_id).where(Sale.id == sale_id))
        self.session.execute(select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True))
        return self.done(kind)

    def done(self, kind: str) -> Sale | None:
        """As `earlier`, for who has locked the unit already."""
        if self.key is None:
            return None
        query = select(Sale).join(SaleEvent, SaleEvent.sale_id == Sale.id)
        return self.session.scalars(query.where(SaleEvent.key == self.key, SaleEvent.kind == kind)).one_or_none()

    def lock(self, sale_id: str, permission: str) -> tuple[Sale, Unit]:
        """The sale and its unit, read afresh and locked, the unit first: takers of units lock in that order too.

        Raises `Missing` outside the actor's scope, `NotAllowed` without the permission for this sale.
        """
        reach = or_(visible(self.actor, Sale, Permission.SALES_VIEW), visible(self.actor, Sale, permission))
        found = self.session.execute(
            select(Sale.unit_id, Sale.path, Sale.owner_id).where(Sale.id == sale_id, reach)
        ).one_or_none()
        if found is None:
            raise Missing("sale_missing", field="sale_id", sale_id=sale_id)
        require_on(self.actor, permission, path=found.path, owner_id=found.owner_id)
        unit = lock_unit_of_sale(self.session, found.unit_id)
        return self.lock_after_unit(sale_id), unit

    def lock_after_unit(self, sale_id: str) -> Sale:
        """The sale of a unit that is locked already."""
        return self.session.scalars(locked(select(Sale).where(Sale.id == sale_id), Sale)).one()

    def today(self, project_id: str) -> date:
        """The business date where the project is."""
        return business_date(self.clock, self.session.get_one(Project, project_id).zone)

    def note(
        self,
        sale: Sale,
        kind: str,
        *,
        before: str | None = None,
        after: str | None = None,
        reason: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Raise the sale's revision, append to its history and to the audit."""
        sale.revision = (sale.revision or 0) + 1
        sale.changed_at = self.clock.now()
        self.session.add(
            SaleEvent(
                sale_id=sale.id,
                path=sale.path,
                kind=kind,
                before=before,
                after=after,
                reason=reason,
                details=dict(details or {}),
                actor_id=self.actor.id,
                key=self.key,
                at=self.clock.now(),
            )
        )
        audit.record(
            self.session,
            self.actor,
            self.clock,
            f"sales:{kind}",
            "sale",
            sale.id,
            path=sale.path,
            before=None if before is None else {"stage": before},
            after={"stage": after or sale.stage, **(details or {})},
            reason=reason,
        )

    def require_customers(self, *customer_ids: str, field: str = "customer_id") -> None:
        """Raise `Missing` naming the field when one of the customers does not exist."""
        found = set(self.session.scalars(select(Customer.id).where(Customer.id.in_(customer_ids))))
        for customer_id in customer_ids:
            if customer_id not in found:
                raise Missing("customer_missing", field=field, customer_id=customer_id)


def require_stage(sale: Sale, act: str, *stages: str) -> None:
    """Raise `SaleNotReady` unless the sale is at one of the stages."""
    if sale.stage not in stages:
        raise SaleNotReady(sale_id=sale.id, no=sale.no, stage=sale.stage, act=act, wanted=list(stages))


def about(sale: Sale) -> tuple[str, str, str, str, str, str | None]:
    """What each fact about a sale begins with, in the order of `SaleFact`."""
    return sale.id, sale.unit_id, sale.project_id, sale.path, sale.customer_id, sale.instance_id
