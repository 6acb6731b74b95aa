"""What failed is run again with the real handlers: no money is booked and no message goes out twice."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import handlers
from channels.mail import MailFolder
from channels.sms import SmsFolder
from engine.api import Incident, Invalid, StepFailed, default_registry
from handlers.jobs import use_office
from ledger.documents.models import Document
from ledger.finance.kinds import ReceivableClass
from ledger.finance.models import JournalEntry, Receipt, Receivable
from ledger.messages.models import Message
from tests.stories.company import DEPOSIT, Case, Company
from webapp.jobs import JobRunner
from webapp.paperwork.office import Outlets, PaperOffice


class Breakable:
    """A handler that does its work and then fails, as long as it is broken."""

    def __init__(self, run: Callable[..., Any]) -> None:
        self.run = run
        self.broken = True

    def __call__(self, data: Any, ctx: Any) -> Any:
        done = self.run(data, ctx)
        if self.broken:
            raise ZeroDivisionError
        return done


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Breakable]:
    """Breaks a handler by its name."""

    def make(name: str) -> Breakable:
        known = default_registry.handlers[name]
        breakable = Breakable(known.run)
        monkeypatch.setitem(default_registry.handlers, name, dataclasses.replace(known, run=breakable))
        return breakable

    return make


def incidents(company: Company) -> list[Incident]:
    return company.act("analyst", lambda s, a: company.engine(s, a).incidents())


def retry(company: Company, incident: Incident) -> Any:
    return company.act("analyst", lambda s, a: company.engine(s, a).retry(incident.id, reason="mended"))


def counted(company: Company, model: Any) -> int:
    return company.read(lambda s: s.scalar(select(func.count()).select_from(model)) or 0)


@pytest.fixture
def subscribed(company: Company) -> Case:
    case = company.start(entry="walk_in")
    case.enter_terms()
    return case


def test_a_receipt_whose_case_could_not_go_on_is_booked_once(
    company: Company, subscribed: Case, broken: Callable[[str], Breakable]
) -> None:
    machine = broken("booking_to_contract.activate_subscription")
    before = counted(company, JournalEntry)
    with pytest.raises(StepFailed):
        company.pay(key="r1")
    (incident,) = incidents(company)
    assert (incident.instance_id, incident.retryable) == (subscribed.id, False)
    assert counted(company, JournalEntry) == before
    with pytest.raises(Invalid, match="incident_not_retryable"):
        retry(company, incident)
    machine.broken = False
    company.pay(key="r1")
    assert incidents(company) == []
    assert counted(company, Receipt) == 1
    paid = company.read(lambda s: s.scalars(select(Receipt.amount_fen)).all())
    assert list(paid) == [DEPOSIT]
    assert subscribed.waiting_at == ["sign_contract"]


def test_a_contract_whose_step_failed_owes_its_money_once_after_the_retry(
    company: Company, subscribed: Case, broken: Callable[[str], Breakable], tmp_path: Path
) -> None:
    company.pay()
    machine = broken("booking_to_contract.record_contract")
    before = counted(company, Receivable)
    with pytest.raises(StepFailed):
        subscribed.sign()
    (incident,) = incidents(company)
    found = company.act("analyst", lambda s, a: company.engine(s, a).get_incident(incident.id))
    assert found.input["sale_id"] == subscribed.sale().id
    assert "sale_id" not in found.editable
    with pytest.raises(Invalid, match="variable_protected"):
        company.act(
            "analyst", lambda s, a: company.engine(s, a).edit_incident(incident.id, {"sale_id": "another"}, "x")
        )
    with pytest.raises(StepFailed):
        retry(company, incident)
    assert counted(company, Receivable) == before
    machine.broken = False
    retry(company, incidents(company)[0])
    assert subscribed.waiting_at == ["submit_filing"]
    of_price = select(func.sum(Receivable.amount_fen)).where(
        Receivable.sale_id == subscribed.sale().id, Receivable.class_ == ReceivableClass.PRICE
    )
    assert company.read(lambda s: s.scalar(of_price)) == subscribed.data["deal_price_fen"]
    use_office(PaperOffice(company.database, Outlets(MailFolder(tmp_path, company.clock), SmsFolder(tmp_path))))
    JobRunner(company.database, handlers.registry()).run_due()
    kinds = list(company.read(lambda s: s.scalars(select(Document.kind)).all()))
    assert kinds.count("contract") == 1


class LossyFolder(SmsFolder):
    """A gateway that takes a message and then loses its answer."""

    losing = True

    def send(self, message: Any, *, idempotency_key: str) -> Any:
        receipt = super().send(message, idempotency_key=idempotency_key)
        if self.losing:
            raise ConnectionError
        return receipt


def test_a_message_whose_answer_was_lost_goes_out_once(company: Company, subscribed: Case, tmp_path: Path) -> None:
    company.pay()
    gateway = LossyFolder(tmp_path / "sms")
    use_office(PaperOffice(company.database, Outlets(MailFolder(tmp_path / "mail", company.clock), gateway)))
    runner = JobRunner(company.database, handlers.registry())
    for _ in range(12):
        runner.run_due()
        company.later(hours=2)
    lost = [one for one in incidents(company) if one.error_type == "ConnectionError"]
    assert len(lost) == 1
    gateway.losing = False
    retry(company, lost[0])
    runner.run_due()
    assert len(list((tmp_path / "sms").iterdir())) == 1
    assert set(company.read(lambda s: s.scalars(select(Message.state)).all())) == {"sent"}
