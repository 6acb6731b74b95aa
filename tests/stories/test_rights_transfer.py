"""Other buyers and other shares (更名/增减权益人): proved, decided, executed; the former ones stay in history."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from kernel.actor import SYSTEM
from kernel.clock import business_date
from kernel.errors import KeyturnError
from ledger.changes.supplement_models import Supplement
from ledger.customers.models import CustomerKind
from ledger.documents.operations import store_upload
from ledger.finance.kinds import ReceivableKind
from ledger.finance.models import Receivable
from ledger.messages.models import Message
from ledger.organisation.operations import set_parameter
from ledger.sales.models import SaleBuyer
from ledger.sales.stage_models import Contract, Filing
from ledger.templates.models import MadePaper
from tests.stories.changing_sales import (
    SIGNERS,
    approve,
    ask,
    execute,
    filed,
    order_of,
    signed,
    subscribed,
    supplement_today,
)
from tests.stories.company import PROJECT, Company

PDF = b"%PDF-1.7\n%proof of the relation\n%%EOF\n"


def proof(company: Company, name: str = "wei") -> str:
    """A marriage certificate that somebody brought in; returns its document's id."""
    where = {"subject": "customer", "subject_id": company.customers["lin"], "path": PROJECT}
    paper = {"filename": "marriage.pdf", "content": PDF, "owner_id": company.people[name]}
    return company.act(name, lambda s, a: store_upload(s, a, company.clock, **where, **paper).id)


def both(company: Company, lin: str = "1/2", zhou: str = "1/2") -> list[dict[str, str]]:
    return [
        {"customer_id": company.customers["lin"], "share": lin},
        {"customer_id": company.customers["zhou"], "share": zhou},
    ]


def wanted(company: Company, **more: Any) -> dict[str, Any]:
    usual = {"relation": "spouse", "ownership": "shares", "buyers": both(company)}
    return {**usual, "proof_id": proof(company), "qualification_checked": True, **more}


def buyers(company: Company, sale_id: str, version: int) -> list[tuple[str, int | None, int | None]]:
    query = select(SaleBuyer.customer_id, SaleBuyer.share_numerator, SaleBuyer.share_denominator).where(
        SaleBuyer.sale_id == sale_id, SaleBuyer.version == version
    )
    names = {id_: name for name, id_ in company.customers.items()}
    rows = company.read(lambda s: s.execute(query.order_by(SaleBuyer.position)).all())
    return [(names[row[0]], row[1], row[2]) for row in rows]


def kinds(company: Company, name: str) -> set[str]:
    query = select(CustomerKind.kind).where(
        CustomerKind.customer_id == company.customers[name], CustomerKind.until.is_(None)
    )
    return set(company.read(lambda s: s.scalars(query).all())) & {"subscriber", "owner"}


def test_a_spouse_joins_a_subscription_and_papers_are_issued_again(company: Company) -> None:
    sale = subscribed(company)
    company.act(
        "system",
        lambda s, _a: set_parameter(
            s,
            SYSTEM,
            company.clock,
            path=PROJECT,
            name="rename_fee_fen",
            value=500_00,
            effective_from=business_date(company.clock),
        ),
    )
    case = ask(company, "rights_transfer", sale, **wanted(company))
    order = order_of(company, case)
    assert (order.before["buyers"], order.after["buyers"]) == (["Lin"], ["Lin 1/2", "Zhou 1/2"])
    assert [(one["does"], one["what"], one["amount_fen"]) for one in order.money] == [("due", "fee", 500_00)]
    approve(case, "manager_1", "gm_1")
    execute(case)
    found = sale.sale()
    assert buyers(company, found.id, 1) == [("lin", None, None)]
    assert buyers(company, found.id, 2) == [("lin", 1, 2), ("zhou", 1, 2)]
    assert (kinds(company, "lin"), kinds(company, "zhou")) == ({"subscriber"}, {"subscriber"})
    fee = company.read(lambda s: s.scalars(select(Receivable).where(Receivable.kind == ReceivableKind.FEE)).one())
    assert (fee.amount_fen, fee.class_.value) == (500_00, "separate")
    assert 500_00 in company.todos("collect")
    told = company.read(lambda s: s.scalars(select(Message).where(Message.template == "buyers_changed")).all())
    assert {one.recipient_id for one in told} == set(company.customers.values())
    papers = company.read(lambda s: s.scalars(select(MadePaper.kind)).all())
    assert sorted(papers) == ["subscription", "subscription"]
    assert case.instance().state == "completed"
    assert sale.waiting_at == ["sign_contract"]


def test_a_rename_leaves_the_former_buyer_in_history_and_takes_his_kind(company: Company) -> None:
    sale = signed(company)
    zhou = [{"customer_id": company.customers["zhou"]}]
    asked = wanted(company, relation="child", ownership="sole", buyers=zhou)
    case = ask(company, "rights_transfer", sale, **asked)
    approve(case, *SIGNERS)
    execute(case, **supplement_today(company))
    assert (kinds(company, "lin"), kinds(company, "zhou")) == (set(), {"owner"})
    contract = company.read(lambda s: s.scalars(select(Contract)).one())
    assert (contract.terms_version, sale.sale().customer_id) == (2, company.customers["zhou"])
    assert buyers(company, sale.sale().id, 1) == [("lin", None, None)]
    supplement = company.read(lambda s: s.scalars(select(Supplement)).one())
    assert (supplement.terms_before, supplement.terms_after) == (1, 2)
    assert supplement.total_before_fen == supplement.total_after_fen == contract.total_fen
    assert supplement.signed_on == business_date(company.clock)
    result = order_of(company, case).result
    assert (result["added"], result["removed"]) == ([company.customers["zhou"]], [company.customers["lin"]])


def test_after_filing_only_spouse_inheritance_and_court_and_the_filing_is_amended(company: Company) -> None:
    sale = filed(company)
    with pytest.raises(KeyturnError) as refused:
        ask(company, "rights_transfer", sale, **wanted(company, relation="parent"))
    assert (refused.value.code, refused.value.params.get("field") or refused.value.field) == (
        "rights_after_filing",
        "relation",
    )
    case = ask(company, "rights_transfer", sale, **wanted(company))
    approve(case, *SIGNERS)
    day = business_date(company.clock).isoformat()
    case.complete("clear_filing", "filer", cancelled_on=day, cancelled_reason="a spouse joins")
    execute(case, **supplement_today(company))
    assert len(buyers(company, sale.sale().id, 2)) == 2
    assert case.waiting_at == ["submit_filing"]
    case.submit()
    case.complete("record_answer", "filer", filing_answer="accepted", filing_no="BA-2", answered_on=day)
    assert company.read(lambda s: s.scalars(select(Filing)).one()).no == "BA-2"
    assert case.instance().state == "completed"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"shares": ("49.99/100", "1/2")}, None, "buyers"),
        ({"shares": ("4999/10000", "1/2")}, None, "buyers"),
        ({"proof_id": None}, None, "proof_id"),
        ({"relation": "same_people"}, "rights_relation_wrong", "relation"),
    ],
)
def test_bad_input_is_refused_by_field(
    company: Company, changes: dict[str, Any], code: str | None, field: str
) -> None:
    sale = subscribed(company)
    shares = changes.pop("shares", None)
    more = {"buyers": both(company, *shares)} if shares else changes
    answers = {name: value for name, value in wanted(company, **more).items() if value is not None}
    with pytest.raises(KeyturnError) as refused:
        ask(company, "rights_transfer", sale, **answers)
    where = set(getattr(refused.value, "errors", None) or {refused.value.field})
    assert any(str(name).startswith(field) for name in where)
    assert code is None or refused.value.code == code


def test_other_shares_of_the_same_people_need_no_proof(company: Company) -> None:
    sale = subscribed(company, ownership="shares", buyers=both(company))
    third = both(company, "1/3", "2/3")
    case = ask(company, "rights_transfer", sale, relation="same_people", ownership="shares", buyers=third)
    approve(case, "manager_1", "gm_1")
    execute(case)
    assert buyers(company, sale.sale().id, 2) == [("lin", 1, 3), ("zhou", 2, 3)]
