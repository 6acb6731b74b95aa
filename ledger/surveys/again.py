"""A settlement that another survey follows: the registered area (产权登记) decides over the measured one (实测).

What is settled anew is reckoned from the contract's area and price as the first one was; only the difference to
what is posted already moves. The former settlement stays as it was and is followed by one other.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.errors import AlreadyDone
from ledger.finance.operations import cancel_compensation
from ledger.inventory.models import Unit
from ledger.sales.models import Sale
from ledger.surveys.errors import SettlementInvalid
from ledger.surveys.kinds import AreaRule, Choice, SettlementState, SurveyKind
from ledger.surveys.models import AreaSettlement, Survey, SurveyArea

_REASON = "settled again by the registered area · 按产权登记面积重新结算"


def is_final(row: AreaSettlement) -> bool:
    """Whether what a settlement says is in the books, or that nothing is due."""
    return row.posted_at is not None or row.state is SettlementState.NOTHING


def earlier_of(session: Session, row: AreaSettlement) -> AreaSettlement | None:
    """The settlement that this one follows, if it follows one."""
    return session.get_one(AreaSettlement, row.earlier_id) if row.earlier_id else None


def is_outdated(session: Session, sale_id: str, survey_id: str) -> bool:
    """Whether a sale was settled on another area than this survey tells."""
    return session.scalar(_outdated(survey_id).where(Sale.id == sale_id)) is not None


def outdated_sales(session: Session, building_id: str, survey_id: str) -> list[str]:
    """The sales of a building that were settled on another area than this survey tells, by unit."""
    query = _outdated(survey_id).where(Unit.building_id == building_id)
    return list(session.scalars(query.order_by(Unit.floor, Unit.unit_no)))


def _outdated(survey_id: str) -> Select[str]:
    return (
        select(Sale.id)
        .join(Unit, Unit.id == Sale.unit_id)
        .join(AreaSettlement, AreaSettlement.sale_id == Sale.id)
        .join(SurveyArea, (SurveyArea.unit_id == Unit.id) & (SurveyArea.survey_id == survey_id))
        .where(Sale.state == "live", AreaSettlement.survey_id != survey_id, _settles(), _differs())
    )


def _settles() -> ColumnElement[bool]:
    final = or_(AreaSettlement.posted_at.is_not(None), AreaSettlement.state == SettlementState.NOTHING)
    return and_(
        final,
        AreaSettlement.state != SettlementState.WITHDRAWN,
        AreaSettlement.is_followed.is_(False),
        AreaSettlement.rule != AreaRule.NONE,
        AreaSettlement.basis != "unit",
    )


def _differs() -> ColumnElement[bool]:
    inside = AreaSettlement.basis == "inside_area"
    told = case((inside, SurveyArea.inside_area_hundredths), else_=SurveyArea.building_area_hundredths)
    return told != AreaSettlement.settled_area_hundredths


def goes_back(session: Session, row: AreaSettlement, survey: Survey) -> bool:
    """Registered areas decide: no measured survey settles again what they have settled."""
    kind = session.get_one(Survey, row.survey_id).kind
    return kind is SurveyKind.REGISTERED and survey.kind is SurveyKind.MEASURED


def follow(session: Session, row: AreaSettlement, earlier: AreaSettlement) -> None:
    """Let a settlement follow another; who kept the home when he was asked is not asked again."""
    if earlier.choice is Choice.KEEP:
        row.choice, row.choice_by = earlier.choice, earlier.choice_by
    row.earlier_id, earlier.is_followed = earlier.id, True
    session.flush()  # The place of the sale's live settlement must be free before the next one takes it.


def take_back_compensation(session: Session, actor: Actor, clock: Clock, earlier: AreaSettlement) -> int:
    """Call off the former compensation, because less is due; returns its fen; what is due is ordered anew.

    Raises `SettlementInvalid` when it is paid already: a person has to agree with the buyer how it comes back.
    """
    compensation_id = earlier.money.get("compensation_id")
    if compensation_id is None:
        raise SettlementInvalid("area_compensation_paid", field="compensation")
    try:
        row = cancel_compensation(session, actor, clock, compensation_id=compensation_id, reason=_REASON)
    except AlreadyDone as paid:
        raise SettlementInvalid("area_compensation_paid", field="compensation") from paid
    return row.amount_fen
