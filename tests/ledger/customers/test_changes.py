"""Changes keep the history of key fields, and the slower of two people is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM, Actor
from kernel.audit import AuditRow
from kernel.clock import MovedClock
from kernel.errors import NotAllowed
from ledger.customers import operations, phone_operations, queries
from ledger.customers.contacts import add_contact
from ledger.customers.errors import CustomerInvalid, CustomerStale, DuplicateCustomer, PhoneMissing
from ledger.customers.facts import CustomerKindChanged
from ledger.customers.kinds import end_kind, mark_kind
from ledger.customers.projects import link_project
from ledger.customers.reveal import address_of, identities_for_paper, reveal
from ledger.customers.revisions import key_fields_at, list_revisions
from ledger.organisation.models import Project
from tests.ledger.customers.conftest import Register, resident_id

DAY = timedelta(days=1)


def test_an_earlier_name_can_be_asked_for(
    session: Session, admin: Actor, clock: MovedClock, register: Register
) -> None:
    customer = register("张三")
    first = clock.now()
    clock.advance(DAY)
    operations.edit_customer(
        session, admin, clock, customer_id=customer.id, changes={"name": "章三"}, reason="身份证更正"
    )
    assert key_fields_at(session, admin, customer.id, first)["name"] == "张三"
    assert key_fields_at(session, admin, customer.id, clock.now())["name"] == "章三"
    [was, now] = [one for one in list_revisions(session, admin, customer.id) if one.field == "name"]
    assert (was.value, now.value, now.reason, now.actor_id) == ("张三", "章三", "身份证更正", admin.id)
    assert [row.id for row in queries.search(session, admin, "章三")] == [customer.id]
    assert [row.id for row in queries.search(session, admin, "zhangsan")] == [customer.id]


def test_the_history_refuses_to_be_changed(session: Session, register: Register) -> None:
    register()
    with pytest.raises(DatabaseError, match="append_only"):
        session.execute(text("DELETE FROM customer_revision"))


def test_the_slower_of_two_people_is_told_who_was_faster(
    session: Session, admin: Actor, clock: MovedClock, register: Register
) -> None:
    customer = register()
    operations.edit_customer(session, admin, clock, customer_id=customer.id, changes={"grade": "B"}, revision=1)
    with pytest.raises(CustomerStale) as stale:
        operations.edit_customer(
            session, admin, clock, customer_id=customer.id, changes={"grade": "A"}, revision=1
        )
    assert stale.value.params["by"] == admin.id
    assert customer.grade == "B"


def test_an_edit_that_changes_nothing_leaves_no_trace(
    session: Session, admin: Actor, clock: MovedClock, register: Register
) -> None:
    paper = {"id_type": "resident_id", "id_no": resident_id()}
    customer = register("张三", grade="A", **paper)
    same = {"name": " 张三 ", "grade": "A", "language": "zh", **paper}
    operations.edit_customer(session, admin, clock, customer_id=customer.id, changes=same)
    assert customer.revision == 1
    assert session.scalars(select(AuditRow).where(AuditRow.action == "customers:edit")).all() == []


def test_a_corrected_id_brings_its_own_birth_date(
    session: Session, admin: Actor, clock: MovedClock, register: Register
) -> None:
    customer = register(id_type="resident_id", id_no=resident_id(born="19900101"))
    better = resident_id(born="19910101")
    operations.edit_customer(session, admin, clock, customer_id=customer.id, changes={"id_no": better})
    assert reveal(session, admin, clock, customer_id=customer.id, field="id_no") == better
    assert reveal(session, admin, clock, customer_id=customer.id, field="birth_date") == "1991-01-01"
    assert [row.id for row in queries.search(session, admin, better[-6:])] == [customer.id]


def test_an_id_of_another_customer_is_refused(
    session: Session, admin: Actor, clock: MovedClock, register: Register
) -> None:
    paper = {"id_type": "resident_id", "id_no": resident_id()}
    register("张三", **paper)
    other = register("李四")
    with pytest.raises(DuplicateCustomer):
        operations.edit_customer(session, admin, clock, customer_id=other.id, changes=paper, confirmed=True)


def test_a_new_main_phone_is_history_and_the_old_one_stays(
    session: Session, admin: Actor, clock: MovedClock, register: Register
) -> None:
    customer = register(phones=["13800138000"])
    first = clock.now()
    clock.advance(DAY)
    phone_operations.add_phone(session, admin, clock, customer_id=customer.id, phone="13900139000", main=True)
    row = queries.get_customer(session, admin, customer.id)
    assert [(phone.masked, phone.main) for phone in row.phones] == [("139****9000", True), ("138****8000", False)]
    assert key_fields_at(session, admin, customer.id, first)["main_phone"] == "138****8000"
    assert address_of(session, customer.id, "sms") == "+8613900139000"


def test_a_phone_is_kept_once_and_the_main_one_stays(
    session: Session, admin: Actor, clock: MovedClock, register: Register
) -> None:
    customer = register(phones=["13800138000"])
    again = phone_operations.add_phone(session, admin, clock, customer_id=customer.id, phone="138-0013-8000")
    assert again.main and len(queries.get_customer(session, admin, customer.id).phones) == 1
    with pytest.raises(CustomerInvalid):
        phone_operations.remove_phone(session, admin, clock, customer_id=customer.id, phone_id=again.id)
    other = register("李四")
    with pytest.raises(PhoneMissing):
        phone_operations.set_main_phone(session, admin, clock, customer_id=other.id, phone_id=again.id)
    with pytest.raises(DuplicateCustomer):
        phone_operations.add_phone(session, admin, clock, customer_id=other.id, phone="13800138000")


def test_a_removed_phone_no_longer_finds_the_customer(
    session: Session, admin: Actor, clock: MovedClock, register: Register
) -> None:
    customer = register(phones=["13800138000", "13900139000"])
    second = queries.get_customer(session, admin, customer.id).phones[1]
    phone_operations.remove_phone(session, admin, clock, customer_id=customer.id, phone_id=second.id)
    assert queries.search(session, admin, "9000") == []


def test_buying_ends_what_came_before_and_a_cancellation_can_bring_it_back(
    session: Session, admin: Actor, clock: MovedClock, register: Register, project: Project
) -> None:
    customer = register(first_kind="visitor")
    here = {"customer_id": customer.id, "project_id": project.id}

    def kinds() -> tuple[str, ...]:
        return queries.get_customer(session, admin, customer.id).kinds

    mark_kind(session, admin, clock, **here, kind="subscriber")
    mark_kind(session, admin, clock, **here, kind="subscriber")
    assert kinds() == ("subscriber",)
    mark_kind(session, admin, clock, customer_id=customer.id, kind="member")
    mark_kind(session, admin, clock, **here, kind="owner")
    assert kinds() == ("member", "owner")
    end_kind(session, admin, clock, **here, kind="owner")
    end_kind(session, admin, clock, **here, kind="owner")
    mark_kind(session, admin, clock, **here, kind="prospect")
    assert kinds() == ("member", "prospect")
    assert len(queries.list_kinds(session, admin, customer.id)) == 5
    assert session.info["facts"].count(CustomerKindChanged(customer.id, "owner", project.id, False)) == 1


def test_a_list_by_kind_returns_a_customer_once(
    session: Session, admin: Actor, clock: MovedClock, register: Register, harbour: Project
) -> None:
    customer, _ = register("张三"), register("李四")
    for project_id in (customer.project_id, harbour.id):
        mark_kind(session, SYSTEM, clock, customer_id=customer.id, kind="owner", project_id=project_id)
    assert [row.id for row in queries.list_customers(session, admin, kind="owner")] == [customer.id]
    assert [row.id for row in queries.list_customers(session, admin, path=harbour.path)] == [customer.id]


def test_lists_go_on_after_the_last_one_seen(session: Session, admin: Actor, register: Register) -> None:
    for name in ("a", "b", "b", "c"):
        register(name, confirmed=True)
    seen: list[str] = []
    after = None
    while page := queries.list_customers(session, admin, after=after, limit=2):
        seen += [row.name for row in page]
        after = (page[-1].name, page[-1].id)
    assert seen == ["a", "b", "b", "c"]


def test_every_look_at_a_clear_value_is_logged(
    session: Session, clock: MovedClock, register: Register, actor_with: Callable[..., Actor]
) -> None:
    customer = register(phones=["13800138000"], email="li@example.com", address="长宁路1号")
    viewer = actor_with("customers:view")
    with pytest.raises(NotAllowed):
        reveal(session, viewer, clock, customer_id=customer.id, field="phone")
    reader = actor_with("customers:view", "customers:reveal")
    values = [
        reveal(session, reader, clock, customer_id=customer.id, field=field, reason="回访")
        for field in ("phone", "email", "address", "id_no")
    ]
    assert values == ["13800138000", "li@example.com", "长宁路1号", None]
    log = session.scalars(select(AuditRow).where(AuditRow.action == "customers:reveal")).all()
    assert {(row.actor_id, row.subject_id, row.reason) for row in log} == {(reader.id, customer.id, "回访")}
    assert len(log) == 4 and "13800138000" not in repr([row.after for row in log])


def test_a_paper_names_people_in_the_clear_and_that_is_logged(
    session: Session, clock: MovedClock, register: Register, actor_with: Callable[..., Actor]
) -> None:
    paper = resident_id()
    customer = register(phones=["13800138000"], id_type="resident_id", id_no=paper)
    request = {"customer_ids": [customer.id], "purpose": "认购书"}
    with pytest.raises(NotAllowed):
        identities_for_paper(session, actor_with("customers:view"), clock, **request)
    clerk = actor_with("customers:view", "documents:issue")
    found = identities_for_paper(session, clerk, clock, **request)[customer.id]
    assert (found.name, found.id_no, found.phone) == ("张三", paper, "13800138000")
    log = session.scalars(select(AuditRow).where(AuditRow.action == "customers:reveal")).one()
    assert (log.actor_id, log.reason) == (clerk.id, "认购书")


def test_a_paper_names_a_buyer_who_was_first_met_at_another_project(
    session: Session,
    admin: Actor,
    clock: MovedClock,
    register: Register,
    harbour: Project,
    actor_with: Callable[..., Actor],
) -> None:
    buyer = register()
    link_project(session, admin, clock, customer_id=buyer.id, project_id=harbour.id)
    clerk = actor_with("customers:view", "documents:issue", path=harbour.path)
    found = identities_for_paper(session, clerk, clock, customer_ids=[buyer.id], purpose="认购书")
    assert found[buyer.id].name == "张三"


def test_who_sees_but_may_not_edit_is_told_so(
    session: Session, clock: MovedClock, register: Register, actor_with: Callable[..., Actor]
) -> None:
    customer = register()
    with pytest.raises(NotAllowed):
        add_contact(
            session, actor_with("customers:view"), clock, customer_id=customer.id, channel="phone", note="x"
        )
