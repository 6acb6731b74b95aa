"""Rooms and parts to look at, by layout (验房模板): read from plain lines, kept by version."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.handover.default_plan import default_rooms
from ledger.handover.errors import PlanInvalid
from ledger.handover.inspection_models import InspectionPlan
from ledger.organisation.queries import get_project
from ledger.staff.permissions import Permission

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_ROOMS, MOST_PARTS, LONGEST = 40, 40, 40


def read_rooms(text: str) -> list[dict[str, Any]]:
    """Rooms from lines: ``kitchen | Kitchen | 厨房`` begins a room, ``- wall | Walls | 墙面`` adds a part to it.

    Raises `PlanInvalid` naming the line.
    """
    rooms: list[dict[str, Any]] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        is_part = line.startswith("-")
        named = _named(line.lstrip("- "), number)
        if is_part and not rooms:
            raise PlanInvalid("inspection_plan_part_first", field="rooms", line=number)
        around = rooms[-1]["parts"] if is_part else rooms
        if any(one["code"] == named["code"] for one in around):
            raise PlanInvalid("inspection_plan_twice", field="rooms", line=number, what=named["code"])
        around.append(named if is_part else {**named, "parts": []})
    if not 0 < len(rooms) <= MOST_ROOMS:
        raise PlanInvalid("inspection_plan_empty", field="rooms", line=1)
    for room in rooms:
        if not 0 < len(room["parts"]) <= MOST_PARTS:
            raise PlanInvalid("inspection_plan_no_parts", field="rooms", line=1, what=room["code"])
    return rooms


def _named(line: str, number: int) -> dict[str, Any]:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 3 or not all(0 < len(part) <= LONGEST for part in parts):
        raise PlanInvalid(field="rooms", line=number)
    if not _CODE.fullmatch(parts[0]):
        raise PlanInvalid("inspection_plan_code", field="rooms", line=number, what=parts[0])
    return {"code": parts[0], "en": parts[1], "zh": parts[2]}


def rooms_as_text(rooms: list[dict[str, Any]]) -> str:
    """The lines that `read_rooms` reads."""
    lines = []
    for room in rooms:
        lines.append(f"{room['code']} | {room['en']} | {room['zh']}")
        lines += [f"- {part['code']} | {part['en']} | {part['zh']}" for part in room["parts"]]
    return "\n".join(lines)


def save_plan(
    session: Session, actor: Actor, clock: Clock, *, project_id: str, layout: str, rooms: list[dict[str, Any]]
) -> InspectionPlan:
    """A new version of what is looked at; homes whose inspection has begun keep what was entered."""
    project = get_project(session, actor, project_id, Permission.HANDOVER_VIEW)
    actor.require(Permission.HANDOVER_PLAN, project.path)
    where = (InspectionPlan.project_id == project_id) & (InspectionPlan.layout == layout)
    newest = session.scalar(select(func.max(InspectionPlan.version)).where(where)) or 0
    plan = InspectionPlan(
        project_id=project_id,
        path=project.path,
        layout=layout[:60],
        version=newest + 1,
        rooms=rooms,
        by=actor.id,
        at=clock.now(),
    )
    session.add(plan)
    session.flush()  # The audit row names it.
    after = {"layout": layout, "version": plan.version}
    act = "handover:save_plan"
    audit.record(session, actor, clock, act, "inspection_plan", plan.id, path=project.path, after=after)
    return plan


def plans_of(session: Session, project_id: str) -> dict[str, InspectionPlan]:
    """The newest plan of each layout of a project."""
    query = select(InspectionPlan).where(InspectionPlan.project_id == project_id)
    return {plan.layout: plan for plan in session.scalars(query.order_by(InspectionPlan.version))}


def rooms_for(plans: dict[str, InspectionPlan], layout: str) -> list[dict[str, Any]]:
    """What is looked at in a home of a layout: its own plan, else the project's, else what is usual."""
    plan = plans.get(layout) or plans.get("")
    return plan.rooms if plan else default_rooms()
