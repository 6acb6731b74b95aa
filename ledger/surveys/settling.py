"""One sale's area settlement: reckoned, asked about beyond the tolerance, posted once, withdrawn with the sale."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.operations import post_area, rebase_charges
from ledger.finance.parties import lock_sale_row, today_at
from ledger.finance.receivables import current_schedule
from ledger.inventory.models import Unit
from ledger.locking import locked
from ledger.organisation import parameters as p
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract
from ledger.scope import scoped
from ledger.staff.permissions import Permission
from ledger.surveys.again import earlier_of, follow, goes_back, is_final, take_back_compensation
from ledger.surveys.errors import SettlementInvalid, SettlementMissing, SettlementStale, SurveyNotReleased
from ledger.surveys.kinds import AreaRule, Choice, SettlementState, SurveyState, Verdict
from ledger.surveys.models import AreaSettlement, Survey, SurveyArea
from ledger.surveys.reckoning import AreaTerms, Reckoned, reckon

_BEYOND = (Verdict.ABOVE, Verdict.BELOW)


def terms_of(contract: Contract, total_fen: int) -> AreaTerms:
    """What a contract says about areas, by the clauses frozen at signing; silent means the law's 3 %."""
    clauses = contract.clauses
    inside = contract.pricing_basis == "inside_area"
    return AreaTerms(
        total_fen,
        contract.inside_area_hundredths if inside else contract.building_area_hundredths,
        contract.pricing_basis,
        AreaRule(clauses.get(p.AREA_RULE.name) or p.AREA_RULE.default),
        int(clauses.get(p.AREA_TOLERANCE.name, p.AREA_TOLERANCE.default)),
    )


def area_by_basis(area: SurveyArea, basis: str) -> int | None:
    """The surveyed area that a pricing basis settles."""
    return area.inside_area_hundredths if basis == "inside_area" else area.building_area_hundredths


def open_settlement(
    session: Session, actor: Actor, clock: Clock, *, sale_id: str, survey_id: str, instance_id: str
) -> AreaSettlement:
    """Reckon a sale by a released survey; one that is not posted yet is reckoned anew from the facts of now.

    One that is posted is followed by another survey's once; for its own survey it is returned as it is.
    Raises `SurveyNotReleased`, `SettlementInvalid` for a sale without contract or a unit without area.
    """
    lock_sale_row(session, sale_id)
    sale = session.get_one(Sale, sale_id)
    actor.require(Permission.AREA_SETTLEMENT_START, sale.path)
    found = settlement_of(session, sale_id)
    survey = session.get_one(Survey, survey_id)
    earlier = earlier_of(session, found) if found is not None else None
    if found is not None and is_final(found):
        if found.survey_id == survey_id or goes_back(session, found, survey):
            return found
        earlier, found = found, None
    if survey.state is not SurveyState.RELEASED:
        raise SurveyNotReleased(state=f"survey.{survey.state}")
    contract = session.scalars(select(Contract).where(Contract.sale_id == sale_id)).one_or_none()
    area = session.get(SurveyArea, (survey_id, sale.unit_id))
    if contract is None or area is None or sale.state != "live":
        raise SettlementInvalid("area_settlement_no_contract", field="sale_id")
    row = found or AreaSettlement(
        sale_id=sale.id,
        project_id=sale.project_id,
        path=sale.path,
        owner_id=sale.owner_id,
        building_id=session.get_one(Unit, sale.unit_id).building_id,
        money={},
        opened_at=clock.now(),
    )
    _fill(session, row, contract, survey, area, earlier)
    row.state, row.instance_id = SettlementState.OPEN, instance_id
    row.choice = row.choice_by = row.asked_on = row.answer_by = row.rescind_by = None
    if earlier is not None:
        follow(session, row, earlier)
    session.add(row)
    session.flush()  # One live settlement of a sale: the rule must speak now.
    _note(session, actor, clock, row, "open", ratio=str(row.ratio), difference_fen=row.difference_fen)
    return row


def _fill(
    session: Session,
    row: AreaSettlement,
    contract: Contract,
    survey: Survey,
    area: SurveyArea,
    earlier: AreaSettlement | None,
) -> None:
    schedule = current_schedule(session, contract.sale_id)
    row.earlier_fen = earlier.difference_fen if earlier else 0
    row.earlier_compensation_fen = earlier.compensation_fen if earlier else 0
    total = schedule.total_fen if schedule else contract.total_fen
    terms = terms_of(contract, total - row.earlier_fen)
    settled = area_by_basis(area, terms.basis)
    result: Reckoned = reckon(terms, settled)
    row.survey_id, row.basis, row.rule, row.tolerance_bp = survey.id, terms.basis, terms.rule, terms.tolerance_bp
    row.contract_area_hundredths = terms.area_hundredths or contract.building_area_hundredths
    row.settled_area_hundredths = settled or area.building_area_hundredths
    row.contract_fen, row.ratio, row.verdict = terms.total_fen, result.ratio, result.verdict
    row.difference_fen, row.compensation_fen = result.difference_fen, result.compensation_fen
    row.borne_fen, row.final_fen = result.borne_fen, result.final_fen


def ask_buyer(session: Session, actor: Actor, clock: Clock, *, settlement_id: str) -> AreaSettlement:
    """The buyer is asked to choose, with a last day for the answer; asking again gives a new day."""
    row = lock_settlement(session, actor, settlement_id)
    _require(row, SettlementState.OPEN, SettlementState.ASKING, SettlementState.RESCINDING)
    if row.verdict not in _BEYOND:
        raise SettlementInvalid("area_settlement_no_choice", field="choice")
    today = today_at(session, clock, row.project_id)
    days = parameter(session, row.path, p.AREA_ANSWER_DAYS, today)
    row.state, row.choice, row.choice_by, row.rescind_by = SettlementState.ASKING, None, None, None
    row.asked_on, row.answer_by = today, today + timedelta(days=days)
    _note(session, actor, clock, row, "ask", answer_by=row.answer_by.isoformat())
    return row


def choose(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    settlement_id: str,
    choice: Choice | str,
    asked_on: date | None = None,
    chosen_by: str | None = None,
) -> AreaSettlement:
    """The buyer keeps the home or rescinds; ``asked_on`` is the day on which he said so.

    From that day the developer has 30 days to return price and interest (art. 20). Raises `SettlementStale`,
    `SettlementInvalid` for a day to come or before he was asked.
    """
    row = lock_settlement(session, actor, settlement_id)
    _require(row, SettlementState.ASKING)
    today = today_at(session, clock, row.project_id)
    day = asked_on or today
    if day > today or (row.asked_on is not None and day < row.asked_on):
        raise SettlementInvalid("area_choice_day", field="answered_on", earliest=row.asked_on, latest=today)
    row.choice, row.choice_by = Choice(choice), chosen_by or actor.id
    if row.choice is Choice.RESCIND:
        row.state = SettlementState.RESCINDING
        row.rescind_by = day + timedelta(days=parameter(session, row.path, p.AREA_RESCIND_DAYS, day))
    _note(session, actor, clock, row, "choose", choice=row.choice, on=day.isoformat())
    return row


def post_settlement(session: Session, actor: Actor, clock: Clock, *, settlement_id: str) -> AreaSettlement:
    """Post top-up, refund and compensation once, and re-base tax and fund; posting again changes nothing.

    Beyond the tolerance his word to keep the home comes first. Raises `SettlementStale`, what finance refuses.
    """
    row = lock_settlement(session, actor, settlement_id)
    if row.posted_at is not None or row.state is SettlementState.NOTHING:
        return row
    _require(row, SettlementState.OPEN, SettlementState.ASKING)
    if must_choose(row) and row.choice is not Choice.KEEP:
        raise SettlementStale("area_choice_missing", state=f"area_settlement.{row.state}")
    if is_nothing_due(row):
        row.state, row.closed_at = SettlementState.NOTHING, clock.now()
        _note(session, actor, clock, row, "nothing")
        return row
    today = today_at(session, clock, row.project_id)
    due_on = today + timedelta(days=parameter(session, row.path, p.AREA_PAY_DAYS, today))
    basis = {"ratio": str(row.ratio), "tolerance_bp": row.tolerance_bp, "contract_fen": row.contract_fen}
    money = post_area(
        session,
        actor,
        clock,
        key=f"area:{row.id}",
        sale_id=row.sale_id,
        difference_fen=row.due_fen,
        compensation_fen=_compensation_now(session, actor, clock, row),
        due_on=due_on,
        instance_id=row.instance_id,
        basis=basis,
    )
    _rebase(session, actor, clock, row)
    row.state, row.posted_at, row.schedule_id = SettlementState.POSTED, clock.now(), money.schedule_id
    row.money = {
        "due_on": due_on.isoformat(),
        "refund_ids": [refund.id for refund in money.refunds],
        "refunded_fen": money.refunded_fen,
        "compensation_id": money.compensation.id if money.compensation else None,
    }
    session.flush()  # A schedule settles one sale once: the rule must speak now.
    _note(session, actor, clock, row, "post", difference_fen=row.due_fen)
    return row


def _compensation_now(session: Session, actor: Actor, clock: Clock, row: AreaSettlement) -> int:
    """What is to be ordered as compensation; where less is due than before, that order goes first."""
    earlier = earlier_of(session, row)
    if earlier is None or row.due_compensation_fen >= 0:
        return row.due_compensation_fen
    return max(0, row.due_compensation_fen + take_back_compensation(session, actor, clock, earlier))


def must_choose(row: AreaSettlement) -> bool:
    """Whether the buyer chooses before anything is posted: beyond the tolerance."""
    return row.verdict in _BEYOND


def is_nothing_due(row: AreaSettlement) -> bool:
    """Whether no money moves: the area is the contract's, or what moves was posted before."""
    if row.earlier_id is not None:
        return row.due_fen == 0 and row.due_compensation_fen == 0
    return row.verdict is Verdict.NOTHING


def _rebase(session: Session, actor: Actor, clock: Clock, row: AreaSettlement) -> None:
    contract = session.scalars(select(Contract).where(Contract.sale_id == row.sale_id)).one()
    sale = session.get_one(Sale, row.sale_id)
    area = session.get_one(SurveyArea, (row.survey_id, sale.unit_id))
    rebase_charges(
        session,
        actor,
        clock,
        sale_id=row.sale_id,
        price_fen=row.final_fen,
        area_hundredths=area.building_area_hundredths,
        signed_on=contract.signed_on,
    )


def close_settlement(session: Session, actor: Actor, clock: Clock, *, settlement_id: str) -> AreaSettlement:
    """All money is done. Twice is once."""
    row = lock_settlement(session, actor, settlement_id)
    if row.state is SettlementState.POSTED:
        row.state, row.closed_at = SettlementState.SETTLED, clock.now()
        _note(session, actor, clock, row, "settle")
    return row


def withdraw_settlement(
    session: Session, actor: Actor, clock: Clock, *, settlement_id: str, reason: str
) -> AreaSettlement:
    """The sale is over, or its case is: what is not posted is void, what is posted stays in the books."""
    row = lock_settlement(session, actor, settlement_id)
    if row.closed_at is None:
        row.state, row.closed_at = SettlementState.WITHDRAWN, clock.now()
        earlier = earlier_of(session, row)
        if earlier is not None and row.posted_at is None:
            session.flush()  # It gives the place of the live settlement back.
            earlier.is_followed = False
        _note(session, actor, clock, row, "withdraw", reason=reason[:200])
    return row


def settlement_of(session: Session, sale_id: str) -> AreaSettlement | None:
    """The live settlement of a sale, if there is one."""
    query = select(AreaSettlement).where(
        AreaSettlement.sale_id == sale_id,
        AreaSettlement.state != SettlementState.WITHDRAWN,
        AreaSettlement.is_followed.is_(False),
    )
    return session.scalars(query).one_or_none()


def lock_settlement(session: Session, actor: Actor, settlement_id: str) -> AreaSettlement:
    """A settlement that the actor may work on, locked. Raises `SettlementMissing`, `NotAllowed`."""
    query = scoped(actor, AreaSettlement, Permission.SALES_VIEW).where(AreaSettlement.id == settlement_id)
    row = session.scalars(locked(query, AreaSettlement)).one_or_none()
    if row is None:
        raise SettlementMissing(id=settlement_id)
    actor.require(Permission.AREA_SETTLEMENT_START, row.path)
    return row


def _require(row: AreaSettlement, *states: SettlementState) -> None:
    if row.state not in states:
        raise SettlementStale(state=f"area_settlement.{row.state}")


def _note(session: Session, actor: Actor, clock: Clock, row: AreaSettlement, act: str, **after: object) -> None:
    name = f"area_settlement:{act}"
    audit.record(session, actor, clock, name, "area_settlement", row.id, path=row.path, after=after)
