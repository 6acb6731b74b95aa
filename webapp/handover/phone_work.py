"""The homes that an inspector's phone takes along: rooms, what stands of each part, two versions, photos."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import business_date
from ledger.handover import inspecting, queries
from ledger.handover.inspection_models import InspectionEntry, InspectionItem, InspectionPhoto
from ledger.handover.models import MoveInAppointment, MoveInSlot
from ledger.handover.plans import plans_of, rooms_for
from ledger.inventory.models import Unit
from ledger.staff import queries as staff
from webapp.acting import clock
from webapp.handover.desk import labels_of
from webapp.wording import word


def item_told(session: Session, item: InspectionItem, reader_id: str) -> dict[str, Any]:
    """What stands of a part, for the phone."""
    name = staff.names(session, [item.changed_by]).get(item.changed_by, "")
    return _item(item, reader_id, name)


def _item(item: InspectionItem, reader_id: str, name: str) -> dict[str, Any]:
    return {
        "room": item.room,
        "part": item.part,
        "verdict": item.verdict.value,
        "note": item.note,
        "revision": item.revision,
        "by": name,
        "mine": item.changed_by == reader_id,
    }


def work_of(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """The homes to look at, in a fixed number of queries for each project."""
    cases = queries.to_inspect(session, actor, business_date(clock()))
    ids = [case.id for case in cases]
    items, shots = defaultdict(list), defaultdict(list)
    for item in session.scalars(select(InspectionItem).where(InspectionItem.case_id.in_(ids))):
        items[item.case_id].append(item)
    for photo in session.scalars(select(InspectionPhoto).where(InspectionPhoto.case_id.in_(ids))):
        shots[photo.case_id].append(photo)
    conflicts = inspecting.open_conflicts(session, ids)
    entries = inspecting.entries_by_id(session, [x for c in conflicts for x in (c.entry_id, c.standing_entry_id)])
    repairs = queries.open_defects_of(session, ids)
    people = {item.changed_by for rows in items.values() for item in rows} | {e.by for e in entries.values()}
    names = staff.names(session, people)
    labels = labels_of(session, actor, cases)
    plans = {project: plans_of(session, project) for project in {case.project_id for case in cases}}
    layouts = {
        row.id: row.layout for row in session.scalars(select(Unit).where(Unit.id.in_([c.unit_id for c in cases])))
    }
    slots = _slots(session, ids)
    return [
        {
            "id": case.id,
            "unit": labels[case.sale_id].unit_label,
            "buyers": list(labels[case.sale_id].buyer_names),
            "state": case.state.value,
            "state_words": word(f"move_in.{case.state.value}"),
            "ready": case.state in inspecting.LOOKED_AT and not case.on_hold,
            "keys_given": case.handed_over_on is not None,
            "round": case.round + 1,
            "slot": slots.get(case.id, ""),
            "rooms": rooms_for(plans[case.project_id], layouts.get(case.unit_id, "")),
            "items": [_item(one, actor.id, names.get(one.changed_by, "")) for one in items[case.id]],
            "repairs": [
                {"room": one.room, "part": one.part, "state": one.state.value}
                for one in repairs
                if one.case_id == case.id
            ],
            "photos": [
                {"room": one.room, "part": one.part, "url": url_for("documents.show", document_id=one.document_id)}
                for one in shots[case.id]
            ],
            "conflicts": [
                {
                    "entry_id": one.entry_id,
                    "room": entries[one.entry_id].room,
                    "part": entries[one.entry_id].part,
                    "standing": _version(entries[one.standing_entry_id], names),
                    "entered": _version(entries[one.entry_id], names),
                }
                for one in conflicts
                if one.case_id == case.id
            ],
        }
        for case in cases
    ]


def _version(entry: InspectionEntry, names: dict[str, str]) -> dict[str, str]:
    return {"verdict": entry.verdict.value, "note": entry.note, "by": names.get(entry.by, "")}


def _slots(session: Session, ids: list[str]) -> dict[str, str]:
    query = (
        select(MoveInAppointment.case_id, MoveInSlot.on_date, MoveInSlot.begins)
        .join(MoveInSlot, MoveInSlot.id == MoveInAppointment.slot_id)
        .where(MoveInAppointment.case_id.in_(ids), MoveInAppointment.state.in_(("booked", "kept")))
    )
    return {row.case_id: f"{row.on_date.isoformat()} {row.begins}" for row in session.execute(query)}
