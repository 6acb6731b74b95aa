"""A customer is found by what is at hand, and only within the scope."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kernel.actor import Actor, Grant
from ledger.customers import queries
from ledger.customers.models import Customer
from ledger.organisation.models import Project
from tests.ledger.customers.conftest import Register, resident_id

PAPER = resident_id(serial="567")


@pytest.fixture
def zeng(register: Register) -> Customer:
    """曾国华, with two phones and an ID number."""
    return register("曾国华", phones=["13812345678", "+852 9123 4567"], id_type="resident_id", id_no=PAPER)


@pytest.mark.parametrize(
    "typed",
    [
        "曾国华",
        "国华",
        "zgh",
        "ZENG",
        "zeng guo",
        "zengguohua",
        "5678",
        "345678",
        "13812345678",
        "138 1234 5678",
        "+86 138-1234-5678",
        "4567",
        "+852 9123 4567",
        PAPER,
        PAPER[-4:],
        PAPER[-6:].lower(),
        "曾 5678",
        "曾  5678",
        "zgh 345678",
    ],
)
def test_name_pinyin_phone_and_id_find(
    session: Session, admin: Actor, zeng: Customer, register: Register, typed: str
) -> None:
    register("李四", phones=["13900000000"], id_type="passport", id_no="E99990000")
    assert [row.id for row in queries.search(session, admin, typed)] == [zeng.id]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "678",
        "李 5678",
        "zgh 6789",
        "ceng",
        "%",
        "_",
        "6789",
        "14812345678",
        "国%",
        "'; --",
        "()",
        "+",
        "\x00",
    ],
)
def test_what_fits_nobody_finds_nobody(session: Session, admin: Actor, zeng: Customer, typed: str) -> None:
    assert queries.search(session, admin, typed) == []


def test_a_passport_or_a_licence_is_found_whole(session: Session, admin: Actor, register: Register) -> None:
    person = register("Anna Smith", id_type="passport", id_no="E1234567A")
    firm = register("锦程", kind="firm", id_type="business_licence", id_no="9111000010169286X1")
    assert [row.id for row in queries.search(session, admin, "e1234567a")] == [person.id]
    assert [row.id for row in queries.search(session, admin, "9111000010169286X1")] == [firm.id]
    assert [row.id for row in queries.search(session, admin, "smith")] == [person.id]


def test_the_name_itself_comes_before_names_that_hold_it(
    session: Session, admin: Actor, register: Register
) -> None:
    for name in ("小王伟", "王伟明", "王伟"):
        register(name)
    assert [row.name for row in queries.search(session, admin, "王伟")] == ["王伟", "王伟明", "小王伟"]
    assert len(queries.search(session, admin, "王伟", limit=2)) == 2


def test_two_people_with_one_tail_are_told_apart_by_more_digits(
    session: Session, admin: Actor, register: Register
) -> None:
    register("甲", phones=["13811115678"])
    second = register("乙", phones=["13822225678"])
    assert len(queries.search(session, admin, "5678")) == 2
    assert [row.id for row in queries.search(session, admin, "25678")] == [second.id]


PLACES = (
    "/",
    "/keyturn/",
    "/keyturn/shanghai/",
    "/keyturn/shanghai/yunxi/",
    "/keyturn/shanghai/harbour/",
    "/other/",
)


@pytest.fixture
def four(register: Register, project: Project, harbour: Project) -> None:
    """At each of two projects a customer of mine and one of somebody else's."""
    for place in (project, harbour):
        for owner in ("me", "other"):
            register("王五", project_id=place.id, owner_id=owner, confirmed=True, phones=["13812340000"])


@pytest.mark.usefixtures("four")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    grants=st.lists(
        st.tuples(st.sampled_from(PLACES), st.booleans(), st.sampled_from(("customers:view", "units:view"))),
        max_size=3,
    )
)
def test_a_scoped_query_never_returns_a_row_outside_the_scope(
    session: Session, project: Project, harbour: Project, grants: list[tuple[str, bool, str]]
) -> None:
    actor = Actor("me", "Me", tuple(Grant("r", path, frozenset({p}), own) for path, own, p in grants))
    expected = {
        (place.path, owner)
        for place in (project, harbour)
        for owner in ("me", "other")
        for path, own, permission in grants
        if permission == "customers:view" and place.path.startswith(path) and (not own or owner == "me")
    }
    for rows in (
        queries.search(session, actor, "wangwu"),
        queries.search(session, actor, "0000"),
        queries.list_customers(session, actor),
    ):
        assert {(row.path, row.owner_id or "") for row in rows} == expected
