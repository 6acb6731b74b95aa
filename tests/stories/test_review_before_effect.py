"""Changes of marked records take effect only when a second person has accepted them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from engine.api import AnswersInvalid, NotAllowed, TaskFilter
from kernel.audit import AuditRow
from kernel.clock import business_date
from kernel.errors import Missing
from ledger.customers.errors import IdentityInvalid, PhoneInvalid
from ledger.customers.operations import edit_customer
from ledger.customers.phone_operations import add_phone
from ledger.customers.revisions import list_revisions
from ledger.finance.models import PaymentPlanTemplate
from ledger.finance.operations import retire_plan
from ledger.messages.models import Message
from ledger.messages.templates import edit_template, text_of
from ledger.organisation.models import OrgNode
from ledger.organisation.operations import set_parameter
from ledger.organisation.queries import parameter
from ledger.reviews.errors import ChangeDecided, ChangeInvalid, ChangeOutdated, ChangeWaits, ReviewNeeded
from ledger.reviews.models import ProposedChange
from ledger.reviews.operations import withdraw_change
from ledger.reviews.parameters import record_of
from ledger.reviews.queries import ChangeFilter, ChangeRow, find_changes, get_change
from tests.stories.changing import (
    NEW_PHONE,
    change,
    make_buyer,
    name_of,
    phone_of,
    propose,
    review,
    states,
    task_of,
)
from tests.stories.company import PROJECT, Company, hire


def edit(company: Company, who: str, customer_id: str, /, **changes: Any) -> None:
    """Somebody changes a customer's record at once."""
    company.act(who, lambda s, a: edit_customer(s, a, company.clock, customer_id=customer_id, changes=changes))


def told(company: Company, template: str) -> list[Message]:
    """The messages made from a template."""
    return list(company.read(lambda s: s.scalars(select(Message).where(Message.template == template)).all()))


def seen(company: Company, name: str, change_id: str) -> ChangeRow:
    """A change as somebody sees it."""
    return company.act(name, lambda s, a: get_change(s, a, change_id))


def test_a_buyers_name_and_phone_change_when_the_manager_accepts(company: Company) -> None:
    lin = make_buyer(company)
    values = {"name": "Lin Wan", "phone_added": NEW_PHONE, "phone_label": "new", "main_phone": NEW_PHONE}
    asked = propose(company, "wei", "customers", lin, reason="New contract", **values)
    assert (name_of(company, lin), phone_of(company, lin)) == ("Lin", "13800138001")
    task = task_of(company, asked)
    assert (task.facts["customer"], task.facts["project"]) == ("Lin", "云溪")
    assert task.due_at is not None
    assert (
        company.act("manager_1", lambda s, a: company.engine(s, a).find_tasks(TaskFilter(box="group"))).rows[0].id
        == task.id
    )
    assert review(company, asked, "manager_1", remark="Saw the paper").state == "completed"
    assert (name_of(company, lin), phone_of(company, lin)) == ("Lin Wan", NEW_PHONE)
    kept = change(company, asked)
    people = company.people
    assert (kept.state, kept.proposed_by, kept.decided_by) == ("accepted", people["wei"], people["manager_1"])
    revisions = company.act("manager_1", lambda s, a: list_revisions(s, a, lin))
    assert {(one.field, one.actor_id, one.reason) for one in revisions[-2:]} == {
        ("name", people["wei"], "New contract"),
        ("main_phone", people["wei"], "New contract"),
    }
    (note,) = told(company, "change_accepted")
    assert note.recipient_id == people["wei"]


def test_a_marked_record_is_not_changed_past_the_review(company: Company) -> None:
    lin, zhou = make_buyer(company), company.customers["zhou"]
    for name in ("wei", "manager_1"):
        with pytest.raises(ReviewNeeded):
            edit(company, name, lin, name="Lin Wan")
        with pytest.raises(ReviewNeeded):
            company.act(name, lambda s, a: add_phone(s, a, company.clock, customer_id=lin, phone=NEW_PHONE))
    edit(company, "wei", lin, grade="A")  # No key field.
    edit(company, "wei", zhou, name="Zhou Min")  # Nobody who has bought.
    assert (name_of(company, lin), name_of(company, zhou)) == ("Lin", "Zhou Min")
    assert phone_of(company, lin) == "13800138001"


def test_which_customers_are_marked_is_a_setting(company: Company) -> None:
    lin, zhou = make_buyer(company), company.customers["zhou"]
    today = business_date(company.clock)
    rule = {"path": PROJECT, "name": "review_customers", "effective_from": today}
    company.act("system", lambda s, a: set_parameter(s, a, company.clock, value="always", **rule))
    with pytest.raises(ReviewNeeded):
        edit(company, "wei", zhou, name="Zhou Min")
    company.act("system", lambda s, a: set_parameter(s, a, company.clock, value="never", **rule))
    edit(company, "wei", lin, name="Lin Wan")
    assert name_of(company, lin) == "Lin Wan"


def test_a_refused_change_leaves_the_record_and_says_why(company: Company) -> None:
    lin = make_buyer(company)
    asked = propose(company, "wei", "customers", lin, name="Lin Wan")
    with pytest.raises(AnswersInvalid):
        review(company, asked, "manager_1", "rejected")
    review(company, asked, "manager_1", "rejected", opinion="The paper says Lin")
    assert name_of(company, lin) == "Lin"
    kept = change(company, asked)
    assert (kept.state, kept.opinion) == ("refused", "The paper says Lin")
    (note,) = told(company, "change_refused")
    assert note.params["reason"] == "The paper says Lin"
    propose(company, "wei", "customers", lin, name="Lin Wan")
    assert states(company) == ["refused", "pending"]


def test_the_proposer_alone_withdraws_and_the_task_goes(company: Company) -> None:
    asked = propose(company, "wei", "customers", make_buyer(company), name="Lin Wan")
    task = task_of(company, asked)

    def withdraw(name: str) -> None:
        company.act(name, lambda s, a: withdraw_change(s, a, company.clock, change_id=asked))

    with pytest.raises(NotAllowed):
        withdraw("manager_1")
    withdraw("wei")
    assert states(company) == ["withdrawn"]
    gone = company.act("system", lambda s, a: company.engine(s, a).get_task(task.id)).task
    assert gone.state == "cancelled"
    with pytest.raises(ChangeDecided):
        withdraw("wei")


def test_a_change_proposed_on_an_outdated_record_is_refused_with_what_differs(company: Company) -> None:
    lin = make_buyer(company)
    asked = propose(company, "wei", "customers", lin, name="Lin Wan", phone_added=NEW_PHONE)
    edit(company, "system", lin, name="Lin Li")
    with pytest.raises(ChangeOutdated) as refused:
        review(company, asked, "manager_1")
    assert refused.value.params["fields"] == ["change_field.name"]
    row = seen(company, "manager_1", asked)
    assert {(one.name, one.differs, one.now) for one in row.fields} == {
        ("name", True, "Lin Li"),
        ("phone_added", False, None),
    }
    assert (name_of(company, lin), states(company)) == ("Lin Li", ["pending"])
    review(company, asked, "manager_1", "rejected", opinion="Proposed on an old name")
    assert states(company) == ["refused"]


def test_one_change_of_a_record_waits_at_a_time(company: Company) -> None:
    lin = make_buyer(company)
    asked = propose(company, "wei", "customers", lin, name="Lin Wan")
    with pytest.raises(ChangeWaits) as refused:
        propose(company, "manager_1", "customers", lin, name="Lin Li")
    assert refused.value.params["by"] == company.people["wei"]
    second = {"kind": "customers", "record_id": lin, "path": PROJECT, "reason": "x", "proposed_by": "somebody"}
    with pytest.raises(IntegrityError):  # The database holds it for two who propose in the same moment.
        company.act(
            "system",
            lambda s, _a: s.add(ProposedChange(**second, fields={}, proposed_at=company.clock.now())),
        )
    review(company, asked, "manager_2")
    propose(company, "manager_1", "customers", lin, name="Lin Li")
    assert states(company) == ["accepted", "pending"]


def test_what_the_record_would_refuse_is_refused_when_it_is_proposed(company: Company) -> None:
    lin = make_buyer(company)
    with pytest.raises(IdentityInvalid):
        propose(company, "wei", "customers", lin, id_type="resident_id", id_no="310101199001011235")
    with pytest.raises(PhoneInvalid):
        propose(company, "wei", "customers", lin, phone_added="12")
    with pytest.raises(ChangeInvalid):
        propose(company, "wei", "customers", lin, name="Lin")
    with pytest.raises(ChangeInvalid) as lacking:
        propose(company, "wei", "customers", lin, reason="  ", name="Lin Wan")
    assert lacking.value.field == "reason"
    with pytest.raises(ChangeInvalid):
        propose(company, "wei", "customers", lin, grade="A")
    with pytest.raises(Missing):
        propose(company, "fang", "customers", lin, name="Lin Wan")
    assert states(company) == []
    (row,) = company.act("wei", lambda s, a: list_revisions(s, a, lin))[:1]
    assert row.value == "Lin"


def test_personal_data_of_a_change_are_sealed_and_masked(company: Company) -> None:
    lin = make_buyer(company)
    asked = propose(company, "wei", "customers", lin, phone_added=NEW_PHONE)
    kept = change(company, asked)
    assert kept.fields is None
    assert kept.sealed is not None
    assert NEW_PHONE.encode() not in kept.sealed
    (field,) = seen(company, "manager_1", asked).fields
    assert (field.before, field.after) == (None, "137****7009")
    data = company.act("system", lambda s, a: company.engine(s, a).variables(kept.instance_id or ""))
    assert NEW_PHONE not in repr(data)
    audited = company.read(lambda s: s.scalars(select(AuditRow).where(AuditRow.subject_id == asked)).all())
    assert audited
    assert NEW_PHONE not in repr([(row.before, row.after) for row in audited])


def test_only_who_sees_the_customer_sees_the_change(company: Company) -> None:
    asked = propose(company, "wei", "customers", make_buyer(company), name="Lin Wan")
    found = {
        name: [one.id for one in company.act(name, lambda s, a: find_changes(s, a, ChangeFilter()))]
        for name in ("wei", "manager_1", "gm_1", "admin", "fang", "pricing_1", "analyst")
    }
    assert found == {
        **{key: [asked] for key in ("wei", "manager_1", "gm_1", "admin")},
        **{key: [] for key in ("fang", "pricing_1", "analyst")},
    }
    with pytest.raises(Missing):
        seen(company, "fang", asked)


def test_a_parameter_waits_and_so_does_switching_the_review_off(company: Company) -> None:
    node = company.read(lambda s: s.scalars(select(OrgNode).where(OrgNode.path == PROJECT)).one())
    today = business_date(company.clock)
    setting = {"path": PROJECT, "effective_from": today}

    def value(name: str) -> Any:
        return company.read(lambda s: parameter(s, PROJECT, name, today))

    with pytest.raises(ReviewNeeded):
        company.act(
            "admin", lambda s, a: set_parameter(s, a, company.clock, name="hold_hours", value=48, **setting)
        )
    for name, new in (("hold_hours", 48), ("late_daily_rate", "1/4000"), ("review_parameters", False)):
        was, day = value(name), today.isoformat()
        asked = propose(company, "admin", "parameters", record_of(node.id, name), value=new, effective_from=day)
        assert value(name) == was
        review(company, asked, "gm_1")
        assert value(name) != was
    company.act("admin", lambda s, a: set_parameter(s, a, company.clock, name="hold_hours", value=12, **setting))
    assert value("hold_hours") == 12


def plans(company: Company) -> list[tuple[str, int, str]]:
    """Code, version and state of the project's plans."""
    query = select(PaymentPlanTemplate).order_by(PaymentPlanTemplate.code, PaymentPlanTemplate.version)
    return [(one.code, one.version, one.state) for one in company.read(lambda s: s.scalars(query).all())]


def test_a_payment_plan_comes_into_use_and_ends_by_review(company: Company) -> None:
    record = f"{company.project_id}:loan70"
    lines = [
        {"kind": "down_payment", "share": "remainder", "days": 10},
        {"kind": "loan", "share": "basis_points", "value": 6000, "days": 60},
    ]
    asked = propose(company, "manager_1", "plans", record, lines=lines, label_en="Loan 60 %")
    assert plans(company) == [("loan70", 1, "approved")]
    review(company, asked, "gm_1")
    assert plans(company) == [("loan70", 1, "retired"), ("loan70", 2, "approved")]
    newest = company.read(
        lambda s: s.scalars(select(PaymentPlanTemplate).where(PaymentPlanTemplate.version == 2)).one()
    )
    assert (newest.proposed_by, newest.approved_by) == (company.people["manager_1"], company.people["gm_1"])
    assert newest.labels == {"zh": "按揭七成", "en": "Loan 60 %"}
    with pytest.raises(ReviewNeeded):
        company.act("gm_1", lambda s, a: retire_plan(s, a, company.clock, template_id=newest.id))
    asked = propose(company, "gm_1", "plans", record, state="retired")
    with pytest.raises(NotAllowed):
        review(company, asked, "gm_1")
    review(company, asked, "city_gm_1")
    assert plans(company) == [("loan70", 1, "retired"), ("loan70", 2, "retired")]


def test_the_text_of_a_message_changes_by_review(company: Company) -> None:
    text = {"code": "approval_waiting", "channel": "in_app", "language": "en"}
    record = "approval_waiting/in_app/en"
    chief, second = (hire_administrator(company, name) for name in ("chief", "second"))
    body = "Please decide on {{number}}."
    with pytest.raises(ReviewNeeded):
        company.act(chief, lambda s, a: edit_template(s, a, company.clock, **text, subject="Wait", body=body))
    asked = propose(company, chief, "message_texts", record, body=body)
    assert company.read(lambda s: text_of(s, **text))[1] != body
    review(company, asked, second)
    assert company.read(lambda s: text_of(s, **text))[1] == body


def hire_administrator(company: Company, name: str) -> str:
    """Somebody who administers the whole house."""
    company.people[name] = company.act(
        "system", lambda s, _a: hire(s, company.clock, name, "administrator", "/").id
    )
    return name


def test_nobody_begins_a_review_by_hand(company: Company) -> None:
    asked = propose(company, "wei", "customers", make_buyer(company), name="Lin Wan")
    for name in ("manager_1", "admin", "analyst"):
        with pytest.raises(NotAllowed):
            company.act(
                name,
                lambda s, a: company.engine(s, a).start("review_of_change", {"change_id": asked}, scope=PROJECT),
            )
