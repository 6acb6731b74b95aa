"""What papers say of project, unit, buyers and plan, in the language of the paper."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.papers import Letterhead, PlanLine, UnitFacts
from ledger.finance.plans import PlannedLine
from ledger.inventory.models import Building, Unit
from ledger.organisation.models import PresalePermit, Project
from webapp.plan_words import due_words
from webapp.wording import state_name


def letterhead(project: Project) -> Letterhead:
    """The developer, and under it the project."""
    return Letterhead(company=project.developer or project.name, project=project.name, address=project.address)


def unit_facts(session: Session, unit_id: str) -> UnitFacts:
    """The home with its areas and its permit; the caller has reached the unit."""
    query = (
        select(Unit, Building.name, PresalePermit.no)
        .join(Building, Building.id == Unit.building_id)
        .outerjoin(PresalePermit, PresalePermit.id == Unit.permit_id)
        .where(Unit.id == unit_id)
    )
    unit, building, permit_no = session.execute(query).one()
    inside = unit.inside_area_hundredths
    return UnitFacts(
        building=building,
        unit_no=unit.unit_no,
        floor="—" if unit.floor is None else str(unit.floor),
        layout=unit.layout,
        orientation=unit.orientation,
        building_area_hundredths=unit.building_area_hundredths,
        inside_area_hundredths=inside,
        shared_area_hundredths=None if inside is None else unit.building_area_hundredths - inside,
        permit_no=permit_no or "",
    )


def plan_line(line: PlannedLine) -> PlanLine:
    """An instalment: its day where it is known, else the words for when."""
    due = line.due_on.isoformat() if line.trigger.on else due_words(line)
    return PlanLine(
        name=state_name(f"receivable_kind.{line.kind}"),
        due=due,
        amount_fen=line.amount_fen,
        payer=state_name(f"debtor.{line.debtor}"),
    )


def unit_price(total_fen: int, building_area_hundredths: int) -> int:
    """Fen a square metre, rounded half up."""
    return (total_fen * 200 + building_area_hundredths) // (2 * building_area_hundredths)
