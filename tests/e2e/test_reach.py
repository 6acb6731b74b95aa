"""Mail that reaches an approver by SMTP: chosen on a page, its link opened on a phone, decided once, unsubscribed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

import handlers
from kernel.actor import SYSTEM
from ledger.staff.addresses import set_addresses
from tests.channels.smtp_server import MailServer, running
from tests.e2e.axe import violations
from tests.e2e.deciding import bring, decision_of
from tests.e2e.office import Office
from webapp.jobs import JobRunner

pytestmark = pytest.mark.timeout(300)
SITE = "https://keyturn.example"
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server of the test's own."""
    with running(MailServer()) as found:
        yield found


def open_with_mail(open_office: Callable[..., Office], server: MailServer, language: str) -> Office:
    """An office whose mail goes to the server; the manager has an address."""
    smtp = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none", "public_url": SITE}
    office = open_office(language, **smtp)
    manager = office.company.people["manager_1"]
    with office.company.database.unit_of_work() as session:
        set_addresses(session, SYSTEM, office.company.clock, staff_id=manager, email="manager@example.com")
    return office


def choose(office: Office, page: Page, **times: str) -> None:
    """On the settings page: what comes to the group is mailed at once; times of day as given."""
    page.goto("/account/notifications")
    page.locator("[name='mail.group']").select_option("now")
    for name, at in times.items():
        page.locator(f"[name={name}]").fill(at)
    office.press(page, "Keep these choices")
    expect(page.get_by_text(office.words("Your choices are kept."))).to_be_visible()


def path_in(mail: EmailMessage, part: str) -> str:
    """The path of the link that begins with ``part``."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(re.escape(SITE) + rf"({part}\S+)", body.get_content())
    assert found
    return found.group(1)


def overflows(page: Page) -> bool:
    """Whether a page is wider than its screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@LANGUAGES
def test_a_link_from_a_mail_decides_once_on_a_phone(
    open_office: Callable[..., Office], server: MailServer, language: str
) -> None:
    office = open_with_mail(open_office, server, language)
    desk = office.desk("manager_1")
    choose(office, desk)
    (task,) = bring(office, 1)
    mail = server.next()
    assert mail["To"] == "manager@example.com"
    assert mail["Content-Language"] == language
    phone, address = office.phone(), path_in(mail, "/d/")
    phone.goto(address)
    expect(phone.get_by_text("¥1,228,800").first).to_be_visible()
    expect(phone.get_by_role("main")).not_to_contain_text("王磊")
    assert (overflows(phone), violations(phone)) == (False, [])
    phone.locator("[name=decision][value=returned]").check()
    office.press(phone, "Send the decision")
    expect(phone.get_by_role("alert").first).to_be_visible()
    assert decision_of(office, task)[0] == "open"
    assert phone.locator("[name=decision][value=returned]").is_checked()
    phone.locator("[name=opinion]").fill("价格再核一下")
    office.press(phone, "Send the decision")
    expect(phone.get_by_role("heading", level=2)).to_have_text(
        office.words("Done: %(what)s", what={"zh": "退回", "en": "Return"}[language])
    )
    assert violations(phone) == []
    assert decision_of(office, task) == ("completed", "returned", "价格再核一下")
    phone.goto(address)
    expect(phone.get_by_role("heading", level=2)).to_have_text(office.words("This link cannot be used"))
    expect(phone.get_by_role("main")).to_contain_text("Manager_1")
    assert (overflows(phone), violations(phone)) == (False, [])
    phone.goto("/inbox")
    expect(phone.locator("[name=password]")).to_be_visible()
    assert office.faults == []


@LANGUAGES
def test_quiet_hours_keep_mail_and_one_press_unsubscribes(
    open_office: Callable[..., Office], server: MailServer, language: str
) -> None:
    office = open_with_mail(open_office, server, language)
    desk = office.desk("manager_1")
    choose(office, desk, quiet_from="21:30", quiet_to="07:00")
    desk.reload()
    expect(desk.locator("[name=quiet_from]")).to_have_value("21:30")
    assert violations(desk) == []
    office.company.clock.set(datetime(2026, 10, 12, 14, 0, tzinfo=UTC))  # Ten at night in Shanghai.
    bring(office, 1)
    JobRunner(office.company.database, handlers.registry()).run_due()
    desk.goto("/notifications")
    expect(desk.locator(".kt-timeline li")).to_have_count(1)
    assert violations(desk) == []
    assert server.envelopes == []
    office.company.clock.set(datetime(2026, 10, 12, 23, 1, tzinfo=UTC))  # A minute past seven.
    mail = server.next()
    phone = office.phone()
    phone.goto(path_in(mail, "/notifications/stop/"))
    assert (overflows(phone), violations(phone)) == (False, [])
    office.press(phone, "Stop these mails")
    expect(phone.get_by_text(office.words("You have unsubscribed"))).to_be_visible()
    desk.goto("/account/notifications")
    expect(desk.locator("[name='mail.group']")).to_have_value("off")
    expect(desk.locator("[name='mail.late']")).to_have_value("now")
    assert office.faults == []
