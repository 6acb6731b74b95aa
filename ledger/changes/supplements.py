"""Signing a supplement (补充协议): a signed contract's terms change, and its receivables with them.

The contract's total and terms version follow the newest supplement; what stood before is kept by the versions of
terms, the schedules and the supplements themselves (DOMAIN §10.13).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid
from ledger.changes.charges import rebase_on_price
from ledger.changes.errors import ChangeRefused
from ledger.changes.seals import seal_changed
from ledger.changes.supplement_models import Supplement
from ledger.documents.numbers import next_number
from ledger.finance.accounts import allocated_by_receivable
from ledger.finance.allocation import live_price_lines
from ledger.finance.kinds import ReceivableState, TodoKind
from ledger.finance.models import ReceivableSchedule
from ledger.finance.operations import open_todo, replace_lines, replan
from ledger.finance.plans import PlannedLine
from ledger.finance.receivables import current_schedule
from ledger.sales.acts import Act
from ledger.sales.errors import DateInvalid
from ledger.sales.models import Sale
from ledger.sales.stage_models import Contract
from ledger.sales.terms import Terms, terms_in_force
from ledger.staff.permissions import Permission


def sign_supplement(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    sale_id: str,
    reason: str,
    plan_id: str | None = None,
    terms: Terms | None = None,
    gone_ids: Sequence[str] = (),
    lines: Sequence[PlannedLine] = (),
    signed_on: date | None = None,
    change_order_id: str | None = None,
    approvers: Sequence[str] = (),
    key: str | None = None,
) -> Supplement:
    """Change a signed contract: other ``terms`` (price, buyers), another ``plan_id``, or single lines.

    With terms or a plan the unpaid price lines are planned anew, and charges that follow the price are rebased;
    with ``lines`` those named in ``gone_ids`` end and these take their place under the same total (a short loan).
    ``approvers`` are noted where the price lies below the floor. The same ``key`` again returns the first. Raises
    `ChangeRefused` before signing, `DateInvalid`, `PlanInvalid`, `ScheduleInvalid`.
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("supplement_signed", sale_id=sale_id):
        return newest_supplement(session, earlier.id)
    sale, _unit = act.lock(sale_id, Permission.SALES_SIGN)
    contract = _contract(session, sale)
    signed_on = signing_day(act, sale, contract, signed_on)
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")
    terms_before, total_before = contract.terms_version, contract.total_fen
    if terms is not None or plan_id is not None:
        _change_terms(act, sale, contract, terms, plan_id, approvers)
        schedule = _replan(act, sale, contract, total_before)
        rebase_on_price(act, sale, contract, schedule.total_fen)
    else:
        schedule = replace_lines(
            session, actor, clock, sale_id=sale.id, gone_ids=gone_ids, lines=lines, reason="supplement"
        )
    supplement = keep_supplement(
        act,
        sale,
        contract,
        terms_before=terms_before,
        total_before_fen=total_before,
        signed_on=signed_on,
        reason=reason,
        change_order_id=change_order_id,
        schedule_id=schedule.id,
    )
    ask_for_price(act, sale)
    return supplement


def keep_supplement(
    act: Act,
    sale: Sale,
    contract: Contract,
    *,
    terms_before: int,
    total_before_fen: int,
    signed_on: date,
    reason: str,
    change_order_id: str | None,
    schedule_id: str | None = None,
) -> Supplement:
    """Write down the supplement by which a contract, changed by now, came from what it said before."""
    supplement = Supplement(
        sale_id=sale.id,
        contract_id=contract.id,
        path=sale.path,
        number=1 + _count(act.session, sale.id),
        no=next_number(act.session, "supplement", sale.path, signed_on),
        signed_on=signed_on,
        reason=reason.strip()[:500],
        change_order_id=change_order_id,
        terms_before=terms_before,
        terms_after=contract.terms_version,
        total_before_fen=total_before_fen,
        total_after_fen=contract.total_fen,
        schedule_id=schedule_id,
        actor_id=act.actor.id,
        at=act.clock.now(),
    )
    act.session.add(supplement)
    act.session.flush()  # Whoever asked for it names it by its id.
    details = {"no": supplement.no, "on": signed_on.isoformat(), "deal_price_fen": contract.total_fen}
    act.note(sale, "supplement_signed", reason=reason.strip()[:200], details=details)
    return supplement


def _change_terms(
    act: Act, sale: Sale, contract: Contract, terms: Terms | None, plan_id: str | None, approvers: Sequence[str]
) -> None:
    seal_changed(act, sale, terms or terms_in_force(act.session, sale), plan_id=plan_id, approvers=approvers)
    assert sale.terms_version is not None  # noqa: S101 - sealed a line above
    assert sale.deal_price_fen is not None  # noqa: S101 - the same
    contract.terms_version, contract.total_fen = sale.terms_version, sale.deal_price_fen
    act.session.flush()  # The schedule's rule compares with what the contract says.


def _replan(act: Act, sale: Sale, contract: Contract, total_before: int) -> ReceivableSchedule:
    """Plan the lines anew; an area that was settled keeps its difference on top of the contract's total."""
    standing = current_schedule(act.session, sale.id)
    if standing is None or sale.plan_id is None:
        raise ChangeRefused("supplement_before_signing", field="sale_id", no=sale.no)
    total = standing.total_fen + contract.total_fen - total_before
    return replan(
        act.session,
        act.actor,
        act.clock,
        sale_id=sale.id,
        template_id=sale.plan_id,
        total_fen=total,
        signed_on=contract.signed_on,
        reason="supplement",
    )


def ask_for_price(act: Act, sale: Sale) -> None:
    """A collect to-do for every price line that is dated and not yet paid; once for each line."""
    lines = [
        line
        for line in live_price_lines(act.session, sale.id)
        if line.state is ReceivableState.PLANNED and line.due_on is not None and line.amount_fen > 0
    ]
    paid = allocated_by_receivable(act.session, [line.id for line in lines])
    for line in lines:
        left = line.amount_fen - paid.get(line.id, 0)
        if left <= 0 or line.due_on is None:
            continue
        open_todo(
            act.session,
            act.actor,
            act.clock,
            key=f"collect:{line.id}",
            kind=TodoKind.COLLECT,
            project_id=line.project_id,
            path=line.path,
            amount_fen=left,
            due_on=line.due_on,
            debtor=line.debtor,
            sale_id=line.sale_id,
            receivable_id=line.id,
            instance_id=sale.instance_id,
        )


def newest_supplement(session: Session, sale_id: str) -> Supplement:
    """The last supplement of a sale that has one."""
    query = select(Supplement).where(Supplement.sale_id == sale_id).order_by(Supplement.number.desc()).limit(1)
    return session.scalars(query).one()


def _contract(session: Session, sale: Sale) -> Contract:
    found = session.scalars(
        select(Contract).where(Contract.sale_id == sale.id).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or sale.state != "live":
        raise ChangeRefused("supplement_before_signing", field="sale_id", no=sale.no)
    return found


def signing_day(act: Act, sale: Sale, contract: Contract, signed_on: date | None) -> date:
    """The day on which a supplement was signed, today if left out. Raises `DateInvalid`."""
    today = act.today(sale.project_id)
    day = signed_on or today
    if not contract.signed_on <= day <= today:
        raise DateInvalid(field="signed_on", earliest=contract.signed_on, latest=today)
    return day


def _count(session: Session, sale_id: str) -> int:
    return session.scalar(select(func.count()).where(Supplement.sale_id == sale_id)) or 0
