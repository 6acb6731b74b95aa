"""The end of an inspection: signed on the phone, sealed with its hash; what is wrong becomes defects to repair."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from ledger.handover.cases import lock_case, move, note, require_state, today_at
from ledger.handover.errors import EntryReused, InspectionRefused
from ledger.handover.facts import InspectionSigned
from ledger.handover.inspecting import LOOKED_AT, open_conflicts
from ledger.handover.inspection_models import (
    InspectionEntry,
    InspectionItem,
    InspectionVisit,
    MoveInDefect,
)
from ledger.handover.kinds import CaseState, DefectState, EventKind, Outcome, Verdict
from ledger.handover.models import MoveInCase
from ledger.handover.photos import clean_photo, keep_picture
from ledger.handover.plans import plans_of, rooms_for
from ledger.inventory.models import Unit
from ledger.organisation.parameters import MOVE_IN_REPAIR_DAYS
from ledger.organisation.queries import parameter
from ledger.staff.permissions import Permission


def sign_inspection(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    visit_id: str,
    case_id: str,
    outcome: Outcome,
    signer: str,
    signature: bytes,
    reason: str = "",
) -> InspectionVisit:
    """The buyer signs what was found and accepts or refuses; the same ``visit_id`` again returns the first.

    In the first round every part was looked at, later everything that was repaired. Raises `InspectionRefused` for
    parts not looked at, two versions undecided, a refusal without words or a missing name; `PhotoRefused` for a
    signature that is no picture.
    """
    case = lock_case(session, actor, Permission.HANDOVER_INSPECT, case_id)
    known = session.get(InspectionVisit, visit_id)
    if known is not None:
        if (known.case_id, known.outcome, known.by) != (case_id, outcome, actor.id):
            raise EntryReused(field="id", id=visit_id)
        return known
    require_state(case, "sign", *LOOKED_AT)
    if not signer.strip():
        raise InspectionRefused("inspection_signer_missing", field="signer")
    if outcome is Outcome.REFUSED and not reason.strip():
        raise InspectionRefused("inspection_refused_without_words", field="reason")
    if outcome is Outcome.REFUSED and case.handed_over_on is not None:
        raise InspectionRefused("inspection_keys_given", field="outcome")
    if open_conflicts(session, [case_id]):
        raise InspectionRefused("inspection_conflicts_open", field="outcome")
    items = list(session.scalars(select(InspectionItem).where(InspectionItem.case_id == case_id)))
    _require_whole(session, case, items)
    picture = keep_picture(session, actor, clock, case, f"signature-{case.round + 1}.jpg", clean_photo(signature))
    case.round += 1
    visit = InspectionVisit(
        id=visit_id,
        case_id=case_id,
        round=case.round,
        outcome=outcome,
        reason=reason.strip()[:500] or None,
        signer=" ".join(signer.split())[:80],
        signature_id=picture.id,
        form=_form(items),
        form_hash="",
        by=actor.id,
        at=clock.now(),
    )
    visit.form_hash = form_hash(visit, picture.sha256)
    session.add(visit)
    _note_defects(session, case, items, today_at(session, clock, case.project_id))
    _note_outcome(session, actor, clock, case, visit)
    return visit


def form_hash(visit: InspectionVisit, signature_sha256: str) -> str:
    """The seal over everything that was signed."""
    told = [
        visit.case_id,
        visit.round,
        visit.outcome.value,
        visit.reason,
        visit.signer,
        visit.form,
        signature_sha256,
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _form(items: list[InspectionItem]) -> list[dict[str, Any]]:
    return [
        {"room": one.room, "part": one.part, "verdict": one.verdict.value, "note": one.note}
        for one in sorted(items, key=lambda one: (one.room, one.part))
    ]


def _require_whole(session: Session, case: MoveInCase, items: list[InspectionItem]) -> None:
    looked_at = {(one.room, one.part) for one in items}
    if case.round == 0:
        layout = session.get_one(Unit, case.unit_id).layout
        rooms = rooms_for(plans_of(session, case.project_id), layout)
        wanted = {(room["code"], part["code"]) for room in rooms for part in room["parts"]}
    else:
        wanted = {
            (one.room, one.part) for one in defects_of(session, case.id) if one.state is DefectState.REPAIRED
        }
        looked_at = set(_said_in_round(session, case))
    missing = wanted - looked_at
    if missing:
        raise InspectionRefused("inspection_incomplete", field="outcome", count=len(missing))


def _said_in_round(session: Session, case: MoveInCase) -> list[tuple[str, str]]:
    query = select(InspectionEntry.room, InspectionEntry.part).where(
        InspectionEntry.case_id == case.id, InspectionEntry.round == case.round + 1
    )
    return [(room, part) for room, part in session.execute(query)]


def defects_of(session: Session, case_id: str) -> list[MoveInDefect]:
    """What was found wrong, in order of finding."""
    query = select(MoveInDefect).where(MoveInDefect.case_id == case_id)
    return list(session.scalars(query.order_by(MoveInDefect.id)))


def _note_defects(session: Session, case: MoveInCase, items: list[InspectionItem], today: date) -> None:
    known = {(one.room, one.part): one for one in defects_of(session, case.id)}
    due = today + timedelta(days=parameter(session, case.path, MOVE_IN_REPAIR_DAYS, today))
    for item in items:
        defect = known.get((item.room, item.part))
        if item.verdict is Verdict.DEFECT and defect is None:
            session.add(_defect(case, item, due, today))
        elif item.verdict is Verdict.DEFECT and defect is not None and defect.state is not DefectState.OPEN:
            defect.state, defect.due_on, defect.note = DefectState.OPEN, due, item.note
            defect.times, defect.round = defect.times + 1, case.round
            defect.repaired_on = defect.accepted_on = None
        elif item.verdict is Verdict.OK and defect is not None and defect.state is not DefectState.ACCEPTED:
            defect.state, defect.accepted_on = DefectState.ACCEPTED, today
    session.flush()  # The process asks for what is open.


def _defect(case: MoveInCase, item: InspectionItem, due: date, today: date) -> MoveInDefect:
    return MoveInDefect(
        case_id=case.id,
        batch_id=case.batch_id,
        room=item.room,
        part=item.part,
        note=item.note,
        round=case.round,
        due_on=due,
        found_on=today,
    )


def _note_outcome(session: Session, actor: Actor, clock: Clock, case: MoveInCase, visit: InspectionVisit) -> None:
    open_defects = [one for one in defects_of(session, case.id) if one.state is DefectState.OPEN]
    kind = EventKind.INSPECTED if visit.round == 1 else EventKind.REINSPECTED
    details = {"outcome": visit.outcome.value, "defects": len(open_defects), "form_hash": visit.form_hash}
    if visit.outcome is Outcome.REFUSED:
        case.refused_on = today_at(session, clock, case.project_id)
        case.refusal_justified, case.refusal_reason = None, visit.reason
        move(case, clock, CaseState.REFUSED)
        note(session, actor, clock, case, EventKind.REFUSED, text=visit.reason, details={"round": visit.round})
    note(session, actor, clock, case, kind, text=visit.reason, details=details)
    tell(session, InspectionSigned(case.id, case.sale_id, case.path, visit.id, visit.outcome.value))
