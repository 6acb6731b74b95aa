"""Urgent notices that go out by HTTP to a gateway for text messages: signed, slowed down, too long, refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from channels.sms.message import segments
from channels.sms.simulator import Misbehaviour, SmsSimulator, running_simulator
from handlers.jobs import use_office
from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.messages.models import Message
from tests.webapp.inbox.conftest import Desk
from tests.webapp.notifications.conftest import SITE, Post
from tests.webapp.notifications.test_pages import signed_in
from webapp.engine_room import engine_for
from webapp.inbox.acts.urge import urge_task
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.settings import Settings

PHONE = "+8613800138000"


@pytest.fixture
def gateway(desk: Desk, post: Post, clock: MovedClock) -> Iterator[SmsSimulator]:
    """A gateway on this machine that wants signed requests and lets one phone have two messages a minute."""
    with running_simulator(SmsSimulator(secret="agreed", per_minute=2, max_segments=6, clock=clock)) as found:
        settings = Settings(
            testing=True, public_url=SITE, sms_url=found.url, sms_token=found.token, sms_secret="agreed",
            sms_signature="云溪置业",
        )  # fmt: skip
        use_office(PaperOffice(desk.house.database, outlets_of(settings, desk.house.database)))
        yield found


@pytest.fixture
def ann(post: Post) -> Actor:
    """Somebody who wants all that is urgent on the phone."""
    return post.hire("ann", "sales_manager", language="zh", phone=PHONE)


def urge(desk: Desk, post: Post, key: str = "RG-1", **case: object) -> None:
    """Somebody above urges a task of the group."""
    boss = desk.house.actor("boss") if key != "RG-1" else post.hire("boss", "project_gm")
    database, begun = desk.house.database, desk.begin(key, **case)
    with database.unit_of_work(boss) as session:
        engine = engine_for(session, boss, database.clock)
        urge_task(engine, session, database.clock, desk.task(begun), "客户在等")


def states(desk: Desk) -> list[str]:
    """The state of each text message, the oldest first."""
    with desk.house.database.reading() as session:
        query = select(Message.state).where(Message.channel == "sms").order_by(Message.created_at, Message.id)
        return list(session.scalars(query))


def test_what_is_urgent_comes_signed_and_within_its_segments(
    desk: Desk, post: Post, gateway: SmsSimulator, ann: Actor
) -> None:
    urge(desk, post, unit="很长的房源名称" * 60)
    post.run()
    ((message, signature),) = gateway.taken
    assert (message.to, signature) == (PHONE, "云溪置业")
    assert "Boss催办" in message.text
    assert f"{SITE}/d/" in message.text
    assert segments(f"【{signature}】{message.text}") <= 6
    post.run(hours=1)
    assert (len(gateway.taken), states(desk)) == (1, ["sent"])


def test_a_gateway_that_slows_down_is_given_the_time_it_asks_for(
    desk: Desk, post: Post, gateway: SmsSimulator, ann: Actor
) -> None:
    for key in ("RG-1", "RG-2", "RG-3"):
        urge(desk, post, key)
    post.run()
    assert sorted(states(desk)) == ["queued", "sent", "sent"]
    post.run(seconds=40)  # Our own pause would be over; the gateway asked for a minute.
    assert sorted(states(desk)) == ["queued", "sent", "sent"]
    post.run(seconds=25)
    assert states(desk) == ["sent", "sent", "sent"]
    assert len({message.text for message, _ in gateway.taken}) == 3


def test_a_lost_answer_brings_no_second_message(desk: Desk, post: Post, gateway: SmsSimulator, ann: Actor) -> None:
    gateway.misbehave(Misbehaviour(lose_answer=True))
    urge(desk, post)
    post.run()
    assert states(desk) == ["queued"]
    post.run(seconds=31)
    assert (states(desk), len(gateway.taken)) == (["sent"], 1)


def test_a_number_that_is_refused_for_good_is_marked_and_not_tried_again(
    desk: Desk, post: Post, gateway: SmsSimulator, ann: Actor, office
) -> None:
    gateway.misbehave(Misbehaviour(422, answer=b'{"error": "no_such_number"}'))
    urge(desk, post)
    post.run()
    post.run(hours=1)
    assert (states(desk), gateway.taken) == (["failed"], [])
    page = signed_in(office, "ann").get("/account/notifications").text
    assert "短信无法送达" in page
    assert "422" in page
