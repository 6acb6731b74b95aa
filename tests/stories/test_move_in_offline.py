"""A phone without network: what it sends again, or twice at the same moment, is entered once; two versions are kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from kernel.ids import new_id
from ledger.documents.models import Document
from ledger.handover import inspecting, photos
from ledger.handover.default_plan import default_rooms
from ledger.handover.errors import EntryReused, InspectionRefused
from ledger.handover.inspection_models import (
    InspectionConflict,
    InspectionEntry,
    InspectionItem,
    InspectionPhoto,
    InspectionVisit,
    MoveInDefect,
)
from ledger.handover.kinds import Choice, EntryState
from ledger.templates.models import MadePaper
from tests.stories.company import Company
from tests.stories.moving_in import FIRST, Moving, moving_in, picture
from tests.stories.test_at_once import at_once

PARTS = [(room["code"], part["code"]) for room in default_rooms() for part in room["parts"]]
KEPT = (
    InspectionEntry, InspectionItem, InspectionPhoto, InspectionVisit, InspectionConflict, MoveInDefect, MadePaper,
    Document,
)  # fmt: skip


@pytest.fixture
def moving(company: Company) -> Moving:
    """The buyer stands in his home; in the basement there is no network."""
    moving = moving_in(company, days=1)
    moving.begin()
    moving.come()
    return moving


def kept(moving: Moving) -> dict[str, int]:
    """How many rows of everything that an inspection leaves behind there are."""
    count = {model.__name__: select(func.count()).select_from(model) for model in KEPT}
    return {name: moving.company.read(lambda s, q=query: s.scalar(q)) for name, query in count.items()}


def photo(moving: Moving, photo_id: str, colour: str = "red") -> None:
    """The phone sends a photo of the kitchen's wall."""
    company, case_id = moving.company, moving.case().id
    wanted = {"case_id": case_id, "room": "kitchen", "part": "wall", "content": picture(colour)}
    company.act("agent", lambda s, a: photos.keep_photo(s, a, company.clock, photo_id=photo_id, **wanted))


def queue(moving: Moving) -> list[Callable[[], Any]]:
    """What lies on the phone in order: every part, the wall of the kitchen cracked, two photos, the signature."""
    acts: list[Callable[[], Any]] = []
    for room, part in PARTS:
        said = ("defect", "cracked") if (room, part) == ("kitchen", "wall") else ("ok", "")
        acts.append(partial(moving.enter, room, part, *said, entry_id=new_id()))
    acts += [partial(photo, moving, new_id(), colour) for colour in ("red", "blue")]
    return [*acts, partial(moving.sign, visit_id=new_id())]


def test_a_phone_that_hears_no_answer_sends_everything_again_and_nothing_is_entered_twice(moving: Moving) -> None:
    acts, before = queue(moving), kept(moving)
    for act in acts[:10]:
        act()  # The server has it; the answer is lost in the basement.
    for act in acts:
        act()
    case, first = moving.case(), kept(moving)
    new = {name: count - before[name] for name, count in first.items()}
    assert (new["InspectionEntry"], new["InspectionItem"]) == (len(PARTS), len(PARTS))
    assert (new["InspectionPhoto"], new["InspectionVisit"], new["InspectionConflict"]) == (2, 1, 0)
    assert (case.handed_over_on, case.round, moving.defects()) == (FIRST, 1, [("wall", "open", 1)])
    revisions = moving.company.read(lambda s: s.scalars(select(InspectionItem.revision)).all())
    assert set(revisions) == {1}

    happened = moving.events()
    for act in acts:  # The page was closed and opened again: the phone has kept it all.
        act()
    assert (kept(moving), moving.events(), moving.case().round) == (first, happened, 1)
    assert len(moving.tasks("repair")) == 1


def test_what_arrives_twice_at_the_same_moment_is_entered_once(moving: Moving) -> None:
    entry, shot, visit = new_id(), new_id(), new_id()
    before = kept(moving)

    def say() -> tuple[EntryState, InspectionItem]:
        return moving.enter("kitchen", "wall", "defect", "cracked", entry_id=entry)

    assert at_once(say, say) == [None, None]
    assert at_once(lambda: photo(moving, shot), lambda: photo(moving, shot)) == [None, None]
    moving.inspect(("kitchen", "wall"))
    signed = at_once(lambda: moving.sign(visit_id=visit), lambda: moving.sign(visit_id=visit))
    assert signed == [None, None]
    new = {name: count - before[name] for name, count in kept(moving).items()}
    assert (new["InspectionPhoto"], new["InspectionVisit"], new["MoveInDefect"]) == (1, 1, 1)
    entries = select(func.count()).where(InspectionEntry.id == entry)
    assert moving.company.read(lambda s: s.scalar(entries)) == 1
    assert moving.events().count("accepted") == 1


def test_two_inspectors_who_were_both_offline_differ_until_a_person_decides(moving: Moving) -> None:
    company = moving.company
    theirs, mine = new_id(), new_id()
    moving.enter("kitchen", "pipes", "defect", "drips", name="other_agent", entry_id=theirs)
    for _ in range(2):  # He sends his word again: it meets the same other word again, once.
        state, item = moving.enter("kitchen", "pipes", "ok", seen=0, entry_id=mine)
        assert (state, item.verdict, item.note) == ("conflict", "defect", "drips")
    assert kept(moving)["InspectionConflict"] == 1
    with pytest.raises(EntryReused):
        moving.enter("kitchen", "pipes", "defect", "drips a little", entry_id=mine)
    for room, part in PARTS:
        if (room, part) != ("kitchen", "pipes"):
            moving.enter(room, part)
    with pytest.raises(InspectionRefused, match="inspection_conflicts_open"):
        moving.sign()
    assert (moving.case().handed_over_on, moving.case().round) == (None, 0)

    decide = {"entry_id": mine, "choice": Choice.STANDING}
    company.act("agent", lambda s, a: inspecting.decide_conflict(s, a, company.clock, **decide))
    both = company.read(lambda s: inspecting.entries_by_id(s, [theirs, mine]))
    assert {one.verdict for one in both.values()} == {"ok", "defect"}  # What was said stays.
    moving.sign()
    assert (moving.defects(), moving.case().handed_over_on) == ([("pipes", "open", 1)], FIRST)
