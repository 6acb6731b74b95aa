"""A company whose people have mail and phone, a process with approvals, and outlets that are looked into."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

import handlers
from channels.mail import MailFolder
from channels.sms import SmsFolder
from handlers.jobs import use_office
from kernel.actor import SYSTEM, Actor
from kernel.clock import MovedClock
from ledger.notices.settings import Settings, save_settings
from ledger.staff.operations import add_staff
from tests.webapp.house import PASSWORD, House
from tests.webapp.inbox.conftest import desk
from webapp.jobs import JobRunner
from webapp.paperwork.office import Outlets, PaperOffice

__all__ = ["desk"]
SITE = "https://keyturn.example"


@dataclass(frozen=True)
class Sent:
    """A message that left the house."""

    to: str
    subject: str
    text: str

    def link(self, part: str) -> str:
        """The path of the link that begins with ``part``."""
        found = re.search(re.escape(SITE) + rf"({part}\S+)", self.text)
        assert found, self.text
        return found.group(1)


@dataclass
class Post:
    """What goes out, with the runner that sends it."""

    house: House
    folder: Path

    def run(self, **later: float) -> None:
        """Time passes; whatever is due is told and sent."""
        clock: MovedClock = self.house.database.clock  # type: ignore[assignment]
        clock.advance(timedelta(**later) if later else timedelta(seconds=3))
        JobRunner(self.house.database, handlers.registry()).run_due()

    def mails(self, to: str = "") -> list[Sent]:
        """The mails, the oldest first."""
        found = []
        for file in sorted((self.folder / "mail").glob("*"), key=lambda file: file.stat().st_mtime_ns):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            body = mail.get_body(("plain",))
            assert body is not None
            found.append(Sent(str(mail["To"]), str(mail["Subject"]), body.get_content()))
        return [mail for mail in found if to in mail.to]

    def texts(self) -> list[Sent]:
        """The text messages."""
        files = [json.loads(file.read_text()) for file in (self.folder / "sms").glob("*.json")]
        return [Sent(file["to"], "", file["text"]) for file in files]

    def hire(self, username: str, role: str, *, language: str = "en", phone: str | None = None) -> Actor:
        """Somebody with a mail address."""
        with self.house.database.unit_of_work() as session:
            add_staff(
                session,
                SYSTEM,
                self.house.database.clock,
                username=username,
                display_name=username.title(),
                password=PASSWORD,
                roles=[(role, self.house.project.path)],
                must_change_password=False,
                language=language,
                email=f"{username}@example.com",
                phone=phone,
            )
        return self.house.actor(username)

    def choose(self, actor: Actor, **settings: object) -> None:
        """Somebody makes choices."""
        with self.house.database.unit_of_work(actor) as session:
            save_settings(session, actor, self.house.database.clock, Settings(**settings))  # type: ignore[arg-type]


@pytest.fixture
def post(house: House, tmp_path: Path) -> Post:
    """Mail and text messages go into a folder."""
    clock = house.database.clock
    outlets = Outlets(MailFolder(tmp_path / "out" / "mail", clock), SmsFolder(tmp_path / "out" / "sms"), SITE)
    use_office(PaperOffice(house.database, outlets))
    return Post(house, tmp_path / "out")
