"""The organisation is a tree of codes; projects and permits hang on it."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.audit import AuditRow
from kernel.clock import MovedClock
from kernel.errors import Missing, NotAllowed
from ledger.organisation import operations, queries
from ledger.organisation.errors import NodeInvalid, PermitInvalid
from ledger.organisation.models import Project
from ledger.staff.permissions import Permission
from ledger.staff.roles import ROLES, role_grants


@pytest.fixture
def yunxi(session: Session, admin: Actor, clock: MovedClock) -> Project:
    """Group, region and city, and a project in it."""
    operations.add_node(session, admin, clock, kind="group", code="Keyturn", name="锦程集团")
    operations.add_node(session, admin, clock, kind="region", code="east", name="华东", parent="/keyturn/")
    operations.add_node(session, admin, clock, kind="city", code="shanghai", name="上海", parent="/keyturn/east/")
    return operations.create_project(
        session, admin, clock, name="云栖", code="YX1", parent="/keyturn/east/shanghai/"
    )


def test_a_project_takes_its_path_from_the_codes_above_it(session: Session, yunxi: Project) -> None:
    assert (yunxi.path, yunxi.code, yunxi.zone) == ("/keyturn/east/shanghai/yx1/", "yx1", "Asia/Shanghai")
    assert [node.kind for node in queries.list_nodes(session)] == ["group", "region", "city", "project"]


def test_a_project_without_a_parent_goes_to_the_first_city(
    session: Session, admin: Actor, clock: MovedClock, yunxi: Project
) -> None:
    project = operations.create_project(session, admin, clock, name="海港", code="harbour")
    assert project.path == "/keyturn/east/shanghai/harbour/"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "company"}, "org_kind_misplaced"),
        ({"kind": "village"}, "org_kind_unknown"),
        ({"code": "a/b"}, "org_code_malformed"),
        ({"code": "%"}, "org_code_malformed"),
        ({"name": " "}, "name_empty"),
        ({"zone": "Asia/Nowhere"}, "zone_unknown"),
        ({"code": "YX1"}, "org_code_taken"),
    ],
)
def test_a_node_that_does_not_fit_is_refused(
    session: Session, admin: Actor, clock: MovedClock, yunxi: Project, changes: dict[str, str], code: str
) -> None:
    node = {"kind": "project", "code": "new", "name": "新", "parent": "/keyturn/east/shanghai/"} | changes
    with pytest.raises(NodeInvalid) as refusal:
        operations.add_node(session, admin, clock, **node)
    assert refusal.value.code == code


def test_who_may_not_manage_a_place_adds_nothing_there(
    session: Session, clock: MovedClock, yunxi: Project, actor_with: Callable[..., Actor]
) -> None:
    west = actor_with("organisation:manage", path="/keyturn/west/")
    with pytest.raises(NotAllowed):
        operations.create_project(session, west, clock, name="云", code="y2", parent="/keyturn/east/")


def test_a_permit_is_entered_once(session: Session, admin: Actor, clock: MovedClock, yunxi: Project) -> None:
    permit = {"project_id": yunxi.id, "no": "沪预售2026-12", "granted_on": date(2026, 1, 5)}
    first = operations.add_permit(session, admin, clock, **permit)
    assert operations.add_permit(session, admin, clock, **permit).id == first.id
    with pytest.raises(PermitInvalid):
        operations.add_permit(session, admin, clock, **(permit | {"granted_on": date(2026, 1, 6)}))
    assert [p.no for p in queries.list_permits(session, yunxi.id)] == ["沪预售2026-12"]
    acts = session.scalars(select(AuditRow).where(AuditRow.action == "organisation:add_permit")).all()
    assert [act.subject_id for act in acts] == [first.id]


def test_a_project_outside_the_scope_looks_absent(
    session: Session, yunxi: Project, actor_with: Callable[..., Actor]
) -> None:
    elsewhere = actor_with(Permission.UNITS_VIEW, path="/keyturn/east/hangzhou/")
    assert queries.list_projects(session, elsewhere) == []
    assert queries.find_project(session, elsewhere, "yx1") is None
    with pytest.raises(Missing):
        queries.get_project(session, elsewhere, yunxi.id)
    here = actor_with(Permission.UNITS_VIEW, path="/keyturn/east/")
    assert queries.find_project(session, here, "YX1") is yunxi


def test_the_project_of_a_path_is_the_nearest_above(session: Session, yunxi: Project) -> None:
    assert queries.project_at(session, f"{yunxi.path}phase1/") is yunxi
    assert queries.project_at(session, "/keyturn/east/") is None


def test_every_role_of_the_trade_has_a_chinese_name_and_may_do_something() -> None:
    for role in ROLES.values():
        assert role.permissions, role.code
        assert any("\u4e00" <= letter <= "\u9fff" for letter in role.name_zh), role.code


def test_nobody_both_sells_and_takes_money() -> None:
    for role in ROLES.values():
        everything = role.permissions | role.own
        assert not {Permission.SALES_SUBSCRIBE, Permission.FINANCE_CONFIRM} <= everything, role.code


def test_a_consultant_reaches_only_own_customers() -> None:
    consultant = Actor("1", "Li", tuple(role_grants("sales_consultant", "/keyturn/")))
    assert consultant.only_own(Permission.CUSTOMERS_VIEW, "/keyturn/east/")
    assert not consultant.only_own(Permission.UNITS_VIEW, "/keyturn/east/")
    assert not consultant.may(Permission.UNITS_VIEW_FLOOR_PRICE, "/keyturn/")
