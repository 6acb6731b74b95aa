"""The notice of a hand-over leads each buyer by a one-time link to his card: an hour, another one, how it was."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

import handlers
from channels.mail import MailFolder
from channels.sms import SmsFolder
from handlers.jobs import use_office
from kernel.clock import MovedClock
from ledger.handover.models import MoveInCase
from ledger.messages.models import Message
from tests.stories.company import company_in
from tests.stories.moving_in import Moving, moving_in, second_home
from tests.webapp.application import application
from webapp.db import Database
from webapp.jobs import JobRunner
from webapp.paperwork.office import Outlets, PaperOffice
from webapp.portal.models import PortalLink
from webapp.portal.old_links import seal_of

CARD = "/p/#card-move_in"


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def moving(database: Database, clock: MovedClock, outbox: Path) -> Moving:
    """A building whose notices are out."""
    moving = moving_in(company_in(database, clock), language="en")
    company = moving.company
    use_office(PaperOffice(company.database, Outlets(MailFolder(outbox, company.clock), SmsFolder(outbox))))
    run(moving)
    moving.begin()
    return moving


def run(moving: Moving) -> None:
    """Whatever waits is sent."""
    JobRunner(moving.company.database, handlers.registry()).run_due()


def links(moving: Moving, outbox: Path) -> list[str]:
    """The addresses in the messages that were sent, in order."""
    run(moving)
    files = sorted((one for one in outbox.rglob("*.json")), key=lambda one: one.stat().st_mtime_ns)
    return [found for one in files for found in re.findall(r"/[ph]/[\w-]+(?:\?to=\w+)?", one.read_text("utf-8"))]


def phone(moving: Moving) -> FlaskClient:
    client = application(moving.company.database).test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh"
    return client


def guarded(client: FlaskClient) -> dict[str, str]:
    """The token of the page's forms."""
    return {"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/p/").text)[0]}


def opened(moving: Moving, link: str) -> FlaskClient:
    """A phone on which the link was opened."""
    client = phone(moving)
    entered = client.post(link)
    assert (entered.status_code, entered.location) == (303, CARD)
    client.post("/language", data={"language": "zh", **guarded(client)})
    return client


def test_the_notice_carries_a_link_that_opens_once_at_the_hand_over(moving: Moving, outbox: Path) -> None:
    (link,) = links(moving, outbox)
    assert link.endswith("?to=move_in") and link.startswith("/p/")
    row = moving.company.read(lambda s: s.scalars(select(PortalLink)).one())
    message = moving.company.read(
        lambda s: s.scalars(select(Message).where(Message.template == "move_in_notice")).one()
    )
    assert (row.message_id, row.sale_id, row.created_by) == (message.id, moving.sale_id, "system")
    token = link.removeprefix("/p/").partition("?")[0]
    assert token not in str(message.params), "a message that waits holds no secret"
    run(moving)
    assert len(links(moving, outbox)) == 1, "sent once, however often the job comes"
    door = phone(moving).get(link)
    assert "打开我的页面" in door.text and "to=move_in" in door.text
    opened(moving, link)
    again = phone(moving)
    assert again.get(link).status_code == 409
    assert again.post(link).status_code == 409


def test_a_buyer_takes_an_hour_changes_it_and_says_how_it_was(moving: Moving, outbox: Path) -> None:
    slots = moving.offer(capacity=1, day_capacity=1)
    zhou = second_home(moving.company)
    moving.begin()  # The second home is sold after the notices: the building is begun again.
    with moving.company.database.unit_of_work() as session:  # They meet in the same hours.
        session.get_one(MoveInCase, zhou.case().id).batch_id = moving.case().batch_id
    mine, other = links(moving, outbox)
    lin, next_door = opened(moving, mine), opened(moving, other)
    take = {"slot_id": slots[0].id}
    kept = lin.post("/p/move-in/slot", data={**take, **guarded(lin)})
    assert (kept.status_code, kept.location) == (303, CARD)
    assert moving.case().state == "appointed" and "您的预约" in lin.get("/p/").text
    page = next_door.get("/p/").text
    assert slots[0].id not in page, "a full hour is not offered"
    assert next_door.post("/p/move-in/slot", data={**take, **guarded(next_door)}).status_code == 303
    assert "已满" in next_door.get("/p/").text
    assert zhou.case().state == "notified", "whoever comes late gets no place"
    lin.post("/p/move-in/slot", data={"slot_id": slots[2].id, **guarded(lin)})
    assert next_door.post("/p/move-in/slot", data={**take, **guarded(next_door)}).status_code == 303
    assert zhou.case().state == "appointed", "the hour that was given back is free"

    early = lin.post("/p/move-in/rating", data={"satisfaction": "5", **guarded(lin)})
    assert early.status_code == 303 and moving.case().satisfaction is None, "not before the keys"
    moving.at(slots[2].on_date, 9)
    moving.arrive()
    moving.inspect()
    moving.sign("accepted")
    assert moving.case().handed_over_on is not None
    lin = opened(moving, links(moving, outbox)[-1])
    assert "请为本次交付评分" in lin.get("/p/").text
    assert lin.post("/p/move-in/rating", data={"satisfaction": "9", **guarded(lin)}).status_code == 303
    assert moving.case().satisfaction is None
    lin.post("/p/move-in/rating", data={"satisfaction": "4", **guarded(lin)})
    assert moving.case().satisfaction == 4
    assert 'id="card-move_in"' not in lin.get("/p/").text


def old_link(moving: Moving) -> str:
    """A link as notices carried it before."""
    name = UUID(moving.case().id).bytes
    seal = seal_of(moving.company.database.vault, name)
    return "/h/" + base64.urlsafe_b64encode(name + seal).decode().rstrip("=")


def test_an_old_link_tells_nothing_and_sends_a_new_one_to_the_registered_number(
    moving: Moving, outbox: Path
) -> None:
    before = links(moving, outbox)
    client, link = phone(moving), old_link(moving)
    page = client.get(link)
    assert page.status_code == 410
    assert "给我发送新链接" in page.text and page.headers["Referrer-Policy"] == "no-referrer"
    assert not any(word in page.text for word in ("1栋-101", "Lin", "云溪"))
    assert client.post(link, data={"slot_id": "x"}).status_code == 200
    assert moving.case().state == "notified", "it acts no more"
    (new,) = [one for one in links(moving, outbox) if one not in before]
    assert phone(moving).post(new).status_code == 303
    forged = link[:-4] + "AAAA"
    for answer in (client.get(forged), client.post(forged), client.get("/h/x")):
        assert answer.status_code == 404
        assert "给我发送新链接" not in answer.text


def test_who_has_left_the_sale_gets_no_link(moving: Moving, outbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.portal.sending.buyers_of_sale", lambda *_: [])
    assert links(moving, outbox) == []
    query = select(Message.state).where(Message.template == "move_in_notice")
    assert moving.company.read(lambda s: s.scalars(query).all()) == ["failed"]
