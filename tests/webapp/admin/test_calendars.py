"""Calendars on their pages: a month, a week, days of a project's own, a further year from a file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from click.testing import CliRunner

from ledger.calendars.queries import calendar_at
from tests.webapp.house import Browser, House
from webapp.cli.main import main
from webapp.engine_room import PLACES

FILE = Path(__file__).parents[2] / "kernel" / "calendars" / "2027.csv"
WEEK = {"monday": "08:00-12:00 13:00-17:00", "saturday": "09:00-12:00"}


def kinds(page: str) -> dict[str, str]:
    """What a month view says of each day."""
    return dict(re.findall(r'data-day="(\S+)" data-kind="(\w+)"', page))


def upload(browser: Browser, content: bytes, name: str = "2027.csv", **more: str):
    token = browser.token("/admin/calendars/")
    data = {"csrf_token": token, "file": (io.BytesIO(content), name), **more}
    return browser.client.post("/admin/calendars/load", data=data, headers={"Accept-Language": "en"})


def test_a_month_shows_holidays_and_make_up_days_with_their_source(admin: Browser, house: House) -> None:
    page = f"/admin/organisation/{house.project.id}/calendar?month=2026-02"
    shown = admin.get(page).text
    assert kinds(shown)["2026-02-14"] == "makeup"
    assert kinds(shown)["2026-02-16"] == "holiday"
    assert kinds(shown)["2026-02-13"] == "workday"
    assert "Spring Festival" in shown
    assert "state announcement" in shown
    admin.post("/language", {"language": "zh"}, page=page)
    assert "春节" in admin.get(page).text


def test_a_further_year_is_loaded_and_shown(admin: Browser, house: House) -> None:
    month = f"/admin/organisation/{house.project.id}/calendar?month=2027-01"
    assert "not known yet" in admin.get(month).text
    assert upload(admin, FILE.read_bytes()).status_code == 302
    shown = admin.get(month).text
    assert "not known yet" not in shown
    assert kinds(shown)["2027-01-31"] == "makeup"
    assert "file 2027.csv" in shown
    assert "2027: 23 days, 2027.csv" in admin.get("/admin/calendars/").text


def test_a_wrong_file_is_told_by_row_and_changes_nothing(admin: Browser, house: House) -> None:
    refused = upload(admin, b"date,kind,name\n2027-01-01,holiday,New Year\n2027-02-30,holiday,x\n")
    assert refused.status_code == 422
    assert "Row 3" in refused.text
    assert "2027-02-30" in refused.text
    other = b"date,kind,name\n2026-02-14,holiday,Spring Festival\n"
    differs = upload(admin, other, "other.csv")
    assert differs.status_code == 422
    assert 'name="replace"' in differs.text
    with house.database.reading() as session:
        assert calendar_at(session, house.project.path).calendar.is_working_day(date(2026, 2, 14))
    assert upload(admin, other, "other.csv", replace="true").status_code == 302
    with house.database.reading() as session:
        assert not calendar_at(session, house.project.path).calendar.is_working_day(date(2026, 2, 14))


def test_a_project_counts_by_its_own_calendar_at_once(admin: Browser, house: House) -> None:
    saturday = date(2026, 3, 7)
    with house.database.reading() as session:
        assert not PLACES.at(session, house.project.path).calendar.is_working_day(saturday)
    form = {"name": "Sales week", "code": "sales", "state": "true", **WEEK}
    made = admin.post("/admin/calendars/new", form)
    assert made.status_code == 302
    calendar = made.location.rpartition("/")[2]
    page = f"/admin/organisation/{house.project.id}/calendar"
    assert admin.post(page, {"calendar": calendar}).status_code == 302
    assert "Sales week, chosen at 云栖" in admin.get(page).text
    with house.database.reading() as session:
        assert PLACES.at(session, house.project.path).calendar.is_working_day(saturday)
        assert not PLACES.at(session, "/kt/").calendar.is_working_day(saturday)


def test_a_day_of_ones_own_is_set_and_taken_back(admin: Browser, house: House) -> None:
    page = f"/admin/organisation/{house.project.id}/calendar"
    day = {"day": "2026-03-09", "kind": "holiday", "name": "Office moves"}
    assert admin.post(f"{page}/days", day, page=page).status_code == 302
    shown = admin.get(f"{page}?month=2026-03").text
    assert kinds(shown)["2026-03-09"] == "holiday"
    assert "own day of 云栖" in shown
    assert admin.post(f"{page}/days", day, page=page).status_code == 422
    remove = re.search(r'action="(/admin/calendars/days/[^"]+)"', shown)
    assert remove
    assert admin.post(remove[1], {"back": page}, page=page).location == page
    assert kinds(admin.get(f"{page}?month=2026-03").text)["2026-03-09"] == "workday"


def test_a_week_is_changed_and_wrong_blocks_are_told_beside_their_day(admin: Browser, house: House) -> None:
    made = admin.post("/admin/calendars/new", {"name": "Sales week", "code": "sales", **WEEK}).location
    refused = admin.post(made, {"name": "Sales week", "revision": "1", "monday": "9 to 5"})
    assert refused.status_code == 422
    assert 'id="e-monday"' in refused.text
    assert admin.post(made, {"name": "Sales week", "revision": "1", "monday": "10:00-12:00"}).status_code == 302
    assert admin.post(made, {"name": "Late", "revision": "1", "monday": "10:00-12:00"}).status_code == 409


def test_who_manages_nothing_sees_no_calendar(browser_of: Callable[..., Browser], house: House) -> None:
    consultant = browser_of("sales_consultant")
    for page in ("/admin/calendars/", f"/admin/organisation/{house.project.id}/calendar"):
        assert consultant.get(page).status_code == 403


def test_a_year_is_loaded_and_shown_by_command(house: House, database_url: str, tmp_path: Path) -> None:
    from tests.webapp.cli.test_commands import Terminal  # noqa: PLC0415 - the shell of the command's own tests

    terminal = Terminal(tmp_path, f"sqlite:///{tmp_path / 'new' / 'company.db'}")
    words = [
        "--company",
        "Homes",
        "--administrator",
        "ada",
        "--name",
        "Ada",
        "--password",
        "a-long-enough-password",
    ]
    terminal.run("init", *words)
    assert "23 days added" in terminal.run("calendar", "load", str(FILE)).output
    assert "makeup" in terminal.run("calendar", "show", "2027-01").output.splitlines()[30]
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("date,kind,name\n2027-01-01,day,x\n")
    assert "2: " in CliRunner().invoke(main, ["calendar", "load", str(wrong)], env=terminal.environment).output
