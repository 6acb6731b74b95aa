"""What the buyers of a home hear of its formalities: begun, late once, done; nobody at night, nobody who said no."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

import handlers
from channels.mail import MailFolder
from channels.sms import SmsFolder
from handlers.jobs import use_office
from kernel.clock import business_date
from ledger.customers.consents import PROGRESS, set_consent
from ledger.messages.models import Message
from ledger.progress.models import ProgressStep
from ledger.progress.operations import begin_step, delay_step, end_step, stop_steps
from tests.stories.changing_sales import approve, ask, signed, subscribed
from tests.stories.company import PROJECT, Case, Company
from webapp.jobs import JobRunner
from webapp.paperwork.office import Outlets, PaperOffice

ZONE = ZoneInfo("Asia/Shanghai")
DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:keyturn="https://keyturn.example/schema/bpmn/1.0" id="d" targetNamespace="t">
  <bpmn:process id="notarising" name="Notarising" isExecutable="true">
    <bpmn:startEvent id="start" name="Asked"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:serviceTask id="notarise" name="Notarise the papers">
      <bpmn:extensionElements>
        <keyturn:label lang="zh">公证资料</keyturn:label>
        <keyturn:handler name="progress.begin">
          <keyturn:input name="sale_id" value='= sale_id'/>
          <keyturn:input name="family" value='= "mortgage"'/>
          <keyturn:input name="step" value='= "notary"'/>
          <keyturn:input name="due_on" value='= due_on'/>
          <keyturn:input name="owner_role" value='= "sales_consultant"'/>
        </keyturn:handler>
      </bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:serviceTask id="notarised" name="The papers are notarised">
      <bpmn:extensionElements>
        <keyturn:handler name="progress.end">
          <keyturn:input name="sale_id" value='= sale_id'/>
          <keyturn:input name="family" value='= "mortgage"'/>
          <keyturn:input name="step" value='= "notary"'/>
        </keyturn:handler>
      </bpmn:extensionElements>
      <bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:endEvent id="end" name="Done"><bpmn:incoming>f3</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="notarise"/>
    <bpmn:sequenceFlow id="f2" sourceRef="notarise" targetRef="notarised"/>
    <bpmn:sequenceFlow id="f3" sourceRef="notarised" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>
"""


@pytest.fixture
def outbox(company: Company, tmp_path: Path) -> Path:
    """Where text messages are laid."""
    use_office(PaperOffice(company.database, Outlets(MailFolder(tmp_path, company.clock), SmsFolder(tmp_path))))
    return tmp_path


@pytest.fixture
def sold(company: Company) -> Case:
    """A contract that Lin and Zhou have signed together."""
    both = [{"customer_id": company.customers[name]} for name in ("lin", "zhou")]
    return signed(company, ownership="joint", buyers=both)


def begin(company: Company, sale_id: str, step: str = "papers", key: str = "k1", days: int | None = 7) -> str:
    due = business_date(company.clock) + timedelta(days=days) if days is not None else None
    of = {"family": "mortgage", "step": step, "owner_role": "sales_consultant", "key": key, "due_on": due}
    return company.act("wei", lambda s, a: begin_step(s, a, company.clock, sale_id=sale_id, **of).id)


def told(company: Company, customer: str) -> list[str]:
    """The templates of what a customer was told, in order."""
    query = select(Message.template).where(
        Message.recipient_id == company.customers[customer], Message.template.startswith("progress")
    )
    return list(company.read(lambda s: s.scalars(query.order_by(Message.created_at, Message.id)).all()))


def sent_of_steps(outbox: Path) -> list[str]:
    """The text messages about steps that have left the house."""
    texts = (file.read_text("utf-8") for file in outbox.iterdir())
    return [text for text in texts if "办理" in text and "按揭" in text]


def work(company: Company) -> None:
    """Timers and jobs that are due are run."""
    company.run_due()
    JobRunner(company.database, handlers.registry()).run_due()


def test_buyers_hear_of_a_step_when_it_begins_is_late_and_ends(company: Company, outbox: Path, sold: Case) -> None:
    sale_id = sold.sale().id
    of = {"sale_id": sale_id, "family": "mortgage", "step": "papers"}
    step_id = begin(company, sale_id)
    assert begin(company, sale_id) == step_id  # The same act told again is the same step.
    assert told(company, "lin") == told(company, "zhou") == ["progress_begun_due"]
    work(company)
    texts = sent_of_steps(outbox)
    assert [("2026年3月9日" in text, "贷款资料收集" in text) for text in texts] == [(True, True)] * 2
    assert not any("Lin" in text or "Zhou" in text for text in texts)

    company.at(datetime(2026, 3, 9, 12, tzinfo=ZONE))
    work(company)  # The last day is on time.
    assert told(company, "lin") == ["progress_begun_due"]
    company.at(datetime(2026, 3, 10, 9, tzinfo=ZONE))
    work(company)
    company.act("wei", lambda s, a: delay_step(s, a, company.clock, reason="the bank asks for a stamp", **of))
    company.at(datetime(2026, 3, 12, 9, tzinfo=ZONE))
    work(company)
    assert told(company, "lin") == ["progress_begun_due", "progress_delayed_due"]
    step = company.read(lambda s: s.get_one(ProgressStep, step_id))
    assert (step.delay_reason, step.clerk_id) == ("the bank asks for a stamp", company.people["wei"])

    for _ in range(2):
        company.act("wei", lambda s, a: end_step(s, a, company.clock, **of))
    assert told(company, "zhou") == ["progress_begun_due", "progress_delayed_due", "progress_done"]
    assert begin(company, sale_id) == step_id
    again = company.read(lambda s: s.get_one(ProgressStep, begin(company, sale_id, key="k2", days=None)))
    assert (again.round, again.due_on, again.labels["zh"]) == (2, None, "贷款资料收集")
    assert company.act("system", lambda s, a: stop_steps(s, a, company.clock, sale_id=sale_id)) == 1
    assert told(company, "zhou")[-2:] == ["progress_begun", "progress_stopped"]


def told_of_changes(company: Company, customer: str) -> list[str]:
    """The texts of what a customer was told of changes of the sale, in order."""
    query = select(Message).where(
        Message.recipient_id == company.customers[customer], Message.template.startswith("change_")
    )
    return company.read(
        lambda s: [
            f"{message.template} {message.params['change']}"
            for message in s.scalars(query.order_by(Message.created_at, Message.id))
        ]
    )


def test_buyers_hear_of_their_change_when_it_is_asked_for_takes_long_and_is_done(
    company: Company, outbox: Path
) -> None:
    sale = subscribed(company)
    step_id = begin(company, sale.sale().id)
    case = ask(company, "sale_cancellation", sale, cause="buyer_withdraws")
    approve(case, "manager_1", "treasurer", "gm_1")
    assert told_of_changes(company, "lin") == ["change_begun 退房"]
    for day in (13, 14):
        company.at(datetime(2026, 3, day, 9, tzinfo=ZONE))
        work(company)
    assert told_of_changes(company, "lin") == ["change_begun 退房", "change_delayed 退房"]
    company.act("admin", lambda s, a: company.engine(s, a).cancel(case.id, "the buyer stays"))
    assert told_of_changes(company, "lin")[2:] == ["change_stopped 退房"]
    sale.withdraw()
    step = company.read(lambda s: s.get_one(ProgressStep, step_id))
    assert step.outcome == "stopped"


def test_nobody_is_told_at_night_and_who_said_no_is_not_told(company: Company, outbox: Path, sold: Case) -> None:
    lin = company.customers["lin"]
    no = {"customer_id": lin, "purpose": PROGRESS, "given": False}
    assert company.act("manager_1", lambda s, a: set_consent(s, a, company.clock, **no))
    company.at(datetime(2026, 3, 2, 22, 30, tzinfo=ZONE))
    begin(company, sold.sale().id)
    assert (told(company, "lin"), told(company, "zhou")) == ([], ["progress_begun_due"])
    work(company)
    assert sent_of_steps(outbox) == []
    company.at(datetime(2026, 3, 3, 8, 1, tzinfo=ZONE))
    work(company)
    assert len(sent_of_steps(outbox)) == 1


def test_a_step_that_the_house_does_not_know_is_called_as_its_diagram_calls_it(
    company: Company, sold: Case
) -> None:
    company.act("admin", lambda s, a: company.engine(s, a).deploy({"notarising.bpmn": DIAGRAM.encode()}))
    given = {"sale_id": sold.sale().id, "due_on": "2026-03-20"}
    company.act("system", lambda s, a: company.engine(s, a).start("notarising", given, scope=PROJECT))
    step = company.read(lambda s: s.scalars(select(ProgressStep)).one())
    assert (step.labels["en"], step.labels["zh"]) == ("Notarise the papers", "公证资料")
    assert (step.outcome, step.due_on.isoformat() if step.due_on else "") == ("done", "2026-03-20")
    assert told(company, "lin") == ["progress_begun_due", "progress_done"]
