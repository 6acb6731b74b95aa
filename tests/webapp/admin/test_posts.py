"""The administrator names who answers for vacant posts and sees which are vacant; and who reports to whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event

from kernel.actor import SYSTEM
from ledger.organisation.operations import add_node
from ledger.staff.managers import set_manager
from ledger.staff.posts import Answering, next_above
from tests.webapp.house import Browser, House
from tests.webapp.inbox.conftest import Desk, desk

__all__ = ["desk"]


@pytest.fixture
def address(house: House) -> str:
    """The page of the project's posts."""
    return f"/admin/organisation/{house.project.id}/posts"


@pytest.fixture
def west(house: House) -> str:
    """A company beside the project's."""
    with house.database.unit_of_work() as session:
        add_node(session, SYSTEM, house.database.clock, parent="/kt/", kind="company", code="west", name="West")
    return "/kt/west/"


def answering(house: House, role: str) -> Answering:
    """Who answers for a role at the project."""
    with house.database.reading() as session:
        return next_above(session, role, house.project.path)


def test_a_role_or_a_person_is_named_and_taken_back(admin: Browser, house: House, address: str) -> None:
    lee = house.hire("lee", "legal")
    assert answering(house, "sales_manager") == Answering("project_gm")
    assert admin.post(address, {"role": "sales_manager", "to": "legal"}).status_code == 302
    assert answering(house, "sales_manager").role == "legal"
    admin.post(address, {"role": "sales_manager", "to": "person", "person_id": lee.id})
    assert answering(house, "sales_manager").staff_id == lee.id
    page = admin.get(address).text
    assert "Lee" in page
    assert "named at 云栖" in page
    admin.post(address, {"role": "sales_manager", "to": "usual"})
    assert answering(house, "sales_manager") == Answering("project_gm")


def test_what_would_go_round_in_a_circle_or_to_a_stranger_is_refused_by_field(
    admin: Browser, house: House, address: str, west: str
) -> None:
    far = house.hire("far", "legal", west)
    wrong = [
        ({"role": "sales_manager", "to": "sales_manager"}, "e-to"),
        ({"role": "project_gm", "to": "sales_manager"}, "e-to"),
        ({"role": "sales_manager", "to": "person", "person_id": far.id}, "e-person_id"),
        ({"role": "sales_manager", "to": "person"}, "e-person_id"),
        ({"role": "nothing", "to": "legal"}, "e-role"),
    ]
    for form, field in wrong:
        answer = admin.post(address, form)
        assert (answer.status_code, f'id="{field}"' in answer.text) == (422, True), form
    assert answering(house, "sales_manager") == Answering("project_gm")


def test_only_who_manages_staff_there_names_anybody(
    browser_of: Callable[..., Browser], house: House, address: str, west: str
) -> None:
    for role, path in (("project_gm", None), ("administrator", west)):
        browser = browser_of(role, path=path)
        assert browser.get(address).status_code == 403
        form = {"role": "sales_manager", "to": "legal"}
        assert browser.post(address, form, page="/inbox").status_code == 403
    assert answering(house, "sales_manager") == Answering("project_gm")


def test_a_task_without_holder_shows_its_mark_and_the_page_the_vacancy(
    admin: Browser, desk: Desk, address: str
) -> None:
    task_id = desk.task(desk.begin())
    assert "Post vacant: went to Administrator" in admin.get("/inbox?box=group").text
    page = admin.get(f"/tasks/{task_id}").text
    assert "Post vacant: Sales manager" in page
    assert "it went to Administrator" in page
    assert "Vacant since" in admin.get(address).text


def test_the_tree_shows_who_reports_to_whom_in_the_reader_s_scope(
    browser_of: Callable[..., Browser], admin: Browser, house: House, west: str
) -> None:
    an, bo, far = (
        house.hire("an", "legal"),
        house.hire("bo", "project_gm"),
        house.hire("far", "legal", west),
    )
    with house.database.unit_of_work() as session:
        for below in (an, far):
            set_manager(session, SYSTEM, house.database.clock, staff_id=below.id, manager_id=bo.id)
    page = admin.get("/admin/staff/lines").text
    assert page.index(f'data-member="{bo.id}"') < page.index(f'data-member="{an.id}"')
    assert f'data-member="{far.id}"' in page
    seen = browser_of("sales_manager").get("/admin/staff/lines").text
    assert f'data-member="{an.id}"' in seen
    assert f'data-member="{far.id}"' not in seen
    assert browser_of("sales_consultant").get("/admin/staff/lines").status_code == 403


def test_the_pages_do_not_grow_their_queries_with_the_people(admin: Browser, house: House, address: str) -> None:
    def queries(page: str) -> int:
        seen: list[str] = []
        engine = house.database.engine
        event.listen(engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        assert admin.get(page).status_code == 200
        return len(seen)

    def line(*names: str) -> None:
        boss, *others = [house.hire(name, "legal") for name in names]
        with house.database.unit_of_work() as session:
            for below in others:
                set_manager(session, SYSTEM, house.database.clock, staff_id=below.id, manager_id=boss.id)

    pages = (address, "/admin/staff/lines")
    line("an", "bo")
    few = [queries(page) for page in (*pages, *pages)][2:]
    line("chen", "deng", "fei", "gao", "he")
    assert [queries(page) for page in pages] == few
