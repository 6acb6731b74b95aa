"""What happens beside a hand-over: a change of its sale, its end, a batch stopped, phones that send twice or meet."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select

from kernel.ids import new_id
from ledger.changes.operations import withdraw_change
from ledger.documents.queries import content_of, get_document
from ledger.handover import batches, inspecting, photos
from ledger.handover.errors import EntryReused, InspectionRefused, NotNow
from ledger.handover.inspection_models import InspectionConflict, InspectionEntry, InspectionPhoto
from ledger.handover.kinds import Choice
from ledger.handover.models import MoveInAppointment, MoveInSlot
from ledger.inventory.models import Building
from tests.stories.changing_sales import ask, order_of
from tests.stories.company import Company
from tests.stories.moving_in import FIRST, LAST, Moving, moving_in, picture, second_home
from tests.stories.test_rights_transfer import wanted
from webapp.handover import running


def change(moving: Moving, what: str) -> None:
    """Something happens to a change of the sale."""
    moving.running.publish(what, {"sale_id": moving.sale_id}, kind="rights_transfer", order_id=new_id())


def test_a_change_of_the_sale_makes_the_hand_over_wait_where_it_stands(company: Company) -> None:
    moving = moving_in(company)
    moving.begin()
    slots = moving.offer()
    moving.book(slots[0])
    change(moving, "change_opened")
    assert (moving.case().on_hold, moving.running.waiting_at) == (True, [])
    with pytest.raises(NotNow, match="move_in_on_hold"):
        moving.book(slots[1])
    moving.at(FIRST, 12)  # The slot goes by; nobody is told that he missed it.
    assert moving.case().no_shows == 0
    change(moving, "change_ended")
    company.run_due()
    assert (moving.case().on_hold, moving.case().no_shows) == (False, 1)
    assert moving.running.waiting_at == ["await_appointment"]

    moving.book(slots[4])
    moving.at(LAST, 9)
    moving.arrive()
    change(moving, "change_opened")
    with pytest.raises(NotNow, match="move_in_on_hold"):
        moving.inspect()
    change(moving, "change_executed")
    assert moving.running.waiting_at == ["await_inspection"]
    moving.inspect(("living", "floor"))
    moving.sign()
    change(moving, "change_opened")
    assert moving.tasks("repair") == []
    change(moving, "change_executed")
    assert moving.repair_all() == 1
    assert moving.events().count("on_hold") == 3


def test_a_change_order_of_the_sale_holds_the_hand_over_until_it_is_taken_back(company: Company) -> None:
    moving = moving_in(company)
    moving.begin()
    moving.book(moving.offer()[0])
    order = order_of(company, ask(company, "rights_transfer", moving.sale_case, **wanted(company)))
    assert (moving.case().on_hold, moving.running.waiting_at) == (True, [])
    company.act("wei", lambda s, a: withdraw_change(s, a, company.clock, order_id=order.id, reason="not now"))
    assert (moving.case().on_hold, moving.running.waiting_at) == (False, ["await_arrival"])


def test_a_sale_that_ends_ends_the_hand_over_and_frees_its_place_even_while_it_waits(company: Company) -> None:
    moving, zhou = moving_in(company), second_home(company)
    moving.begin()
    zhou.batch_id = moving.batch_id
    slots = moving.offer()
    moving.book(slots[0])
    moving.running.publish("sale_withdrawn", {"sale_id": moving.sale_id}, reason="cancelled")
    assert (moving.case().state, moving.running.ended_at[-1]) == ("withdrawn", "withdrawn")
    zhou.book(slots[0])
    change(zhou, "change_opened")
    zhou.running.publish("sale_withdrawn", {"sale_id": zhou.sale_id}, reason="cancelled")
    assert (zhou.case().state, zhou.case().on_hold) == ("withdrawn", False)
    states = company.read(lambda s: s.scalars(select(MoveInAppointment.state)).all())
    assert set(states) == {"cancelled"}
    assert company.read(lambda s: s.get_one(MoveInSlot, slots[0].id)).booked == 0


def test_notices_are_stopped_taken_up_again_and_told_when_late(company: Company) -> None:
    moving = moving_in(company)
    second_home(company)
    building = company.read(lambda s: s.scalars(select(Building.id)).first())
    days = {"first_on": FIRST, "last_on": LAST, "completion_no": "JB-1", "place": "Here"}
    batch_id = company.act(
        "agent", lambda s, a: batches.begin_batch(s, a, company.clock, building_id=building, **days).id
    )
    running.work(company.database, batch_id, most=1)
    company.act("agent", lambda s, a: batches.stop_batch(s, a, company.clock, batch_id=batch_id))
    running.work(company.database, batch_id)
    batch = company.read(lambda s: batches.get_batch(s, company.actor("agent"), batch_id))
    assert (batch.state, batch.done, batch.total) == ("stopped", 1, 2)
    company.act("agent", lambda s, a: batches.resume_batch(s, a, company.clock, batch_id=batch_id))
    running.work(company.database, batch_id)
    running.work(company.database, batch_id)
    batch = company.read(lambda s: batches.get_batch(s, company.actor("agent"), batch_id))
    assert (batch.state, batch.done, batch.failed) == ("ended", 2, 0)

    company.later(days=8)
    assert moving.events().count("overdue") == 1
    moving.batch_id = batch_id
    moving.come()
    company.later(hours=25)
    assert moving.events().count("overdue") == 2


def test_what_a_phone_sends_twice_is_entered_once_and_two_words_wait_for_a_person(company: Company) -> None:
    moving = moving_in(company)
    moving.begin()
    moving.come()
    entry_id = new_id()
    for _ in range(3):
        state, item = moving.enter("kitchen", "wall", "defect", "cracked", entry_id=entry_id)
        assert (state, item.revision, item.note) == ("applied", 1, "cracked")
    with pytest.raises(EntryReused):
        moving.enter("kitchen", "wall", "ok", entry_id=entry_id)
    with pytest.raises(InspectionRefused, match="inspection_part_unknown"):
        moving.enter("cellar", "wall")
    moving.enter(
        "kitchen", "wall", "defect", "cracked at the window", seen=0
    )  # His own word again, still offline.
    assert moving.enter("kitchen", "wall", "defect", "cracked at the window", name="other_agent")[0] == "applied"

    state, item = moving.enter("kitchen", "pipes", "defect", "drips", name="other_agent")
    met = new_id()
    state, item = moving.enter("kitchen", "pipes", "ok", seen=0, entry_id=met)
    assert (state, item.verdict, item.note) == ("conflict", "defect", "drips")
    assert moving.enter("kitchen", "pipes", "ok", seen=0, entry_id=met)[0] == "conflict"
    rows = company.read(lambda s: s.scalars(select(InspectionConflict)).all())
    said = company.read(lambda s: inspecting.entries_by_id(s, [rows[0].entry_id, rows[0].standing_entry_id]))
    assert sorted((one.verdict, one.by) for one in said.values()) == sorted(
        [("ok", company.people["agent"]), ("defect", company.people["other_agent"])]
    )
    for room, part in (("living", "wall"),):
        moving.enter(room, part)
    with pytest.raises(InspectionRefused, match="inspection_conflicts_open"):
        moving.sign()
    decide = {"entry_id": met, "choice": Choice.ENTERED}
    item = company.act("other_agent", lambda s, a: inspecting.decide_conflict(s, a, company.clock, **decide))
    assert (item.verdict, item.revision) == ("ok", 2)
    with pytest.raises(InspectionRefused, match="inspection_conflict_decided"):
        decide = {"entry_id": met, "choice": Choice.STANDING}
        company.act("agent", lambda s, a: inspecting.decide_conflict(s, a, company.clock, **decide))
    with pytest.raises(InspectionRefused, match="inspection_incomplete"):
        moving.sign()
    kept = company.read(lambda s: s.scalars(select(InspectionEntry.id)).all())
    assert len(kept) == len(set(kept))


def test_photos_are_decoded_and_lose_what_they_carry(company: Company) -> None:
    moving = moving_in(company)
    moving.begin()
    moving.come()
    case_id = moving.case().id

    def keep(content: bytes, photo_id: str) -> InspectionPhoto:
        wanted = {"case_id": case_id, "room": "kitchen", "part": "wall", "content": content, "photo_id": photo_id}
        return company.act("agent", lambda s, a: photos.keep_photo(s, a, company.clock, **wanted))

    carried = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "flat of Mr Lin", 6  # A description; turned by a quarter.
    Image.new("RGB", (60, 40), "red").save(carried, "JPEG", exif=exif)
    sent = carried.getvalue() + b"<script>alert(1)</script>"
    photo_id = new_id()
    assert keep(sent, photo_id).id == keep(sent, photo_id).id == photo_id
    with pytest.raises(EntryReused):
        keep(picture("blue"), photo_id)
    (photo,) = company.read(lambda s: s.scalars(select(InspectionPhoto)).all())
    stored = company.read(lambda s: content_of(s, get_document(s, company.actor("agent"), photo.document_id)))
    with Image.open(io.BytesIO(stored)) as opened:
        assert (opened.format, opened.size, dict(opened.getexif())) == ("JPEG", (40, 60), {})
    assert b"Lin" not in stored
    assert b"script" not in stored
