"""What a sale's papers may say, read from the ledger as it stands: home, buyers, price, plan, contract, filing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.errors import Missing
from ledger.customers.models import Customer
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
from ledger.sales.stage_models import Contract, Filing, Subscription
from ledger.staff.queries import names
from ledger.templates import words
from ledger.templates.kinds import Language

FILING_DAYS = 30


class SaleValues:
    """Gathers the values of one sale's papers in one language; each identity read is logged as the actor's."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        clock: Clock,
        sale_id: str,
        language: Language | None = None,
        *,
        masked: bool = False,
    ) -> None:
        self.session, self.actor, self.clock, self.masked = session, actor, clock, masked
        sale = session.get(Sale, sale_id)
        if sale is None:
            raise Missing("sale_missing", field="sale_id", id=sale_id)
        self.sale = sale
        self.project = session.get_one(Project, sale.project_id)
        self.unit = session.get_one(Unit, sale.unit_id)
        self.today = business_date(clock, self.project.zone)
        self.language: Language = language or language_of(session, sale.path, self.today)
        self.contract = session.scalars(select(Contract).where(Contract.sale_id == sale.id)).one_or_none()
        query = select(Subscription).where(Subscription.sale_id == sale.id)
        self.subscription = session.scalars(query).one_or_none()

    def of(self, kind: str) -> dict[str, Any]:
        """Everything that the sale says of itself by now; what it has not come to is not among it."""
        return {
            **self.paper(),
            **self.home(),
            **self.people(kind),
            **self.price(),
            **self.subscribed(),
            **self.contracted(),
            **self.filed(),
        }

    def paper(self) -> dict[str, Any]:
        """Who issues it."""
        return {
            "company": self.project.developer or self.project.name,
            "project": self.project.name,
            "project_address": self.project.address,
            "author": names(self.session, [self.actor.id]).get(self.actor.id) or self.actor.name,
        }

    def home(self) -> dict[str, Any]:
        """The home with its areas, its permit, and the account that its money must reach."""
        return home_values(self.session, self.project, self.unit, self.language)

    def people(self, kind: str) -> dict[str, Any]:
        """The buyers in the clear, or before there are terms whoever asked."""
        rows = self._buyer_rows()
        ids = [row.customer_id for row in rows] or [self.sale.customer_id]
        people = self._masked_people(ids) if self.masked else self._people_in_the_clear(ids, kind)
        shares = [_share(row) for row in rows] or [""]
        comma = words.say(("、", ", "), self.language)
        return {
            "buyers": comma.join(person.name for person in people),
            "buyer_phone": people[0].phone,
            "buyer_address": people[0].address,
            "buyer": [self._buyer(*one) for one in zip(people, shares, strict=True)],
            "ownership": words.named(words.OWNERSHIPS, rows[0].ownership, self.language) if rows else None,
            "sale_no": self.sale.no,
            "consultant": names(self.session, [self.sale.owner_id]).get(self.sale.owner_id, self.sale.owner_id),
        }

    def _people_in_the_clear(self, ids: list[str], kind: str) -> list[Identity]:
        found = identities_for_paper(
            self.session, self.actor, self.clock, customer_ids=ids, purpose=f"paper:{kind}"
        )
        return [found[customer_id] for customer_id in ids]

    def _masked_people(self, ids: list[str]) -> list[Identity]:
        """The buyers by name, with stars for what leads to them: a preview is for nobody's file."""
        query = select(Customer.id, Customer.kind, Customer.name, Customer.id_type).where(Customer.id.in_(ids))
        rows = {row.id: row for row in self.session.execute(query)}
        found = (rows[customer_id] for customer_id in ids)
        return [
            Identity(row.id, row.kind, row.name, row.id_type, "*" * 18, "*" * 11, "*" * 8, None) for row in found
        ]

    def _buyer(self, person: Identity, share: str) -> dict[str, Any]:
        return {
            "name": person.name,
            "id_type": words.named(words.ID_PAPERS, person.id_type, self.language),
            "id_no": person.id_no,
            "phone": person.phone,
            "address": person.address,
            "share": share,
        }

    def price(self) -> dict[str, Any]:
        """List price, discounts, deal price, plan."""
        deal = self._deal()
        query = select(SaleDiscount).where(
            SaleDiscount.sale_id == self.sale.id, SaleDiscount.version == self.sale.terms_version
        )
        rows = self.session.scalars(query.order_by(SaleDiscount.position))
        return {
            "list_price": self.sale.list_price_fen,
            "deal_price": deal,
            "deal_unit_price": self._unit_price(deal),
            "plan_name": self._plan_name(),
            "discount": [
                {"name": row.name, "rate": row.basis_points, "amount": -row.taken_off_fen} for row in rows
            ],
        }

    def subscribed(self) -> dict[str, Any]:
        """The subscription once it is in force, and what its plan will ask for."""
        paper = self.subscription
        if paper is None or paper.no is None:
            return {}
        lines = self._planned_lines(paper) if self.sale.plan_id else []
        return {
            "subscription_no": paper.no,
            "subscribed_on": paper.subscribed_on.isoformat(),
            "deposit": paper.deposit_fen,
            "sign_by": paper.sign_by.isoformat(),
            "plan": lines,
            "plan_total": sum(line["amount"] for line in lines),
        }

    def contracted(self) -> dict[str, Any]:
        """The contract once it is signed, with its clauses and its receivables."""
        contract = self.contract
        if contract is None:
            return {}
        clauses, lines = contract.clauses, self._receivable_lines()
        tolerance = words.percent(int(clauses["area_tolerance_basis_points"]))
        undated: words.Pair = ("双方另行书面约定之日", "the day that the parties agree in writing")
        by_inside = contract.pricing_basis == "inside_area"
        return {
            "contract_no": contract.no,
            "signed_on": contract.signed_on.isoformat(),
            "contract_price": contract.total_fen,
            "contract_unit_price": self._unit_price(contract.total_fen),
            "contract_area": (by_inside and contract.inside_area_hundredths) or contract.building_area_hundredths,
            "pricing_basis": words.named(words.BASES, contract.pricing_basis, self.language),
            "delivery_on": str(clauses["delivery_on"] or "") or words.say(undated, self.language),
            "title_on": clauses.get("title_on") or None,
            "late_payment_rate": words.daily_rate(str(Fraction(contract.late_rate)), self.language),
            "late_delivery_rate": words.daily_rate(str(clauses["late_delivery_daily_rate"]), self.language),
            "title_days": int(clauses["title_days"]),
            "filing_days": FILING_DAYS,
            "area_clause": words.named(words.AREA_RULES, str(clauses["area_rule"]), self.language).format(
                tolerance=tolerance
            ),
            "plan": lines,
            "plan_total": sum(line["amount"] for line in lines),
        }

    def filed(self) -> dict[str, Any]:
        """The filing once it was accepted."""
        filing = self.session.scalars(select(Filing).where(Filing.sale_id == self.sale.id)).one_or_none()
        if filing is None or filing.no is None:
            return {}
        day = filing.accepted_on or filing.submitted_on
        return {"filing_no": filing.no, "filed_on": day.isoformat() if day else None}

    def _deal(self) -> int:
        return self.sale.deal_price_fen or self.sale.list_price_fen

    def _unit_price(self, fen: int) -> int:
        """Fen a square metre of building area, rounded half up."""
        return round_half_up(Fraction(fen * 100, self.unit.building_area_hundredths))

    def _buyer_rows(self) -> Sequence[SaleBuyer]:
        query = select(SaleBuyer).where(
            SaleBuyer.sale_id == self.sale.id, SaleBuyer.version == self.sale.terms_version
        )
        return self.session.scalars(query.order_by(SaleBuyer.position)).all()

    def _plan_name(self) -> str | None:
        plan = self.session.get(PaymentPlanTemplate, self.sale.plan_id) if self.sale.plan_id else None
        if plan is None:
            return None
        return str(plan.labels.get(self.language) or next(iter(plan.labels.values()), plan.code))

    def _planned_lines(self, paper: Subscription) -> list[dict[str, Any]]:
        """The deposit and what the plan will ask for, dated by the day of signing that is yet to come."""
        deposit = {
            "name": words.named(words.RECEIVABLES, "deposit", self.language),
            "due": words.say(("认购当日", "on subscription"), self.language),
            "payer": words.named(words.DEBTORS, "buyer", self.language),
            "amount": paper.deposit_fen,
        }
        planned = preview_plan(
            self.session,
            self.actor,
            template_id=self.sale.plan_id or "",
            total_fen=self._deal(),
            deposit_fen=paper.deposit_fen,
            signed_on=paper.sign_by,
        )
        rest = [
            {
                "name": words.named(words.RECEIVABLES, line.kind, self.language),
                "due": words.due_words(line.trigger, self.language),
                "payer": words.named(words.DEBTORS, line.debtor, self.language),
                "amount": line.amount_fen,
            }
            for line in planned
        ]
        return [deposit, *rest]

    def _receivable_lines(self) -> list[dict[str, Any]]:
        query = select(Receivable).where(
            Receivable.sale_id == self.sale.id,
            Receivable.class_ == ReceivableClass.PRICE,
            Receivable.state != ReceivableState.SUPERSEDED,
        )
        return [
            {
                "name": words.named(words.RECEIVABLES, line.kind, self.language),
                "due": self._due(line.due_on, line.milestone),
                "payer": words.named(words.DEBTORS, line.debtor, self.language),
                "amount": line.amount_fen,
            }
            for line in self.session.scalars(query.order_by(Receivable.sequence))
        ]

    def _due(self, due_on: date | None, milestone: str | None) -> str:
        return due_on.isoformat() if due_on else words.named(words.MILESTONES, milestone, self.language)


def language_of(session: Session, path: str, on: date) -> Language:
    """In which language papers are made at a node on a day."""
    return "en" if parameter(session, path, LANGUAGE, on) == "en" else "zh"


def home_values(session: Session, project: Project, unit: Unit, language: Language) -> dict[str, Any]:
    """A home as papers name it."""
    permit = session.get(PresalePermit, unit.permit_id) if unit.permit_id else None
    building = session.get_one(Building, unit.building_id).name
    inside = unit.inside_area_hundredths
    return {
        "home": f"{project.name} {building} {unit.unit_no}",
        "building": building,
        "unit_no": unit.unit_no,
        "floor": str(unit.floor) if unit.floor is not None else None,
        "layout": unit.layout,
        "orientation": unit.orientation,
        "building_area": unit.building_area_hundredths,
        "inside_area": inside,
        "shared_area": None if inside is None else unit.building_area_hundredths - inside,
        "permit_no": permit.no if permit else None,
        "supervised_account": f"{permit.bank} {permit.account}".strip() if permit else None,
    }


def _share(row: SaleBuyer) -> str:
    if row.share_numerator is None or row.share_denominator is None:
        return ""
    exact = Fraction(row.share_numerator, row.share_denominator)
    return f"{exact.numerator}/{exact.denominator}"
