"""Defects become tasks; what is repaired is looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.api import Context, handler
from handlers.move_in.start import CaseIn, day
from ledger.handover import defects
from ledger.handover.inspection_models import MoveInDefect
from ledger.handover.models import MoveInCase
from ledger.handover.plans import plans_of, rooms_for
from ledger.inventory.models import Unit
from ledger.organisation.parameters import LANGUAGE
from ledger.organisation.queries import parameter


@dataclass(frozen=True)
class DefectsOut:
    """What is to be repaired: maps of id, about, due_on."""

    defects: list[dict[str, Any]]


@handler("move_in.begin_repairs", again=True)
def begin_repairs(data: CaseIn, ctx: Context) -> DefectsOut:
    """Each open defect becomes a task with its day."""
    found = defects.begin_repairs(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)
    names = part_names(ctx, ctx.session.get_one(MoveInCase, data.case_id))
    return DefectsOut(
        [{"id": one.id, "about": _about(one, names), "due_on": one.due_on.isoformat()} for one in found]
    )


def part_names(ctx: Context, case: MoveInCase) -> dict[tuple[str, str], str]:
    """What rooms and parts of a home are called, in the language of the house's papers."""
    layout = ctx.session.get_one(Unit, case.unit_id).layout
    language = parameter(ctx.session, case.path, LANGUAGE, case.notified_on)
    return {
        (room["code"], part["code"]): f"{room[language]} · {part[language]}"
        for room in rooms_for(plans_of(ctx.session, case.project_id), layout)
        for part in room["parts"]
    }


def _about(defect: MoveInDefect, names: dict[tuple[str, str], str]) -> str:
    where = names.get((defect.room, defect.part), f"{defect.room} · {defect.part}")
    return f"{where}: {defect.note}"[:200]


@dataclass(frozen=True)
class RepairedIn:
    """What was repaired, when, by whom."""

    defect_id: str
    repaired_on: str
    contractor: str | None = None


@handler("move_in.note_repair", again=True)
def note_repair(data: RepairedIn, ctx: Context) -> None:
    """Note a repair; it waits to be looked at again."""
    act = (ctx.session, ctx.ledger_actor, ctx.clock)
    defects.note_repair(
        *act, defect_id=data.defect_id, repaired_on=day(data.repaired_on), contractor=data.contractor
    )


@handler("move_in.repairs_done", again=True)
def repairs_done(data: CaseIn, ctx: Context) -> None:
    """All is repaired: it is looked at again."""
    defects.repairs_done(ctx.session, ctx.ledger_actor, ctx.clock, case_id=data.case_id)
