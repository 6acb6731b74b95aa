"""The contract (签约): signed from the subscription without entering anything again (FEATURES C5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.documents.numbers import next_number
from ledger.inventory.models import Unit
from ledger.inventory.states import UnitStatus
from ledger.inventory.taking import move_unit
from ledger.organisation import parameters as p
from ledger.organisation.queries import parameters_on
from ledger.sales.acts import Act, about, require_stage
from ledger.sales.errors import DateInvalid
from ledger.sales.facts import ContractSigned
from ledger.sales.kinds import mark_buyers
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract, Filing, Subscription
from ledger.staff.permissions import Permission

CLAUSES = (
    p.ALLOCATION_ORDER,
    p.AREA_RULE,
    p.AREA_TOLERANCE,
    p.CURRENCY,
    p.LATE_DELIVERY_DAILY_RATE,
    p.LATE_TITLE_DAILY_RATE,
    p.ROUNDING,
    p.TERMINATION_DEMAND_DAYS,
    p.TITLE_DAYS,
)
"""The parameters that a contract freezes as they stand on the day of signing."""


def sign_contract(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    signed_on: date | None = None,
    delivery_on: date | None = None,
    title_on: date | None = None,
    key: str | None = None,
) -> Contract:
    """Sign the contract of an active subscription: price, buyers, area and plan carry over.

    ``signed_on`` is today unless given; ``delivery_on`` the agreed day of hand-over and ``title_on``
    that of the certificate, if any. The filing is created with its legal deadline.
    Raises `SaleNotReady`, `DateInvalid`.
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("signed", sale_id=sale_id):
        return _contract_of(session, earlier)
    sale, unit = act.lock(sale_id, Permission.SALES_SIGN)
    require_stage(sale, "sign_contract", "subscribed")
    paper = session.scalars(select(Subscription).where(Subscription.sale_id == sale.id)).one()
    today = act.today(sale.project_id)
    signed_on = signed_on or today
    if not paper.subscribed_on <= signed_on <= today:
        raise DateInvalid(field="signed_on", earliest=paper.subscribed_on, latest=today)
    if delivery_on is not None and delivery_on < signed_on:
        raise DateInvalid(field="delivery_on", earliest=signed_on)
    if title_on is not None and title_on < (delivery_on or signed_on):
        raise DateInvalid(field="title_on", earliest=delivery_on or signed_on)
    settings = parameters_on(session, sale.path, signed_on)
    contract = _write(act, sale, unit, signed_on, {"delivery_on": delivery_on, "title_on": title_on}, settings)
    filing = Filing(
        sale_id=sale.id,
        contract_id=contract.id,
        path=sale.path,
        state="to_file",
        deadline=signed_on + timedelta(days=settings[p.FILING_DEADLINE_DAYS.name]),
    )
    session.add(filing)
    paper.state, paper.ended_at, sale.stage = "contracted", clock.now(), "signed"
    move_unit(
        session, actor, clock, unit=unit, status=UnitStatus.CONTRACTED, sale_id=sale.id, reason="sign_contract"
    )
    act.note(sale, "signed", before="subscribed", after="signed", details={"no": contract.no})
    mark_buyers(act, sale, "owner")
    fact = ContractSigned(
        *about(sale),
        contract_id=contract.id,
        signed_on=signed_on,
        total_fen=contract.total_fen,
        filing_deadline=filing.deadline,
    )
    tell(session, fact)
    return contract


def _write(
    act: Act,
    sale: Sale,
    unit: Unit,
    signed_on: date,
    agreed: Mapping[str, date | None],
    settings: dict[str, Any],
) -> Contract:
    assert sale.terms_version is not None  # noqa: S101 - a check constraint on subscribed sales
    assert sale.deal_price_fen is not None  # noqa: S101 - the same
    clauses = {definition.name: definition.check(settings[definition.name]) for definition in CLAUSES}
    clauses.update({name: day.isoformat() if day else "" for name, day in agreed.items()})
    contract = Contract(
        sale_id=sale.id,
        path=sale.path,
        no=next_number(act.session, "contract", sale.path, signed_on),
        signed_on=signed_on,
        terms_version=sale.terms_version,
        total_fen=sale.deal_price_fen,
        building_area_hundredths=unit.building_area_hundredths,
        inside_area_hundredths=unit.inside_area_hundredths,
        pricing_basis=unit.pricing_basis,
        late_rate=settings[p.LATE_DAILY_RATE.name],
        clauses=clauses,
        state="signed",
    )
    act.session.add(contract)
    act.session.flush()  # The filing refers to the contract's id.
    return contract


def _contract_of(session: Session, sale: Sale) -> Contract:
    return session.scalars(select(Contract).where(Contract.sale_id == sale.id)).one()
