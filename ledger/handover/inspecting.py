"""What inspectors enter, sent by phones that were without network: once each, and never over another's word."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.handover.cases import lock_case, note, require_state
from ledger.handover.errors import EntryReused, InspectionRefused
from ledger.handover.inspection_models import InspectionConflict, InspectionEntry, InspectionItem
from ledger.handover.kinds import CaseState, Choice, EntryState, EventKind, Verdict
from ledger.handover.models import MoveInCase
from ledger.handover.plans import plans_of, rooms_for
from ledger.inventory.models import Unit
from ledger.staff.permissions import Permission

LOOKED_AT = (CaseState.INSPECTION, CaseState.REPAIRS, CaseState.HANDED_OVER)


@dataclass(frozen=True)
class Entered:
    """What the phone sends of one part; ``seen_revision`` is what it knew of the part, 0 for nothing."""

    id: str
    room: str
    part: str
    seen_revision: int
    verdict: Verdict
    note: str
    made_at: datetime

    def content_hash(self, case_id: str) -> str:
        """What the id stands for; the phone's clock may be wrong and does not count."""
        told = [case_id, self.room, self.part, self.seen_revision, self.verdict.value, self.note]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def take_entry(
    session: Session, actor: Actor, clock: Clock, *, case_id: str, entered: Entered
) -> tuple[EntryState, InspectionItem]:
    """Enter what was said of a part, once however often it is sent; returns what stands of the part now.

    When somebody else has changed the part since the phone saw it, and said otherwise, both are kept and a person
    decides; meanwhile the other's stands. Raises `EntryReused`, `InspectionRefused`, `NotNow`.
    """
    case = lock_case(session, actor, Permission.HANDOVER_INSPECT, case_id)
    content = entered.content_hash(case_id)
    known = session.get(InspectionEntry, entered.id)
    if known is not None:
        if known.content_hash != content or known.by != actor.id:
            raise EntryReused(field="id", id=entered.id)
        return _state_of(session, entered.id), session.get_one(InspectionItem, (case_id, known.room, known.part))
    require_state(case, "inspect", *LOOKED_AT)
    _require_sane(session, case, entered)
    row = InspectionEntry(
        id=entered.id,
        case_id=case_id,
        room=entered.room,
        part=entered.part,
        seen_revision=entered.seen_revision,
        verdict=entered.verdict,
        note=entered.note,
        content_hash=content,
        round=case.round + 1,
        by=actor.id,
        made_at=min(entered.made_at.astimezone(UTC), clock.now()),
        at=clock.now(),
    )
    session.add(row)
    session.flush()  # The item and a conflict refer to it.
    item = session.get(InspectionItem, (case_id, entered.room, entered.part))
    if item is None:
        item = InspectionItem(case_id=case_id, room=entered.room, part=entered.part, revision=0)
        _apply(clock, item, row)
        session.add(item)
    elif _meets_another(item, entered, actor):
        conflict = InspectionConflict(entry_id=row.id, case_id=case_id, standing_entry_id=item.entry_id)
        session.add(conflict)
        session.flush()  # Whoever asks what became of the entry finds it.
        return EntryState.CONFLICT, item
    else:
        _apply(clock, item, row)
    session.flush()  # The next entry of the same sending reads the item.
    return EntryState.APPLIED, item


def _meets_another(item: InspectionItem, entered: Entered, actor: Actor) -> bool:
    same = (item.verdict, item.note) == (entered.verdict, entered.note)
    return item.revision != entered.seen_revision and item.changed_by != actor.id and not same


def _apply(clock: Clock, item: InspectionItem, row: InspectionEntry) -> None:
    item.verdict, item.note, item.entry_id = row.verdict, row.note, row.id
    item.revision, item.changed_by, item.changed_at = item.revision + 1, row.by, clock.now()


def _state_of(session: Session, entry_id: str) -> EntryState:
    conflict = session.get(InspectionConflict, entry_id)
    return conflict.state if conflict is not None else EntryState.APPLIED


def _require_sane(session: Session, case: MoveInCase, entered: Entered) -> None:
    layout = session.get_one(Unit, case.unit_id).layout
    rooms = rooms_for(plans_of(session, case.project_id), layout)
    known = {(room["code"], part["code"]) for room in rooms for part in room["parts"]}
    if (entered.room, entered.part) not in known:
        raise InspectionRefused("inspection_part_unknown", field="part", room=entered.room, part=entered.part)
    if entered.verdict is Verdict.DEFECT and not entered.note.strip():
        raise InspectionRefused("inspection_defect_without_words", field="note")
    if len(entered.note) > 500:
        raise InspectionRefused("inspection_note_too_long", field="note", longest=500)


def decide_conflict(
    session: Session, actor: Actor, clock: Clock, *, entry_id: str, choice: Choice
) -> InspectionItem:
    """Say which of two versions stands; deciding the same again changes nothing. Raises `InspectionRefused`."""
    conflict = session.get(InspectionConflict, entry_id)
    if conflict is None:
        raise InspectionRefused("inspection_no_conflict", field="entry_id")
    case = lock_case(session, actor, Permission.HANDOVER_INSPECT, conflict.case_id)
    session.refresh(conflict)
    row = session.get_one(InspectionEntry, entry_id)
    item = session.get_one(InspectionItem, (case.id, row.room, row.part))
    if conflict.state is not EntryState.CONFLICT:
        if conflict.choice is not choice:
            raise InspectionRefused("inspection_conflict_decided", field="entry_id", by=conflict.decided_by)
        return item
    conflict.state, conflict.choice = EntryState.APPLIED, choice
    conflict.decided_by, conflict.decided_at = actor.id, clock.now()
    if choice is Choice.ENTERED:
        _apply(clock, item, row)
    details = {"room": row.room, "part": row.part, "choice": choice.value}
    note(session, actor, clock, case, EventKind.CONFLICT_DECIDED, details=details)
    return item


def open_conflicts(session: Session, case_ids: list[str]) -> list[InspectionConflict]:
    """What waits for a person's decision, oldest first."""
    query = select(InspectionConflict).where(
        InspectionConflict.case_id.in_(case_ids), InspectionConflict.state == EntryState.CONFLICT
    )
    return list(session.scalars(query.order_by(InspectionConflict.entry_id)))


def entries_by_id(session: Session, ids: list[str]) -> dict[str, InspectionEntry]:
    """Entries by their ids."""
    query = select(InspectionEntry).where(InspectionEntry.id.in_(ids))
    return {row.id: row for row in session.scalars(query)}
