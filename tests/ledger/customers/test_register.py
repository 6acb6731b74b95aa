"""A customer is registered once for the whole house, with checked and encrypted data."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.audit import AuditRow
from kernel.clock import MovedClock
from kernel.database import Base
from kernel.errors import Invalid, Missing, NotAllowed
from ledger.customers import projects, queries
from ledger.customers.errors import CustomerInvalid, CustomerMissing, DuplicateCustomer, IdentityInvalid
from ledger.customers.facts import CustomerRegistered
from ledger.customers.models import Customer
from ledger.customers.sealing import put_id
from ledger.organisation.models import Project
from ledger.staff.roles import role_grants
from tests.ledger.customers.conftest import Register, resident_id

Make = Callable[..., Actor]


@pytest.fixture
def consultant(project: Project) -> Actor:
    """A consultant of Yunxi."""
    return Actor("consultant-1", "Li", tuple(role_grants("sales_consultant", project.path)))


@pytest.fixture
def neighbour(harbour: Project) -> Actor:
    """A consultant of Harbour Towers."""
    return Actor("consultant-2", "Wang", tuple(role_grants("sales_consultant", harbour.path)))


def test_a_registered_customer_is_shown_masked(session: Session, admin: Actor, register: Register) -> None:
    paper = resident_id()
    customer = register(
        "张三", phones=["13812345678", "021-62345678"], id_type="resident_id", id_no=paper, grade="A"
    )
    row = queries.get_customer(session, admin, customer.id)
    assert (row.name, row.phone, row.kinds, row.grade) == ("张三", "138****5678", ("prospect",), "A")
    assert row.id_no == f"{paper[:3]}***********{paper[-4:]}"
    assert [phone.main for phone in row.phones] == [True, False]
    assert CustomerRegistered(customer.id, customer.project_id) in session.info["facts"]
    assert queries.get_profile(session, admin, customer.id)["birth_year"] == 1990


def test_no_sensitive_value_is_stored_in_the_clear(session: Session, register: Register) -> None:
    paper = resident_id()
    secrets = ("13812345678", paper, "li@example.com", "长宁路1号")
    register(phones=[secrets[0]], id_type="resident_id", id_no=paper, email=secrets[2], address=secrets[3])
    session.flush()
    stored = [repr(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
    for secret in (*secrets, "12345678"):
        assert not any(secret in row or repr(secret.encode())[2:-1] in row for row in stored)


def test_the_audit_tells_who_registered_whom_without_personal_data(
    session: Session, admin: Actor, register: Register
) -> None:
    customer = register("赵敏")
    act = session.scalars(select(AuditRow).where(AuditRow.action == "customers:register")).one()
    assert (act.subject_id, act.actor_id, act.path) == (customer.id, admin.id, customer.path)
    assert "赵敏" not in repr(act.after)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "长" * 101}, "name"),
        ({"name": "张\x00三"}, "name"),
        ({"phones": ["12"]}, "phones"),
        ({"phones": []}, "phones"),
        ({"kind": "dog"}, "kind"),
        ({"grade": "Z"}, "grade"),
        ({"email": "li@"}, "email"),
        ({"id_no": "E12345678"}, "id_type"),
        ({"id_type": "resident_id", "id_no": "310101199001011230"}, "id_no"),
        ({"id_type": "business_licence", "id_no": "9111000010169286X1"}, "id_type"),
        ({"birth_date": date(2030, 1, 1)}, "birth_date"),
        ({"id_type": "resident_id", "id_no": resident_id(), "birth_date": date(1991, 1, 1)}, "birth_date"),
    ],
)
def test_wrong_data_is_refused_by_field(
    session: Session, register: Register, details: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        register(**details)
    assert refusal.value.field == field
    assert session.scalars(select(Customer)).all() == []


def test_the_same_id_is_the_same_customer_and_cannot_be_confirmed_away(register: Register) -> None:
    paper = {"id_type": "resident_id", "id_no": resident_id()}
    first = register("张三", **paper)
    with pytest.raises(DuplicateCustomer) as warning:
        register("张叁", confirmed=True, **paper)
    assert [(one.id, one.reason) for one in warning.value.candidates] == [(first.id, "id")]
    assert not warning.value.confirmable
    assert "张" not in str(warning.value)


def test_the_same_phone_is_warned_of_and_can_be_confirmed(register: Register) -> None:
    first = register("张三", phones=["13800138000"])
    with pytest.raises(DuplicateCustomer) as warning:
        register("张太太", phones=["+86 138 0013 8000"])
    assert [(one.id, one.reason, one.visible) for one in warning.value.candidates] == [(first.id, "phone", True)]
    assert register("张太太", phones=["13800138000"], confirmed=True).id != first.id


def test_the_same_name_and_birthday_is_warned_of(register: Register) -> None:
    first = register("张三", id_type="resident_id", id_no=resident_id(born="19900101"))
    with pytest.raises(DuplicateCustomer) as warning:
        register("张三", birth_date=date(1990, 1, 1))
    assert warning.value.candidates[0].id == first.id
    register("张三", birth_date=date(1990, 1, 2))
    register("李四", birth_date=date(1990, 1, 1))


def test_the_database_itself_refuses_a_second_customer_with_one_id(session: Session, register: Register) -> None:
    first, second = register("张三", id_type="resident_id", id_no=resident_id()), register("李四")
    put_id(session, second, first.id_type, resident_id())
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_consultant_sees_own_customers_only(
    session: Session, register: Register, consultant: Actor, admin: Actor
) -> None:
    own, other = register("张三", by=consultant), register("李四")
    assert own.owner_id == consultant.id
    assert [row.id for row in queries.list_customers(session, consultant)] == [own.id]
    with pytest.raises(CustomerMissing):
        queries.get_customer(session, consultant, other.id)
    with pytest.raises(NotAllowed):
        register("王五", by=consultant, owner_id="somebody else")


def test_a_customer_of_another_project_is_linked_and_not_made_again(
    session: Session, clock: MovedClock, register: Register, consultant: Actor, neighbour: Actor, harbour: Project
) -> None:
    customer = register("张三", by=consultant, phones=["13800138000"])
    with pytest.raises(DuplicateCustomer) as warning:
        register("张三", by=neighbour, phones=["13800138000"], project_id=harbour.id)
    assert not warning.value.candidates[0].visible
    assert queries.names_seen(session, neighbour, [customer.id]) == {customer.id: "张*"}
    link = {"customer_id": customer.id, "project_id": harbour.id}
    for proof in (None, "13900139000", "E12345678"):
        with pytest.raises(CustomerMissing):
            projects.link_project(session, neighbour, clock, **link, proof=proof)
    projects.link_project(session, neighbour, clock, **link, proof="138 0013 8000")
    row = queries.get_customer(session, neighbour, customer.id)
    assert {(one.project_id, one.owner_id) for one in row.projects} == {
        (customer.project_id, consultant.id),
        (harbour.id, neighbour.id),
    }


def test_only_who_reaches_all_may_give_a_customer_to_another_consultant(
    session: Session, admin: Actor, clock: MovedClock, register: Register, consultant: Actor, project: Project
) -> None:
    customer = register(by=consultant)
    order = {"customer_id": customer.id, "project_id": project.id, "owner_id": "consultant-9"}
    with pytest.raises(NotAllowed):
        projects.assign_owner(session, consultant, clock, **order)
    projects.assign_owner(session, admin, clock, **order, reason="离职交接")
    assert customer.owner_id == "consultant-9"
    with pytest.raises(CustomerMissing):
        queries.get_customer(session, consultant, customer.id)


def test_who_may_not_edit_here_registers_nobody(register: Register, actor_with: Make, project: Project) -> None:
    for actor in (actor_with("customers:view"), actor_with("customers:edit", path="/keyturn/beijing/")):
        with pytest.raises(Missing):
            register(by=actor)


def test_a_firm_has_a_licence_and_a_contact_person(session: Session, admin: Actor, register: Register) -> None:
    paper = {"id_type": "business_licence", "id_no": "9111000010169286X1"}
    firm = register("锦程贸易", kind="firm", contact_person="王经理", **paper)
    row = queries.get_customer(session, admin, firm.id)
    assert (row.kind, row.contact_person, row.id_no) == ("firm", "王经理", "911***********86X1")
    with pytest.raises(IdentityInvalid):
        register("锦程", kind="firm", id_type="resident_id", id_no=resident_id())


def test_a_confirmed_consent_carries_its_time(session: Session, admin: Actor, register: Register) -> None:
    customer = register(consents={"marketing_sms": False})
    assert customer.consents["marketing_sms"] == {"given": False, "at": "2026-03-02T01:00:00+00:00"}
    with pytest.raises(CustomerInvalid):
        register(first_kind="friend")
