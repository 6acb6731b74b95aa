"""The subscription (认购书) and the contract (商品房买卖合同) of a sale, filled from the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.papers import (
    Buyer,
    ContractData,
    DiscountLine,
    Letterhead,
    PaperData,
    PlanLine,
    SubscriptionData,
    UnitFacts,
)
from channels.papers.render import Language
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.errors import Missing
from ledger.customers.reveal import Identity, identities_for_paper
from ledger.finance.kinds import ReceivableClass, ReceivableState
from ledger.finance.models import PaymentPlanTemplate, Receivable
from ledger.finance.templates import preview_plan
from ledger.inventory.models import Building, Unit
from ledger.organisation.models import PresalePermit, Project
from ledger.organisation.parameters import LANGUAGE
from ledger.organisation.queries import parameter
from ledger.sales.models import Sale, SaleBuyer, SaleDiscount
from ledger.sales.pricing import round_half_up
from ledger.sales.stage_models import Contract, Subscription
from ledger.staff.queries import names
from webapp.paperwork import words


@dataclass(frozen=True)
class Made:
    """What a paper says, under which number and in which language it is issued."""

    data: PaperData
    number: str
    language: Language


class SalePaper:
    """Gathers what the papers of one sale say; every identity read is logged as the actor's."""

    def __init__(self, session: Session, actor: Actor, clock: Clock, sale_id: str) -> None:
        self.session, self.actor, self.clock = session, actor, clock
        sale = session.get(Sale, sale_id)
        if sale is None:
            raise Missing("sale_missing", field="sale_id", id=sale_id)
        self.sale = sale
        self.project = session.get_one(Project, sale.project_id)
        self.unit = session.get_one(Unit, sale.unit_id)
        self.today = business_date(clock, self.project.zone)
        self.language: Language = "en" if parameter(session, sale.path, LANGUAGE, self.today) == "en" else "zh"

    def subscription(self) -> Made:
        """The subscription once it is in force. Raises `Missing` before."""
        paper = self._subscription()
        data = SubscriptionData(
            number=paper.no or "",
            issued_on=paper.subscribed_on.isoformat(),
            letterhead=self._letterhead(),
            buyers=self._buyers("subscription"),
            unit=self._unit(),
            list_price_fen=self.sale.list_price_fen,
            discounts=self._discounts(),
            deal_price_fen=self._deal(),
            deal_unit_price_fen=self._unit_price(),
            deposit_fen=paper.deposit_fen,
            sign_by=paper.sign_by.isoformat(),
            plan_name=self._plan_name(),
            lines=self._planned_lines(paper),
            consultant=self._consultant(),
        )
        return Made(data, data.number, self.language)

    def contract(self) -> Made:
        """The contract once it is signed. Raises `Missing` before."""
        contract = self.session.scalars(select(Contract).where(Contract.sale_id == self.sale.id)).one_or_none()
        if contract is None:
            raise Missing("contract_missing", id=self.sale.id)
        clauses, paper = contract.clauses, self._subscription()
        rule = words.named(words.AREA_RULES, str(clauses["area_rule"]), self.language)
        data = ContractData(
            number=contract.no,
            issued_on=contract.signed_on.isoformat(),
            subscription_no=paper.no or "",
            letterhead=self._letterhead(),
            buyers=self._buyers("contract"),
            ownership=words.named(words.OWNERSHIPS, self._buyer_rows()[0].ownership, self.language),
            unit=self._unit(),
            pricing_basis=words.named(words.BASES, contract.pricing_basis, self.language),
            deal_price_fen=contract.total_fen,
            deal_unit_price_fen=self._unit_price(),
            deposit_fen=paper.deposit_fen,
            plan_name=self._plan_name(),
            lines=self._receivable_lines(),
            supervised_account=self._account(),
            delivery_date=str(clauses["delivery_on"]) or words.say(words.NONE, self.language),
            late_payment_rate=words.daily_rate(str(Fraction(contract.late_rate)), self.language),
            late_delivery_rate=words.daily_rate(str(clauses["late_delivery_daily_rate"]), self.language),
            title_days=int(clauses["title_days"]),
            area_clause=rule.format(tolerance=words.percent(int(clauses["area_tolerance_basis_points"]))),
        )
        return Made(data, data.number, self.language)

    def _subscription(self) -> Subscription:
        query = select(Subscription).where(Subscription.sale_id == self.sale.id)
        paper = self.session.scalars(query).one_or_none()
        if paper is None or paper.no is None:
            raise Missing("subscription_missing", id=self.sale.id)
        return paper

    def _letterhead(self) -> Letterhead:
        developer = self.project.developer or self.project.name
        return Letterhead(company=developer, project=self.project.name, address=self.project.address)

    def _permit(self) -> PresalePermit | None:
        return self.session.get(PresalePermit, self.unit.permit_id) if self.unit.permit_id else None

    def _account(self) -> str:
        permit = self._permit()
        account = f"{permit.bank} {permit.account}".strip() if permit else ""
        return account or words.say(words.NONE, self.language)

    def _unit(self) -> UnitFacts:
        unit, permit = self.unit, self._permit()
        inside = unit.inside_area_hundredths
        return UnitFacts(
            building=self.session.get_one(Building, unit.building_id).name,
            unit_no=unit.unit_no,
            floor=str(unit.floor) if unit.floor is not None else words.say(words.NONE, self.language),
            layout=unit.layout,
            orientation=unit.orientation,
            building_area_hundredths=unit.building_area_hundredths,
            inside_area_hundredths=inside,
            shared_area_hundredths=None if inside is None else unit.building_area_hundredths - inside,
            permit_no=permit.no if permit else "",
        )

    def _deal(self) -> int:
        return self.sale.deal_price_fen or self.sale.list_price_fen

    def _unit_price(self) -> int:
        """Fen a square metre of building area, rounded half up."""
        return round_half_up(Fraction(self._deal() * 100, self.unit.building_area_hundredths))

    def _discounts(self) -> tuple[DiscountLine, ...]:
        query = select(SaleDiscount).where(
            SaleDiscount.sale_id == self.sale.id, SaleDiscount.version == self.sale.terms_version
        )
        rows = self.session.scalars(query.order_by(SaleDiscount.position))
        return tuple(
            DiscountLine(name=row.name, amount_fen=row.taken_off_fen, basis_points=row.basis_points)
            for row in rows
        )

    def _buyer_rows(self) -> Sequence[SaleBuyer]:
        query = select(SaleBuyer).where(
            SaleBuyer.sale_id == self.sale.id, SaleBuyer.version == self.sale.terms_version
        )
        return self.session.scalars(query.order_by(SaleBuyer.position)).all()

    def _buyers(self, purpose: str) -> tuple[Buyer, ...]:
        rows = self._buyer_rows()
        people = identities_for_paper(
            self.session,
            self.actor,
            self.clock,
            customer_ids=[row.customer_id for row in rows],
            purpose=f"paper:{purpose}",
        )
        return tuple(self._buyer(people[row.customer_id], row) for row in rows)

    def _buyer(self, person: Identity, row: SaleBuyer) -> Buyer:
        share = ""
        if row.share_numerator is not None and row.share_denominator is not None:
            exact = Fraction(row.share_numerator, row.share_denominator)
            share = f"{exact.numerator}/{exact.denominator}"
        return Buyer(
            name=person.name,
            id_type=words.named(words.ID_PAPERS, person.id_type, self.language),
            id_no=person.id_no or words.say(words.NONE, self.language),
            phone=person.phone or "",
            address=person.address or "",
            share=share,
        )

    def _plan_name(self) -> str:
        plan = self.session.get(PaymentPlanTemplate, self.sale.plan_id) if self.sale.plan_id else None
        if plan is None:
            return words.say(words.NONE, self.language)
        return str(plan.labels.get(self.language) or next(iter(plan.labels.values()), plan.code))

    def _planned_lines(self, paper: Subscription) -> tuple[PlanLine, ...]:
        """The deposit and what the plan will ask for, dated by the day of signing that is yet to come."""
        deposit = PlanLine(
            name=words.named(words.RECEIVABLES, "deposit", self.language),
            due=words.say(("认购当日", "on subscription"), self.language),
            amount_fen=paper.deposit_fen,
            payer=words.named(words.DEBTORS, "buyer", self.language),
        )
        planned = preview_plan(
            self.session,
            self.actor,
            template_id=self.sale.plan_id or "",
            total_fen=self._deal(),
            deposit_fen=paper.deposit_fen,
            signed_on=paper.sign_by,
        )
        rest = (
            PlanLine(
                name=words.named(words.RECEIVABLES, line.kind, self.language),
                due=words.due_words(line.trigger, self.language),
                amount_fen=line.amount_fen,
                payer=words.named(words.DEBTORS, line.debtor, self.language),
            )
            for line in planned
        )
        return (deposit, *rest)

    def _receivable_lines(self) -> tuple[PlanLine, ...]:
        query = select(Receivable).where(
            Receivable.sale_id == self.sale.id,
            Receivable.class_ == ReceivableClass.PRICE,
            Receivable.state != ReceivableState.SUPERSEDED,
        )
        return tuple(
            PlanLine(
                name=words.named(words.RECEIVABLES, line.kind, self.language),
                due=self._due(line.due_on, line.milestone),
                amount_fen=line.amount_fen,
                payer=words.named(words.DEBTORS, line.debtor, self.language),
            )
            for line in self.session.scalars(query.order_by(Receivable.sequence))
        )

    def _due(self, due_on: date | None, milestone: str | None) -> str:
        return due_on.isoformat() if due_on else words.named(words.MILESTONES, milestone, self.language)

    def _consultant(self) -> str:
        return names(self.session, [self.sale.owner_id]).get(self.sale.owner_id, self.sale.owner_id)
