"""What the stories of change orders share: a sale brought to a stage, and an order walked to a point."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.changes.models import ChangeOrder
from ledger.finance.kinds import PlanKind, ReceivableKind, ShareKind, TriggerKind
from ledger.finance.operations import approve_plan, propose_plan
from ledger.finance.plans import PlanLine, Share, Trigger
from tests.stories.company import PROJECT, Case, Company

SIGNERS = ("manager_1", "gm_1", "treasurer", "legal_1", "city_gm_1")


def lump_plan(company: Company) -> str:
    """The plan of somebody who pays in one sum, 30 days after signing."""

    def agree(session: Any, _actor: Any) -> str:
        trigger = Trigger(TriggerKind.AFTER_SIGNING, days=30)
        line = PlanLine(ReceivableKind.INSTALMENT, Share(ShareKind.REMAINDER), trigger)
        plan = propose_plan(
            session, company.actor("marketing_1"), company.clock, project_id=company.project_id, code="lump",
            kind=PlanKind.LUMP, labels={"zh": "一次性", "en": "Lump sum"}, lines=[line],
        )  # fmt: skip
        approve_plan(session, SYSTEM, company.clock, template_id=plan.id)
        return plan.id

    return company.act("system", agree)


def subscribed(company: Company, **terms: Any) -> Case:
    """A sale whose deposit is paid: it waits for the contract."""
    case = company.start(entry="walk_in")
    case.enter_terms(**terms)
    if terms.get("off"):
        case.decide("manager_1")
    company.pay()
    return case


def signed(company: Company, **terms: Any) -> Case:
    """A sale whose contract is signed and waits to be filed."""
    case = subscribed(company, **terms)
    case.sign()
    return case


def filed(company: Company, **terms: Any) -> Case:
    """A sale whose contract the authority has accepted."""
    case = signed(company, **terms)
    case.submit()
    day = business_date(company.clock).isoformat()
    case.complete("record_answer", "filer", filing_answer="accepted", filing_no="BA-1", answered_on=day)
    return case


def ask(company: Company, kind: str, sale: Case, name: str = "wei", **wanted: Any) -> Case:
    """Somebody asks for a change."""
    answers = {"sale_id": sale.sale().id, "reason": "the buyer asked for it", **wanted}
    begun = company.act(name, lambda s, a: company.engine(s, a).start(kind, answers, scope=PROJECT))
    return Case(company, begun.id)


def order_of(company: Company, case: Case) -> ChangeOrder:
    """The order of a case as it stands."""
    return company.read(lambda s: s.scalars(select(ChangeOrder).where(ChangeOrder.instance_id == case.id)).one())


def approve(case: Case, *names: str) -> None:
    """Those asked approve, in order."""
    for name in names:
        case.decide(name)


def execute(case: Case, name: str = "cashier", **more: Any) -> None:
    """Somebody executes."""
    case.complete("execute", name, papers_checked=True, **more)


def supplement_today(company: Company) -> dict[str, Any]:
    """What the executor says of a supplement that was signed today."""
    return {"supplement_signed_on": business_date(company.clock).isoformat(), "all_buyers_signed": True}
