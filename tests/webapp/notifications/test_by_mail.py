"""Notices that go out by SMTP to a mail server of the test's own: what arrives, what is tried again, what is given up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.tables.instances import IncidentRow
from engine.tables.work import JobRow
from handlers.jobs import use_office
from kernel.actor import SYSTEM
from kernel.clock import MovedClock
from ledger.messages.models import Message
from ledger.notices.settings import settings_of
from ledger.staff.addresses import set_addresses
from tests.channels.mail.conftest import Certificate, certificate
from tests.channels.smtp_server import HANG_UP, MailServer, running
from tests.webapp.house import Browser
from tests.webapp.inbox.conftest import Desk
from tests.webapp.notifications.conftest import SITE, Post
from tests.webapp.notifications.test_pages import signed_in
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.settings import Settings

__all__ = ["certificate"]
NOW = {"mail": "now"}


@pytest.fixture
def server(desk: Desk, post: Post) -> Iterator[MailServer]:
    """A mail server on this machine, to which the house hands its mail."""
    with running(MailServer()) as found:
        use(desk, found, smtp_security="none")
        yield found


def use(desk: Desk, server: MailServer, **settings: object) -> None:
    """From now on mail goes to this server, by the settings that an installation has."""
    wanted = {
        "smtp_host": "127.0.0.1",
        "smtp_port": server.port,
        "smtp_sender": "flow@keyturn.example",
        **settings,
    }
    office = outlets_of(Settings(testing=True, public_url=SITE, **wanted), desk.house.database)  # type: ignore[arg-type]
    use_office(PaperOffice(desk.house.database, office))


def mails(server: MailServer) -> list[EmailMessage]:
    """What arrived, the oldest first."""
    found = [message_from_bytes(envelope.content, policy=default) for envelope in server.envelopes]
    return [mail for mail in found if isinstance(mail, EmailMessage)]


def part(mail: EmailMessage, kind: str) -> str:
    """The plain text or the HTML of a mail."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


class _Words(HTMLParser):
    """The tags of a page and the words between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def state_of(desk: Desk) -> tuple[str, int]:
    """State and tries of the only mail."""
    with desk.house.database.reading() as session:
        message = session.scalars(select(Message).where(Message.channel == "mail")).one()
        return message.state, message.attempts


def test_a_mail_arrives_in_two_forms_and_its_readers_language(desk: Desk, post: Post, server: MailServer) -> None:
    ann = post.hire("ann", "sales_manager", language="zh")
    post.choose(ann, choices={"group": NOW})
    desk.begin(project='云栖 <script src="https://evil.example">')
    post.run()
    (mail,) = mails(server)
    assert (mail["Subject"], mail["To"], mail["Content-Language"]) == ("岗位待办：审批", "ann@example.com", "zh")
    assert mail["From"] == "Keyturn <flow@keyturn.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text, page = part(mail, "plain"), part(mail, "html")
    assert "直接处理，不用登录" in text
    assert "script" not in _Words(page).tags
    assert '&lt;script src="https://evil.example"&gt;' in page.replace("&quot;", '"')
    assert "".join(text.replace("\n--\n", "").split()) in "".join(_Words(page).words)
    stop = mail["List-Unsubscribe"][1:-1]
    assert stop.startswith(f"{SITE}/notifications/stop/")
    assert stop in text


def test_what_somebody_wrote_cannot_pass_for_words_of_ours(desk: Desk, post: Post, server: MailServer) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": NOW})
    desk.begin(unit="3栋\n\n--\nYour choices: https://evil.example/\r\nBcc: x@evil.example")
    post.run()
    (mail,) = mails(server)
    assert part(mail, "plain").count("\n--\n") == 1
    assert "evil.example/" not in re.findall('href="([^"]+)"', part(mail, "html"))
    assert server.envelopes[0].recipients == ["ann@example.com"]


def test_a_digest_has_one_way_to_stop_all_kinds_in_it(desk: Desk, post: Post, server: MailServer, office) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": {"mail": "digest"}, "late": {"mail": "digest"}}, digest_times=("12:00",))
    desk.begin("RG-1")
    desk.begin("RG-2")
    post.run(hours=1)
    assert mails(server) == []
    post.run(hours=2, minutes=1)
    (mail,) = mails(server)
    assert mail["Subject"] == "2 notifications"
    assert len(re.findall(r"/notifications/stop/\S+", part(mail, "plain"))) == 1
    post.run(days=2)  # Both become late: another kind.
    post.run(days=1)
    digest = mails(server)[-1]
    assert len(re.findall(r"/notifications/stop/\S+", part(digest, "plain"))) == 2
    address = digest["List-Unsubscribe"][1:-1].removeprefix(SITE)
    answer = office.test_client().post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    with desk.house.database.reading() as session:
        kept = settings_of(session, [ann.id])[ann.id]
    assert {code for code, own in kept.choices.items() if own.get("mail") == "off"} == {"due", "late"}
    sent = len(mails(server))
    post.run(days=2)
    assert len(mails(server)) == sent


def test_one_click_in_the_mail_program_stops_a_kind_and_only_it(
    desk: Desk, post: Post, server: MailServer, office
) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": NOW, "due": NOW})
    desk.begin()
    post.run()
    (mail,) = mails(server)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"][1:-1].removeprefix(SITE)
    answer = office.test_client().post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    desk.begin("RG-2")
    post.run()
    assert len(mails(server)) == 1
    post.run(hours=25)
    assert {mail["Subject"] for mail in mails(server)[1:]} <= {"A task is about to be late", "2 notifications"}


def test_a_server_that_is_busy_is_asked_again_later_and_the_mail_comes_once(
    desk: Desk, post: Post, server: MailServer
) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": NOW})
    server.replies["RCPT"] = "451 greylisted, ann@example.com"
    desk.begin()
    post.run()
    assert state_of(desk) == ("queued", 1)
    post.run(seconds=20)
    assert state_of(desk) == ("queued", 1)  # Half a minute is not over.
    post.run(seconds=11)
    assert state_of(desk) == ("queued", 2)
    del server.replies["RCPT"]
    post.run(seconds=50)
    assert state_of(desk) == ("queued", 2)  # The second pause is twice as long.
    post.run(seconds=11)
    assert state_of(desk) == ("sent", 3)
    post.run(days=1)
    assert len([mail for mail in mails(server) if "group" in str(mail["Subject"])]) == 1


def test_after_a_lost_answer_the_second_mail_is_the_same_one(desk: Desk, post: Post, server: MailServer) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": NOW})
    server.replies["CONTENT"] = HANG_UP
    desk.begin()
    post.run()
    server.replies.clear()
    post.run(seconds=31)
    first, second = mails(server)
    assert first["Message-ID"] == second["Message-ID"]
    desk.begin("RG-2")
    post.run()
    assert mails(server)[-1]["Message-ID"] != first["Message-ID"]


def test_a_server_that_stays_away_is_an_incident_for_an_operator(
    desk: Desk, post: Post, server: MailServer
) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": NOW})
    server.replies["MAIL"] = "421 come back"
    desk.begin()
    post.run()
    with desk.house.database.reading() as session:
        most = session.scalars(select(JobRow.max_attempts).where(JobRow.kind == "message_out")).first()
    for _ in range(int(most or 0)):
        post.run(hours=6)
    with desk.house.database.reading() as session:
        (incident,) = session.scalars(select(IncidentRow).where(IncidentRow.state == "open"))
        assert (incident.message_code, dict(incident.params)) == ("mail.deferred", {"reply": 421})
    assert mails(server) == []


def test_a_mail_that_is_refused_for_good_is_marked_for_its_reader_and_for_who_keeps_the_address(
    desk: Desk, post: Post, server: MailServer, office
) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": NOW})
    post.hire("boss", "sales_manager")
    desk.house.hire("root", "administrator", "/")
    server.replies["RCPT"] = "550 no such user ann@example.com"
    desk.begin()
    post.run()
    assert state_of(desk) == ("failed", 1)
    post.run(days=1)
    assert mails(server) == []
    reader, keeper = signed_in(office, "ann"), signed_in(office, "root")
    for page in ("/notifications", "/account/notifications"):
        assert "Mails do not arrive" in reader.get(page).text
        assert "(reply 550)" in reader.get(page).text
    assert "Mails do not arrive" not in signed_in(office, "boss").get("/notifications").text
    assert "Not reached" in keeper.get("/admin/staff/").text
    assert "(reply 550)" in keeper.get(f"/admin/staff/{ann.id}").text
    mend(keeper, ann.id, server)
    desk.begin("RG-2")
    post.run()
    assert server.envelopes[-1].recipients == ["ann@better.example"]
    assert "Mails do not arrive" not in reader.get("/notifications").text


def mend(keeper: Browser, staff_id: str, server: MailServer) -> None:
    """An administrator corrects the address."""
    del server.replies["RCPT"]
    page = f"/admin/staff/{staff_id}"
    for wrong in ({"email": "", "phone": ""}, {"email": "ann@nowhere"}, {"phone": "12"}):
        assert keeper.post(f"{page}/addresses", wrong, page=page).status_code == 422
    assert keeper.post(f"{page}/addresses", {"email": "ann@better.example"}, page=page).status_code == 302


def test_only_who_manages_somebody_corrects_the_address(desk: Desk, post: Post) -> None:
    ann, bob = post.hire("ann", "sales_manager"), post.hire("bob", "sales_manager")
    with desk.house.database.unit_of_work(bob) as session, pytest.raises(Exception, match="permission_missing"):
        set_addresses(session, bob, desk.house.database.clock, staff_id=ann.id, email="bob@example.com")


def test_mail_goes_encrypted_and_signed_in_where_that_is_set(
    desk: Desk, post: Post, certificate: Certificate, clock: MovedClock
) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": NOW})
    with running(MailServer(tls=certificate.context, users={"flow": "secret"})) as server:
        use(desk, server, smtp_username="flow", smtp_password="wrong", smtp_ca_file=certificate.ca_file)
        desk.begin()
        post.run()
        assert state_of(desk) == ("queued", 1)
        use(desk, server, smtp_username="flow", smtp_password="secret", smtp_ca_file=certificate.ca_file)
        post.run(seconds=31)
    assert [(envelope.encrypted, envelope.user) for envelope in server.envelopes] == [(True, "flow")]


def test_without_an_address_there_is_no_mail_and_no_try(desk: Desk, post: Post, server: MailServer) -> None:
    gao = desk.house.hire("gao", "sales_manager")
    post.choose(desk.house.actor("gao"), choices={"group": NOW})
    desk.begin()
    post.run()
    assert mails(server) == []
    with desk.house.database.unit_of_work() as session:
        set_addresses(session, SYSTEM, desk.house.database.clock, staff_id=gao.id, email="gao@example.com")
    desk.begin("RG-2")
    post.run()
    assert server.envelopes[-1].recipients == ["gao@example.com"]


def test_nothing_is_written_to_the_outbox_folder_when_a_server_is_set(
    desk: Desk, post: Post, server: MailServer, tmp_path: Path
) -> None:
    ann = post.hire("ann", "sales_manager")
    post.choose(ann, choices={"group": NOW})
    desk.begin()
    post.run()
    assert (len(mails(server)), len(post.mails())) == (1, 0)
