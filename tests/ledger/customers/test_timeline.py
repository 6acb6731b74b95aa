"""The timeline gathers the events of all nouns, newest first, page by page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from kernel.actor import Actor, Grant
from kernel.clock import MovedClock
from ledger.customers import phone_operations, queries, timeline
from ledger.customers.contacts import add_contact
from ledger.customers.errors import CustomerInvalid, CustomerMissing
from ledger.customers.timeline import TimelineEvent, TimelineRequest
from ledger.organisation.models import Project
from tests.ledger.customers.conftest import Register

HOUR = timedelta(hours=1)


def test_contacts_kinds_and_revisions_come_newest_first(
    session: Session, admin: Actor, clock: MovedClock, register: Register
) -> None:
    customer = register()
    clock.advance(HOUR)
    add_contact(session, admin, clock, customer_id=customer.id, channel="visit", note="看了样板房")
    clock.advance(HOUR)
    phone_operations.add_phone(session, admin, clock, customer_id=customer.id, phone="13900139000", main=True)
    events = queries.timeline(session, admin, customer.id)
    assert events[0].code == "revised_main_phone"
    assert {event.code for event in events[1:3]} == {"contact_visit", "kind_began"}
    assert (events[-1].code, events[-1].params["kind"]) == ("kind_began", "prospect")
    assert [event.note for event in events if event.code == "contact_visit"] == ["看了样板房"]
    assert "13900139000" not in repr(events)


def test_the_pages_hold_every_event_once(
    session: Session, admin: Actor, clock: MovedClock, register: Register
) -> None:
    customer = register()
    for count in range(7):
        if count % 2:
            clock.advance(HOUR)
        add_contact(session, admin, clock, customer_id=customer.id, channel="phone", note=str(count))
    notes: list[str | None] = []
    before = None
    while page := queries.timeline(session, admin, customer.id, before=before, limit=3):
        notes += [event.note for event in page if event.subject == "contact"]
        before = page[-1].cursor
    assert sorted(note for note in notes if note) == [str(count) for count in range(7)]


def test_another_noun_adds_its_own_events(
    session: Session, admin: Actor, clock: MovedClock, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "_sources", dict(timeline._sources))
    customer = register()

    @timeline.timeline_source("sales")
    def _sales(_session: Session, request: TimelineRequest) -> list[TimelineEvent]:
        assert request.customer_ids == [customer.id]
        return [TimelineEvent(clock.now() + HOUR, "s", "sale_opened", "sale", "sale-1")]

    assert queries.timeline(session, admin, customer.id)[0].code == "sale_opened"


def test_contacts_at_other_projects_are_seen_by_their_own_people(
    session: Session,
    admin: Actor,
    clock: MovedClock,
    register: Register,
    harbour: Project,
    actor_with: Callable[..., Actor],
) -> None:
    customer = register()
    here = {"customer_id": customer.id, "channel": "phone"}
    add_contact(session, admin, clock, **here, note="云栖")
    add_contact(session, admin, clock, **here, note="海港", project_id=harbour.id)
    viewer = actor_with("customers:view", path=harbour.path)
    assert [event.note for event in queries.timeline(session, viewer, customer.id) if event.note] == ["海港"]
    with pytest.raises(CustomerMissing):
        queries.timeline(session, actor_with("customers:view", path="/keyturn/beijing/"), customer.id)


def test_a_consultant_sees_the_contacts_with_his_own_customers(
    session: Session, admin: Actor, clock: MovedClock, register: Register
) -> None:
    permissions = frozenset({"customers:view", "customers:edit"})
    mine, other = (
        Actor(who, who, (Grant("sales_consultant", "/", permissions, own_only=True),)) for who in ("mine", "other")
    )
    customer = register(by=mine)
    add_contact(session, mine, clock, customer_id=customer.id, channel="phone", note="回访")
    add_contact(session, admin, clock, customer_id=customer.id, channel="phone", note="经理回访")
    seen = [event.note for event in queries.timeline(session, mine, customer.id) if event.note]
    assert sorted(seen) == ["回访", "经理回访"]
    with pytest.raises(CustomerMissing):
        queries.timeline(session, other, customer.id)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"note": " "}, "note"),
        ({"note": "x" * 2001}, "note"),
        ({"hours": 1}, "at"),
    ],
)
def test_a_wrong_contact_is_refused_by_field(
    session: Session, admin: Actor, clock: MovedClock, register: Register, details: dict[str, object], field: str
) -> None:
    contact = {"channel": "phone", "note": "约看房", "at": None} | details
    if hours := contact.pop("hours", None):
        contact["at"] = clock.now() + HOUR * int(str(hours))
    with pytest.raises(CustomerInvalid) as refusal:
        add_contact(session, admin, clock, customer_id=register().id, **contact)
    assert refusal.value.field == field
