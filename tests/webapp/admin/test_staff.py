"""An administrator opens and closes accounts, gives and revokes roles, resets passwords; nobody else does."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import event

from ledger.staff.queries import find_by_username
from tests.webapp.house import Browser, House

NEW = "/admin/staff/new"


def open_account(admin: Browser, house: House, **changes: str):
    """Send the form for a new account."""
    form = {
        "username": "mei",
        "display_name": "Mei",
        "role": "finance_clerk",
        "path": house.project.path,
        "language": "en",
        "phone": "13800138000",
    }
    key = re.search(r'name="once" value="([^"]+)"', admin.get(NEW).text)
    assert key
    return admin.post(NEW, {**form, "once": key[1], **changes}, page=NEW)


def person(house: House, username: str = "mei") -> str:
    """The address of somebody's page."""
    with house.database.reading() as session:
        found = find_by_username(session, username)
        assert found is not None
        return f"/admin/staff/{found.id}"


def test_the_first_password_is_shown_once_and_must_be_changed(
    admin: Browser, browser: Browser, house: House
) -> None:
    answer = open_account(admin, house)
    assert answer.headers["Cache-Control"] == "no-store"
    password = re.search(r"<code[^>]*>([^<]+)</code>", answer.text)
    assert password
    page = admin.get(person(house)).text
    assert password[1] not in page
    assert "13800138000" not in page
    assert browser.sign_in("mei", password[1]).location == "/account/password"


def test_a_form_sent_again_opens_one_account_and_shows_no_password(admin: Browser, house: House) -> None:
    key = {"once": "the-same-form"}
    assert "<code" in open_account(admin, house, **key).text
    again = open_account(admin, house, **key)
    assert again.status_code == 302
    assert "/admin/staff/" in again.location


def test_wrong_entries_are_told_by_field(admin: Browser, house: House) -> None:
    assert 'id="e-username"' in open_account(admin, house, username="No Spaces").text
    assert 'id="e-role"' in open_account(admin, house, role="").text
    open_account(admin, house)
    assert 'id="e-username"' in open_account(admin, house).text


def test_a_role_is_given_from_a_day_and_revoked(admin: Browser, house: House) -> None:
    open_account(admin, house)
    page = person(house)
    role = {"role": "legal", "path": house.project.path, "from_date": "2026-03-09", "to_date": "2026-03-01"}
    assert 'id="e-to_date"' in admin.post(f"{page}/roles", role, page=page).text
    assert admin.post(f"{page}/roles", {**role, "to_date": ""}, page=page).status_code == 302
    shown = admin.get(page).text
    assert "To come" in shown
    revoke = re.findall(r'action="(/admin/staff/[^"]+/revoke)"', shown)[0]
    assert admin.post(revoke, page=page).status_code == 302
    assert "Ended" in admin.get(page).text


def test_a_reset_ends_the_old_password(admin: Browser, browser: Browser, house: House) -> None:
    house.hire("wei", "sales_consultant")
    page = person(house, "wei")
    answer = admin.post(f"{page}/password", page=page)
    password = re.search(r"<code[^>]*>([^<]+)</code>", answer.text)
    assert password
    assert browser.sign_in("wei").status_code == 422
    assert browser.sign_in("wei", password[1]).status_code == 302


def test_a_leaver_is_out_and_the_last_administrator_stays(admin: Browser, browser: Browser, house: House) -> None:
    house.hire("wei", "sales_consultant")
    page = person(house, "wei")
    assert admin.post(f"{page}/deactivate", {"reason": " "}, page=page).status_code == 422
    assert admin.post(f"{page}/deactivate", {"reason": "moved away"}, page=page).status_code == 302
    assert browser.sign_in("wei").status_code == 422
    own = person(house, "ada")
    assert admin.post(f"{own}/deactivate", {"reason": "tired"}, page=own).status_code == 422


def test_nobody_else_manages_staff(browser_of: Callable[..., Browser], admin: Browser, house: House) -> None:
    open_account(admin, house)
    page = person(house)
    manager, clerk = browser_of("sales_manager"), browser_of("finance_clerk")
    assert manager.get("/admin/staff/").status_code == 200
    assert "New account" not in manager.get("/admin/staff/").text
    assert manager.get(NEW).status_code == 403
    assert manager.post(f"{page}/password", page=page).status_code == 403
    assert clerk.get(page).status_code == 404
    assert clerk.post(f"{page}/password", page="/admin/staff/").status_code == 404


def test_the_list_asks_as_often_for_many_as_for_few(admin: Browser, house: House) -> None:
    few = statements(house, lambda: admin.get("/admin/staff/"))
    for number in range(8):
        house.hire(f"person{number}", "legal")
    assert statements(house, lambda: admin.get("/admin/staff/")) == few


def statements(house: House, act: Callable[[], object]) -> int:
    """How many statements an act sends to the database."""
    counted: list[str] = []
    listener = lambda *about: counted.append(about[2])  # noqa: E731 - handed over and taken back.
    event.listen(house.database.engine, "before_cursor_execute", listener)
    act()
    event.remove(house.database.engine, "before_cursor_execute", listener)
    return len(counted)


def test_whom_somebody_reports_to_is_entered_on_his_page(house: House, browser_of) -> None:
    below, above = house.hire("xiao", "sales_consultant"), house.hire("da", "sales_manager")
    admin = browser_of("administrator", path="/")
    page = f"/admin/staff/{below.id}"
    sent = admin.post(f"{page}/manager", {"manager_id": above.id, "manager_from": "2026-03-02"}, page=page)
    assert sent.status_code == 302
    assert "Da" in admin.get(page).text.partition("Line manager")[2]
    again = admin.post(f"{page}/manager", {"manager_id": below.id}, page=page, follow_redirects=True)
    assert "Nobody reports to himself" in again.text
    assert browser_of("project_gm").post(f"{page}/manager", {"manager_id": ""}, page="/").status_code == 403
