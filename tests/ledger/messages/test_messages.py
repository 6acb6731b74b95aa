"""A message is queued once, in the recipient's language, and its way is kept as proof."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from ledger.customers.models import Customer
from ledger.customers.queries import timeline
from ledger.messages import operations, queries
from ledger.messages.errors import MessageInvalid, MessageMissing, TemplateMissing
from ledger.messages.models import Message
from ledger.staff.models import Staff

Queue = Callable[..., Message]
RECEIPT = {
    "customer": "张三",
    "project": "云栖",
    "unit": "3-1201",
    "number": "YUNXI-SJ-2026-000001",
    "amount_fen": 5_000_050,
    "paid_on": "2026-03-02",
}


@pytest.fixture
def queue(session: Session, admin: Actor, clock: MovedClock, customer: Customer) -> Queue:
    """Queue the notice of a receipt."""

    def make(**changes: object) -> Message:
        message = {
            "template": "receipt_issued",
            "recipient_kind": "customer",
            "recipient_id": customer.id,
            "params": RECEIPT,
            "key": "receipt-1",
        }
        return operations.queue_message(session, admin, clock, **(message | changes))

    return make


def states(session: Session, message: Message) -> list[str]:
    return sorted(event.state for event in queries.events_of(session, message.id))


def test_a_customer_gets_an_sms_in_their_language(session: Session, queue: Queue, customer: Customer) -> None:
    message = queue()
    delivery = operations.delivery_of(session, message.id)
    assert delivery is not None
    assert (delivery.channel, delivery.address, delivery.key) == ("sms", "+8613812345678", "receipt-1")
    assert delivery.body == (
        "尊敬的张三：我们已于2026年3月2日收到您云栖3-1201的款项50,000.50元，收据编号YUNXI-SJ-2026-000001。"
    )
    customer.language = "en"
    english = queue(key="receipt-2", channel="mail")
    delivery = operations.delivery_of(session, english.id)
    assert delivery is not None and delivery.address == "zhang@example.com"
    assert "CNY 50,000.50" in delivery.body and "2 March 2026" in delivery.body


def test_the_same_key_sends_once(session: Session, queue: Queue) -> None:
    assert queue().id == queue(params={}).id
    assert session.query(Message).count() == 1
    told = [fact for fact in session.info["facts"] if isinstance(fact, operations.MessageQueued)]
    assert len(told) == 1


def test_no_address_is_copied_into_the_row(session: Session, queue: Queue) -> None:
    queue()
    stored = repr(session.execute(text("SELECT * FROM message")).all())
    assert "12345678" not in stored and "zhang@" not in stored


def test_a_value_that_is_lacking_is_found_before_anything_is_queued(session: Session, queue: Queue) -> None:
    with pytest.raises(MessageInvalid) as refusal:
        queue(params={"customer": "张三"})
    assert refusal.value.params["marks"] == ["amount_fen", "number", "paid_on", "project", "unit"]
    assert session.query(Message).count() == 0


def test_an_unknown_template_or_recipient_is_refused(queue: Queue) -> None:
    with pytest.raises(TemplateMissing):
        queue(template="poem")
    with pytest.raises(TemplateMissing):
        queue(template="filing_returned", channel="sms")
    with pytest.raises(MessageInvalid):
        queue(recipient_id="nobody")


def test_a_note_to_staff_is_there_at_once_until_it_is_read(
    session: Session, clock: MovedClock, queue: Queue, consultant: Staff, admin: Actor
) -> None:
    note = queue(recipient_kind="staff", recipient_id=consultant.id)
    reader = Actor(consultant.id, "Li")
    assert (note.state, note.channel, queries.count_unread(session, reader)) == ("sent", "in_app", 1)
    assert operations.render(session, note)[1].startswith("CNY 50,000.50 came in from 张三")
    with pytest.raises(MessageMissing):
        operations.mark_read(session, admin, clock, message_id=note.id)
    operations.mark_read(session, reader, clock, message_id=note.id)
    assert queries.count_unread(session, reader) == 0
    assert queries.list_notes(session, reader) == [note]
    assert queries.list_notes(session, reader, unread_only=True) == []


def test_a_sent_message_is_not_sent_again(session: Session, clock: MovedClock, queue: Queue) -> None:
    message = queue()
    clock.advance(timedelta(minutes=1))
    operations.mark_failed(session, clock, message_id=message.id, detail="timeout", final=False)
    operations.mark_sent(session, clock, message_id=message.id, detail="gateway-7")
    operations.mark_sent(session, clock, message_id=message.id)
    assert (message.state, message.attempts, message.sent_at) == ("sent", 2, clock.now())
    assert operations.delivery_of(session, message.id) is None
    assert states(session, message) == ["queued", "queued", "sent"]


def test_a_message_is_given_up_or_taken_back(
    session: Session, admin: Actor, clock: MovedClock, queue: Queue
) -> None:
    lost, stopped = queue(), queue(key="2")
    operations.mark_failed(session, clock, message_id=lost.id, detail="unreachable", final=True)
    operations.cancel_message(session, admin, clock, message_id=stopped.id, reason="退房")
    operations.mark_sent(session, clock, message_id=stopped.id)
    assert (lost.state, stopped.state) == ("failed", "cancelled")
    assert queries.list_messages(session, admin, state="failed") == [lost]


def test_the_way_of_a_message_cannot_be_rewritten(session: Session, queue: Queue) -> None:
    queue()
    with pytest.raises(DatabaseError, match="append_only"):
        session.execute(text("UPDATE message_event SET state = 'sent'"))


def test_messages_are_seen_by_who_may_see_the_customer(
    session: Session, queue: Queue, customer: Customer, admin: Actor, actor_with: Callable[..., Actor]
) -> None:
    message = queue()
    own = actor_with("customers:view", path=customer.path, own_only=True)
    for stranger in (own, actor_with("customers:view", path="/keyturn/beijing/"), actor_with("units:view")):
        assert queries.list_messages(session, stranger) == []
        with pytest.raises(MessageMissing):
            queries.get_message(session, stranger, message.id)
    assert queries.get_message(session, admin, message.id) is message
    assert "message_queued" in [event.code for event in timeline(session, admin, customer.id)]


def test_a_time_is_written_as_it_is_at_the_project(session: Session, queue: Queue) -> None:
    values = {"customer": "张三", "project": "云栖", "unit": "3-1201", "consultant": "Li"}
    message = queue(template="hold_expiring", params=values | {"expires_at": "2026-03-02T16:30:00+00:00"})
    assert "2026年3月3日00:30到期" in operations.render(session, message)[1]
