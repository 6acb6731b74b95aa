"""The reads of surveys and area settlements: buildings with what was measured, its sales, one settlement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from ledger.finance.accounts import refund_stands
from ledger.finance.area import rest_line
from ledger.finance.kinds import CompensationKind, ReceivableKind, ReceivableState, RefundEventKind
from ledger.finance.models import Receivable, ReceivableSchedule, Refund, RefundEvent
from ledger.finance.payout_models import Compensation, CompensationEvent
from ledger.finance.queries import paid_on_line
from ledger.inventory.models import Building, Unit
from ledger.organisation.models import Project
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract
from ledger.scope import scoped, visible
from ledger.staff.permissions import Permission
from ledger.surveys.again import outdated_sales
from ledger.surveys.errors import SettlementInvalid, SettlementMissing, SurveyMissing
from ledger.surveys.kinds import SettlementState, SurveyKind, SurveyState
from ledger.surveys.models import AreaSettlement, Survey, SurveyArea
from ledger.surveys.reckoning import Reckoned, reckon
from ledger.surveys.settling import area_by_basis, settlement_of, terms_of


@dataclass(frozen=True)
class BuildingRow:
    """A building with its units, contracted sales, and how many settlements stand in which state."""

    building: Building
    project_name: str
    units: int
    contracted: int
    survey: Survey | None
    waiting: Survey | None
    states: dict[SettlementState, int]


@dataclass(frozen=True)
class SalePreview:
    """A sale of a building before and after a survey; ``reckoned`` is None where ``problem`` says why."""

    sale: Sale
    unit_no: str
    basis: str
    contract_hundredths: int | None
    surveyed_hundredths: int | None
    reckoned: Reckoned | None
    problem: str | None
    settlement: AreaSettlement | None
    is_outdated: bool = False

    @property
    def again_fen(self) -> int:
        """What changes the price when it is settled again: the difference less what is posted."""
        posted = self.settlement.difference_fen if self.settlement else 0
        return (self.reckoned.difference_fen if self.reckoned else 0) - posted


@dataclass(frozen=True)
class UnitHistory:
    """One survey's areas of a unit."""

    survey: Survey
    area: SurveyArea


def list_buildings(session: Session, actor: Actor, *, limit: int = 200) -> list[BuildingRow]:
    """The buildings in the actor's scope with where their areas stand, in five queries however many there are."""
    query = (
        scoped(actor, Building, Permission.SALES_VIEW)
        .add_columns(Project.name)
        .join(Project, Project.id == Building.project_id)
    )
    found = session.execute(query.order_by(Building.path, Building.code).limit(limit)).all()
    ids = [building.id for building, _ in found]
    units = dict(
        session.execute(
            select(Unit.building_id, func.count()).where(Unit.building_id.in_(ids)).group_by(Unit.building_id)
        ).all()
    )
    sold = dict(
        session.execute(
            select(Unit.building_id, func.count())
            .join(Sale, Sale.unit_id == Unit.id)
            .where(Unit.building_id.in_(ids), Sale.state == "live", Sale.stage.in_(("signed", "filed")))
            .group_by(Unit.building_id)
        ).all()
    )
    surveys = _latest(session, ids)
    states: dict[str, dict[SettlementState, int]] = {}
    counted = (
        select(AreaSettlement.building_id, AreaSettlement.state, func.count())
        .where(AreaSettlement.building_id.in_(ids))
        .group_by(AreaSettlement.building_id, AreaSettlement.state)
    )
    for building_id, state, count in session.execute(counted):
        states.setdefault(building_id, {})[state] = count
    return [
        BuildingRow(
            building,
            project,
            units.get(building.id, 0),
            sold.get(building.id, 0),
            surveys.get((building.id, SurveyState.RELEASED)),
            surveys.get((building.id, SurveyState.PROPOSED)),
            states.get(building.id, {}),
        )
        for building, project in found
    ]


def _latest(session: Session, building_ids: Iterable[str]) -> dict[tuple[str, SurveyState], Survey]:
    """The newest released and the newest proposed survey of each building; registered areas first."""
    query = select(Survey).where(
        Survey.building_id.in_(list(building_ids)), Survey.state.in_((SurveyState.RELEASED, SurveyState.PROPOSED))
    )
    rows = sorted(session.scalars(query), key=lambda row: (row.kind is SurveyKind.REGISTERED, row.no))
    return {(row.building_id, row.state): row for row in rows}


def survey_in_force(session: Session, building_id: str) -> Survey | None:
    """The released survey that settles: registered areas (产权登记) where there are, else measured ones (实测)."""
    return _latest(session, [building_id]).get((building_id, SurveyState.RELEASED))


def list_surveys(session: Session, actor: Actor, building_id: str) -> list[Survey]:
    """The surveys of a building, the newest first."""
    query = scoped(actor, Survey, Permission.SALES_VIEW).where(Survey.building_id == building_id)
    return list(session.scalars(query.order_by(Survey.no.desc())))


def get_survey(session: Session, actor: Actor, survey_id: str) -> Survey:
    """A survey in the actor's scope. Raises `SurveyMissing`."""
    survey = session.scalars(
        scoped(actor, Survey, Permission.SALES_VIEW).where(Survey.id == survey_id)
    ).one_or_none()
    if survey is None:
        raise SurveyMissing(id=survey_id)
    return survey


def unit_history(session: Session, unit_id: str) -> list[UnitHistory]:
    """The surveyed areas of a unit, the newest first; what was never released is left out."""
    query = (
        select(Survey, SurveyArea)
        .join(SurveyArea, SurveyArea.survey_id == Survey.id)
        .where(SurveyArea.unit_id == unit_id, Survey.state.in_((SurveyState.RELEASED, SurveyState.SUPERSEDED)))
        .order_by(Survey.no.desc())
    )
    return [UnitHistory(survey, area) for survey, area in session.execute(query)]


def preview_building(session: Session, actor: Actor, survey: Survey) -> list[SalePreview]:
    """What a survey does to each contracted sale of its building, in one query; by floor and unit."""
    total = (
        select(ReceivableSchedule.total_fen)
        .where(ReceivableSchedule.sale_id == Sale.id)
        .order_by(ReceivableSchedule.number.desc())
        .limit(1)
        .correlate(Sale)
        .scalar_subquery()
    )
    query = (
        select(Sale, Unit.unit_no, Contract, SurveyArea, AreaSettlement, total)
        .join(Unit, Unit.id == Sale.unit_id)
        .join(Contract, Contract.sale_id == Sale.id)
        .outerjoin(SurveyArea, (SurveyArea.unit_id == Unit.id) & (SurveyArea.survey_id == survey.id))
        .outerjoin(
            AreaSettlement,
            (AreaSettlement.sale_id == Sale.id)
            & (AreaSettlement.state != SettlementState.WITHDRAWN)
            & AreaSettlement.is_followed.is_(False),
        )
        .where(
            Unit.building_id == survey.building_id,
            Sale.state == "live",
            visible(actor, Sale, Permission.SALES_VIEW),
        )
        .order_by(Unit.floor, Unit.unit_no)
    )
    again = set(outdated_sales(session, survey.building_id, survey.id))
    if survey.state is not SurveyState.RELEASED:
        again = set()
    return [_preview(*row, again=again) for row in session.execute(query)]


def _preview(
    sale: Sale,
    unit_no: str,
    contract: Contract,
    area: SurveyArea | None,
    settlement: AreaSettlement | None,
    total_fen: int | None,
    *,
    again: set[str],
) -> SalePreview:
    if settlement is not None and settlement.posted_at is not None:
        total_fen = settlement.contract_fen
    terms = terms_of(contract, total_fen or contract.total_fen)
    surveyed = area_by_basis(area, terms.basis) if area else None
    try:
        reckoned, problem = reckon(terms, surveyed), None
    except SettlementInvalid as fault:
        reckoned, problem = None, fault.code
    return SalePreview(
        sale,
        unit_no,
        terms.basis,
        terms.area_hundredths,
        surveyed,
        reckoned,
        problem,
        settlement,
        sale.id in again,
    )


def get_settlement(session: Session, actor: Actor, settlement_id: str) -> AreaSettlement:
    """A settlement in the actor's scope. Raises `SettlementMissing`."""
    query = scoped(actor, AreaSettlement, Permission.SALES_VIEW).where(AreaSettlement.id == settlement_id)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise SettlementMissing(id=settlement_id)
    return row


def settled_area(session: Session, sale_id: str) -> int | None:
    """The building area, in hundredths, on which a sale's area was settled; None while none is posted."""
    posted = select(AreaSettlement).where(
        AreaSettlement.sale_id == sale_id,
        AreaSettlement.state != SettlementState.WITHDRAWN,
        AreaSettlement.posted_at.is_not(None),
    )
    row = session.scalars(posted.order_by(AreaSettlement.posted_at.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    unit_id = session.get_one(Sale, sale_id).unit_id
    return session.get_one(SurveyArea, (row.survey_id, unit_id)).building_area_hundredths


def rescission_day(session: Session, sale_id: str) -> date | None:
    """The last day on which price and interest go back to a buyer who rescinds because of the area (art. 20)."""
    row = settlement_of(session, sale_id)
    return row.rescind_by if row is not None and row.state is SettlementState.RESCINDING else None


def money_is_done(session: Session, sale_id: str) -> AreaSettlement | None:
    """The last posted settlement of a sale when nothing of its areas' money is open any more, else None."""
    query = select(AreaSettlement).where(
        AreaSettlement.sale_id == sale_id, AreaSettlement.state == SettlementState.POSTED
    )
    rows = list(session.scalars(query.order_by(AreaSettlement.posted_at)))
    if rest_line(session, sale_id) is not None:
        return None
    if any(_open_top_up(session, row) or _open_payouts(session, row) for row in rows):
        return None
    return rows[-1] if rows else None


def _open_top_up(session: Session, row: AreaSettlement) -> bool:
    query = select(Receivable.id).where(
        Receivable.sale_id == row.sale_id,
        Receivable.kind == ReceivableKind.AREA,
        Receivable.state == ReceivableState.PLANNED,
        Receivable.amount_fen > paid_on_line(),
        Receivable.amount_fen > 0,
    )
    return session.scalar(query.limit(1)) is not None


def _open_payouts(session: Session, row: AreaSettlement) -> bool:
    paid = select(RefundEvent.refund_id).where(RefundEvent.kind == RefundEventKind.PAID)
    refunds = select(Refund.id).where(
        Refund.id.in_(row.money.get("refund_ids", [])), refund_stands(), Refund.id.not_in(paid)
    )
    closed = select(CompensationEvent.compensation_id).where(
        CompensationEvent.kind.in_((RefundEventKind.PAID, RefundEventKind.CANCELLED))
    )
    owed = select(Compensation.id).where(
        Compensation.sale_id == row.sale_id,
        Compensation.kind == CompensationKind.AREA_EXCESS,
        Compensation.id.not_in(closed),
    )
    return any(session.scalar(query.limit(1)) is not None for query in (refunds, owed))
